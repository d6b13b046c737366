r"""B4 in Keras 3: `trainable = False`, or a cut by stop_gradient.

    python frozen_layers.py port.npz
    tf1-recipes compare B4_frozen_layers/1.15.5.json port.npz --ulp 4

A frozen layer is not in `trainable_variables`, so nothing trains it, and no constraint and no
weight_decay of the optimizer touches it. It is set before `compile`: a model that was trained
before goes on as it was, silently, until it is compiled again. A layer is named, and `get_layer`
refuses a name that is not there: no scope matches nothing, or hidden10 with hidden1.

The cut is another thing in one respect: cut layers are trainable still, their gradient is None, and
Keras says so in a warning. A frozen BatchNormalization also stops to update its statistics, a cut
one does not.
"""
import sys

import keras
import numpy as np
from keras import ops

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)
NAMES = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build(cut_above=None):
    """A relu net 8-6-5-5-4-4; no gradient passes below the layer cut_above."""
    output = X = keras.Input([8], name="X")
    for number, (name, width) in enumerate(zip(NAMES, [6, 5, 5, 4, 4])):
        layer = keras.layers.Dense(width, activation=None if name == "outputs" else "relu",
                                   name=name)
        output = layer(output)
        layer.set_weights([initial(*layer.kernel.shape, number), np.full(width, 0.1, np.float32)])
        if name == cut_above:
            output = ops.stop_gradient(output)
    return keras.Model(X, output)


def fit(net, trace, session):
    def record(batch, logs):
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)

    net.compile(keras.optimizers.SGD(0.1),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    trace.initial(net, session)
    net.fit(INPUTS, LABELS, batch_size=10, epochs=5, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
    return [each for name in NAMES for each in net.get_layer(name).get_weights()]


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    net = build()
    for name in "hidden1", "hidden2":
        net.get_layer(name).trainable = False
    frozen = fit(net, trace, session=0)
    cut = fit(build(cut_above="hidden2"), trace, session=1)

print("frozen and cut by stop_gradient: %s" % (
    "the same" if all((a == b).all() for a, b in zip(frozen, cut)) else "different"))
