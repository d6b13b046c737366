from tf1_recipes import LearningRateMultipliers, multiply_gradients
from tf1_recipes.v1 import tf

multipliers = LearningRateMultipliers(default=1.0)
x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
multipliers.of(hidden, 2.0)  # an error if it reached no variable
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

step = tf.train.get_or_create_global_step()
optimizer = tf.train.MomentumOptimizer(1e-3, 0.9)
pairs = optimizer.compute_gradients(loss)
pairs = multiply_gradients(optimizer, pairs, multipliers)
train = optimizer.apply_gradients(pairs, step)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]]})
