"""Prints what each recipe costs: its step time over that of the plain single-optimizer step.

    python tests/benchmarks/step_time.py [--rounds 60] [--variables ref resource] [--only decay]

Every variant of a net has its own graph and session in this one process. The variants take turns,
in an order drawn anew each round; a round's ratio is a variant's time over the plain step's in that
round, and the median over all rounds is printed. "plain again" is a second plain step: its
distance from 1 is the noise of the measurement.
"""
import argparse
import collections
import random
import statistics
import time

import numpy as np

from tf1_recipes import (
    DecoupledWeightDecay,
    GroupedOptimizer,
    LearningRateMultipliers,
    clip_gradients,
    cosine_decay_restarts,
    increment_step,
    layerwise_optimizer,
    multiply_gradients,
    piecewise_constant,
    scale_gradient,
    summarize_training,
)
from tf1_recipes.transfer.pretraining import layerwise_autoencoders
from tf1_recipes.transfer.rbm import layerwise_rbms
from tf1_recipes.transfer.unfreezing import unfreeze_on_schedule
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.adamw import MomentumWOptimizer
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer
from tf1_recipes.weight_decay.decay_behind import decay_after
from tf1_recipes.weight_decay.l2 import add_l2_loss, total_loss

RATE = 0.01

Net = collections.namedtuple("Net", "loss lower upper feed")


def mlp(scale=lambda x: x):
    """8 tanh layers of 512, batch 256; the lower four and the upper four form the groups."""
    random_state = np.random.RandomState(0)
    inputs = tf.placeholder(tf.float32, [256, 512])
    hidden, variables = inputs, []
    for number in range(8):
        value = (random_state.randn(512, 512) / 512 ** 0.5).astype(np.float32)
        weights = tf.get_variable("layer%d" % number, initializer=value)
        hidden = tf.tanh(tf.matmul(hidden, weights))
        hidden = scale(hidden) if number == 3 else hidden
        variables.append(weights)
    feed = {inputs: random_state.randn(256, 512).astype(np.float32)}
    return Net(tf.reduce_mean(tf.square(hidden)), variables[:4], variables[4:], feed)


def embedding(scale=lambda x: x):
    """A 500,000 x 64 table of which 256 rows are looked up, and one layer on top."""
    random_state = np.random.RandomState(0)
    ids = tf.placeholder(tf.int32, [256])
    table = tf.get_variable("table", [500000, 64],
                            initializer=tf.random_uniform_initializer(-1, 1, seed=0))
    top = tf.get_variable(
        "top", initializer=(random_state.randn(64, 8) / 8).astype(np.float32))
    rows = tf.nn.embedding_lookup(scale(table), ids)
    feed = {ids: random_state.randint(0, 500000, 256).astype(np.int32)}
    return Net(tf.reduce_mean(tf.square(tf.matmul(rows, top))), [table], [top], feed)


def plain(make_net):
    net = make_net()
    return tf.train.GradientDescentOptimizer(RATE).minimize(net.loss), net.feed


def gated(make_net):
    """Plain, made deterministic: what any recipe here costs at the least."""
    net = make_net()
    return tf.train.GradientDescentOptimizer(RATE).minimize(
        net.loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH), net.feed


def groups(make_net):
    net = make_net()
    optimizer = GroupedOptimizer([
        (tf.train.GradientDescentOptimizer(RATE), net.lower),
        (tf.train.GradientDescentOptimizer(10 * RATE), net.upper),
    ])
    return optimizer.minimize(net.loss), net.feed


def multipliers(make_net):
    net = make_net()
    optimizer = tf.train.GradientDescentOptimizer(RATE)
    pairs = optimizer.compute_gradients(net.loss)
    return optimizer.apply_gradients(
        multiply_gradients(optimizer, pairs, [(net.upper, 10.0)])), net.feed


def multiplied_as_documented(make_net):
    net = make_net()
    optimizer = tf.train.GradientDescentOptimizer(RATE)
    pairs = [(gradient * 10.0 if variable in net.upper else gradient, variable)
             for gradient, variable in optimizer.compute_gradients(net.loss)]
    return optimizer.apply_gradients(pairs), net.feed


def multipliers_of_the_upper_half(net):
    declared = LearningRateMultipliers()
    for variable in net.upper:
        declared.of(variable, 10.0)
    return declared


