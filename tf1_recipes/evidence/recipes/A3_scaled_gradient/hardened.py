"""A3: `multiply_gradients` between compute and apply."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    x, y = training.variables(session.initial, "x", "y")
    step = tf.Variable(session.initial["global_step"], name="global_step", trainable=False)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    gradients = optimizer.compute_gradients(tf.square(x - y))
    gradients = multiply_gradients(optimizer, gradients, {"y": 2})
    training.train(session, optimizer.apply_gradients(gradients, global_step=step))
