"""Prints how much faster an epoch is from the cache of the frozen layers than from the inputs (B5).

    python tests/benchmarks/cached_epoch.py [--rounds 15] [--nets wide mnist conv]

The two kinds of epoch alternate in one process, both in shuffled batches of rows gathered from an
array, the cache being the memory-mapped file; medians of all rounds but the first. Beside the ratio
of their times stands that of their work, in multiplications: a layer's forward pass counts once,
its weights' gradient once more, its inputs' gradient once more where something below it is
trained. Of the work saved at least 0.8 is to be saved in time where a step's work outweighs what
every step costs anyway. Filling the cache, which one pass over the data pays for, is printed too.

Then the first epoch from a cache that was just opened, each of whose rows is held against its
checksum, alternates with one of which nothing is checked, as in every later epoch: what checking
costs, at most 5%. On a machine that does other work too, look at what checking takes by itself.
"""
import argparse
import os
import statistics
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from tf1_recipes import cache_outputs  # noqa: E402
from tf1_recipes.transfer.cache.layer_cache import LayerCache  # noqa: E402
from tf1_recipes.v1 import tf  # noqa: E402


class Net:
    """Layers of which the lower ones are frozen, their train op, and the work of each."""

    def __init__(self, inputs):
        self.random_state = np.random.RandomState(0)
        self.inputs = self.top = tf.placeholder(tf.float32, [None] + inputs)
        self.work, self.trained, self.frozen = [], [], 0

    def weights(self, *shape):
        value = self.random_state.randn(*shape) / np.prod(shape[:-1]) ** 0.5
        self.trained.append(tf.Variable(value.astype(np.float32)))
        return self.trained[-1]

    def dense(self, width, activation=tf.nn.relu):
        if self.top.shape.ndims > 2:
            self.top = tf.reshape(self.top, [-1, int(np.prod(self.top.shape.as_list()[1:]))])
        rows = self.top.shape.as_list()[1]
        self.top = activation(tf.matmul(self.top, self.weights(rows, width)))
        self.work.append(rows * width)

    def conv(self, channels):
        below = self.top.shape.as_list()[3]
        self.top = tf.nn.relu(tf.nn.conv2d(
            self.top, self.weights(3, 3, below, channels), [1, 2, 2, 1], "SAME"))
        self.work.append(int(np.prod(self.top.shape.as_list()[1:])) * 9 * below)

    def freeze(self):
        self.cached, self.frozen, self.trained = self.top, len(self.work), []

    def finish(self):
        self.labels = tf.placeholder(tf.int32, [None])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=self.labels, logits=self.top))
        self.train = tf.train.GradientDescentOptimizer(0.01).minimize(loss, var_list=self.trained)
        below, above = self.work[:self.frozen], self.work[self.frozen:]
        trained = 3 * sum(above) - above[0]
        self.work_saved = (sum(below) + trained) / trained
        return self


def wide():
    """Ten tanh layers of 512, eight frozen; batches of 256."""
    net = Net([512])
    for number in range(10):
        net.dense(512, tf.tanh)
        if number == 7:
            net.freeze()
    return net.finish()


def mnist():
    """784-300-50 frozen, 50-50-20-10 trained, as in the book; batches of 256."""
    net = Net([784])
    for width in (300, 50):
        net.dense(width)
    net.freeze()
    for width in (50, 20):
        net.dense(width)
    net.dense(10, tf.identity)
    return net.finish()


def conv():
    """Three convolutions of 32x32x3 frozen, two layers of 512 trained; batches of 256."""
    net = Net([32, 32, 3])
    for channels in (32, 64, 128):
        net.conv(channels)
    net.freeze()
    net.dense(512)
    net.dense(512, tf.identity)
    return net.finish()


def measure(make_net, rounds, examples=5120, batch_size=256):
    net = make_net()
    inputs = np.random.RandomState(1).randn(
        examples, *net.inputs.shape.as_list()[1:]).astype(np.float32)
    labels = np.arange(examples, dtype=np.int32) % 10
    orders = np.random.RandomState(2)
    with tf.Session() as session, tempfile.TemporaryDirectory() as folder:
        session.run(tf.global_variables_initializer())
        path = os.path.join(folder, "cache.npy")
        filling, cache = timed(lambda: cache_outputs(session, net.cached, {net.inputs: inputs},
                                                     path))

        def from_inputs():
            order = orders.permutation(examples)
            for start in range(0, examples, batch_size):
                batch = order[start:start + batch_size]
                session.run(net.train, {net.inputs: inputs[batch], net.labels: labels[batch]})

        def from_cache(cache):
            for rows, label in cache.batches(labels, batch_size=batch_size, shuffle=orders):
                session.run(net.train, {net.cached: rows, net.labels: label})

        def first_epoch(checking):
            opened = LayerCache(path, examples, net.cached)
            if not checking:
                opened._checked._left = 0
            return timed(lambda: from_cache(opened))[0]

        times = [(timed(from_inputs)[0], timed(lambda: from_cache(cache))[0])
                 for _ in range(rounds + 1)][1:]
        alone = [cpu_time(LayerCache(path, examples, net.cached).check) for _ in range(rounds)]
        checked = [(first_epoch(True), first_epoch(False)) for _ in range(rounds + 1)][1:]
    without, with_it = map(statistics.median, zip(*times))
    ratio = statistics.median(one / other for one, other in times)
    print(make_net.__doc__)
    print("    without %.0f ms, with %.0f ms an epoch: %.2f times as fast; work %.2f times less;"
          " %.2f of it" % (without * 1e3, with_it * 1e3, ratio, net.work_saved,
                           ratio / net.work_saved))
    print("    the first epoch, checked against the checksums: %.3f times as long; checking by "
          "itself takes %.2f ms" % (statistics.median(one / other for one, other in checked),
                                    statistics.median(alone) * 1e3))
    print("    a step from the cache %.2f ms; filling it %.0f ms"
          % (with_it * 1e3 / (examples / batch_size), filling * 1e3))


def timed(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def cpu_time(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--nets", nargs="+", choices=["wide", "mnist", "conv"],
                        default=["wide", "mnist", "conv"])
    options = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    for name in options.nets:
        with tf.Graph().as_default():
            measure(globals()[name], options.rounds)


if __name__ == "__main__":
    main()
