"""D2: SGDR, cosine annealing with warm restarts, as a Keras callback.

Behind every batch c goes up by 1; where it reaches n, it is 0 again, and n is multiplied by
cycle_mult. The rate of the next batch is max / 2 * (cos(pi * c / n) + 1), with the max that the
optimizer had at the beginning: here a vector, a rate for each of two stages of layers.

Each sample has one feature, so that each weight is trained by its own samples only, and all numbers
but the rates are small binary fractions: nothing depends on the order in which sums are added. The
largest rates are powers of 2, as NumPy 1 computes a vector of rates in float32, NumPy 2 in float64.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow import keras

K = keras.backend


class CosineAnnealing(keras.callbacks.Callback):
    def __init__(self, n, cycle_mult=1):
        keras.callbacks.Callback.__init__(self)
        self.n = n
        self.cycle_mult = cycle_mult
        self.c = 0

    def on_train_begin(self, logs=None):
        self.max_lr = K.get_value(self.model.optimizer.lr)

    def on_batch_end(self, batch, logs=None):
        self.c += 1
        if self.c == self.n:
            self.c = 0
            self.n *= self.cycle_mult
        lr = self.max_lr / 2 * (np.cos(np.pi * self.c / self.n) + 1)
        K.set_value(self.model.optimizer.lr, lr)


def dense(name, start):
    return keras.layers.Dense(
        1, use_bias=False, name=name, kernel_initializer=keras.initializers.Constant(start))


inputs = keras.layers.Input(shape=(4,), name="inputs")
outputs = keras.layers.add([dense("early", 0.5)(inputs), dense("final", -0.25)(inputs)])
model = keras.models.Model(inputs, outputs)

rates = K.variable([0.03125, 0.25], name="lr")


def descend(loss, params):
    """Gradient descent with a rate for each layer."""
    pairs = zip(params, K.gradients(loss, params))
    return [K.update_sub(weights, rates[stage] * gradient)
            for stage, (weights, gradient) in enumerate(pairs)]


model.compile(optimizer=tf.train.GradientDescentOptimizer(1.0), loss="mean_squared_error")
model.optimizer.lr = rates
model.optimizer.get_updates = descend

x = np.eye(4)[np.arange(8) % 4]
y = (np.arange(8) * 5 % 7 / 4.0).reshape(8, 1)
model.fit(x, y, batch_size=2, epochs=8, shuffle=False, verbose=0,
          callbacks=[CosineAnnealing(4, cycle_mult=2)])

for name, weights in zip(["early", "final"], model.get_weights()):
    print(name, " ".join("%.5f" % weight for weight in weights.ravel()))
