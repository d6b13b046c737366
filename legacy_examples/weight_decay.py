"""E2: weight decay decoupled from the loss, by a second optimizer chained behind the train op.

The regularizer given to the variable fills REGULARIZATION_LOSSES; plain gradient descent at rate
1.0 on their sum, under control of the train op, takes decay * w off every weight.

The variable is of TF1's default kind, a ref variable: the decay then reads the updated weight, on
every release. With resource variables it reads the old one, or on 1.15 either, at random.
"""
from __future__ import print_function

import tensorflow as tf

DECAY = 0.1

w = tf.get_variable("w", initializer=tf.constant(2.0),
                    regularizer=lambda weights: DECAY * tf.nn.l2_loss(weights))
loss = tf.square(w - 1) / 2

train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[w])
with tf.control_dependencies([train]):
    penalty = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(penalty)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(4):
        sess.run(train)
        print("%.5f" % sess.run(w))
