"""Adam's factors: bias correction left out, the step counted twice or from the wrong number.

    u_t = -r c_t m_t / sqrt(v_t),    c_t = sqrt(1 - b2^t) / (1 - b1^t)

Without bias correction c_t is 1; counted twice, t is 2, 4, 6 ...; a step too far, 2, 3, 4 ... At
the first step each of these is a constant factor; at the next ones it is another, which is how
they are distinguished from a learning rate.
"""
from __future__ import annotations

import math
from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, Diagnosis
from tf1_recipes.traces.explain.window import Window

_BETA1 = (0.9, 0.5, 0.0)
_BETA2 = (0.999, 0.99, 0.9999, 0.98, 0.95)


def correction(step: int, beta1: float, beta2: float) -> float:
    """Adam's bias correction at a step: sqrt(1 - beta2^step) / (1 - beta1^step)."""
    return math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)


_VARIANTS = {
    "Adam's bias correction is missing in %s": lambda step, b1, b2: 1 / correction(step, b1, b2),
    "Adam's step is counted twice in %s": lambda step, b1, b2: (
        correction(2 * step, b1, b2) / correction(step, b1, b2)),
    "Adam's step is one too far in %s": lambda step, b1, b2: (
        correction(step + 1, b1, b2) / correction(step, b1, b2)),
}


def factors(factor: float) -> Any:
    """Yields (title with a side, beta1, beta2, [factors of steps 1, 2, 3]) that fit step 1."""
    for beta1 in _BETA1:
        for beta2 in _BETA2:
            for title, variant in _VARIANTS.items():
                series = [variant(step, beta1, beta2) for step in (1, 2, 3, 4)]
                if abs(series[0] - 1) < 1e-3:
                    continue
                if abs(factor / series[0] - 1) < 2e-4:
                    yield title % "B", beta1, beta2, series
                if abs(factor * series[0] - 1) < 2e-4:
                    yield title % "A", beta1, beta2, [1 / each for each in series]


def is_normalised(values: np.ndarray) -> bool:
    """Whether an update has one size in most elements, like Adam's first one."""
    sizes = np.abs(values[values != 0])
    if sizes.size < 4:
        return False
    middle = np.median(sizes)
    return bool(np.mean(np.abs(sizes - middle) <= 2e-2 * middle) >= 0.6)


def counters(window: Window) -> List[Diagnosis]:
    """Counters and powers of beta that one side advances further in a step."""
    diagnoses = []
    for name in window.roles.counters:
        old, new = (window.samples.pair(name, number) for number in (window.before, window.step))
        if old is None or new is None or {old[0].size, new[0].size} != {1} or (
                old[0][0] != old[1][0]):
            continue
        moved = [float(new[side][0] - old[side][0]) for side in (0, 1)]
        if moved[0] != moved[1]:
            diagnoses.append(Diagnosis(
                _counted(moved), "%s moves by %g in A and by %g in B." % (
                    name, moved[0], moved[1]),
                window.step, [name], ["its values at steps %d and %d" % (
                    window.before, window.step)], HIGH, {"a": moved[0], "b": moved[1]}))
    twice = []
    for name in window.roles.powers:
        old, new = (window.samples.pair(name, number) for number in (window.before, window.step))
        if old is None or new is None or {old[0].size, new[0].size} != {1} or (
                old[0][0] != old[1][0] or not old[0][0]):
            continue
        ratios = [float(new[side][0] / old[side][0]) for side in (0, 1)]
        if abs(ratios[0] - ratios[1]) > 1e-6:
            twice.append((name, ratios))
    if twice:
        powers = [math.log(each[1]) / math.log(each[0]) if 0 < each[0] < 1 and 0 < each[1] < 1
                  else 0 for _, each in twice]
        double = [abs(power - 2) < 1e-3 for power in powers]
        half = [abs(power - 0.5) < 1e-3 for power in powers]
        side = "B" if all(double) else "A" if all(half) else None
        diagnoses.append(Diagnosis(
            "Adam's step is counted twice in %s" % side if side else "Different betas in Adam",
            "; ".join("%s is multiplied by %.6g in A and by %.6g in B" % (name, a, b)
                      for name, (a, b) in twice) + ".",
            window.step, [name for name, _ in twice],
            ["their values at steps %d and %d" % (window.before, window.step)], HIGH,
            {"power": powers[0]}))
    return diagnoses


def _counted(moved):
    if moved[1] == 2 * moved[0]:
        return "The step is counted twice in B"
    if moved[0] == 2 * moved[1]:
        return "The step is counted twice in A"
    return "A counter moves differently"
