"""E5: what Caffe's SGD computes, by hand: the decay goes through the momentum, as L2 would.

    diff += weight_decay * decay_mult * W
    history = momentum * history + rate * lr_mult * diff
    W -= history

lr_mult and decay_mult are those of Caffe's reference nets: 1 and 1 for weights, 2 and 0 for biases.
The rate drops in mid-training; Caffe's history holds past rates, unlike TensorFlow's accumulator.
"""
from __future__ import print_function

import tensorflow as tf

MOMENTUM, WEIGHT_DECAY = 0.9, 0.0005

rate = tf.placeholder(tf.float32, [], name="rate")
weights = tf.get_variable("weights", initializer=tf.constant([2.0, -1.5, 0.25]))
bias = tf.get_variable("bias", initializer=tf.constant(0.5))
loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2

gradients = tf.tuple(tf.gradients(loss, [weights, bias]))
updates = []
for W, gradient, lr_mult, decay_mult in [(weights, gradients[0], 1.0, 1.0),
                                         (bias, gradients[1], 2.0, 0.0)]:
    history = tf.Variable(tf.zeros(W.get_shape()), trainable=False, name=W.op.name + "/history")
    diff = gradient + WEIGHT_DECAY * decay_mult * W
    history = history.assign(MOMENTUM * history + rate * lr_mult * diff)
    updates.append(W.assign_sub(history))
train = tf.group(*updates)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(8):
        sess.run(train, {rate: 0.1 if step < 5 else 0.01})
        print("weights %.5f %.5f %.5f" % tuple(sess.run(weights)))