def rate_fed(make_net):
    net = make_net()
    rate = tf.placeholder(tf.float32, [])
    return (tf.train.GradientDescentOptimizer(rate).minimize(net.loss),
            {rate: np.float32(RATE), **net.feed})


def declared_multipliers(make_net):
    """With a rate that is fed, and with summaries that are not fetched."""
    net = make_net()
    rate = tf.placeholder(tf.float32, [])
    optimizer = tf.train.GradientDescentOptimizer(rate)
    pairs = multiply_gradients(optimizer, optimizer.compute_gradients(net.loss),
                               multipliers_of_the_upper_half(net))
    summarize_training(pairs, rate)
    return optimizer.apply_gradients(pairs), {rate: np.float32(RATE), **net.feed}


def multipliers_under_momentum(make_net):
    net = make_net()
    optimizer = tf.train.MomentumOptimizer(RATE, 0.9)
    pairs = multiply_gradients(optimizer, optimizer.compute_gradients(net.loss),
                               multipliers_of_the_upper_half(net))
    return optimizer.apply_gradients(pairs), net.feed


def rates_under_momentum(make_net):
    net = make_net()
    optimizer = layerwise_optimizer(lambda rate: tf.train.MomentumOptimizer(rate, 0.9), RATE,
                                    multipliers_of_the_upper_half(net))
    return optimizer.minimize(net.loss), net.feed


def clipping(by, on_non_finite="error"):
    def variant(make_net):
        net = make_net()
        optimizer = tf.train.GradientDescentOptimizer(RATE)
        clipped = clip_gradients(optimizer.compute_gradients(net.loss), by, 1.0, on_non_finite)
        return optimizer.apply_gradients(clipped.grads_and_vars), net.feed
    return variant


def clipped_as_documented(make_net):
    net = make_net()
    optimizer = tf.train.GradientDescentOptimizer(RATE)
    return optimizer.apply_gradients([
        (tf.clip_by_value(gradient, -1.0, 1.0), variable)
        for gradient, variable in optimizer.compute_gradients(net.loss)]), net.feed


def clipped_by_tf_global_norm(make_net):
    net = make_net()
    optimizer = tf.train.GradientDescentOptimizer(RATE)
    gradients, variables = zip(*optimizer.compute_gradients(net.loss))
    gradients, _ = tf.clip_by_global_norm(gradients, 1.0)
    return optimizer.apply_gradients(zip(gradients, variables)), net.feed


def scaling(make_net):
    net = make_net(lambda x: scale_gradient(x, 0.1))
    return tf.train.GradientDescentOptimizer(RATE).minimize(net.loss), net.feed


def scheduled(make_schedule):
    def variant(make_net):
        net = make_net()
        rate = increment_step(tf.train.get_or_create_global_step(), make_schedule()).rate
        return tf.train.GradientDescentOptimizer(rate).minimize(net.loss), net.feed
    return variant


def piecewise():
    return piecewise_constant([1000, 2000], [RATE, RATE / 10, RATE / 100])


def restarts():
    return cosine_decay_restarts(RATE, 1000)


def scheduled_as_documented(make_net):
    net = make_net()
    global_step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([tf.assign_add(global_step, 1)]):
        rate = tf.train.piecewise_constant(
            global_step, [1000, 2000], [RATE, RATE / 10, RATE / 100])
    return tf.train.GradientDescentOptimizer(rate).minimize(net.loss), net.feed


def decay(make_net, order="after_update"):
    net = make_net()
    optimizer = DecoupledWeightDecay(tf.train.GradientDescentOptimizer(RATE), 5e-4, order)
    return optimizer.minimize(net.loss), net.feed


def decay_first(make_net):
    return decay(make_net, "before_update")


def decayed_as_documented(make_net):
    net = make_net()
    step = tf.train.GradientDescentOptimizer(RATE).minimize(net.loss)
    with tf.control_dependencies([step]):
        penalty = tf.add_n([5e-4 * tf.nn.l2_loss(each) for each in net.lower + net.upper])
        return tf.train.GradientDescentOptimizer(1.0).minimize(penalty), net.feed


def l2_in_the_loss(make_net):
    net = make_net()
    add_l2_loss(5e-4)
    return tf.train.GradientDescentOptimizer(RATE).minimize(total_loss(net.loss)), net.feed


