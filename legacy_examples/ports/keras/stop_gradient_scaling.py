r"""A6 in Keras 3: the layers below see a hundredth of the gradient.

    python stop_gradient_scaling.py port.npz
    tf1-recipes compare A6_stop_gradient_scaling/1.15.5.json port.npz --ulp 2

keras.ops.stop_gradient is tf.stop_gradient, in a functional model too. The mix is written as
stop(x) + f * (x - stop(x)): x - stop(x) is 0, so that the value is x to the last bit, where the
documented f * x + (1 - f) * stop(x) rounds it twice. Its gradient is f, as it was.

1/100 is 0.01 in Python 3, and no layer is frozen by chance. What has not changed: under Adam,
RMSprop or Adagrad the hundredth does next to nothing; there the way is a rate of its own (A1).
"""
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf1_recipes import traces

INPUTS = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)


def layer(name, kernel):
    return keras.layers.Dense(len(kernel[0]), use_bias=False, name=name,
                              kernel_initializer=lambda shape, dtype: np.float32(kernel))


def scale_gradient(x, factor):
    stopped = ops.stop_gradient(x)
    return stopped + factor * (x - stopped)


inputs = keras.Input([3], name="inputs")
x = layer("layer1", [[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]])(inputs)
x = layer("layer2", [[1.0, -0.5], [0.25, 0.75]])(x)
x = scale_gradient(x, 1 / 100)
net = keras.Model(inputs, layer("layer3", [[0.5], [-1.0]])(x))
optimizer = keras.optimizers.SGD(0.001)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(net)
    for step in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(net(INPUTS) - TARGETS))
        optimizer.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
        trace.step(variables=net, feeds={"inputs": INPUTS, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss))
