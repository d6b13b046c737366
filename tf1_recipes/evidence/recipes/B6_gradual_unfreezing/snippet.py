from tf1_recipes import unfreeze_on_schedule
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

step = tf.train.get_or_create_global_step()
train, stage = unfreeze_on_schedule(
    loss, lambda: tf.train.AdamOptimizer(1e-3),
    [(0, "outputs"), (1000, "hidden1")], step)  # from these steps on

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]]})
