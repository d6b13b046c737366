"""A4: a learning rate multiplier as a custom gradient: identity forward, dy * alpha backward."""
from __future__ import print_function

import tensorflow as tf


def lr_mult(alpha):
    @tf.custom_gradient
    def multiply(x):
        def gradient(dy):
            return dy * alpha * tf.ones_like(x)
        return x, gradient
    return multiply


x0 = tf.Variable(1., name="x0")
x1 = tf.Variable(1., name="x1")
loss = tf.square(x0) + tf.square(lr_mult(0.1)(x1))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(5):
        sess.run(train)
        print(sess.run([x0, x1, loss]))
