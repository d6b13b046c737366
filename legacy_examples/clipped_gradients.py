"""C: every element of every gradient clipped to [-1, 1] between compute and apply.

A bowl, steep along some weights and flat along others: at first three of the nine elements are
clipped and six are not, at the end none is. Every gradient reads its own variable only, so that
the update of one cannot race with the gradient of another.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

STEEPNESS = np.array([[0.3, 1.7, 0.6], [1.1, 0.2, 0.9]], np.float32)
TARGETS = np.array([[2.0, -1.0, 1.5], [0.5, -3.0, 1.0]], np.float32)

learning_rate = 0.1
threshold = 1.0

steepness = tf.placeholder(tf.float32, [2, 3], name="steepness")
targets = tf.placeholder(tf.float32, [2, 3], name="targets")

weights = tf.get_variable("weights", initializer=tf.constant(
    [[0.5, -0.25, 1.25], [1.25, -0.75, 0.7]]))
bias = tf.get_variable("bias", initializer=tf.constant([0.1, -0.9, 0.3]))

loss = (tf.reduce_sum(steepness * tf.square(weights - targets))
        + tf.reduce_sum(tf.square(bias - 0.2)))

optimizer = tf.train.GradientDescentOptimizer(learning_rate)
grads_and_vars = optimizer.compute_gradients(loss)
capped_gvs = [(tf.clip_by_value(grad, -threshold, threshold), var)
              for grad, var in grads_and_vars]
training_op = optimizer.apply_gradients(capped_gvs)

clipped = tf.add_n([tf.reduce_sum(tf.cast(tf.abs(grad) > threshold, tf.int32))
                    for grad, var in grads_and_vars])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(10):
        feeds = {steepness: STEEPNESS, targets: TARGETS}
        count, value = sess.run([clipped, loss], feeds)
        sess.run(training_op, feeds)
        print("step %d: loss %.4f, %d of 9 elements clipped" % (step, value, count))
