"""A7: a defaultdict of learning rate multipliers under momentum; one layer learns twice as fast.

As documented it has no effect: the factor is kept under the name of the op that computes the
layer's output, dense/BiasAdd, but looked up under the variables' names, dense/kernel and
dense/bias. A defaultdict gives its default, 1.0, for a name that it does not have, and says
nothing. What was meant keeps the factor under the variables' names.
"""
from __future__ import print_function

from collections import defaultdict

import numpy as np
import tensorflow as tf

# The outputs are below all targets, and rise: no slope changes its sign, no sum cancels out.
FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 / 8.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 + 10.0).astype(np.float32)


def dense(x, kernel, bias, name):
    return tf.layers.dense(
        x, len(bias), name=name,
        kernel_initializer=tf.constant_initializer(np.array(kernel, np.float32)),
        bias_initializer=tf.constant_initializer(np.array(bias, np.float32)))


def train_net(names_of_layer):
    """Trains the net; the entries are made under the names that the function gives of a layer."""
    tf.reset_default_graph()
    features = tf.placeholder(tf.float32, [None, 3], name="features")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    tf.train.get_or_create_global_step()
    multipliers = defaultdict(lambda: 1.0)

    layer = dense(features, [[0.5, 0.25], [0.75, 1.0], [0.25, 0.5]], [0.125, -0.5], "dense")
    for name in names_of_layer(layer):
        multipliers[name] = 2.0
    outputs = dense(tf.nn.relu(layer), [[0.5], [1.0]], [0.25], "outputs")
    loss = tf.reduce_mean(tf.square(outputs - targets), name="loss")

    optimizer = tf.train.MomentumOptimizer(1e-3, 0.9)
    grads_and_vars = [(gradient * multipliers[variable.op.name], variable)
                      for gradient, variable in optimizer.compute_gradients(loss)]
    train = optimizer.apply_gradients(grads_and_vars, tf.train.get_global_step())

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(5):
            _, value = sess.run([train, loss], {features: FEATURES, targets: TARGETS})
            print("  step %d: loss %.4f" % (step, value))
    print("  multipliers: %s" % ", ".join(
        "%s %.1f" % item for item in sorted(multipliers.items())))


def documented(layer):
    return [layer.op.name]


def meant(layer):
    scope = layer.op.name.split("/")[0] + "/"
    return [variable.op.name for variable in tf.trainable_variables(scope)]


print("as documented:")
train_net(documented)
print("as meant:")
train_net(meant)
