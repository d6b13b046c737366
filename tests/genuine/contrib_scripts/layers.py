"""tf.contrib.layers, slim and framework: every layer, regularizer and initialiser in use."""
import cases
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import layers, slim
from tensorflow.contrib.framework import arg_scope
from tensorflow.contrib.layers.python.layers import initializers, regularizers

IMAGES = numbers("images", 2, 6, 6, 4)
ROWS = numbers("rows", 3, 5)
IDS = [[1, 2, 0], [3, 3, 0]]


def sparse_ids():
    return tf.SparseTensor([[0, 0], [0, 2], [2, 1]], tf.constant([1, 2, 3], tf.int64), [4, 3])


def columns():
    number = layers.real_valued_column("number", 2, normalizer=lambda x: x * 2.0)
    words = layers.sparse_column_with_hash_bucket("word", 6)
    keys = layers.sparse_column_with_keys("word", ["b", "c"])
    numbered = layers.sparse_column_with_integerized_feature("id", 3)
    return number, layers.bucketized_column(number, [-0.5, 0.5]), words, keys, numbered


def features():
    return {"number": tf.constant(numbers("number", 4, 2)), "word": tf.constant(list("abcb")),
            "id": tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([1, 5, 0], tf.int64),
                                  [4, 2])}


def input_layer():
    number, bucketized, words, keys, numbered = columns()
    return layers.input_from_feature_columns(features(), [
        number, bucketized, layers.embedding_column(words, 3), layers.one_hot_column(keys),
        layers.embedding_column(numbered, 2, "sum")])


def weighted_sum():
    return layers.weighted_sum_from_feature_columns(features(), columns(), 2)[0]


def l2_and_summaries():
    with arg_scope([layers.fully_connected], weights_regularizer=layers.l2_regularizer(0.1),
                   biases_regularizer=layers.l1_regularizer(0.2)):
        net = layers.fully_connected(ROWS, 4, scope="one")
        net = layers.fully_connected(net, 2, activation_fn=None, scope="two")
    layers.summarize_activation(net)
    layers.summarize_tensors(tf.trainable_variables())
    return net, tf.losses.get_total_loss()


def applied(regularizer):
    def build():
        weights = tf.get_variable("w", [3, 2])
        return layers.apply_regularization(regularizer(), [weights])
    return build


def initial(make, *shape):
    return lambda: tf.identity(tf.get_variable("v", shape, initializer=make()))


def batch_norm(**options):
    return lambda: layers.batch_norm(tf.identity(IMAGES), **options)


def forced_update():
    return layers.batch_norm(tf.identity(ROWS), updates_collections=None, is_training=True)


def shared():
    one = slim.conv2d(IMAGES, 3, 3, scope="shared")
    two = slim.conv2d(IMAGES, 3, 3, scope="shared", reuse=True)
    return one, two


def stacked():
    net = slim.repeat(IMAGES, 2, slim.conv2d, 3, [3, 3], scope="conv1")
    return slim.stack(slim.flatten(net), slim.fully_connected, [4, 2], scope="fc")


def optimized():
    net = layers.fully_connected(ROWS, 1, activation_fn=None)
    loss = tf.reduce_mean(tf.square(net))
    step = tf.train.get_or_create_global_step()
    return layers.optimize_loss(
        loss, step, 0.1, "SGD", clip_gradients=0.5,
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 1, 0.5),
        summaries=["learning_rate", "loss", "gradients", "gradient_norm"])


def model_variables():
    slim.model_variable("a", [2, 2], initializer=tf.zeros_initializer(),
                        regularizer=slim.l2_regularizer(0.5))
    slim.variable("b", [2], initializer=tf.ones_initializer(), trainable=False)
    slim.local_variable(3.0, name="c")
    names = [variable.op.name for variable in slim.get_variables() + slim.get_model_variables()
             + slim.get_variables_by_suffix("a") + slim.get_variables_to_restore(exclude=["a"])]
    return tf.constant(names)


