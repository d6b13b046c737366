"""What recording inside a program costs: steps of a MonitoredTrainingSession, with and without.

    python tests/benchmarks/hook_cost.py

Plain steps, steps with a `RecordingHook` and steps under `record_sessions` alternate in one
process, over nets of three sizes; medians. Both record into memory: what a
file adds, `recording_cost.py` measures. Steps that a plain session takes beside a hook's are
measured, too: they are to cost nothing.
"""
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from tf1_recipes import RecordingHook, record_sessions  # noqa: E402
from tf1_recipes.v1 import tf  # noqa: E402


class Forgetful:
    """A sink that keeps nothing: what a `MemoryTrace` holds would fill the memory."""

    def step(self, number, arrays, facts):
        for _, _, array in arrays:
            np.array(array)


def times_of(function, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def measure(sides, rounds):
    with tf.Graph().as_default():
        output = tf.constant(np.ones([32, sides[0]], np.float32))
        for number, shape in enumerate(zip(sides, sides[1:])):
            output = tf.tanh(tf.matmul(output, tf.get_variable("w%d" % number, shape)))
        loss = tf.reduce_sum(output ** 2)
        train = tf.train.AdamOptimizer(1e-3).minimize(loss, tf.train.get_or_create_global_step())
        plain = tf.train.MonitoredTrainingSession()
        times_of(lambda: plain.run(train), rounds)  # to warm up
        hooked = tf.train.MonitoredTrainingSession(hooks=[RecordingHook(Forgetful())])
        times = {"plain": [], "beside a hook's session": [], "with a hook": [], "recorded": []}
        for _ in range(10):
            times["beside a hook's session"] += times_of(lambda: plain.run(train), rounds // 10)
            times["with a hook"] += times_of(lambda: hooked.run(train), rounds // 10)
        hooked.close()
        for _ in range(10):
            times["plain"] += times_of(lambda: plain.run(train), rounds // 10)
            with record_sessions(Forgetful()):
                times["recorded"] += times_of(lambda: plain.run(train), rounds // 10 + 1)[1:]
    print("%s, Adam, %d float32 numbers recorded a step" % (
        "-".join(map(str, sides)), 3 * sum(a * b for a, b in zip(sides, sides[1:]))))
    for kind, found in times.items():
        print("  %-25s %8.3f ms a step" % (kind, 1e3 * statistics.median(found)))


if __name__ == "__main__":
    measure([20, 30, 10], 1000)
    measure([784, 300, 10], 300)
    measure([1000, 1000, 1000], 60)
