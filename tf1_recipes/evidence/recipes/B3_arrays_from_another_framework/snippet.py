import numpy as np

from tf1_recipes import plan_restore
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

theirs = {  # or a state_dict of PyTorch, or the path of an .npz or HDF5 file
    "fc1.weight": np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4),
    "fc1.bias": np.zeros(8, np.float32)}
plan = plan_restore(
    theirs, include="hidden1", transpose={"hidden1/kernel": True},
    names={"fc1.weight": "hidden1/kernel", "fc1.bias": "hidden1/bias"})

with tf.Session() as session:
    plan.restore(session)  # initialises everything else
    session.run(train, {x: [[1, 2, 3, 4]]})
