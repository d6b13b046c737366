"""Prints what a recipe costs on a net of many variables, over the same step written by hand.

    python tests/benchmarks/many_variables.py [--counts 250 500 1000] [--rounds 3] [--steps 60]

Building is measured in seconds of the processor, both sides alternating, medians; beside the ratio
stands the exponent p of "seconds = c * variables ^ p", fitted over all counts: 1 is linear. The
step is measured at the largest count, each variant in a graph and session of its own, in turns.
"""
import argparse
import random
import statistics
import time

import numpy as np

from tf1_recipes import (
    GroupedOptimizer,
    clip_gradients,
    layerwise_optimizer,
    multiply_gradients,
    unfreeze_on_schedule,
)
from tf1_recipes.v1 import tf

Descent = tf.train.GradientDescentOptimizer


def net(count):
    variables = [tf.get_variable("layer%d/w" % number, initializer=np.ones([8], np.float32))
                 for number in range(count)]
    return variables, tf.add_n([tf.reduce_sum(each * each) for each in variables])


def rates(count):
    return [0.01 * (1 + number / count) for number in range(count)]


def halves_by_hand(count):
    variables, loss = net(count)
    gradients, half = tf.gradients(loss, variables), count // 2
    return tf.group(
        Descent(0.01).apply_gradients(list(zip(gradients, variables))[:half]),
        Descent(0.02).apply_gradients(list(zip(gradients, variables))[half:]))


def halves(count):
    variables, loss = net(count)
    half = count // 2
    return GroupedOptimizer([(Descent(0.01), variables[:half]),
                             (Descent(0.02), variables[half:])]).minimize(loss)


def groups_by_hand(count):
    variables, loss = net(count)
    gradients = tf.gradients(loss, variables)
    return tf.group(*[Descent(rate).apply_gradients([pair])
                      for rate, pair in zip(rates(count), zip(gradients, variables))])


def groups(count):
    _, loss = net(count)
    return GroupedOptimizer([(Descent(rate), "layer%d" % number)
                             for number, rate in enumerate(rates(count))]).minimize(loss)


def layerwise(count):
    _, loss = net(count)
    return layerwise_optimizer(Descent, 1.0, [
        ("layer%d" % number, rate) for number, rate in enumerate(rates(count))]).minimize(loss)


def multiplied_by_hand(count):
    _, loss = net(count)
    optimizer = Descent(1.0)
    pairs = optimizer.compute_gradients(loss)
    return optimizer.apply_gradients([
        (gradient * rate, each) for (gradient, each), rate in zip(pairs, rates(count))])


def multiplied(count):
    variables, loss = net(count)
    half = count // 2
    optimizer = GroupedOptimizer([(Descent(0.01), variables[:half]),
                                  (Descent(0.02), variables[half:])])
    return optimizer.apply_gradients(multiply_gradients(
        optimizer, optimizer.compute_gradients(loss),
        [("layer%d" % number, rate) for number, rate in enumerate(rates(count))]))


def clipped_by_hand(count):
    variables, loss = net(count)
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
    return Descent(0.01).apply_gradients(zip(gradients, variables))


def clipped(count):
    _, loss = net(count)
    optimizer = Descent(0.01)
    return optimizer.apply_gradients(
        clip_gradients(optimizer.compute_gradients(loss), "global_norm", 1.0).grads_and_vars)


def stages_by_hand(count):
    """One plain step: by hand there is no schedule."""
    return Descent(0.01).minimize(net(count)[1])


def stages(count):
    _, loss = net(count)
    step = tf.train.get_or_create_global_step()
    return unfreeze_on_schedule(loss, lambda: Descent(0.01), [
        (number, "layer%d" % number) for number in range(count)], step).train_op


ROWS = [
    ("GroupedOptimizer, 2 groups", halves_by_hand, halves),
    ("GroupedOptimizer, a group each", groups_by_hand, groups),
    ("layerwise_optimizer, a rate each", groups_by_hand, layerwise),
    ("multiply_gradients over groups", multiplied_by_hand, multiplied),
    ("clip_gradients, global norm", clipped_by_hand, clipped),
    ("unfreeze_on_schedule, a stage each; over minimize", stages_by_hand, stages),
]


def building(build, count):
    with tf.Graph().as_default():
        begun = time.process_time()
        build(count)
        return time.process_time() - begun


def print_building(counts, rounds):
    print("building: seconds over those by hand, at %d variables; exponent" % counts[-1])
    for title, by_hand, recipe in ROWS:
        seconds = {}
        for _ in range(rounds):
            for count in counts:
                for side in random.sample([by_hand, recipe], 2):
                    seconds.setdefault((side, count), []).append(building(side, count))
        medians = {key: statistics.median(found) for key, found in seconds.items()}
        exponent = np.polyfit(np.log(counts),
                              [np.log(medians[recipe, count]) for count in counts], 1)[0]
        print("  %-50s %.2f   %.2f" % (
            title, medians[recipe, counts[-1]] / medians[by_hand, counts[-1]], exponent))


def print_steps(count, rounds):
    print("a step over that by hand, %d variables: ref, resource" % count)
    for title, by_hand, recipe in ROWS[:-1]:
        ratios = ["%.3f" % step_ratio(by_hand, recipe, count, rounds, use_resource)
                  for use_resource in (False, True)]
        print("  %-50s %s" % (title, "  ".join(ratios)))


def step_ratio(by_hand, recipe, count, rounds, use_resource):
    calls = [prepared(build, count, use_resource) for build in (by_hand, recipe)]
    ratios = []
    for _ in range(rounds):
        spent = {}
        for place in random.sample([0, 1], 2):
            begun = time.perf_counter()
            for _ in range(5):
                calls[place]()
            spent[place] = time.perf_counter() - begun
        ratios.append(spent[1] / spent[0])
    return statistics.median(ratios)


def prepared(build, count, use_resource):
    with tf.Graph().as_default(), tf.variable_scope("", use_resource=use_resource):
        train_op = build(count)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        call = session.make_callable(train_op)
        for _ in range(10):
            call()
        return call


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[250, 500, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    building(groups_by_hand, 10)  # what TensorFlow imports late
    print_building(options.counts, options.rounds)
    print_steps(options.counts[-1], options.steps)


if __name__ == "__main__":
    main()
