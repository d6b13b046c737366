"""A6: `scale_gradient` on the output of the lower layers."""
from tf1_recipes.evidence import training
from tf1_recipes.gradients.scale import scale_gradient
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    inputs = tf.placeholder(tf.float32, [None, 3], name="inputs")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    kernels = training.variables(
        session.initial, "layer1/kernel", "layer2/kernel", "layer3/kernel")
    below = tf.matmul(tf.matmul(inputs, kernels[0]), kernels[1])
    outputs = tf.matmul(scale_gradient(below, 1 / 100), kernels[2])
    loss = tf.reduce_sum(tf.square(outputs - targets))
    training.train(session, tf.train.GradientDescentOptimizer(0.001).minimize(loss))
