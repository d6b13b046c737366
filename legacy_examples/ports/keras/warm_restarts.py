r"""D2 in Keras 3: cosine annealing with warm restarts, batch by batch, as a callback.

    python warm_restarts.py port.npz
    tf1-recipes compare D2_warm_restarts/1.15.5.json port.npz --map warm_restarts.map.json

The callback is the documented one, but for three things. An optimizer's rate is a scalar, and no
vector: so each stage of layers has an optimizer, and MultiOptimizer holds them. `K.set_value` is an
assignment to `optimizer.learning_rate`, whose NumPy value is read at the beginning. The hook is
called on_train_batch_end.

The trap is there still: a second `fit` takes the annealed rate for the largest. Where there is one
rate, keras.optimizers.schedules.CosineDecayRestarts needs no callback: it is a function of the
optimizer's `iterations`. Its t_mul is cycle_mult; it has no state that a second `fit` could spoil.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces


class CosineAnnealing(keras.callbacks.Callback):
    def __init__(self, optimizers, n, cycle_mult=1):
        super().__init__()
        self.optimizers, self.n, self.cycle_mult = optimizers, n, cycle_mult
        self.c = 0

    def on_train_begin(self, logs=None):
        self.max_lr = rates()

    def on_train_batch_end(self, batch, logs=None):
        self.c += 1
        if self.c == self.n:
            self.c = 0
            self.n *= self.cycle_mult
        lr = self.max_lr / 2 * (np.cos(np.pi * self.c / self.n) + 1)
        for optimizer, rate in zip(self.optimizers, lr):
            optimizer.learning_rate = rate


class Record(keras.callbacks.Callback):
    """Writes the trace: a step for the batch and, behind the other callbacks, one for the rate."""

    def on_train_batch_begin(self, batch, logs=None):
        self.model.reset_metrics()  # or the loss is the mean of the epoch's batches until now
        self.rates = rates()

    def on_train_batch_end(self, batch, logs=None):
        rows = slice(2 * batch, 2 * batch + 2)
        trace.step(variables=dict(traces.arrays_of(net), lr=self.rates),
                   feeds={"inputs": x[rows], "targets": y[rows]},
                   fetches={"loss": np.float32(logs["loss"])})
        trace.step(variables=dict(traces.arrays_of(net), lr=rates()),
                   feeds={"rates": rates()}, fetches={"rates": rates()})


def rates():
    return np.array([each.learning_rate.numpy() for each in stages])


def dense(name, start):
    return keras.layers.Dense(1, use_bias=False, name=name,
                              kernel_initializer=keras.initializers.Constant(start))


inputs = keras.Input([4], name="inputs")
net = keras.Model(inputs, dense("early", 0.5)(inputs) + dense("final", -0.25)(inputs))
stages = [keras.optimizers.SGD(0.03125), keras.optimizers.SGD(0.25)]
by_layer = keras.optimizers.OptimizerMap(stages[1], {"early/.*": stages[0]})
net.compile(keras.optimizers.MultiOptimizer(by_layer), "mean_squared_error")

x = np.eye(4, dtype=np.float32)[np.arange(8) % 4]
y = (np.arange(8) * 5 % 7 / 4.0).reshape(8, 1).astype(np.float32)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(dict(traces.arrays_of(net), lr=rates()))
    net.fit(x, y, batch_size=2, epochs=8, shuffle=False, verbose=0,
            callbacks=[CosineAnnealing(stages, 4, cycle_mult=2), Record()])

for name, weights in zip(["early", "final"], net.get_weights()):
    print(name, " ".join("%.5f" % weight for weight in weights.ravel()))
