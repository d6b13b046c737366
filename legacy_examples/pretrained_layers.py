"""B7: the lower layers of a net are pretrained, without its labels, then restored into it.

Twice. By a stack of autoencoders: every layer learns to give back what came into it, the others
frozen, the first with a decoder of its own, the second through its own weights, transposed. And by
a max margin: every row must score higher than the same row with its halves exchanged. Both end in
a partial restore (B2). Pretraining on an auxiliary task is B2 itself, with other labels.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = np.arange(10) * 3 % 4
CORRUPTED = np.hstack([INPUTS[:, 4:], INPUTS[:, :4]])
MARGIN = 0.05
STEPS = 4


def initial(rows, columns, start):
    """Odd sixteenths from -1 to 1 over the root of their number, mixed: none is nearly 0."""
    values = ((np.arange(rows * columns) * 7 + start) % 16 * 2 - 15) / 16.0
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def dense(inputs, name, rows, columns, start):
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", initializer=initial(rows, columns, start))
        bias = tf.get_variable("bias", initializer=np.full(columns, 0.1, np.float32))
    return tf.matmul(inputs, kernel) + bias


def lower_layers(X, start=0):
    """The layers that are pretrained: relu, 8-6-4."""
    hidden1 = tf.nn.relu(dense(X, "hidden1", 8, 6, start))
    return hidden1, tf.nn.relu(dense(hidden1, "hidden2", 6, 4, start + 1))


def descend(loss, scope=None):
    """A train op for the variables in a scope."""
    variables = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope)
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=variables)


def run(loss, train, feeds, sess):
    before = sess.run(loss, feeds)
    for step in range(STEPS):
        sess.run(train, feeds)
    print("%s: %.4f, after %d steps %.4f" % (loss.op.name, before, STEPS, sess.run(loss, feeds)))


def train_with_labels(checkpoint):
    """A new net of 8-6-4-4, its lower layers from the checkpoint."""
    tf.reset_default_graph()
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    _, hidden2 = lower_layers(X, start=4)
    logits = dense(hidden2, "outputs", 4, 4, 6)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=logits), name="cross_entropy")
    train = descend(loss)
    restored = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[12]/")
    saver = tf.train.Saver(dict((variable.op.name, variable) for variable in restored))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        saver.restore(sess, checkpoint)
        run(loss, train, {X: INPUTS, y: LABELS}, sess)


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "pretrained.ckpt")

X = tf.placeholder(tf.float32, [None, 8], name="X")
hidden1, hidden2 = lower_layers(X)
decoded1 = dense(hidden1, "decoders/hidden1", 6, 8, 2)
loss1 = tf.reduce_mean(tf.square(decoded1 - X), name="reconstruction1")
train1 = descend(loss1, "(decoders/)?hidden1/")
with tf.variable_scope("hidden2", reuse=True):
    kernel2 = tf.get_variable("kernel")
bias2 = tf.get_variable("decoders/hidden2/bias", initializer=np.full(6, 0.1, np.float32))
decoded2 = tf.matmul(hidden2, kernel2, transpose_b=True) + bias2
loss2 = tf.reduce_mean(tf.square(decoded2 - hidden1), name="reconstruction2")
train2 = descend(loss2, "(decoders/)?hidden2/")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    run(loss1, train1, {X: INPUTS}, sess)
    run(loss2, train2, {X: INPUTS}, sess)
    tf.train.Saver().save(sess, checkpoint)
train_with_labels(checkpoint)

tf.reset_default_graph()

X = tf.placeholder(tf.float32, [None, 8], name="X")
corrupted = tf.placeholder(tf.float32, [None, 8], name="corrupted")
with tf.variable_scope(tf.get_variable_scope()) as scope:
    good = dense(lower_layers(X)[1], "score", 4, 1, 2)
    scope.reuse_variables()
    bad = dense(lower_layers(corrupted)[1], "score", 4, 1, 2)
loss = tf.reduce_mean(tf.nn.relu(MARGIN - good + bad), name="max_margin")
train = descend(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    run(loss, train, {X: INPUTS, corrupted: CORRUPTED}, sess)
    tf.train.Saver().save(sess, checkpoint)
train_with_labels(checkpoint)

shutil.rmtree(folder)