def decay_behind(make_net):
    net = make_net()
    step = tf.train.GradientDescentOptimizer(RATE).minimize(net.loss)
    return decay_after(step, 5e-4), net.feed


def momentum_w(make_net):
    net = make_net()
    return MomentumWOptimizer(5e-4, RATE, 0.9).minimize(net.loss), net.feed


def momentum(make_net):
    net = make_net()
    return tf.train.MomentumOptimizer(RATE, 0.9).minimize(net.loss), net.feed


def caffe(make_net):
    net = make_net()
    return CaffeSGDOptimizer(RATE, 0.9, 5e-4).minimize(net.loss), net.feed


def caffe_by_hand(make_net):
    net = make_net()
    updates = []
    for variable, gradient in zip(net.lower + net.upper,
                                  tf.gradients(net.loss, net.lower + net.upper)):
        history = tf.Variable(tf.zeros(variable.shape), trainable=False)
        step = history.assign(0.9 * history + RATE * (gradient + 5e-4 * variable))
        updates.append(variable.assign_sub(step))
    return tf.group(*updates), net.feed


def unfrozen_by(starts_of):
    def variant(make_net):
        net = make_net()
        tf.train.get_or_create_global_step()
        layers = starts_of(net)
        return unfreeze_on_schedule(
            net.loss, lambda: tf.train.GradientDescentOptimizer(RATE), layers).train_op, net.feed
    return variant


def stages_of_the_upper_half(net):
    return [(0, net.upper), (10 ** 9, net.lower)]


def stages_of_both_halves(net):
    return [(0, net.upper), (1, net.lower)]


def a_stage_a_layer(net):
    return list(enumerate(reversed(net.lower + net.upper)))


def frozen_as_documented(make_net):
    net = make_net()
    return tf.train.GradientDescentOptimizer(RATE).minimize(
        net.loss, tf.train.get_or_create_global_step(), net.upper), net.feed


def first_layer(make_net):
    """What comes into the net's first layer, what comes out of it, its weights and the feed."""
    net = make_net()
    inputs, = net.feed
    return inputs, tf.tanh(tf.matmul(inputs, net.lower[0])), net.lower[0], net.feed


def autoencoder(make_net):
    inputs, code, _, feed = first_layer(make_net)
    phase, = layerwise_autoencoders(
        inputs, [code], lambda: tf.train.GradientDescentOptimizer(RATE), decoder="tied")
    return phase.train_op, feed


def autoencoder_as_documented(make_net):
    inputs, code, weights, feed = first_layer(make_net)
    bias = tf.get_variable("decoder_bias", [512], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(code, weights, transpose_b=True) + bias - inputs))
    return tf.train.GradientDescentOptimizer(RATE).minimize(loss, var_list=[weights, bias]), feed


def machine_layer(make_net):
    """A sigmoid layer of inputs from 0 to 1: the layer, its variables, and what is fed."""
    net = make_net()
    inputs, = net.feed
    bias = tf.get_variable("bias", [512], initializer=tf.zeros_initializer())
    source = tf.sigmoid(inputs)
    hidden = tf.sigmoid(tf.matmul(source, net.lower[0]) + bias)
    return source, hidden, net.lower[0], bias, net.feed


def machine(make_net):
    source, hidden, _, _, feed = machine_layer(make_net)
    phase, = layerwise_rbms(source, [hidden], lambda: tf.train.GradientDescentOptimizer(RATE))
    return phase.train_op, feed


def machine_by_hand(make_net):
    source, hidden, weights, bias, feed = machine_layer(make_net)
    visible_bias = tf.get_variable("visible_bias", [512], initializer=tf.zeros_initializer())
    state = tf.cast(tf.random_uniform(tf.shape(hidden), seed=1) < hidden, tf.float32)
    back = tf.sigmoid(tf.matmul(state, weights, transpose_b=True) + visible_bias)
    fantasy = tf.cast(tf.random_uniform(tf.shape(back), seed=2) < back, tf.float32)
    after = tf.sigmoid(tf.matmul(fantasy, weights) + bias)
    steps = tf.tuple([
        RATE / 256 * (tf.matmul(source, hidden, transpose_a=True)
                      - tf.matmul(fantasy, after, transpose_a=True)),
        RATE * tf.reduce_mean(hidden - after, 0), RATE * tf.reduce_mean(source - fantasy, 0)])
    return tf.group(*[tf.assign_add(variable, step) for variable, step in zip(
        (weights, bias, visible_bias), steps)]), feed


