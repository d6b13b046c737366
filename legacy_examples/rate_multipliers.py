"""A5: a multiplier of the learning rate per variable, kept in a dict while the net is built.

Every layer enters its variables in the dict under var.op.name. The learning rate is a placeholder;
each gradient is multiplied by its variable's entry between compute_gradients and apply_gradients.
The rate, the variables and their gradients go to TensorBoard.
"""
from __future__ import print_function

import shutil
import tempfile

import numpy as np
import tensorflow as tf

FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)

multipliers = {}


def layer(x, name, kernel, bias, multiplier):
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", initializer=tf.constant(kernel))
        bias = tf.get_variable("bias", initializer=tf.constant(bias))
        multipliers[kernel.op.name] = multiplier
        multipliers[bias.op.name] = 2 * multiplier
        return tf.matmul(x, kernel) + bias


features = tf.placeholder(tf.float32, [None, 3], name="features")
targets = tf.placeholder(tf.float32, [None, 1], name="targets")
learning_rate = tf.placeholder(tf.float32, [], name="learning_rate")

hidden = tf.nn.relu(layer(features, "hidden", [[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]],
                          [0.125, -0.125], 0.1))
outputs = layer(hidden, "outputs", [[0.5], [-1.0]], [0.25], 1.0)
loss = tf.reduce_sum(tf.square(outputs - targets), name="loss")

optimizer = tf.train.GradientDescentOptimizer(learning_rate)
grads_and_vars = [(gradient * multipliers[variable.op.name], variable)
                  for gradient, variable in optimizer.compute_gradients(loss)]
train = optimizer.apply_gradients(grads_and_vars)

tf.summary.scalar("learning_rate", learning_rate)
for gradient, variable in grads_and_vars:
    tf.summary.histogram("variables/" + variable.op.name, variable)
    tf.summary.histogram("gradients/" + variable.op.name, gradient)
summaries = tf.summary.merge_all()

folder = tempfile.mkdtemp()
writer = tf.summary.FileWriter(folder)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(6):
        feeds = {features: FEATURES, targets: TARGETS, learning_rate: 0.01 if step < 3 else 0.001}
        # Before the step: beside the train op nothing says whether the variables are old or new.
        value, summary = sess.run([loss, summaries], feeds)
        writer.add_summary(summary, step)
        sess.run(train, feeds)
        print("step %d: loss %.4f, %d summaries" % (
            step, value, len(tf.Summary.FromString(summary).value)))
writer.close()
shutil.rmtree(folder)
