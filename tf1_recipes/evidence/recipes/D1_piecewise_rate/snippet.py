from tf1_recipes import increment_step, piecewise_constant
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

schedule = piecewise_constant([2000, 6000], [0.1, 0.05, 0.01])
global_step = tf.train.get_or_create_global_step()
step, rate = increment_step(global_step, schedule)  # adds 1, and its rate
train = tf.train.GradientDescentOptimizer(rate).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    print(session.run([step, rate, train], {x: [[1, 2, 3, 4]]})[:2])
