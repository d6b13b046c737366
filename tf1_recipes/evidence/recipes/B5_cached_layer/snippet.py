import os
import tempfile

import numpy as np

from tf1_recipes import cache_outputs
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))
upper = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="outputs/")
descent = tf.train.GradientDescentOptimizer(0.1)
train = descent.minimize(loss, var_list=upper)

data = np.arange(80, dtype=np.float32).reshape(20, 4) / 80
path = os.path.join(tempfile.mkdtemp(), "hidden1.npy")
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    cache = cache_outputs(session, hidden, {x: data}, path)
    session.run(train, {hidden: cache.array[:10]})  # in place of the inputs
