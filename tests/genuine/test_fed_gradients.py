"""Records the traces that ports are explained by again, on the genuine release."""
import os

import numpy as np
import pytest

from tests.ports import conftest
from tests.rounding import ESTIMATED_ROOT, U
from tf1_recipes.recording.command import record
from tf1_recipes.traces import open_trace

FOLDER = os.path.join(os.path.dirname(conftest.__file__), "fed_gradients")
DECAY = {"adamw": 0.01}
# How far the step of one processor may be from another's, as a share of the step. The root, or its
# reciprocal, is estimated otherwise on each; to it Adam adds its epsilon; it divides, or is
# multiplied. All that these work on is made of the fed gradients, element by element, by kernels
# that are compiled without fused multiply-add: the same everywhere.
STEP = {"nesterov": 0, "adagrad": 2 * (ESTIMATED_ROOT + U), "rmsprop": 2 * (ESTIMATED_ROOT + U),
        "adam": 2 * (ESTIMATED_ROOT + 2 * U), "adamw": 2 * (ESTIMATED_ROOT + 2 * U)}
STEPS_KEPT = {"rmsprop": "w/RMSProp_1"}  # its momentum, here of one step
NAMES = sorted(STEP)


def committed(name):
    """The variables of the start and of each step, {name: array} each."""
    return [step.arrays("variables") for step in
            open_trace(os.path.join(FOLDER, name + "-1.15.5.json"))]


def allowed(name, states):
    """Returns how far each variable may be off in each state: {variable: array or 0} each."""
    weights = [state["w"].astype(float) for state in states]
    bounds, off = [{}], np.zeros(weights[0].shape)
    for old, new, state in zip(weights, weights[1:], states[1:]):
        step = np.abs(new - old) + DECAY.get(name, 0) * np.abs(old)
        if STEP[name]:
            # What was off stays so; the step; taking it, and the decay, off the weight, on two
            # machines.
            writes = 2.01 if name in DECAY else 1
            off = off + STEP[name] * step + 2 * writes * U * np.maximum(np.abs(old), np.abs(new))
        bounds.append({"w": off})
        if name in STEPS_KEPT:
            bounds[-1][STEPS_KEPT[name]] = STEP[name] * np.abs(state[STEPS_KEPT[name]])
    return bounds


def shares(name, found):
    """How much of what is allowed is used, at the worst of each variable; 0 / 0 is none of it."""
    states = committed(name)
    assert [sorted(state) for state in found] == [sorted(state) for state in states]
    used = dict.fromkeys(states[0], 0.0)
    for ours, theirs, bounds in zip(found, states, allowed(name, states)):
        for variable in used:
            apart = np.abs(ours[variable].astype(float) - theirs[variable])
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.where(apart == 0, 0, apart / bounds.get(variable, 0))
            used[variable] = max(used[variable], float(share.max()))
    return used


@pytest.mark.parametrize("name", NAMES)
def test_recorded_again_a_training_by_fed_gradients_is_the_same(genuine, name, tmp_path):
    again = str(tmp_path / "again.json")
    assert record(os.path.join(FOLDER, "train.py"), [name], again, python=genuine("1.15.5")) == 0
    used = shares(name, [step.arrays("variables") for step in open_trace(again)])
    print(name, used)
    assert max(used.values()) <= 1, used


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_off_by_a_ten_thousandth_is_no_rounding(name):
    states = [dict(state) for state in committed(name)]
    start = states[0]["w"]
    for state in states[1:]:
        state["w"] = (state["w"] + np.float32(1e-4) * (state["w"] - start)).astype(np.float32)
    assert shares(name, states)["w"] > 2


@pytest.mark.parametrize("name", NAMES)
def test_what_the_gradients_are_gathered_in_is_held_to_the_bit(name):
    for variable in set(committed(name)[0]) - {"w", STEPS_KEPT.get(name)}:
        states = [dict(state) for state in committed(name)]
        states[3][variable] = np.nextafter(states[3][variable], np.float32(9), dtype=np.float32)
        assert shares(name, states)[variable] == np.inf
