"""E1: weight decay as L2 in the loss, by way of collections.

Every weight is put into the collection "weights" where it is made (nothing else fills it); factor *
l2_loss of each, summed, joins the loss of the data in "losses", whose sum is minimised.

The optimizer is momentum: its accumulator holds the decay too. The bias is not decayed.
"""
from __future__ import print_function

import tensorflow as tf

WEIGHT_DECAY_FACTOR = 0.0005

w = tf.get_variable("w", initializer=tf.constant([2.0, -1.5, 0.25]))
v = tf.get_variable("v", initializer=tf.constant([0.75, -0.5]))
bias = tf.get_variable("bias", initializer=tf.constant(0.5))
tf.add_to_collection("weights", w)
tf.add_to_collection("weights", v)

data_loss = tf.add_n([tf.nn.l2_loss(w - 1), tf.nn.l2_loss(v + 2), tf.nn.l2_loss(bias + 0.1)])
tf.add_to_collection("losses", data_loss)

weights_norm = tf.reduce_sum(
    WEIGHT_DECAY_FACTOR * tf.stack([tf.nn.l2_loss(each) for each in tf.get_collection("weights")]),
    name="weights_norm")
tf.add_to_collection("losses", weights_norm)

total_loss = tf.add_n(tf.get_collection("losses"), name="total_loss")
train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(total_loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(6):
        sess.run(train)
        print("total loss %.4f, of which weights %.4f" % tuple(sess.run([total_loss, weights_norm])))
