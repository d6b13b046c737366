"""A7: `LearningRateMultipliers` of a layer's output under momentum."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.learning_rates.multipliers import LearningRateMultipliers
from tf1_recipes.v1 import tf


def run(sessions):
    # As documented, the factor of 2 has no effect: that is a multiplier of 1.
    for session, multiplier in zip(sessions, (1.0, 2.0)):
        with tf.Graph().as_default():
            multipliers = LearningRateMultipliers()
            step = tf.train.get_or_create_global_step()
            features = tf.placeholder(tf.float32, [None, 3], name="features")
            targets = tf.placeholder(tf.float32, [None, 1], name="targets")
            hidden = multipliers.of(training.dense(features, session.initial, "dense"), multiplier)
            outputs = training.dense(tf.nn.relu(hidden), session.initial, "outputs")
            optimizer = tf.train.MomentumOptimizer(1e-3, 0.9)
            pairs = optimizer.compute_gradients(tf.reduce_mean(tf.square(outputs - targets)))
            pairs = multiply_gradients(optimizer, pairs, multipliers)
            training.train(session, optimizer.apply_gradients(pairs, step))
