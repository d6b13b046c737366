"""Five pretrained layers at 1e-5 and a new one at 1e-3, as the question asks for it: by numbers."""
import re
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import GroupedOptimizer
from tf1_recipes.legacy.runner import run_captured
from tf1_recipes.recording.session_tap import Tap
from tf1_recipes.traces import MemoryTrace
from tf1_recipes.v1 import tf

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "fine_tuning.py"
# 300 steps, each of which rounds a weight of less than 1 by at most 2^-25 when it is written; what
# the gradients are off by is multiplied by the rate, and less.
BOUND = 300 * 2.0 ** -25
LAYERS = ["hidden%d" % number for number in range(1, 6)] + ["outputs"]


def net(classes, start):
    """The initial weights, from the rule in the script's text, in float64."""
    state, rows = {}, 8
    for number, (name, width) in enumerate(zip(LAYERS, [7, 6, 6, 5, 5, classes])):
        values = (np.arange(rows * width) * 7919 + start + number) % 1009 / 504.5 - 1
        state[name + "/kernel"] = (values / np.sqrt(rows)).reshape(rows, width)
        state[name + "/bias"] = np.full(width, 0.1)
        rows = width
    return state


INPUTS = (np.arange(96).reshape(12, 8) * 37 % 101) / 25.0 - 2


def descend(state, labels, rate_of, steps):
    """Gradient descent on the summed cross-entropy, by backpropagation in float64."""
    losses = []
    for _ in range(steps + 1):
        outputs = [INPUTS]
        for name in LAYERS:
            z = outputs[-1] @ state[name + "/kernel"] + state[name + "/bias"]
            outputs.append(z if name == "outputs" else np.maximum(z, 0))
        odds = np.exp(z - z.max(axis=1, keepdims=True))
        p = odds / odds.sum(axis=1, keepdims=True)
        losses.append(-np.log(p[np.arange(12), labels]).sum())
        if len(losses) > steps:
            break
        slope = p - np.eye(p.shape[1])[labels]
        new = dict(state)
        for name, source in reversed(list(zip(LAYERS, outputs))):
            new[name + "/kernel"] = state[name + "/kernel"] - rate_of(name) * source.T @ slope
            new[name + "/bias"] = state[name + "/bias"] - rate_of(name) * slope.sum(axis=0)
            slope = slope @ state[name + "/kernel"].T * (source > 0)
        state = new
    return state, losses


def numpy_fine_tuning():
    """The new net before and after its training, and its losses."""
    pretrained, _ = descend(net(4, 0), INPUTS[:, :4].argmax(axis=1), lambda name: 0.01, 100)
    start = {name: pretrained[name] if name.startswith("hidden") else value
             for name, value in net(3, 500).items()}
    end, losses = descend(start, INPUTS[:, 4:7].argmax(axis=1),
                          lambda name: 1e-3 if name == "outputs" else 1e-5, 200)
    return start, end, losses


expected = pytest.fixture(scope="module", name="expected")(numpy_fine_tuning)


def test_the_example_trains_what_numpy_computes(expected):
    trace = MemoryTrace()
    printed = run_captured(str(SCRIPT), Tap(trace))
    last = list(trace)[-1].arrays("variables")
    for name, value in expected[1].items():
        np.testing.assert_allclose(last[name], value, rtol=0, atol=BOUND, err_msg=name)
    assert_printed(printed, expected)


def test_groups_of_the_recipe_train_the_same(expected):
    start, end, _ = expected
    with tf.Graph().as_default(), tf.Session() as session:
        variables = {name: tf.get_variable(name, initializer=value.astype(np.float32))
                     for name, value in start.items()}
        layer = tf.constant(INPUTS, tf.float32)
        for name in LAYERS:
            layer = tf.matmul(layer, variables[name + "/kernel"]) + variables[name + "/bias"]
            layer = layer if name == "outputs" else tf.nn.relu(layer)
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=INPUTS[:, 4:7].argmax(axis=1), logits=layer))
        train = GroupedOptimizer([(tf.train.GradientDescentOptimizer(0.00001), "hidden[1-5]"),
                                  (tf.train.GradientDescentOptimizer(0.001), "outputs")]
                                 ).minimize(loss)
        session.run(tf.global_variables_initializer())
        for _ in range(200):
            session.run(train)
        for name, variable in variables.items():
            np.testing.assert_allclose(
                session.run(variable), end[name], rtol=0, atol=BOUND, err_msg=name)


def assert_printed(printed, expected):
    """The losses to 1e-3, and how far each layer moved to two of its own roundings."""
    start, end, losses = expected
    found = [[float(each) for each in re.findall(r"\d+\.\d+", line)]
             for line in printed.splitlines()]
    np.testing.assert_allclose(found[0], [losses[0], losses[-1]], atol=1e-3)
    moved = [np.sqrt(sum(np.square(end[name] - start[name]).sum()
                         for name in start if name.startswith(layer + "/"))) for layer in LAYERS]
    np.testing.assert_allclose(np.ravel(found[1:]), moved, rtol=0, atol=BOUND)
    # Five layers of hundreds of weights hardly move, the new one of 18 does.
    assert max(moved[:5]) < 0.003 and moved[5] > 0.4
