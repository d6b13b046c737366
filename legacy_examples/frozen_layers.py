"""B4: the lower layers are frozen while the upper ones learn, in two forms.

The first gives minimize a var_list: the variables in the scope hidden[34]|outputs. The second cuts
the net with stop_gradient above hidden2. Both train the same.
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


def build(cut_above=None):
    """A relu net 8-6-5-5-4-4; no gradient passes below the layer cut_above."""
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer, rows = X, 8
    names = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]
    for number, (name, width) in enumerate(zip(names, [6, 5, 5, 4, 4])):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", initializer=initial(rows, width, number))
            bias = tf.get_variable("bias", initializer=np.full(width, 0.1, np.float32))
        layer = tf.matmul(layer, kernel) + bias
        if name != "outputs":
            layer = tf.nn.relu(layer)
        if name == cut_above:
            layer = tf.stop_gradient(layer)
        rows = width
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=layer), name="loss")
    return X, y, loss


def fit(X, y, train, steps=5):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(steps):
            sess.run(train, {X: INPUTS, y: LABELS})
        return sess.run(tf.global_variables())


X, y, loss = build()
upper = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[34]|outputs")
by_scope = fit(X, y, tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=upper))

tf.reset_default_graph()

X, y, loss = build(cut_above="hidden2")
by_cut = fit(X, y, tf.train.GradientDescentOptimizer(0.1).minimize(loss))

print("frozen by scope and by stop_gradient: %s" % (
    "the same" if all((a == b).all() for a, b in zip(by_scope, by_cut)) else "different"))