VARIANTS = collections.OrderedDict([
    ("plain", plain), ("plain again", plain), ("plain, gated", gated), ("A1/A2 groups", groups),
    ("A3 multipliers", multipliers), ("A3 as documented", multiplied_as_documented),
    ("A4 scaling", scaling),
    ("A5 plain, rate fed", rate_fed), ("A5 declared", declared_multipliers),
    ("A7 multipliers", multipliers_under_momentum), ("A7 true rates", rates_under_momentum),
    ("B6 half frozen", unfrozen_by(stages_of_the_upper_half)),
    ("B6 as documented", frozen_as_documented),
    ("B6 all unfrozen", unfrozen_by(stages_of_both_halves)),
    ("B6 8 stages", unfrozen_by(a_stage_a_layer)),
    ("B7 as documented", autoencoder_as_documented), ("B7 auto-encoder", autoencoder),
    ("B7 RBM by hand", machine_by_hand), ("B7 RBM", machine),
    ("C value", clipping("value")), ("C value, propagate", clipping("value", "propagate")),
    ("C as documented", clipped_as_documented), ("C norm", clipping("norm")),
    ("C global norm", clipping("global_norm")),
    ("C global norm, skip", clipping("global_norm", "skip")),
    ("C tf's global norm", clipped_by_tf_global_norm),
    ("C average norm", clipping("average_norm")),
    ("D1 piecewise", scheduled(piecewise)), ("D1 restarts", scheduled(restarts)),
    ("D1 as documented", scheduled_as_documented),
    ("E2 decay after", decay), ("E2 decay before", decay_first),
    ("E2 as documented", decayed_as_documented),
    ("E1 L2 in the loss", l2_in_the_loss), ("E3 decay op", decay_behind),
    ("E4 MomentumW", momentum_w),
    ("E5 plain momentum", momentum), ("E5 Caffe", caffe), ("E5 by hand", caffe_by_hand),
])
# They fail with TypeError on IndexedSlices, compute the whole table's norm, or need a dense layer.
DENSE_ONLY = ("A3 as documented", "B7 as documented", "B7 auto-encoder", "B7 RBM by hand",
              "B7 RBM", "E2 as documented", "E1 L2 in the loss", "E3 decay op", "E5 by hand")


def measure(make_net, use_resource, rounds, steps, only):
    """Returns {variant: (median seconds a step, median ratio to plain)}."""
    names = [name for name in VARIANTS if name == "plain" or not only or only in name]
    if make_net is embedding:
        names = [name for name in names if name not in DENSE_ONLY]
    runs = {}
    for name in names:
        with tf.Graph().as_default():
            tf.get_variable_scope().set_use_resource(use_resource)
            train_op, feed = VARIANTS[name](make_net)
            session = tf.Session()
            session.run(tf.global_variables_initializer())
            run = session.make_callable(train_op, list(feed))
            runs[name] = (run, list(feed.values()))
    seconds = {name: [] for name in names}
    order = random.Random(0)
    for number in range(rounds + 2):
        turn = list(names)
        order.shuffle(turn)
        for name in turn:
            run, values = runs[name]
            start = time.perf_counter()
            for _ in range(steps):
                run(*values)
            if number >= 2:  # the first rounds warm up
                seconds[name].append((time.perf_counter() - start) / steps)
    return {
        name: (statistics.median(times),
               statistics.median(t / p for t, p in zip(times, seconds["plain"])))
        for name, times in seconds.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--variables", nargs="+", choices=["ref", "resource"],
                        default=["ref", "resource"])
    parser.add_argument("--nets", nargs="+", choices=["mlp", "embedding"],
                        default=["mlp", "embedding"])
    parser.add_argument("--only", default="", help="variants whose name contains this")
    options = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    for make_net, steps in ((mlp, 3), (embedding, 100)):
        if make_net.__name__ not in options.nets:
            continue
        print(make_net.__doc__)
        table = {kind: measure(make_net, kind == "resource", options.rounds, steps, options.only)
                 for kind in options.variables}
        for name in next(iter(table.values())):
            print("    %-18s" % name, "   ".join(
                "%s %8.3f ms  x %.3f" % (kind, table[kind][name][0] * 1e3, table[kind][name][1])
                for kind in table))


if __name__ == "__main__":
    main()