CASES = {
    "input_from_feature_columns": input_layer,
    "weighted_sum_from_feature_columns": weighted_sum,
    "create_feature_spec_for_parsing": lambda: tf.constant(sorted(
        layers.create_feature_spec_for_parsing(columns()))),
    "fully_connected": lambda: layers.fully_connected(ROWS, 4),
    "fully_connected_batch_norm": lambda: layers.fully_connected(
        ROWS, 4, normalizer_fn=layers.batch_norm, activation_fn=tf.nn.tanh),
    "fully_connected_rank_3": lambda: layers.fully_connected(numbers("r3", 2, 3, 4), 2),
    "linear": lambda: layers.linear(ROWS, 4),
    "relu6": lambda: layers.relu6(ROWS, 4),
    "legacy_fully_connected": lambda: layers.legacy_fully_connected(
        ROWS, 4, activation_fn=tf.nn.relu, name="old"),
    "l2_and_summaries": l2_and_summaries,
    "conv1d": lambda: layers.conv1d(numbers("r3", 2, 8, 4), 3, 3),
    "conv2d": lambda: layers.conv2d(IMAGES, 3, [3, 3], 2),
    "conv2d_atrous": lambda: layers.conv2d(IMAGES, 3, 3, rate=2, padding="VALID"),
    "conv2d_normalized": lambda: layers.conv2d(
        IMAGES, 3, 3, normalizer_fn=layers.batch_norm,
        normalizer_params={"scale": True, "decay": 0.9}),
    "conv2d_transpose": lambda: layers.conv2d_transpose(IMAGES, 3, [3, 3], 2),
    "conv2d_in_plane": lambda: layers.conv2d_in_plane(tf.constant(IMAGES), 3),
    "conv3d": lambda: layers.conv3d(numbers("volume", 1, 4, 4, 4, 2), 2, 3),
    "convolution2d": lambda: layers.convolution2d(IMAGES, 3, 3, activation_fn=None),
    "separable_conv2d": lambda: layers.separable_conv2d(IMAGES, 3, 3, 1),
    "separable_conv2d_depthwise": lambda: layers.separable_conv2d(IMAGES, None, 3, 2),
    "avg_pool2d": lambda: layers.avg_pool2d(IMAGES, 2),
    "max_pool2d": lambda: layers.max_pool2d(IMAGES, [3, 3], 2, padding="SAME"),
    "batch_norm": batch_norm(),
    "batch_norm_scaled": batch_norm(scale=True, decay=0.5, scope="bn"),
    "batch_norm_not_fused": batch_norm(scale=True, fused=False),
    "batch_norm_inference": batch_norm(is_training=False, activation_fn=tf.nn.relu),
    "batch_norm_zero_debias": batch_norm(zero_debias_moving_mean=True, fused=False),
    "batch_norm_renorm": batch_norm(renorm=True),
    "batch_norm_tensor": lambda: layers.batch_norm(
        tf.identity(IMAGES), is_training=tf.placeholder_with_default(True, [])),
    "batch_norm_at_once": forced_update,
    "layer_norm": lambda: layers.layer_norm(IMAGES),
    "instance_norm": lambda: layers.instance_norm(tf.identity(IMAGES)),
    "group_norm": lambda: layers.group_norm(tf.identity(IMAGES), groups=2),
    "unit_norm": lambda: layers.unit_norm(tf.identity(ROWS), 1),
    "bias_add": lambda: layers.bias_add(ROWS, activation_fn=tf.nn.relu),
    "dropout_off": lambda: layers.dropout(tf.identity(ROWS), is_training=False),
    "flatten": lambda: layers.flatten(tf.identity(IMAGES)),
    "maxout": lambda: layers.maxout(tf.identity(IMAGES), 2),
    "one_hot_encoding": lambda: layers.one_hot_encoding([1, 0], 3),
    "softmax": lambda: layers.softmax(tf.identity(ROWS)),
    "spatial_softmax": lambda: layers.spatial_softmax(tf.identity(IMAGES)),
    "scale_gradient": lambda: layers.scale_gradient(tf.get_variable("w", [3]), 0.1),
    "images_to_sequence": lambda: layers.images_to_sequence(tf.identity(IMAGES)),
    "repeat": lambda: layers.repeat(ROWS, 2, layers.fully_connected, 3, scope="r"),
    "stacked": stacked,
    "shared": shared,
    "embed_sequence": lambda: layers.embed_sequence(IDS, 5, 3),
    "embed_sequence_unique": lambda: layers.embed_sequence(IDS, 5, 3, unique=True, scope="e"),
    "bow_encoder": lambda: layers.bow_encoder(tf.constant(IDS, tf.int64), 5, 3),
    "bow_encoder_dense": lambda: layers.bow_encoder(IDS, 5, 3, sparse_lookup=False),
    "safe_embedding": lambda: layers.safe_embedding_lookup_sparse(
        tf.get_variable("t", [5, 2]), sparse_ids()),
    "optimize_loss": optimized,
    "model_variables": model_variables,
    "l1_regularizer": applied(lambda: layers.l1_regularizer(0.3)),
    "l2_regularizer": applied(lambda: regularizers.l2_regularizer(0.3)),
    "l1_l2_regularizer": applied(lambda: layers.l1_l2_regularizer(0.3, 0.1)),
    "sum_regularizer": applied(lambda: layers.sum_regularizer(
        [layers.l1_regularizer(0.3), layers.l2_regularizer(0.3)])),
}
SEEDED = {
    "xavier": initial(lambda: layers.xavier_initializer(seed=3), 3, 4),
    "xavier_normal": initial(lambda: initializers.xavier_initializer(False, seed=3), 3, 3, 4, 5),
    "xavier_conv2d": initial(lambda: layers.xavier_initializer_conv2d(seed=7), 3, 3, 4, 5),
    "variance_scaling": initial(lambda: layers.variance_scaling_initializer(seed=5), 6, 4),
    "variance_scaling_average": initial(lambda: layers.variance_scaling_initializer(
        1.0, "FAN_AVG", True, seed=5), 6, 4),
}
cases.main(dict(CASES, **SEEDED), SEEDED)
