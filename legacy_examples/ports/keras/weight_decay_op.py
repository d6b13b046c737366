r"""E3 in Keras 3: weight decay behind every update is a constraint, W = W * (1 - 0.0005).

    python weight_decay_op.py port.npz
    tf1-recipes compare E3_weight_decay_op/1.15.5.json port.npz --map weight_decay_op.map.json

A constraint belongs to the weight, and the optimizer applies it behind each of its updates,
whichever optimizer it is: it reads the updated weight, waits for the whole update, and no momentum
sees it. A bias without one does not decay. Layers take it as `kernel_constraint`.

What can still happen: an optimizer applies the constraints of the variables that it is given: a
weight that is passed over at a step does not decay at that step. And the optimizer's own
`weight_decay` is another one: times the rate, before the update (E4).
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

DECAY = 0.0005


class Net(keras.layers.Layer):
    def build(self):
        self.weights_ = self.add_weight(shape=[3], name="weights",
                                        constraint=lambda weights: weights - DECAY * weights)
        self.bias = self.add_weight(shape=[], name="bias")

    def loss(self):
        return (tf.reduce_sum(tf.square(self.weights_ - 1)) / 2
                + tf.square(self.bias + 0.1) / 2)


net = Net(name="net")
net.build()
net.set_weights([np.float32([2.0, -1.5, 0.25]), np.float32(0.5)])
optimizer = keras.optimizers.SGD(0.125, momentum=0.5, name="sgd")
optimizer.build(net.trainable_variables)


def everything():
    return {**traces.arrays_of(net), **traces.arrays_of(optimizer)}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        with tf.GradientTape() as tape:
            loss = net.loss()
        optimizer.apply(tape.gradient(loss, net.trainable_variables))
        trace.step(variables=everything())
        print("weights %.5f %.5f %.5f" % tuple(net.weights_.numpy()))
