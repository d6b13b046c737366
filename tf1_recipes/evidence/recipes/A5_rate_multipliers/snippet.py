from tf1_recipes import (
    LearningRateMultipliers,
    multiply_gradients,
    summarize_training,
)
from tf1_recipes.v1 import tf

multipliers = LearningRateMultipliers()
x = tf.placeholder(tf.float32, [None, 4])
hidden = tf.layers.dense(x, 8, tf.tanh, name="hidden1")
multipliers.of(hidden, 0.1)  # finds hidden1/kernel and hidden1/bias
outputs = tf.layers.dense(hidden, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))

rate = tf.placeholder(tf.float32, [])
optimizer = tf.train.GradientDescentOptimizer(rate)
pairs = optimizer.compute_gradients(loss)
pairs = multiply_gradients(optimizer, pairs, multipliers)
summarize_training(pairs, rate)  # for TensorBoard
train = optimizer.apply_gradients(pairs)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [[1, 2, 3, 4]], rate: 0.1})
