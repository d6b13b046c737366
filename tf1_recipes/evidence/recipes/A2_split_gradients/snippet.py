from tf1_recipes import GroupedOptimizer
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

optimizer = GroupedOptimizer([
    (tf.train.GradientDescentOptimizer(1e-5), "hidden1"),
    (tf.train.AdamOptimizer(1e-3), "outputs")])
pairs = optimizer.compute_gradients(loss)  # once, for both optimizers
train = optimizer.apply_gradients(pairs)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]]})
