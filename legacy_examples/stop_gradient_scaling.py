"""A6: the layers below a mix of x and stop_gradient(x) see a fraction of the gradient.

Above two of three layers, x = 1/100 * x + (1 - 1/100) * stop_gradient(x): the value stays (but for
rounding), and the gradient is a hundredth, so that a learning rate of 0.001 acts as 0.00001.

Under Python 2, 1/100 is 0, the division of integers: the layers below are frozen, silently.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

INPUTS = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)

inputs = tf.placeholder(tf.float32, [None, 3], name="inputs")
targets = tf.placeholder(tf.float32, [None, 1], name="targets")


def layer(x, name, kernel):
    with tf.variable_scope(name):
        return tf.matmul(x, tf.get_variable("kernel", initializer=tf.constant(kernel)))


x = layer(inputs, "layer1", [[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]])
x = layer(x, "layer2", [[1.0, -0.5], [0.25, 0.75]])
x = 1/100 * x + (1 - 1/100) * tf.stop_gradient(x)
x = layer(x, "layer3", [[0.5], [-1.0]])
loss = tf.reduce_sum(tf.square(x - targets), name="loss")
train = tf.train.GradientDescentOptimizer(0.001).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(5):
        _, value = sess.run([train, loss], {inputs: INPUTS, targets: TARGETS})
        print("step %d: loss %.4f" % (step, value))
