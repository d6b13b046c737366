"""tf.contrib's functions on tensors: losses, metrics, framework, lookup, data, nn, training."""
import cases
import numpy as np
import tensorflow as tf
from cases import numbers

contrib = tf.contrib
LABELS = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
LOGITS = numbers("logits", 3, 3)
POSITIVE = abs(numbers("positive", 3, 3))
WORDS = ["a", "b", "c"]


def loss(name, *inputs, **options):
    def build():
        logits = tf.get_variable(  # `cases` gives what is called a variance no negative value
            "variance" if inputs[0] is POSITIVE else "logits", initializer=inputs[0])
        result = getattr(contrib.losses, name)(logits, tf.constant(inputs[1]), **options)
        return result, contrib.losses.get_total_loss()
    return build


def metric(name, *inputs, **options):
    def build():
        # The value beside it is read before or after the update, as it happens.
        return tf.identity(getattr(contrib.metrics, name)(
            *[tf.constant(each) for each in inputs], **options)[1])
    return build


def aggregated():
    values, updates = contrib.metrics.aggregate_metric_map({
        "mean": contrib.metrics.streaming_mean([1.0, 3.0]),
        "accuracy": contrib.metrics.streaming_accuracy([1, 2], [1, 1])})
    return [tf.identity(updates[key]) for key in sorted(updates)]


def dataset(transform):
    def build():
        rows = tf.data.Dataset.range(7).apply(transform())
        return rows.make_one_shot_iterator().get_next()
    return build


def cond():
    smart = contrib.framework.smart_cond
    return smart(True, lambda: tf.constant(1), lambda: tf.constant(2)), smart(
        tf.placeholder_with_default(False, []), lambda: tf.constant(1), lambda: tf.constant(2))


def train_op():
    net = contrib.layers.batch_norm(contrib.layers.fully_connected(LOGITS, 2), scope="bn")
    total = tf.losses.mean_squared_error(tf.zeros([3, 2]), net)
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    step = tf.train.get_or_create_global_step()
    train = contrib.training.create_train_op(
        total, optimizer, transform_grads_fn=contrib.training.clip_gradient_norms_fn(0.3))
    return train, tf.identity(step)


def slim_train_op():
    regularizer = contrib.slim.l2_regularizer(0.1)
    net = contrib.slim.fully_connected(LOGITS, 2, weights_regularizer=regularizer)
    contrib.slim.losses.mean_squared_error(net, tf.zeros([3, 2]))
    total = contrib.slim.losses.get_total_loss()
    return contrib.slim.learning.create_train_op(
        total, tf.train.MomentumOptimizer(0.5, 0.9), clip_gradient_norm=0.2,
        gradient_multipliers={"fully_connected/biases": 2.0})


