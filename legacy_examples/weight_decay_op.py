"""E3: weight decay as an op of its own, W = W * (1 - 0.0005) after the gradient is applied.

Every decay waits for the whole train op and takes decay * w off the updated weight. The optimizer
is momentum, whose accumulator does not see the decay; the bias is not decayed. Rate and momentum
are powers of two, by which all processors multiply and add alike, fused or not.

The variables are of TF1's default kind, ref variables: the read below is of the updated weight, on
every release.
"""
from __future__ import print_function

import tensorflow as tf

DECAY = 0.0005

weights = tf.get_variable("weights", initializer=tf.constant([2.0, -1.5, 0.25]))
bias = tf.get_variable("bias", initializer=tf.constant(0.5))
loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2

train = tf.train.MomentumOptimizer(0.125, 0.5).minimize(loss)
with tf.control_dependencies([train]):
    train = tf.group(*[tf.assign_sub(each, DECAY * each) for each in [weights]])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(6):
        sess.run(train)
        print("weights %.5f %.5f %.5f" % tuple(sess.run(weights)))
