import os
import tempfile

from tf1_recipes import plan_restore
from tf1_recipes.v1 import tf

path = os.path.join(tempfile.mkdtemp(), "old_net.ckpt")

with tf.Graph().as_default(), tf.Session() as session:  # the old net
    tf.layers.dense(tf.ones([1, 4]), 8, tf.tanh, name="hidden1")
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, path)

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
plan = plan_restore(path, include="hidden[123]")

with tf.Session() as session:
    plan.restore(session)  # initialises everything else
    session.run(train, {x: [[1, 2, 3, 4]]})
