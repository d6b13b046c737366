"""tf.contrib.training: buckets of sequences, and their batches in the order of their text."""
import json

import tensorflow as tf

LENGTHS = [3, 9, 1, 5, 5, 2, 7, 8, 4, 1, 6, 3]


def batches(**options):
    """Returns the batches until the input ends, and the names of the graph's summaries."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        length = tf.train.input_producer(LENGTHS, num_epochs=1, shuffle=False).dequeue()
        tensors = {"row": tf.range(length), "weights": tf.SparseTensor(
            [[0]], tf.expand_dims(length, 0), [1])}
        lengths, batch = tf.contrib.training.bucket_by_sequence_length(
            length, tensors, bucket_boundaries=[3, 6], dynamic_pad=True, **options)
        session.run([tf.local_variables_initializer(), tf.global_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        found = []
        try:
            while True:
                values = session.run([lengths, batch["row"], batch["weights"].values])
                found.append(json.dumps([value.tolist() for value in values]))
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads)
        shapes = str([lengths.shape.as_list(), batch["row"].shape.as_list()])
        return {"summaries": [tensor.name for tensor in graph.get_collection("summaries")]}, \
            [], [sorted(found), [shapes]]


CASES = {
    "two": lambda: batches(batch_size=2),
    "all": lambda: batches(batch_size=2, allow_smaller_final_batch=True),
    "each": lambda: batches(batch_size=[1, 2, 3], capacity=4),
    "small": lambda: batches(batch_size=2, bucket_capacities=[4, 5, 6]),
    "filtered": lambda: batches(batch_size=1, keep_input=tf.constant(True)),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
