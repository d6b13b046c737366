"""The example that trains A8 and D2 together, beside NumPy models of the net, Adam and cosine."""
import re
from pathlib import Path

import numpy as np

from tf1_recipes.legacy.runner import run_captured
from tf1_recipes.recording.session_tap import Tap
from tf1_recipes.traces import MemoryTrace

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "stages_and_restarts.py"
NAMES = ["conv1", "conv2", "conv3", "fc_start", "output"]
STAGE_RATES = {"conv1": 1e-4, "conv2": 1e-4, "conv3": 1e-3, "fc_start": 1e-2, "output": 1e-2}
RESTARTS = [(0, 4), (4, 8), (12, 16), (28, 32)]  # the first batch of a cycle, and its length


def spread(start, *shape):
    return ((np.arange(np.prod(shape)) * 7 + start) % 13 - 6).reshape(shape) / 10.0


def annealed(batch):
    start, length = [cycle for cycle in RESTARTS if cycle[0] <= batch][-1]
    return (1 + np.cos(np.pi * (batch - start) / length)) / 2


def trained(batches=32):
    """The start, the end and the losses: tanh layers under Adam, in float64."""
    state, memory, losses = {}, {}, []
    for number, name in enumerate(NAMES):
        columns = 1 if name == "output" else 4
        state[name + "/kernel"] = spread(2 * number, 4, columns)
        state[name + "/bias"] = spread(2 * number + 1, columns)
    start = dict(state)
    x = spread(1, 8, 4)
    y = x[:, :1] * x[:, 1:2] + x[:, 2:3]
    for batch in range(batches):
        rows = slice(2 * batch % 8, 2 * batch % 8 + 2)
        values = [x[rows]]
        for name in NAMES:
            z = values[-1] @ state[name + "/kernel"] + state[name + "/bias"]
            values.append(z if name == "output" else np.tanh(z))
        losses.append(np.mean((z - y[rows]) ** 2))
        slope, gradients = 2 * (z - y[rows]) / 2, {}
        for name, source in reversed(list(zip(NAMES, values))):
            gradients[name + "/kernel"] = source.T @ slope
            gradients[name + "/bias"] = slope.sum(axis=0)
            slope = slope @ state[name + "/kernel"].T * (1 - source ** 2)
        t = batch + 1
        for name, g in gradients.items():
            m, v = memory.get(name, (0.0, 0.0))
            m, v = memory[name] = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g ** 2
            rate = STAGE_RATES[name.split("/")[0]] * annealed(batch)
            state[name] = state[name] - rate * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t) * m / (
                np.sqrt(v) + 1e-7)
    return start, state, losses


def test_it_trains_what_numpy_computes():
    trace = MemoryTrace()
    printed = run_captured(str(SCRIPT), Tap(trace))
    last = list(trace)[-1].arrays("variables")
    _, end, _ = trained()
    for name, value in end.items():
        # 32 steps in float32, of weights below 1 and of sqrt(1 - 0.999^t), which has 14 bits.
        np.testing.assert_allclose(last[name], value, rtol=0, atol=2e-5, err_msg=name)
    assert_printed(printed)


def assert_printed(printed):
    """What the script prints, to a unit of its last digit and what float32 is off by."""
    start, end, losses = trained()
    lines = [[float(each) for each in re.findall(r"\d+\.\d+", line)]
             for line in printed.splitlines()]
    for batch, found in zip((0, 2, 4, 8, 12, 20, 28), lines):
        expected = [rate * annealed(batch) for rate in (1e-4, 1e-3, 1e-2)]
        np.testing.assert_allclose(found, expected + [losses[batch]], rtol=0, atol=2e-5)
    assert [batch for batch, found in zip((0, 2, 4, 8, 12, 20, 28), lines)
            if found[:3] == [0.0001, 0.001, 0.01]] == [0, 4, 12, 28]
    moved = [np.abs(end[name + "/kernel"] - start[name + "/kernel"]).mean() for name in NAMES]
    np.testing.assert_allclose(np.ravel(lines[7:]), moved, rtol=0, atol=2e-5)
    # The final layers move some ten times as far as the middle one, and that one as the early ones.
    assert moved[0] < 0.003 < moved[2] < 0.03 < moved[3]
