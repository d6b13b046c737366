"""A4: `scale_gradient` on a variable."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.scale import scale_gradient
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    x0, x1 = training.variables(session.initial, "x0", "x1")
    loss = tf.square(x0) + tf.square(scale_gradient(x1, 0.1))
    training.train(session, tf.train.GradientDescentOptimizer(0.1).minimize(loss))