BINARY = ([True, False, True, True], [True, True, False, True])
RANKS = ([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4]], [1, 0])
CHANCES = ([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
CASES = {
    "absolute_difference": loss("absolute_difference", LOGITS, LABELS),
    "cosine_distance": loss("cosine_distance", LOGITS, LABELS, dim=1),
    "hinge_loss": lambda: contrib.losses.hinge_loss(
        tf.get_variable("logits", [3, 3]), tf.constant(LABELS)),
    "log_loss": loss("log_loss", POSITIVE, LABELS),
    "mean_pairwise_squared_error": loss("mean_pairwise_squared_error", LOGITS, LABELS),
    "mean_squared_error": loss("mean_squared_error", LOGITS, LABELS, weights=2.0),
    "sigmoid_cross_entropy": loss("sigmoid_cross_entropy", LOGITS, LABELS, label_smoothing=0.1),
    "softmax_cross_entropy": loss("softmax_cross_entropy", LOGITS, LABELS),
    "softmax_weighted": loss("softmax_cross_entropy", LOGITS, LABELS, weights=[1.0, 0.0, 2.0]),
    "sparse_softmax_cross_entropy": loss("sparse_softmax_cross_entropy", LOGITS, [0, 2, 1]),
    "compute_weighted_loss": loss("compute_weighted_loss", numbers("each", 3), [1.0, 0.0, 2.0]),
    "triplet": lambda: contrib.losses.metric_learning.triplet_semihard_loss(
        [0, 0, 1], tf.get_variable("e", [3, 3])),
    "contrastive": lambda: contrib.losses.metric_learning.contrastive_loss(
        [0, 1, 1], tf.get_variable("a", [3, 2]), tf.get_variable("b", [3, 2])),
    "npairs": lambda: contrib.losses.metric_learning.npairs_loss(
        [0, 1, 2], tf.get_variable("a", [3, 2]), tf.get_variable("b", [3, 2])),
    "lifted": lambda: contrib.losses.metric_learning.lifted_struct_loss(
        [0, 0, 1], tf.get_variable("e", [3, 3])),
    "accuracy": lambda: contrib.metrics.accuracy(tf.constant([1, 2, 3]), tf.constant([1, 2, 0])),
    "f1_score": metric("f1_score", [True, False, True], [0.9, 0.6, 0.4]),
    "streaming_accuracy": metric("streaming_accuracy", [1, 2, 3], [1, 2, 0]),
    "streaming_auc": metric("streaming_auc", *CHANCES),
    "streaming_auc_pr": metric("streaming_auc", *CHANCES, curve="PR", num_thresholds=50),
    "streaming_mean": metric("streaming_mean", [1.0, 2.0]),
    "streaming_mean_absolute_error": metric("streaming_mean_absolute_error", LOGITS, LABELS),
    "streaming_mean_iou": metric("streaming_mean_iou", [0, 1, 1], [0, 1, 0], num_classes=2),
    "streaming_mean_squared_error": metric("streaming_mean_squared_error", LOGITS, LABELS),
    "streaming_percentage_less": metric("streaming_percentage_less", [1.0, 3.0], threshold=2.0),
    "streaming_precision": metric("streaming_precision", *BINARY),
    "streaming_recall": metric("streaming_recall", *BINARY),
    "streaming_recall_at_k": metric("streaming_recall_at_k", *RANKS, k=2),
    "streaming_sparse_precision_at_k": metric(
        "streaming_sparse_precision_at_k", RANKS[0], np.array([[1], [0]]), k=2),
    "streaming_pearson_correlation": metric(
        "streaming_pearson_correlation", [1.0, 2.0, 4.0], [1.0, 3.0, 2.0]),
    "streaming_true_positives": metric("streaming_true_positives", *BINARY),
    "streaming_concat": metric("streaming_concat", [1.0, 2.0]),
    "streaming_precision_at_thresholds": metric(
        "streaming_precision_at_thresholds", *CHANCES, thresholds=[0.2, 0.5]),
    "cohen_kappa": metric("cohen_kappa", [0, 1, 1], [0, 1, 0], num_classes=2),
    "count": metric("count", [1.0, 2.0]),
    "aggregated": aggregated,
    "confusion_matrix": lambda: contrib.metrics.confusion_matrix([0, 1, 1], [0, 1, 0]),
    "set_size": lambda: contrib.metrics.set_size(
        tf.SparseTensor([[0, 0], [0, 1]], [1, 1], [2, 2])),
    "set_intersection": lambda: contrib.metrics.set_intersection([[1, 2]], [[2, 3]]).values,
    "set_difference": lambda: contrib.metrics.set_difference([[1, 2]], [[2, 3]], False).values,
    "reduce_sum_n": lambda: contrib.framework.reduce_sum_n([tf.constant([1.0, 2.0]),
                                                            tf.constant(3.0)]),
    "squeezed": lambda: contrib.framework.remove_squeezable_dimensions(
        tf.zeros([2, 1]), tf.ones([2])),
    "with_shape": lambda: contrib.framework.with_shape(
        [2, 3], tf.placeholder_with_default(tf.ones([2, 3]), [None, None])),
    "with_same_shape": lambda: contrib.framework.with_same_shape(tf.ones([2]), tf.zeros([2])),
    "wrong_shape": lambda: contrib.framework.with_shape([3], tf.zeros([2])),
    "smart_cond": cond,
    "sort": lambda: [contrib.framework.sort(LOGITS), contrib.framework.argsort(LOGITS)],
    "lookup": lambda: contrib.lookup.index_table_from_tensor(WORDS, 2).lookup(
        tf.constant(["b", "z", "c"])),
    "lookup_default": lambda: contrib.lookup.string_to_index(tf.constant(["b", "z"]), WORDS),
    "lookup_string": lambda: contrib.lookup.index_to_string(tf.constant([2, 7], tf.int64), WORDS),
    "hash_table": lambda: contrib.lookup.HashTable(contrib.lookup.KeyValueTensorInitializer(
        WORDS, [5, 6, 7], tf.string, tf.int64), -1).lookup(tf.constant(["c", "x"])),
    "batch_and_drop_remainder": dataset(lambda: contrib.data.batch_and_drop_remainder(4)),
    "enumerate_dataset": dataset(lambda: contrib.data.enumerate_dataset(3)),
    "shuffle_and_repeat": dataset(lambda: contrib.data.shuffle_and_repeat(3, seed=5)),
    "map_and_batch": dataset(lambda: contrib.data.map_and_batch(lambda x: x * 2, 3)),
    "alpha_dropout": lambda: contrib.nn.alpha_dropout(tf.constant(LOGITS), 0.5, seed=3),
    "scaled_softplus": lambda: contrib.nn.scaled_softplus(
        tf.get_variable("x", [3]), tf.get_variable("alpha_variance", []), 0.6),
    "flipped_softmax": lambda: contrib.nn.deprecated_flipped_softmax_cross_entropy_with_logits(
        LOGITS, LABELS),
    "stateless": lambda: contrib.stateless.stateless_random_normal([3], seed=[1, 2]),
    "stft": lambda: tf.abs(contrib.signal.stft(tf.constant(numbers("wave", 64)), 16, 8)),
    "train_op": train_op,
    "slim_train_op": slim_train_op,
}
cases.main(CASES)
