r"""B2 in Keras 3: the lower layers of a trained model, copied into a new one.

    python partial_restore.py port.npz
    tf1-recipes compare B2_partial_restore/1.15.5.json port.npz --ulp 16

The old model is loaded whole, and its layers give their weights, by name. `get_layer` of a name
that is not there is a ValueError, `set_weights` of another shape too: what is reused is written
down, and no scope takes optimizer slots or hidden10 along.

`load_weights(path, skip_mismatch=True)` is no such restore. Keras 3 finds a layer in a .weights.h5
file by its place among the layers of its kind, not by its name: the new net's `outputs`, its fifth
Dense, would be given hidden5's weights if only the shapes agreed, and what is skipped is a warning.
"""
import os
import sys
import tempfile

import keras
import numpy as np

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build(widths, start):
    """A relu net: hidden1, hidden2 ... and outputs."""
    output = X = keras.Input([8], name="X")
    for number, width in enumerate(widths):
        last = number == len(widths) - 1
        layer = keras.layers.Dense(width, activation=None if last else "relu",
                                   name="outputs" if last else "hidden%d" % (number + 1))
        output = layer(output)
        layer.set_weights([initial(*layer.kernel.shape, start + number),
                           np.full(width, 0.1, np.float32)])
    return keras.Model(X, output)


def fit(net, steps, trace, session):
    def record(batch, logs):
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)

    net.compile(keras.optimizers.SGD(0.1),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    trace.initial(net, session)
    net.fit(INPUTS, LABELS, batch_size=10, epochs=steps, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
    print("accuracy after %d steps: %.1f" % (steps, net.evaluate(INPUTS, LABELS, verbose=0)[1]))


with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="keras " + keras.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    old = build([6, 5, 5, 5, 5, 4], start=0)
    fit(old, 3, trace, session=0)
    old.save(os.path.join(folder, "old_net.keras"))

    old = keras.models.load_model(os.path.join(folder, "old_net.keras"))
    new = build([6, 5, 5, 3, 4], start=500)
    for name in "hidden1", "hidden2", "hidden3":
        new.get_layer(name).set_weights(old.get_layer(name).get_weights())
    fit(new, 5, trace, session=1)
    new.save(os.path.join(folder, "new_net.keras"))
