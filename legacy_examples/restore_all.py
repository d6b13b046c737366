"""B1: a whole net is restored, and its training goes on.

The gradients are clipped to [-1, 1] one by one between compute_gradients and apply_gradients; the
Saver takes every variable, and saves them again at the end.

The loss is summed, so that slopes are clipped though the inputs are small: with large ones the net
would carry a rounding on tenfold at every step, and its numbers would say little.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 25.0).astype(np.float32)
LABELS = np.arange(10) * 3 % 4


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build():
    """A relu net 8-6-5-4, its train op and its accuracy."""
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer, rows = X, 8
    for number, (name, width) in enumerate([("hidden1", 6), ("hidden2", 5), ("outputs", 4)]):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", initializer=initial(rows, width, number))
            bias = tf.get_variable("bias", initializer=np.full(width, 0.1, np.float32))
        layer = tf.matmul(layer, kernel) + bias
        if name != "outputs":
            layer = tf.nn.relu(layer)
        rows = width
    loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=layer))
    optimizer = tf.train.GradientDescentOptimizer(0.01)
    clipped = [(tf.clip_by_value(gradient, -1.0, 1.0), variable)
               for gradient, variable in optimizer.compute_gradients(loss)]
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(layer, y, 1), tf.float32))
    return X, y, optimizer.apply_gradients(clipped), accuracy


def fit(sess, X, y, train, accuracy):
    for step in range(4):
        sess.run(train, {X: INPUTS, y: LABELS})
    print("accuracy: %.1f" % sess.run(accuracy, {X: INPUTS, y: LABELS}))


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "net.ckpt")

net = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fit(sess, *net)
    tf.train.Saver().save(sess, checkpoint)

tf.reset_default_graph()

net = build()
saver = tf.train.Saver()
with tf.Session() as sess:
    saver.restore(sess, checkpoint)
    fit(sess, *net)
    saver.save(sess, checkpoint)

shutil.rmtree(folder)
