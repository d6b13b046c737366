"""E4: weight decay for any optimizer, by a class that extends the optimizer's class.

The form of tf.contrib.opt's DecoupledWeightDecayExtension (1.10 to 1.15), written out: before a
variable's update is applied, decay * w is taken off it. AdamW and MomentumW come of one factory.

Nothing there makes the decay wait for the gradients, which may so read the old weight or the decayed
one. Here they read none: every gradient is fed.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

SLOPES = (np.arange(24).reshape(8, 3) * 5 % 11 / 8.0 - 0.5).astype(np.float32)


def extend_with_decoupled_weight_decay(base):
    class OptimizerWithDecay(base):
        def __init__(self, weight_decay, **kwargs):
            super(OptimizerWithDecay, self).__init__(**kwargs)
            self.weight_decay = weight_decay

        def _apply_dense(self, grad, var):
            with tf.control_dependencies([var.assign_sub(self.weight_decay * var)]):
                return super(OptimizerWithDecay, self)._apply_dense(grad, var)

    return OptimizerWithDecay


AdamW = extend_with_decoupled_weight_decay(tf.train.AdamOptimizer)
MomentumW = extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)

slope = tf.placeholder(tf.float32, [3], name="slope")
w = tf.get_variable("w", initializer=tf.constant([2.0, -1.5, 0.25]))
v = tf.get_variable("v", initializer=tf.constant([2.0, -1.5, 0.25]))
train_w = AdamW(0.01, learning_rate=0.1, name="AdamW").apply_gradients([(slope, w)])
train_v = MomentumW(0.01, learning_rate=0.1, momentum=0.9, name="MomentumW").apply_gradients(
    [(slope, v)])
train = tf.group(train_w, train_v)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(8):
        sess.run(train, {slope: SLOPES[step]})
        print("AdamW %.5f %.5f %.5f" % tuple(sess.run(w)))
        print("MomentumW %.5f %.5f %.5f" % tuple(sess.run(v)))
