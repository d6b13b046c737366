from tf1_recipes import scale_gradient
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
lower = scale_gradient(hidden, 0.01)  # the same value, 1/100 of the gradient
outputs = tf.layers.dense(lower, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]]})
