"""Prints what a Keras callback adds to a batch of ``fit``: medians of epochs that take turns.

    python tests/benchmarks/callback_time.py [--rounds 30]
"""
import argparse
import statistics
import time

import numpy as np

from tf1_recipes import LearningRateRecorder, LR_Cycle, WarmRestarts
from tf1_recipes.v1 import tf

BATCHES = 64


class Documented(tf.keras.callbacks.Callback):
    """SGDR as documented: sets the rate behind every batch, and reads it for its history."""

    c, n, rates = 0, BATCHES, []

    def on_train_begin(self, logs=None):
        self.max = tf.keras.backend.get_value(self.model.optimizer.lr)

    def on_batch_end(self, batch, logs=None):
        self.c = (self.c + 1) % self.n
        rate = self.max / 2 * (np.cos(np.pi * self.c / self.n) + 1)
        tf.keras.backend.set_value(self.model.optimizer.lr, rate)
        self.rates.append(tf.keras.backend.get_value(self.model.optimizer.lr))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    layers = [tf.keras.layers.Dense(32, "tanh", input_shape=(16,)), tf.keras.layers.Dense(1)]
    model = tf.keras.Sequential(layers)
    model.compile(tf.keras.optimizers.SGD(0.001, momentum=0.9), "mse")
    inputs, targets = np.ones([BATCHES * 32, 16]), np.ones([BATCHES * 32, 1])
    callbacks = [tf.keras.callbacks.Callback(), Documented(), WarmRestarts(BATCHES),
                 LR_Cycle(BATCHES), LearningRateRecorder()]
    seconds = {callback: [] for callback in callbacks}
    for _ in range(rounds + 2):  # the first two warm up
        for callback in callbacks:
            started = time.perf_counter()
            model.fit(inputs, targets, 32, epochs=1, verbose=0, callbacks=[callback])
            seconds[callback].append((time.perf_counter() - started) / BATCHES)
    medians = {callback: statistics.median(times[2:]) for callback, times in seconds.items()}
    for callback, median in medians.items():
        print("%-14s %5.0f us a batch, %4.0f us more than none" % (
            type(callback).__name__, 1e6 * median, 1e6 * (median - medians[callbacks[0]])))


if __name__ == "__main__":
    main()
