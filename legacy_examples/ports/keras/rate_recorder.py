r"""D3 in Keras 3: a recorder of rate, iteration and logged values, as a callback.

    python rate_recorder.py port.npz
    tf1-recipes compare D3_rate_recorder/1.15.5.json port.npz --map rate_recorder.map.json

One thing differs in numbers. `logs["loss"]` of a batch was the batch's loss; in Keras 3 it is the
mean over all batches of the epoch until now (`train_on_batch` returns the batch's). `reset_metrics`
before each batch gives the batch's own: without it, the second loss of the first epoch would be
0.84370 in place of 0.90615, and a range test would see a divergence too late.

As before, the rate that the batch was trained with is kept before the next one is set; and here a
callback may set it without a backend: `optimizer.learning_rate = rate`. The plots are Matplotlib's,
as they were.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces


class Recorder(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.iteration = 0
        self.history = {}

    def on_train_batch_begin(self, batch, logs=None):
        self.model.reset_metrics()

    def on_train_batch_end(self, batch, logs=None):
        self.iteration += 1
        rate = self.model.optimizer.learning_rate.numpy()
        self.history.setdefault("lr", []).append(rate)
        self.history.setdefault("iterations", []).append(self.iteration)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        rows = slice(2 * batch, 2 * batch + 2)
        trace.step(variables=everything(), feeds={"inputs": x[rows], "targets": y[rows]},
                   fetches={"loss": np.float32(logs["loss"])})
        self.model.optimizer.learning_rate = rate * 2
        trace.step(variables=everything(), feeds={"rate": np.float32(rate * 2)},
                   fetches={"rate": self.model.optimizer.learning_rate})

    def plot_lr(self):
        import matplotlib.pyplot as plt
        plt.xlabel("iterations")
        plt.ylabel("learning rate")
        plt.plot(self.history["iterations"], self.history["lr"])

    def plot_loss(self, n_skip=10):
        import matplotlib.pyplot as plt
        plt.xlabel("learning rate (log scale)")
        plt.ylabel("loss")
        plt.plot(self.history["lr"][n_skip:], self.history["loss"][n_skip:])
        plt.xscale("log")


def everything():
    return {"dense/kernel": net.get_layer("dense").kernel, "history": kept,
            "lr": net.optimizer.learning_rate}


net = keras.Sequential([keras.Input([2]), keras.layers.Dense(
    1, use_bias=False, name="dense", kernel_initializer=keras.initializers.Constant(0.5))])
net.compile(keras.optimizers.SGD(2.0 ** -14), "mean_squared_error")
kept = keras.Variable(np.zeros((18, 3)), dtype="float32", name="history")

x = np.eye(2, dtype=np.float32)[[0, 1, 1, 0]]
y = np.float32([[1.25], [-0.5], [-0.75], [1.0]])
recorder = Recorder()
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    net.fit(x, y, batch_size=2, epochs=9, shuffle=False, verbose=0, callbacks=[recorder])
    history = np.transpose([recorder.history[name] for name in ("iterations", "lr", "loss")])
    kept.assign(history)
    trace.step(variables=everything(), feeds={"history": np.float32(history)},
               fetches={"history": kept})

for iteration, lr, loss in history:
    print("%2d  rate %.6f  loss %.6f" % (iteration, lr, loss))
