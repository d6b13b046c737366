"""An optimizer of TensorFlow 1 by itself: 24 weights, and gradients that are fed.

    tf1-recipes record --python <1.15.5> -o <name>-1.15.5.json train.py -- <name>
"""
import sys

import numpy as np
import tensorflow as tf

OPTIMIZERS = {
    "nesterov": lambda: tf.train.MomentumOptimizer(0.01, 0.9, use_nesterov=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.01),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.01),
    "adam": lambda: tf.train.AdamOptimizer(0.01, epsilon=0.1),
    "adamw": lambda: tf.contrib.opt.AdamWOptimizer(0.01, 0.01),
}

kernel = ((np.arange(24) * 7 % 25 - 11.5) / 8).astype(np.float32).reshape(4, 6)
slopes = ((np.arange(144) ** 3 % 101 - 50.5) / 32).astype(np.float32).reshape(6, 4, 6)

slope = tf.placeholder(tf.float32, [4, 6], name="slope")
w = tf.get_variable("w", initializer=tf.constant(kernel))
train = OPTIMIZERS[sys.argv[1]]().apply_gradients([(slope, w)])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for each in slopes:
        sess.run(train, {slope: each})
