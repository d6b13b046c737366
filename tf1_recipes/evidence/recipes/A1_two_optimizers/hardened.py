"""A1: `GroupedOptimizer` on the linear model."""
from tf1_recipes.evidence import training
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    old, new, bias = training.variables(
        session.initial, "pretrained/weights", "new/weights", "new/bias")
    features = tf.placeholder(tf.float32, [None, 5], name="features")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    outputs = tf.matmul(features[:, :3], old) + tf.matmul(features[:, 3:], new) + bias
    loss = tf.reduce_sum(tf.square(outputs - targets))
    optimizer = GroupedOptimizer([
        (tf.train.GradientDescentOptimizer(0.00001), "pretrained"),
        (tf.train.GradientDescentOptimizer(0.0001), "new")])
    training.train(session, optimizer.minimize(loss))
