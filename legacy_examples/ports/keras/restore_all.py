r"""B1 in Keras 3: a whole model is saved, loaded, and trained on.

    python restore_all.py port.npz
    tf1-recipes compare B1_restore_all/1.15.5.json port.npz --ulp 4 --atol 6e-8

A .keras file holds the layers, the weights, and what compile was given, with the optimizer and its
state: the net need not be built again, and there is no initialiser that could undo the restore.
Gradients are clipped by the optimizer (C).

Still possible: `load_model(path, compile=False)` or a second `compile` with a new optimizer begins
with fresh momentum and moments, and with iteration 0 for schedules, silently.
"""
import os
import sys
import tempfile

import keras
import numpy as np

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 25.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build():
    """A relu net 8-6-5-4."""
    X = keras.Input([8], name="X")
    hidden1 = keras.layers.Dense(6, activation="relu", name="hidden1")
    hidden2 = keras.layers.Dense(5, activation="relu", name="hidden2")
    outputs = keras.layers.Dense(4, name="outputs")
    net = keras.Model(X, outputs(hidden2(hidden1(X))))
    for number, layer in enumerate([hidden1, hidden2, outputs]):
        rows, columns = layer.kernel.shape
        layer.set_weights([initial(rows, columns, number), np.full(columns, 0.1, np.float32)])
    net.compile(keras.optimizers.SGD(0.01, clipvalue=1.0),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
                metrics=["accuracy"])
    return net


def fit(net, trace, session):
    def record(batch, logs):
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)

    trace.initial(net, session)
    net.fit(INPUTS, LABELS, batch_size=10, epochs=4, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
    print("accuracy: %.1f" % net.evaluate(INPUTS, LABELS, verbose=0)[1])


with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="keras " + keras.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "net.keras")
    net = build()
    fit(net, trace, session=0)
    net.save(path)

    net = keras.models.load_model(path)
    fit(net, trace, session=1)
    net.save(path)
