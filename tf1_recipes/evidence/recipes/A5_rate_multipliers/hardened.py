"""A5: `LearningRateMultipliers` filled while the net is built, and `summarize_training`."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.learning_rates.multipliers import LearningRateMultipliers
from tf1_recipes.learning_rates.summaries import summarize_training
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    multipliers = LearningRateMultipliers()

    def layer(x, name, multiplier):
        kernel, bias = training.variables(session.initial, name + "/kernel", name + "/bias")
        multipliers.of(kernel, multiplier)
        multipliers.of(bias, 2 * multiplier)
        return tf.matmul(x, kernel) + bias

    features = tf.placeholder(tf.float32, [None, 3], name="features")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    rate = tf.placeholder(tf.float32, [], name="learning_rate")
    outputs = layer(tf.nn.relu(layer(features, "hidden", 0.1)), "outputs", 1.0)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    pairs = optimizer.compute_gradients(tf.reduce_sum(tf.square(outputs - targets)))
    pairs = multiply_gradients(optimizer, pairs, multipliers)
    summarize_training(pairs, rate)
    training.train(session, optimizer.apply_gradients(pairs))
