"""``tf.contrib.training``: batches of examples that belong together, by queues."""
import numpy as np
from tensorflow.python.training import input as queues

from tf1_recipes.v1 import tf


def bucket(tensors, which_bucket, batch_size, num_buckets, num_threads=1, capacity=32,
           bucket_capacities=None, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
           keep_input=True, shared_name=None, name=None):
    """Batches of examples of one bucket each.

    An example goes into the queue of its bucket; a queue that has ``batch_size`` of them gives
    them to the top queue as a batch. Two queue runners are added to the graph.

    Args:
        tensors: list or dict of tensors, one example.
        which_bucket: int32 scalar tensor, from 0 to ``num_buckets - 1``.
        batch_size: int or int32 scalar tensor, or a list of them, one for each bucket.
        num_buckets: int.
        num_threads: int, of threads that put examples into buckets.
        capacity: int, of the top queue in batches, and of each bucket in examples.
        bucket_capacities: list of int, the buckets' own capacities.
        shapes: list of the tensors' shapes.
        dynamic_pad: bool, pads the examples of a batch to one shape.
        allow_smaller_final_batch: bool, gives what is left when the examples end.
        keep_input: bool or bool scalar tensor, whether the example is taken.
        shared_name: str, shares the queues between sessions.
        name: str.

    Returns:
        (bucket, tensors): which bucket the batch is of, and the batch, as ``tensors`` came.
    """
    per_bucket = isinstance(batch_size, (list, tuple))
    sizes = list(batch_size) if per_bucket else [batch_size] * num_buckets
    if len(sizes) != num_buckets:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    if bucket_capacities is None:
        bucket_capacities = [capacity] * num_buckets
    if len(bucket_capacities) != num_buckets:
        raise ValueError("The list bucket_capacities (%s) must have exactly num_buckets (%d) "
                         "elements." % (bucket_capacities, num_buckets))
    tensor_list = queues._as_tensor_list(tensors)
    with tf.name_scope(name, "bucket", tensor_list) as name:
        tensor_list = [each if isinstance(each, tf.SparseTensor) else tf.convert_to_tensor(each)
                       for each in tensor_list]
        if not tensor_list:
            raise ValueError("Expected at least one tensor in bucket().")
        keep_input = queues._validate_keep_input(keep_input, enqueue_many=False)
        tensor_list, sparse_info = queues._store_sparse_tensors(
            tensor_list, enqueue_many=False, keep_input=keep_input)
        types = queues._dtypes([tensor_list])
        shapes = queues._shapes([tensor_list], shapes, enqueue_many=False)
        which_bucket = tf.convert_to_tensor(which_bucket, tf.int32, name="which_bucket")
        make = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue
        buckets = [make(
            capacity=bucket_capacities[i], dtypes=types, shapes=shapes,
            shared_name=shared_name and "%s_%d" % (shared_name, i), name="bucket_queue_%d" % i)
            for i in range(num_buckets)]
        size = None if allow_smaller_final_batch or per_bucket else tf.get_static_value(
            tf.convert_to_tensor(sizes[0], tf.int32))
        # It pads, for the size of a batch may be unknown.
        top = tf.PaddingFIFOQueue(
            capacity=capacity, dtypes=[tf.int32] + types,
            shapes=[tf.TensorShape([])] + [tf.TensorShape([size]).concatenate(shape)
                                           for shape in buckets[0].shapes],
            shared_name=shared_name, name="top_queue")

        def put():
            return tf.group(*[tf.cond(
                tf.equal(which_bucket, i), lambda queue=queue: queue.enqueue(tensor_list),
                tf.no_op) for i, queue in enumerate(buckets)], name="group_enqueues")

        if isinstance(keep_input, tf.Tensor):
            static = tf.get_static_value(keep_input)
            keep_input = keep_input if static is None else bool(static)
        enqueue = tf.cond(keep_input, put, tf.no_op) if isinstance(keep_input, tf.Tensor) \
            else put() if keep_input else tf.no_op()
        to_top = []
        for i, (queue, count) in enumerate(zip(buckets, sizes)):
            take = queue.dequeue_up_to if allow_smaller_final_batch else queue.dequeue_many
            batch = take(count, name="read_bucket_%d" % i)
            batch = list(batch) if isinstance(batch, (list, tuple)) else [batch]
            to_top.append(top.enqueue([tf.constant(i)] + batch, name="enqueue_from_bucket_%d" % i))
        ended = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
        tf.train.add_queue_runner(tf.train.QueueRunner(
            buckets[0], to_top, close_op=top.close(),
            cancel_op=top.close(cancel_pending_enqueues=True),
            queue_closed_exception_types=ended))
        tf.train.add_queue_runner(tf.train.QueueRunner(
            top, [enqueue] * num_threads,
            close_op=tf.group(*[queue.close() for queue in buckets]),
            cancel_op=tf.group(*[queue.close(cancel_pending_enqueues=True) for queue in buckets]),
            queue_closed_exception_types=ended))
        fill = tf.cast(top.size(), tf.float32)
        for queue in buckets:
            tf.summary.scalar("bucket/%s/size" % queue.name, fill)
        tf.summary.scalar("bucket/%s/fraction_of_%d_full" % (top.name, capacity),
                          fill * (1.0 / capacity))
        which, *batch = top.dequeue(name="dequeue_top")
        batch = queues._restore_sparse_tensors(
            batch[0] if len(batch) == 1 else batch, sparse_info)
        return which, queues._as_original_type(tensors, batch)


