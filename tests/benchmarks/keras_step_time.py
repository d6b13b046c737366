"""Prints what a step of `DiscriminativeAdam` (A8) costs: its time over that of tf_keras' own Adam.

    python tests/benchmarks/keras_step_time.py [--rounds 40]

Every optimizer trains its own copy of one model, by ``train_on_batch``. As in `step_time.py` they
take turns in an order drawn anew each round, and the median of the rounds' ratios is printed;
"plain again" is the noise of the measurement. The document changes Keras 2.2's Adam.
"""
import argparse
import random
import statistics
import time

import numpy as np

from tf1_recipes import DiscriminativeAdam
from tf1_recipes.v1 import tf

K = tf.keras.backend
SPLITS, RATES = ["layer3", "layer6"], [1e-5, 1e-4, 1e-3]


def keras_2_2(model, **settings):
    from tf_keras.src.optimizers import optimizer_v1
    return optimizer_v1.Adam(**settings)


def plain(model, **settings):
    return tf.keras.optimizers.Adam(**settings)


def staged(model, **settings):
    return DiscriminativeAdam(model, SPLITS, lr=RATES, **settings)


VARIANTS = {
    "plain": (plain, {}), "plain again": (plain, {}), "A8": (staged, {}),
    "Keras 2.2's": (keras_2_2, {}), "plain, amsgrad": (plain, {"amsgrad": True}),
    "A8, amsgrad": (staged, {"amsgrad": True}),
    "Keras 2.2's, amsgrad": (keras_2_2, {"amsgrad": True}),
}


def trainer(make, settings, inputs, weights):
    """Returns a function that makes one step: 8 tanh layers of 512, batch 256."""
    graph = tf.Graph()
    with graph.as_default():
        session = tf.Session()
        with session.as_default():
            model = tf.keras.Sequential([
                tf.keras.layers.Dense(512, "tanh", use_bias=False, name="layer%d" % number,
                                      kernel_initializer="zeros", input_shape=(512,))
                for number in range(8)])
            model.compile(make(model, **settings), "mse")
            model.set_weights(weights)

    def step():
        with graph.as_default(), session.as_default():
            model.train_on_batch(inputs, inputs)
    step()
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    options = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    random_state = np.random.RandomState(0)
    weights = (random_state.randn(8, 512, 512) / 512 ** 0.5).astype(np.float32)
    inputs = random_state.randn(256, 512).astype(np.float32)
    steps = {name: trainer(make, settings, inputs, list(weights))
             for name, (make, settings) in VARIANTS.items() if name in options.only}
    seconds = {name: [] for name in steps}
    order, turn = random.Random(0), list(steps)
    for number in range(options.rounds + 2):
        order.shuffle(turn)
        for name in turn:
            steps[name]()  # the others' weights have left the cache
            start = time.perf_counter()
            for _ in range(3):
                steps[name]()
            if number >= 2:  # the first rounds warm up
                seconds[name].append((time.perf_counter() - start) / 3)
    for name, times in seconds.items():
        base = seconds.get("plain, amsgrad" if "amsgrad" in name else "plain", times)
        print("    %-22s %8.3f ms  x %.3f" % (
            name, statistics.median(times) * 1e3,
            statistics.median(each / other for each, other in zip(times, base))))


if __name__ == "__main__":
    main()
