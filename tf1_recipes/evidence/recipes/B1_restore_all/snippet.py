import os
import tempfile

from tf1_recipes import clip_gradients, plan_restore
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

optimizer = tf.train.GradientDescentOptimizer(0.01)
pairs = optimizer.compute_gradients(loss)
clipped = clip_gradients(pairs, "value", 1.0)
train = optimizer.apply_gradients(clipped.grads_and_vars)
path = os.path.join(tempfile.mkdtemp(), "net.ckpt")

with tf.Session() as session:  # an earlier training
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, path)

with tf.Session() as session:
    plan_restore(path).restore(session)  # all of it, or nothing
    session.run(train, {x: [[1, 2, 3, 4]]})
