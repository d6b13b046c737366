"""B5: the frozen layers run once; their cached output is fed in place of the inputs.

hidden1 and hidden2 are frozen. The first training feeds the inputs at every step. The second one
runs hidden2 once over the whole training set, shuffles the rows of the result and the labels
alike, and feeds batches of them to the same train op. Both train the same.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(88).reshape(11, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = np.arange(11) * 3 % 4

n_epochs = 3
n_batches = 3


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build():
    """A relu net 8-6-5-5-4-4, of which only hidden3, hidden4 and outputs are trained."""
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layers, rows = [X], 8
    names = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]
    for number, (name, width) in enumerate(zip(names, [6, 5, 5, 4, 4])):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", initializer=initial(rows, width, number))
            bias = tf.get_variable("bias", initializer=np.full(width, 0.1, np.float32))
            layer = tf.matmul(layers[-1], kernel) + bias
            if name != "outputs":
                layer = tf.nn.relu(layer, name="relu")
        layers.append(layer)
        rows = width
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=layers[-1]), name="loss")
    train_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES,
                                   scope="hidden[34]|outputs")
    training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=train_vars)
    return X, layers[2], y, training_op


def shuffled(epoch):
    """In order at first, then another order in every epoch."""
    return np.arange(11) * (epoch + 1) % 11


X, hidden2, y, training_op = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(n_epochs):
        shuffled_idx = shuffled(epoch)
        X_batches = np.array_split(INPUTS[shuffled_idx], n_batches)
        y_batches = np.array_split(LABELS[shuffled_idx], n_batches)
        for X_batch, y_batch in zip(X_batches, y_batches):
            sess.run(training_op, feed_dict={X: X_batch, y: y_batch})
    without_cache = sess.run(tf.global_variables())

tf.reset_default_graph()

X, hidden2, y, training_op = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    h2_cache = sess.run(hidden2, feed_dict={X: INPUTS})
    for epoch in range(n_epochs):
        shuffled_idx = shuffled(epoch)
        h2_batches = np.array_split(h2_cache[shuffled_idx], n_batches)
        y_batches = np.array_split(LABELS[shuffled_idx], n_batches)
        for h2_batch, y_batch in zip(h2_batches, y_batches):
            sess.run(training_op, feed_dict={hidden2: h2_batch, y: y_batch})
    with_cache = sess.run(tf.global_variables())

apart = max(np.abs(a - b).max() for a, b in zip(without_cache, with_cache))
print("trained without the cache and with it: %s" % (
    "the same" if apart < 1e-6 else "different"))
