"""A3: a gradient is scaled between compute_gradients and apply_gradients.

x and y are pulled together by the loss (x - y)^2; y's gradient counts twice.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

try:
    np.set_printoptions(legacy="1.13")  # NumPy's spelling of floats before 1.14
except TypeError:
    pass

x = tf.Variable(1, name="x", dtype=tf.float32)
y = tf.Variable(0, name="y", dtype=tf.float32)
global_step = tf.Variable(0, name="global_step", trainable=False)
loss = tf.square(x - y)

optimizer = tf.train.GradientDescentOptimizer(0.1)
scaled = []
for gradient, variable in optimizer.compute_gradients(loss):
    if variable is y:
        gradient = 2 * gradient
    scaled.append((gradient, variable))
train = optimizer.apply_gradients(scaled, global_step=global_step)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(5):
        sess.run(train)
        print(sess.run([x, y]))
