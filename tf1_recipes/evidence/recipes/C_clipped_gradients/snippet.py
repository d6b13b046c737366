from tf1_recipes import clip_gradients
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

optimizer = tf.train.AdamOptimizer(1e-3)
pairs = optimizer.compute_gradients(loss)
clipped = clip_gradients(pairs, "value", 1.0)  # or norm, global_norm ...
train = optimizer.apply_gradients(clipped.grads_and_vars)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]]})
