"""tf.contrib as of 0.12.1: layers and losses with their arguments and defaults of then."""
import cases
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import layers, slim

IMAGES = numbers("images", 2, 6, 6, 4)
ROWS = numbers("rows", 3, 5)
LABELS = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
IDS = [[1, 2, 0], [3, 3, 0]]
distributions = tf.contrib.distributions


def scoped():
    with slim.arg_scope([slim.batch_norm], scale=True), slim.arg_scope(
            [slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params={"decay": 0.5}):
        return slim.conv2d(tf.identity(IMAGES), 2, 3)


def logits():
    return tf.get_variable("logits", [3, 3])


def chances():
    return tf.abs(logits()) / 2


def train_op():
    net = slim.fully_connected(tf.identity(ROWS), 2)
    slim.losses.mean_squared_error(net, tf.zeros([3, 2]))
    return slim.learning.create_train_op(
        slim.losses.get_total_loss(), tf.train.GradientDescentOptimizer(0.5))


CASES = {
    "fully_connected": lambda: layers.fully_connected(tf.identity(ROWS), 4),
    "conv2d": lambda: layers.conv2d(tf.identity(IMAGES), 3, [3, 3], 2),
    "conv2d_transpose": lambda: layers.conv2d_transpose(tf.identity(IMAGES), 3, [3, 3], 2),
    "separable_conv2d": lambda: layers.separable_conv2d(
        tf.identity(IMAGES), 5, [3, 3], 1, 1, "SAME", tf.nn.tanh),
    "max_pool2d": lambda: layers.max_pool2d(tf.identity(IMAGES), [3, 3], 2),
    "batch_norm": lambda: layers.batch_norm(tf.identity(IMAGES)),
    "batch_norm_rows": lambda: layers.batch_norm(
        tf.identity(ROWS), 0.9, True, True, 0.01, tf.nn.relu),
    "batch_norm_at_once": lambda: layers.batch_norm(
        tf.identity(ROWS), 0.9, updates_collections=None),
    "batch_norm_inference": lambda: layers.batch_norm(tf.identity(IMAGES), is_training=False),
    "layer_norm": lambda: layers.layer_norm(tf.identity(IMAGES)),
    "scoped": scoped,
    "flatten": lambda: layers.flatten(tf.identity(IMAGES)),
    "one_hot_encoding": lambda: layers.one_hot_encoding([1, 0], 3),
    "unit_norm": lambda: layers.unit_norm(tf.identity(ROWS), 1),
    "stack": lambda: layers.stack(tf.identity(ROWS), layers.fully_connected, [3, 2], scope="s"),
    "l2": lambda: layers.fully_connected(
        tf.identity(ROWS), 4, weights_regularizer=layers.l2_regularizer(0.1)),
    "bow_encoder": lambda: layers.bow_encoder(tf.constant(IDS, tf.int64), 5, 3),
    "embedding_lookup_unique": lambda: layers.embedding_lookup_unique(
        tf.get_variable("e", [5, 2]), IDS, "a_name"),
    "mean_squared_error": lambda: tf.contrib.losses.mean_squared_error(
        logits(), targets=tf.constant(LABELS), weight=2.0),
    "absolute_difference": lambda: slim.losses.absolute_difference(
        logits(), tf.constant(LABELS), 0.5),
    "log_loss": lambda: slim.losses.log_loss(chances(), tf.constant(LABELS), weight=0.5),
    "sigmoid_cross_entropy": lambda: slim.losses.sigmoid_cross_entropy(
        logits(), tf.constant(LABELS), weight=0.5),
    "softmax_cross_entropy": lambda: slim.losses.softmax_cross_entropy(
        logits(), tf.constant(LABELS), weight=0.5),
    "sparse_softmax_cross_entropy": lambda: slim.losses.sparse_softmax_cross_entropy(
        logits(), tf.constant([0, 2, 1])),
    "cosine_distance": lambda: slim.losses.cosine_distance(
        logits(), tf.constant(LABELS), 1, weight=0.5),
    "confusion_matrix": lambda: tf.contrib.metrics.confusion_matrix([0, 1, 1], [0, 1, 0]),
    "normal": lambda: distributions.Normal(mu=logits(), sigma=2.0).log_prob(0.5),
    "diagonal": lambda: distributions.MultivariateNormalDiag(
        logits(), tf.ones([3, 3])).log_prob(numbers("x", 3, 3)),
    "exponential": lambda: distributions.Exponential(lam=chances()).log_prob(0.5),
    "xavier": lambda: tf.identity(tf.get_variable(
        "v", [3, 4], initializer=layers.xavier_initializer(seed=3))),
    "variance_scaling": lambda: tf.identity(tf.get_variable(
        "v", [3, 4], initializer=layers.variance_scaling_initializer(seed=3))),
    "train_op": train_op,
}
cases.main(CASES, ["xavier", "variance_scaling"])
