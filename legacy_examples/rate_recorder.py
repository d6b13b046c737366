"""D3: a recorder of what a training does, as a Keras callback; here, of a rate that grows.

Behind every batch it keeps the rate, the number of the iteration and every logged value in its
history, for two plots: the rate by the iteration, and the loss by the rate, on a log axis and
without its first 10 points. It keeps the rate that the batch was trained with, before it sets the
next one: set first, that one would stand beside the loss of this batch.

The rate doubles, so that the second plot tells which rates train, and which are too large. At the
end the history is put into a variable, which a checkpoint keeps and a trace shows.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow import keras

K = keras.backend


class Recorder(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.iteration = 0
        self.history = {}

    def on_batch_end(self, batch, logs=None):
        self.iteration += 1
        rate = K.get_value(self.model.optimizer.lr)
        self.history.setdefault("lr", []).append(rate)
        self.history.setdefault("iterations", []).append(self.iteration)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        K.set_value(self.model.optimizer.lr, rate * 2)

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


model = keras.models.Sequential([keras.layers.Dense(
    1, use_bias=False, name="dense", input_shape=(2,),
    kernel_initializer=keras.initializers.Constant(0.5))])
rate = K.variable(2.0 ** -14, name="lr")
kept = K.variable(np.zeros((18, 3)), name="history")


def descend(loss, params):
    return [K.update_sub(weights, rate * gradient)
            for weights, gradient in zip(params, K.gradients(loss, params))]


model.compile(optimizer=tf.train.GradientDescentOptimizer(1.0), loss="mean_squared_error")
model.optimizer.lr = rate
# On 1.7.1 Keras's wrapper of tf.train's optimizers counts every iteration twice.
model.optimizer.get_updates = descend

x = np.eye(2)[[0, 1, 1, 0]]
y = np.array([[1.25], [-0.5], [-0.75], [1.0]])
recorder = Recorder()
model.fit(x, y, batch_size=2, epochs=9, shuffle=False, verbose=0, callbacks=[recorder])

history = np.transpose([recorder.history[name] for name in ("iterations", "lr", "loss")])
K.set_value(kept, history)
for iteration, lr, loss in history:
    print("%2d  rate %.6f  loss %.6f" % (iteration, lr, loss))
