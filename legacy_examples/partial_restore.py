"""B2: the lower layers of a trained net, restored into a new one with other upper layers.

A dict of the variables in the scope hidden[123] makes a Saver that restores only these. Everything
is initialised first, then the part restored over it; a second Saver saves all of the new net.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = np.arange(10) * 3 % 4


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return tf.constant_initializer((values / np.sqrt(rows)).astype(np.float32))


def build(widths, start):
    """A relu net: hidden1, hidden2 ... and outputs."""
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer, rows = X, 8
    for number, width in enumerate(widths):
        last = number == len(widths) - 1
        layer = tf.layers.dense(
            layer, width, activation=None if last else tf.nn.relu,
            kernel_initializer=initial(rows, width, start + number),
            bias_initializer=tf.constant_initializer(0.1),
            name="outputs" if last else "hidden%d" % (number + 1))
        rows = width
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=layer), name="loss")
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(layer, y, 1), tf.float32))
    return X, y, train, accuracy


def fit(sess, X, y, train, accuracy, steps):
    feeds = {X: INPUTS, y: LABELS}
    for step in range(steps):
        sess.run(train, feeds)
    print("accuracy after %d steps: %.1f" % (steps, sess.run(accuracy, feeds)))


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "old_net.ckpt")

net = build([6, 5, 5, 5, 5, 4], start=0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fit(sess, *net, steps=3)
    tf.train.Saver().save(sess, checkpoint)

tf.reset_default_graph()

net = build([6, 5, 5, 3, 4], start=500)
reused = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[123]")
restore = tf.train.Saver(dict((variable.op.name, variable) for variable in reused))
save = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    restore.restore(sess, checkpoint)
    fit(sess, *net, steps=5)
    save.save(sess, os.path.join(folder, "new_net.ckpt"))

shutil.rmtree(folder)
