"""Prints how many different results the documented recipes give over equal runs, beside ours.

    python tests/benchmarks/races.py [--runs 8]

A1 and A2: six 600x600 tanh layers, the lower three at rate 0.01 and the upper three at 0.1, ten
steps. E2: a million weights, w=2, loss (w-1)^2/2, rate and decay 0.1, four steps. Every run starts
a new session on the same graph and must end with the same weights. It runs on the genuine releases
as well (with PYTHONPATH=. on 1.15; on 0.12 without the hardened recipes).
"""
from __future__ import print_function

import argparse

import numpy as np

try:
    from tf1_recipes import DecoupledWeightDecay, GroupedOptimizer
    from tf1_recipes.v1 import tf
except ImportError:  # TensorFlow 0.12 on Python 2.7
    import tensorflow as tf
    DecoupledWeightDecay = GroupedOptimizer = None

SIZE, LAYERS = 600, 6


def net():
    """A deep net; returns its loss, the lower and the upper half of its weights."""
    random = np.random.RandomState(0)
    layer = tf.constant(random.randn(SIZE, SIZE).astype(np.float32))
    weights = []
    for number in range(LAYERS):
        start = (random.randn(SIZE, SIZE) / np.sqrt(SIZE)).astype(np.float32)
        weights.append(tf.get_variable("w%d" % number, initializer=tf.constant(start)))
        layer = tf.tanh(tf.matmul(layer, weights[-1]))
    return tf.reduce_sum(tf.square(layer)) / SIZE, weights[:3], weights[3:]


def optimizers():
    return [tf.train.GradientDescentOptimizer(rate) for rate in (0.01, 0.1)]


def a1_documented():
    loss, lower, upper = net()
    low, high = optimizers()
    return tf.group(low.minimize(loss, var_list=lower), high.minimize(loss, var_list=upper))


def a2(gate):
    loss, lower, upper = net()
    low, high = optimizers()
    gradients = gate(tf.gradients(loss, lower + upper))
    return tf.group(low.apply_gradients(list(zip(gradients[:3], lower))),
                    high.apply_gradients(list(zip(gradients[3:], upper))))


def a2_documented():
    return a2(gate=list)


def a2_gated():
    return a2(gate=tf.tuple)


def a1_ours():
    loss, lower, upper = net()
    low, high = optimizers()
    return GroupedOptimizer([(low, lower), (high, upper)]).minimize(loss)


def weight():
    w = tf.get_variable("w", initializer=tf.constant(np.full(1000000, 2, np.float32)))
    return w, tf.reduce_sum(tf.square(w - 1)) / 2


def e2_documented():
    w, loss = weight()
    penalty = 0.1 * tf.nn.l2_loss(w)  # as a regularizer makes it, where the weight is built
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.control_dependencies([step]):
        return tf.train.GradientDescentOptimizer(1.0).minimize(penalty)


def e2_ours():
    _, loss = weight()
    return DecoupledWeightDecay(tf.train.GradientDescentOptimizer(0.1), 0.1).minimize(loss)


def results(build, use_resource, steps, runs):
    """Returns the final weights of each run, a row each."""
    with tf.Graph().as_default():
        if use_resource:
            tf.get_variable_scope().set_use_resource(True)
        train, finals = build(), []
        for _ in range(runs):
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                for _ in range(steps):
                    session.run(train)
                values = session.run(tf.trainable_variables())
                finals.append(np.concatenate([value.ravel() for value in values]))
    return finals


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=8)
    runs = parser.parse_args().runs
    tf.logging.set_verbosity(tf.logging.ERROR)
    print("TensorFlow %s: different results of %d runs, and their largest difference" % (
        tf.__version__, runs))
    cases = [("A1 documented", a1_documented, 10), ("A2 documented", a2_documented, 10),
             ("A2 gated", a2_gated, 10), ("A1/A2 hardened", a1_ours, 10),
             ("E2 documented", e2_documented, 4), ("E2 hardened", e2_ours, 4)]
    kinds = ["ref"] if GroupedOptimizer is None else ["ref", "resource"]
    for title, build, steps in cases:
        if "hardened" in title and GroupedOptimizer is None:
            continue
        cells = []
        for kind in kinds:
            finals = results(build, kind == "resource", steps, runs)
            spread = max(float(np.max(np.abs(each - finals[0]))) for each in finals)
            cells.append("%s %d (%.1e), w[0] %.5f" % (
                kind, len({each.tobytes() for each in finals}), spread, finals[0][0]))
        print("  %-16s %s" % (title, "   ".join(cells)))


if __name__ == "__main__":
    main()
