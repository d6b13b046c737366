"""F: TF1's optimizers side by side, each on variables of its own, with the same gradients.

A scope for each optimizer holds a bias [3], whose gradient is dense, and a table [4, 2] of which
two rows are looked up at each step, whose gradient is sparse. The loss is linear in all of them, so
that every optimizer is given the same gradients, whatever its variables are.

The ids of a step differ: TensorFlow 0.12 does not sum the gradients of equal ids, later ones do.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

OPTIMIZERS = [
    ("gradient_descent", tf.train.GradientDescentOptimizer(0.1)),
    ("momentum", tf.train.MomentumOptimizer(0.1, 0.9)),
    ("nesterov", tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True)),
    ("adagrad", tf.train.AdagradOptimizer(0.1)),
    ("adadelta", tf.train.AdadeltaOptimizer(1.0)),
    ("rmsprop", tf.train.RMSPropOptimizer(0.01, momentum=0.9)),
    ("rmsprop_centred", tf.train.RMSPropOptimizer(0.01, momentum=0.9, centered=True)),
    ("adam", tf.train.AdamOptimizer()),
    ("ftrl", tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01,
                                    l2_regularization_strength=0.01)),
    ("proximal_gradient_descent", tf.train.ProximalGradientDescentOptimizer(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01)),
    ("proximal_adagrad", tf.train.ProximalAdagradOptimizer(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01)),
]

slope = tf.placeholder(tf.float32, [3], name="slope")
row_slopes = tf.placeholder(tf.float32, [2, 2], name="row_slopes")
ids = tf.placeholder(tf.int32, [2], name="ids")

trains, biases = [], []
for name, optimizer in OPTIMIZERS:
    with tf.variable_scope(name):
        bias = tf.get_variable("bias", initializer=tf.constant([1.0, -0.5, 0.25]))
        table = tf.get_variable("table", initializer=tf.constant(
            [[0.5, -1.0], [1.5, 0.75], [-0.25, 2.0], [1.25, -1.5]]))
    rows = tf.gather(table, ids)
    loss = tf.reduce_sum(slope * bias) + tf.reduce_sum(row_slopes * rows)
    trains.append(optimizer.minimize(loss, var_list=[bias, table]))
    biases.append(bias)
train = tf.group(*trains)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(6):
        sess.run(train, {
            slope: (np.arange(3) * 5 + step * 7) % 11 / 4.0 - 1.25,
            row_slopes: ((np.arange(4) * 3 + step * 5) % 7 / 2.0 - 1.25).reshape(2, 2),
            ids: [step % 4, (step + 1 + step % 3) % 4],
        })
    for (name, _), bias in zip(OPTIMIZERS, sess.run(biases)):
        print("%-25s" % name, " ".join("%8.5f" % value for value in bias))
