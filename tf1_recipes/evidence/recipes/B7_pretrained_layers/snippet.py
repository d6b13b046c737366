from tf1_recipes import layerwise_autoencoders
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden1 = tf.layers.dense(x, 8, tf.nn.relu, name="hidden1")
hidden2 = tf.layers.dense(hidden1, 4, tf.nn.relu, name="hidden2")
phases = layerwise_autoencoders(
    x, [hidden1, hidden2], lambda: tf.train.AdamOptimizer(0.01))

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for phase in phases:  # one layer each, all others frozen
        session.run(phase.train_op, {x: [[1, 2, 3, 4]]})
