"""C: `clip_gradients` by value, on the bowl."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.clip import clip_gradients
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    weights, bias = training.variables(session.initial, "weights", "bias")
    steepness = tf.placeholder(tf.float32, [2, 3], name="steepness")
    targets = tf.placeholder(tf.float32, [2, 3], name="targets")
    loss = (tf.reduce_sum(steepness * tf.square(weights - targets))
            + tf.reduce_sum(tf.square(bias - 0.2)))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    clipped = clip_gradients(optimizer.compute_gradients(loss), "value", 1.0)
    training.train(session, optimizer.apply_gradients(clipped.grads_and_vars))
