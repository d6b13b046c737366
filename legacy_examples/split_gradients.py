"""A2: one gradient computation for all variables, split between two optimizers.

tf.gradients is called once; the list is cut in two, and each half applied at a rate of its own.

The problem is linear, so that no gradient reads a weight. In a deeper net this form is a race: one
optimizer may overwrite a weight that the backward pass has yet to read.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

FEATURES = (np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32)

features = tf.placeholder(tf.float32, [None, 5], name="features")
targets = tf.placeholder(tf.float32, [None, 1], name="targets")

with tf.variable_scope("pretrained"):
    old = tf.get_variable("weights", initializer=tf.constant([[0.5], [-0.25], [1.0]]))
with tf.variable_scope("new"):
    new = tf.get_variable("weights", initializer=tf.constant([[0.125], [-0.75]]))
    bias = tf.get_variable("bias", initializer=tf.constant([0.1]))

outputs = tf.matmul(features[:, :3], old) + tf.matmul(features[:, 3:], new) + bias
loss = tf.reduce_sum(tf.square(outputs - targets), name="loss")

low, high = [old], [new, bias]
gradients = tf.gradients(loss, low + high)
train_low = tf.train.GradientDescentOptimizer(0.00001).apply_gradients(
    zip(gradients[:len(low)], low))
train_high = tf.train.GradientDescentOptimizer(0.0001).apply_gradients(
    zip(gradients[len(low):], high))
train = tf.group(train_low, train_high)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(10):
        _, value = sess.run([train, loss], {features: FEATURES, targets: TARGETS})
        print("step %d: loss %.4f" % (step, value))
