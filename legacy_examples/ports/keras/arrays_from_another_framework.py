r"""B3 in Keras 3: arrays of another framework in the first hidden layer, in two ways.

    python arrays_from_another_framework.py port.npz
    tf1-recipes compare B3_arrays_from_another_framework/1.15.5.json port.npz --ulp 4

The first way gives them as the layer's initialisers, the second sets them once the layer is built:
`set_weights` copies, and refuses another number of arrays and other shapes. A kernel is kept as
(inputs, outputs), as in TensorFlow 1; PyTorch's (outputs, inputs) must be transposed.

What can still happen: a square kernel that was not transposed has the right shape, and goes in.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


THEIR_KERNEL = initial(8, 6, 500).T  # (6, 8)
THEIR_BIAS = np.linspace(-0.25, 0.25, 6).astype(np.float32)


def constant(array):
    return lambda shape, dtype: array


def build(**of_hidden1):
    """A relu net 8-6-5-4; the first layer's initialisers may be given."""
    net, rows = keras.Sequential([keras.Input([8], name="X")]), 8
    for number, (name, width) in enumerate([("hidden1", 6), ("hidden2", 5), ("outputs", 4)]):
        initialisers = {"kernel_initializer": constant(initial(rows, width, number)),
                        "bias_initializer": keras.initializers.Constant(0.1)}
        if name == "hidden1":
            initialisers.update(of_hidden1)
        net.add(keras.layers.Dense(width, activation=None if name == "outputs" else "relu",
                                   name=name, **initialisers))
        rows = width
    net.compile(keras.optimizers.SGD(0.1),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return net


def fit(net, trace, session):
    def everything():
        return {"%s/%s" % (layer.name, weight.name): weight
                for layer in net.layers for weight in layer.weights}

    def record(batch, logs):
        trace.step(variables=everything(), feeds={"X": INPUTS, "y": LABELS}, session=session)

    trace.initial(everything(), session)
    net.fit(INPUTS, LABELS, batch_size=10, epochs=4, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
    return net.get_weights()


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    net = build(kernel_initializer=constant(THEIR_KERNEL.T), bias_initializer=constant(THEIR_BIAS))
    by_initialiser = fit(net, trace, session=0)

    net = build()
    net.get_layer("hidden1").set_weights([THEIR_KERNEL.T, THEIR_BIAS])
    by_assignment = fit(net, trace, session=1)

print("given as initialisers and by set_weights: %s" % (
    "the same" if all((a == b).all() for a, b in zip(by_initialiser, by_assignment))
    else "different"))
