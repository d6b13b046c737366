"""B3: weights of another framework in the first hidden layer, in two ways.

The first way feeds the second input of the Assign ops while the initialiser runs; the second
initialises, then assigns through placeholders, and transposes there: the other framework keeps a
kernel as (outputs, inputs). Both train the same.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = np.arange(10) * 3 % 4


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


THEIR_KERNEL = initial(8, 6, 500).T  # (6, 8)
THEIR_BIAS = np.linspace(-0.25, 0.25, 6).astype(np.float32)


def build():
    """A relu net 8-6-5-4."""
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
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=layer))
    return X, y, tf.train.GradientDescentOptimizer(0.1).minimize(loss)


def fit(sess, X, y, train):
    for step in range(4):
        sess.run(train, {X: INPUTS, y: LABELS})
    return sess.run(tf.global_variables())


net = build()
graph = tf.get_default_graph()
start_kernel = graph.get_operation_by_name("hidden1/kernel/Assign").inputs[1]
start_bias = graph.get_operation_by_name("hidden1/bias/Assign").inputs[1]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer(),
             {start_kernel: THEIR_KERNEL.T, start_bias: THEIR_BIAS})
    by_initialiser = fit(sess, *net)

tf.reset_default_graph()

net = build()
with tf.variable_scope("", reuse=True):
    kernel, bias = tf.get_variable("hidden1/kernel"), tf.get_variable("hidden1/bias")
their_kernel = tf.placeholder(tf.float32, [6, 8], name="their_kernel")
their_bias = tf.placeholder(tf.float32, [6], name="their_bias")
assign = tf.group(tf.assign(kernel, tf.transpose(their_kernel)), tf.assign(bias, their_bias))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(assign, {their_kernel: THEIR_KERNEL, their_bias: THEIR_BIAS})
    by_placeholder = fit(sess, *net)

print("fed to the initialiser and through placeholders: %s" % (
    "the same" if all((a == b).all() for a, b in zip(by_initialiser, by_placeholder))
    else "different"))
