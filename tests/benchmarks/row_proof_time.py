"""Prints how long the proof of independent rows takes beside building the graph, by depth (B5).

    python tests/benchmarks/row_proof_time.py [--rounds 5]

Residual blocks of a convolution, batch normalization with given moments, slices and a concat; and
LSTMs by ``dynamic_rnn`` on top of each other. CPU time of this process, medians of the rounds; the
exponent of a power of the number of ops, fitted to the proof's times, is 1 if they are linear.
"""
import argparse
import os
import statistics
import time
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from tf1_recipes.transfer.cache.rows.kinds import Rows  # noqa: E402
from tf1_recipes.transfer.cache.rows.proof import prove  # noqa: E402
from tf1_recipes.transfer.cache.tensor_sources import operations_for  # noqa: E402
from tf1_recipes.v1 import tf  # noqa: E402


def blocks(depth):
    """Residual blocks of 8 channels."""
    x = top = tf.placeholder(tf.float32, [None, 16, 16, 8])
    for _ in range(depth):
        layer = tf.layers.conv2d(top, 8, 3, padding="same", use_bias=False)
        layer = tf.nn.relu(tf.layers.batch_normalization(layer, training=False))
        top = layer + tf.concat([top[..., :4], layer[..., 4:]], 3)
    return x, tf.layers.flatten(top)


def recurrent(depth):
    """A tenth as many LSTMs of 8 units."""
    x = top = tf.placeholder(tf.float32, [None, 16, 8])
    for number in range(depth // 10):
        top = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), top, dtype=tf.float32,
                                scope="lstm%d" % number)[0]
    return x, top


def measure(net, depths, rounds):
    print(net.__doc__)
    counts, times = [], []
    for depth in depths:
        with tf.Graph().as_default(), tf.Session() as session:
            building, (x, top) = timed(net, depth)
            session.run(tf.global_variables_initializer())
            operations = operations_for(session, top, {x.name}, {})
            first = {x: np.zeros([1] + x.shape.as_list()[1:], np.float32)}
            proofs = [timed(prove, session, top, operations, first, [x], None, {})
                      for _ in range(rounds)]
        assert all(kind == Rows(0) for _, (kind, _) in proofs)
        counts.append(len(operations))
        times.append(statistics.median(taken for taken, _ in proofs))
        print("    %5d ops: %6.1f ms, %.1f%% of building them"
              % (counts[-1], times[-1] * 1e3, 100 * times[-1] / building))
    print("    exponent %.2f" % np.polyfit(np.log(counts), np.log(times), 1)[0])


def timed(function, *arguments):
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    tf.logging.set_verbosity(tf.logging.ERROR)
    warnings.simplefilter("ignore")
    for net in (blocks, recurrent):
        measure(net, (10, 40, 160), rounds)


if __name__ == "__main__":
    main()
