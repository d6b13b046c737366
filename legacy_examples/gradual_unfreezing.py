"""B6: the output layer learns alone, then with hidden3, then with hidden2 too, in one session.

Each stage is another minimize of one optimizer, with a longer var_list. They are all built before
the variables are initialised, or the momentum of the later ones would have no value.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

NUMBERS = np.arange(80).reshape(10, 8) * 37 % 101
INPUTS = (NUMBERS / 101.0).astype(np.float32)
TARGETS = (NUMBERS.sum(axis=1, keepdims=True) / 101.0 + 8).astype(np.float32)


def initial(rows, columns, start):
    """Weights spread evenly between 0 and 2 over their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5
    return (values / rows).astype(np.float32).reshape(rows, columns)


X = tf.placeholder(tf.float32, [None, 8], name="X")
y = tf.placeholder(tf.float32, [None, 1], name="y")
layer, rows = X, 8
for number, (name, width) in enumerate(
        [("hidden1", 6), ("hidden2", 5), ("hidden3", 4), ("outputs", 1)]):
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", initializer=initial(rows, width, number))
        bias = tf.get_variable("bias", initializer=np.full(width, 0.1, np.float32))
    layer = tf.matmul(layer, kernel) + bias
    if name != "outputs":
        layer = tf.nn.relu(layer)
    rows = width
loss = tf.reduce_mean(tf.square(layer - y))

global_step = tf.Variable(0, name="global_step", trainable=False)
optimizer = tf.train.MomentumOptimizer(1 / 512.0, 0.5)
stages = []
for scope in ["outputs", "hidden3|outputs", "hidden[23]|outputs"]:
    unfrozen = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope)
    train = optimizer.minimize(loss, global_step=global_step, var_list=unfrozen)
    stages.append((scope, train))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for scope, train in stages:
        print("loss %.3f, now training %s" % (sess.run(loss, {X: INPUTS, y: TARGETS}), scope))
        for step in range(4):
            sess.run(train, {X: INPUTS, y: TARGETS})
    print("loss %.3f" % sess.run(loss, {X: INPUTS, y: TARGETS}))
