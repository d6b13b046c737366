"""``tensorflow.examples.tutorials.mnist.mnist``: the net of the tutorial, in four functions."""
import math
import sys

from tf1_recipes.v1 import tf

NUM_CLASSES = 10
IMAGE_SIZE = 28
IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE


def _linear(scope, inputs, rows, columns, activation=None):
    with tf.name_scope(scope):
        weights = tf.Variable(tf.truncated_normal(
            [rows, columns], stddev=1.0 / math.sqrt(float(rows))), name="weights")
        biases = tf.Variable(tf.zeros([columns]), name="biases")
        outputs = tf.matmul(inputs, weights) + biases
        return activation(outputs) if activation else outputs


def inference(images, hidden1_units, hidden2_units):
    """Returns the logits of ``[batch, 784]`` images: two relu layers and a linear one."""
    hidden1 = _linear("hidden1", images, IMAGE_PIXELS, hidden1_units, tf.nn.relu)
    hidden2 = _linear("hidden2", hidden1, hidden1_units, hidden2_units, tf.nn.relu)
    return _linear("softmax_linear", hidden2, hidden2_units, NUM_CLASSES)


def loss(logits, labels):
    """Returns the mean cross entropy of integer labels."""
    labels = tf.to_int64(labels)
    if getattr(sys.modules.get("tensorflow"), "__version__", "").startswith("0."):
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy")
        return tf.reduce_mean(each, name="xentropy_mean")
    return tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)


def training(loss, learning_rate):
    """Returns the train op of gradient descent, which counts steps in ``global_step``."""
    tf.summary.scalar("loss", loss)
    optimizer = tf.train.GradientDescentOptimizer(learning_rate)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    return optimizer.minimize(loss, global_step=global_step)


def evaluation(logits, labels):
    """Returns how many of the batch have their label as the largest logit, int32."""
    correct = tf.nn.in_top_k(logits, labels, 1)
    return tf.reduce_sum(tf.cast(correct, tf.int32))