def bucket_by_sequence_length(input_length, tensors, batch_size, bucket_boundaries, num_threads=1,
                              capacity=32, bucket_capacities=None, shapes=None, dynamic_pad=False,
                              allow_smaller_final_batch=False, keep_input=True, shared_name=None,
                              name=None):
    """`bucket` by the length of a sequence.

    Args:
        input_length: int32 scalar tensor.
        bucket_boundaries: list of int, increasing; one bucket more than these.
        tensors, batch_size, num_threads, capacity, bucket_capacities, shapes, dynamic_pad,
            allow_smaller_final_batch, keep_input, shared_name, name: as in `bucket`.

    Returns:
        (lengths, tensors): the length of each in the batch, and the batch.
    """
    if not isinstance(bucket_boundaries, (list, tuple)):
        raise TypeError("bucket_boundaries must be a list or tuple, but received: %s"
                        % bucket_boundaries)
    if not bucket_boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for lower, upper in zip(bucket_boundaries, bucket_boundaries[1:]):
        if not isinstance(lower, int) or not isinstance(upper, int):
            raise TypeError("bucket boundaries must be integers, but saw: %s and %s" % (
                lower, upper))
        if lower >= upper:
            raise ValueError("Buckets must contain sequential increasing lengths, but saw: %d "
                             "before %d" % (lower, upper))
    tensor_list = queues._as_tensor_list(tensors)
    limits = np.iinfo(np.int32)
    with tf.name_scope(name, "bucket_by_sequence_length", [input_length] + tensor_list):
        input_length = tf.convert_to_tensor(input_length, tf.int32, name="input_length")
        within = tf.logical_and(
            tf.less_equal([limits.min] + list(bucket_boundaries), input_length),
            tf.less(input_length, list(bucket_boundaries) + [limits.max]))
        _, batch = bucket(
            [input_length] + tensor_list, tf.cast(tf.reduce_min(tf.where(within)), tf.int32),
            batch_size, len(bucket_boundaries) + 1, num_threads, capacity, bucket_capacities,
            None if shapes is None else [tf.TensorShape([])] + shapes, dynamic_pad,
            allow_smaller_final_batch, keep_input, shared_name)
        return batch[0], queues._as_original_type(tensors, batch[1:])
