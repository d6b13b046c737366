r"""A8 in Keras 3: discriminative layers are a MultiOptimizer of three Adams.

    python keras_discriminative_adam.py port.npz
    tf1-recipes compare A8_keras_discriminative_adam/1.15.5.json port.npz \
        --map keras_discriminative_adam.map.json --ulp 4 --atol 1e-8

No optimizer's loop need be rewritten, and nothing hangs on the order of the weights: each stage is
a pattern of names, its rate that of its own Adam. Each Adam counts its own steps, behind the
update: the first step cannot be taken for the second. `decay` is the schedule InverseTimeDecay with
decay_steps=1. Frozen layers, or layers without weights, split nothing.

What can still happen: a pattern that matches nothing is no error; its layers learn at the
default's rate. Keras 2.2 subtracted the betas from 1 in float32, Keras 3 does it in float64:
beta_2 = 0.999 gives 0.001 in place of 0.00099998713, so they are given as float32. Constraints are
applied after the update, as before.
"""
import sys

import keras
import numpy as np
from keras import ops

from tf1_recipes import traces

RATES = np.float32([1e-7, 1e-4, 1e-2])
NAMES = ["block1", "block2", "block3", "top"]


def values(offset, *shape):
    """Eighths from -0.5 to 0.75, of either sign."""
    numbers = (np.arange(np.prod(shape)) * 7 + offset) % 11
    return ((numbers - 4) / 8.0).astype(np.float32).reshape(shape)


def build():
    """Four layers side by side, of which the third is kept from falling below 0."""
    inputs = [keras.Input([3], name=name + "_input") for name in NAMES]
    layers = [keras.layers.Dense(2, name=name,
                                 kernel_constraint="non_neg" if name == "block3" else None)
              for name in NAMES]
    net = keras.Model(inputs, keras.layers.Add(name="outputs")(
        [layer(each) for layer, each in zip(layers, inputs)]))
    for number, layer in enumerate(layers):
        layer.set_weights([values(number, 3, 2), values(number + 3, 2)])
    return net


def discriminative_adam(beta_1=0.9, beta_2=0.999, decay=0.0, **settings):
    early, middle, final = [keras.optimizers.Adam(
        keras.optimizers.schedules.InverseTimeDecay(float(rate), 1, decay), name="adam",
        beta_1=float(np.float32(beta_1)), beta_2=float(np.float32(beta_2)), **settings)
        for rate in RATES]
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(
        early, {"block3/.*": middle, "top/.*": final}))


def train(title, loss, session, **settings):
    net = build()
    optimizer = discriminative_adam(**settings)
    optimizer.build(net.trainable_variables)
    net.compile(optimizer, loss)
    features, targets = [values(number, 16, 3) for number in range(4)], values(5, 16, 2)

    def everything():
        first = optimizer.optimizers[0]
        found = {"iterations": optimizer.iterations, "lr": RATES,
                 "beta_1": np.float32(first.beta_1), "beta_2": np.float32(first.beta_2),
                 "decay": np.float32(settings.get("decay", 0.0)), **traces.arrays_of(net)}
        for each in optimizer.optimizers:
            found.update(traces.arrays_of(each))
        return found

    def record(batch, logs):
        rows = slice(4 * batch, 4 * batch + 4)
        feeds = {name + "_input": each[rows] for name, each in zip(NAMES, features)}
        trace.step(variables=everything(), feeds=dict(feeds, targets=targets[rows]),
                   fetches={"loss": np.float32(logs["loss"])}, session=session)

    callback = keras.callbacks.LambdaCallback(
        # or the loss is the mean of the epoch's batches until now
        on_train_batch_begin=lambda batch, logs: net.reset_metrics(), on_train_batch_end=record)
    trace.initial(everything(), session)
    for _ in range(2):
        net.fit(features, targets, batch_size=4, epochs=1, shuffle=False, verbose=0,
                callbacks=[callback])
        for name in ("block1", "block3", "top"):
            kernel = net.get_layer(name).get_weights()[0]
            print(title, name, " ".join("%.7f" % weight for weight in kernel[:, 0]))


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    train("amsgrad", "mse", 0, decay=0.125, amsgrad=True)
    train("adam", lambda targets, outputs: ops.mean(targets * outputs, axis=-1), 1,
          beta_1=0.5, beta_2=0.75)
