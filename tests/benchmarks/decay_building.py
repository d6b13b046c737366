"""How long it takes to build a decaying step on 250, 500 and 1,000 variables.

    python tests/benchmarks/decay_building.py

Prints the processor's milliseconds, the exponent of the number of variables that fits them best
(1 is linear), and the ratio to the form by hand at the largest number. The variants take turns, in
an order drawn anew each round, each in a graph of its own; medians over the rounds.
"""
import argparse
import collections
import gc
import random
import statistics
import time

import numpy as np

from tf1_recipes import (
    CaffeSGDOptimizer,
    DecoupledRegularization,
    DecoupledWeightDecay,
    MomentumWOptimizer,
    decay_after,
)
from tf1_recipes.v1 import tf

DECAY = 5e-4


def momentum():
    return tf.train.MomentumOptimizer(0.01, 0.9)


def by_hand(loss, variables):
    step = momentum().minimize(loss)
    with tf.control_dependencies([step]):
        return tf.group(*[tf.assign_sub(each, DECAY * each.read_value()) for each in variables])


def as_documented(loss, variables):
    step = momentum().minimize(loss)
    with tf.control_dependencies([step]):
        penalty = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
        return tf.train.GradientDescentOptimizer(1.0).minimize(penalty)


def caffe_by_hand(loss, variables):
    optimizer = tf.train.MomentumOptimizer(1.0, 0.9)
    return optimizer.apply_gradients([
        (0.01 * (gradient + DECAY * each), each)
        for gradient, each in optimizer.compute_gradients(loss)])


# The variant and the form by hand that it is compared with.
VARIANTS = collections.OrderedDict([
    ("by hand", (by_hand, "by hand")),
    ("decay after", (lambda loss, _: DecoupledWeightDecay(momentum(), DECAY).minimize(loss),
                     "by hand")),
    ("decay before", (lambda loss, _: DecoupledWeightDecay(
        momentum(), DECAY, "before_update").minimize(loss), "by hand")),
    ("decay_after", (lambda loss, _: decay_after(momentum().minimize(loss), DECAY), "by hand")),
    ("MomentumW", (lambda loss, _: MomentumWOptimizer(DECAY, 0.01, 0.9).minimize(loss),
                   "by hand")),
    ("excluding half", (lambda loss, _: DecoupledWeightDecay(
        momentum(), DECAY, exclude="w[0-9]*[02468]").minimize(loss), "by hand")),
    ("as documented", (as_documented, "as documented")),
    ("regularizers", (lambda loss, _: DecoupledRegularization(momentum()).minimize(loss),
                      "as documented")),
    ("Caffe by hand", (caffe_by_hand, "Caffe by hand")),
    ("Caffe", (lambda loss, _: CaffeSGDOptimizer(0.01, 0.9, DECAY).minimize(loss),
               "Caffe by hand")),
])


def seconds(build, count, use_resource):
    """The processor's seconds that one step takes to build, without the net."""
    with tf.Graph().as_default():
        variables = [
            tf.get_variable("w%d" % number, [2], use_resource=use_resource,
                            initializer=tf.zeros_initializer(),
                            regularizer=lambda weights: DECAY * tf.nn.l2_loss(weights))
            for number in range(count)]
        loss = tf.add_n([tf.nn.l2_loss(each - 1.0) for each in variables])
        gc.collect()
        start = time.process_time()
        build(loss, variables)
        return time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--counts", type=int, nargs="+", default=[250, 500, 1000])
    parser.add_argument("--variables", nargs="+", choices=["ref", "resource"],
                        default=["ref", "resource"])
    options = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    order = random.Random(0)
    for kind in options.variables:
        found = collections.defaultdict(list)
        for number in range(options.rounds + 1):
            turns = [(name, count) for name in VARIANTS for count in options.counts]
            order.shuffle(turns)
            for name, count in turns:
                spent = seconds(VARIANTS[name][0], count, kind == "resource")
                if number:  # the first round warms up
                    found[name, count].append(spent)
        print("%s variables: ms at %s, exponent, ratio to the form by hand" % (
            kind, ", ".join(map(str, options.counts))))
        for name, (_, hand) in VARIANTS.items():
            times = [statistics.median(found[name, count]) for count in options.counts]
            exponent = np.polyfit(np.log(options.counts), np.log(times), 1)[0]
            last = options.counts[-1]
            ratio = statistics.median(
                one / other for one, other in zip(found[name, last], found[hand, last]))
            print("    %-16s %s   %.2f   x %.2f" % (
                name, " ".join("%7.0f" % (1e3 * each) for each in times), exponent, ratio))


if __name__ == "__main__":
    main()
