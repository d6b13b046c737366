"""Rounding only: differences that begin at a few units and grow smoothly.

The unit of a variable at a step is the distance of neighbouring numbers at its largest element, or
at the step's largest update if that is larger: sums that cancel round so. Differences of at most
`LIMIT` units are rounding where they appear; a step that makes them more than `JUMP` times as
large is not.
"""
from __future__ import annotations

import math
from typing import Any, List, Optional, Tuple

import numpy as np

from tf1_recipes.traces.explain.adam import is_normalised
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window

LIMIT = 64
JUMP = 32


def units_apart(samples: Samples, names: List[str], number: int) -> Tuple[float, Optional[str]]:
    """Returns how many units A and B are apart at a step, at the worst, and in which variable."""
    before, largest, apart = samples.before(number), 0.0, {}
    for name in names:
        pair = samples.pair(name, number)
        epsilon = samples.epsilon(name, number)
        if pair is None or epsilon is None:
            continue
        old = samples.pair(name, before) if before is not None else None
        with np.errstate(invalid="ignore", over="ignore"):
            if old is not None and old[0].size == pair[0].size and pair[0].size:
                move = float(np.max(np.abs(pair[0] - old[0])))
                largest = max(largest, move) if math.isfinite(move) else largest
            difference = float(np.max(np.abs(pair[1] - pair[0]), initial=0))
            size = float(max(np.max(np.abs(each), initial=0) for each in pair))
        apart[name] = difference, size, epsilon
    worst, where = 0.0, None
    for name, (difference, size, epsilon) in apart.items():
        if not difference:
            continue
        units = difference / (epsilon * max(size, largest, 1e-300))
        if not math.isfinite(units):
            units = math.inf
        if units > worst or where is None:
            worst, where = units, name
    return worst, where


def units_of(samples: Samples, kind: str, name: str, number: int) -> Any:
    """How many units one tensor is apart at a step; infinity if it is not a float or not finite."""
    pair = samples.pair(name, number, kind)
    epsilon = samples.epsilon(name, number, kind)
    if pair is None or not epsilon or not all(np.all(np.isfinite(side)) for side in pair):
        return math.inf
    size = max(float(np.max(np.abs(side), initial=0)) for side in pair)
    return float(np.max(np.abs(pair[0] - pair[1]), initial=0)) / (epsilon * max(size, 1e-300))


def beside_the_weights(step: int, names: List[str], units: Any) -> Optional[Diagnosis]:
    """The diagnosis where all weights agree, and all else is within `LIMIT` units."""
    return Diagnosis(
        "Rounding", "All weights agree; everything else differs by rounding only.", step, names,
        ["each begins with at most %.3g units in the last place of its largest element" % units],
        HIGH if units <= 16 else MEDIUM, {"first_units": units})


class Growth:
    """How far the weights are apart over the steps.

    Attributes:
        series: list of (step, units, variable), from the first step at which they differ.
        jump: the first step at which they diverge by more than rounding, or None.
    """

    def __init__(self, samples: Samples, names: List[str], first: int) -> None:
        self._samples, self._names = samples, names
        self._known = {}
        place = samples.numbers.index(first)
        later = samples.numbers[place:]
        places = sorted({*range(min(6, len(later))), *(
            int(1.5 ** power) for power in range(64) if 1.5 ** power < len(later)),
            len(later) - 1})
        chosen = [later[each] for each in places]
        self.jump = None
        for index, number in enumerate(chosen):
            units = self.units(number)
            if units <= LIMIT:
                continue
            earlier = self.units(chosen[index - 1]) if index else self._at_before(first)
            apart = places[index] - places[index - 1] if index else 1
            if units > max(earlier, 1.0) * JUMP ** min(apart, 3) or index == 0:
                self.jump = self._narrowed(
                    later, places[index - 1] if index else 0, places[index]) if index else number
                break
        self.series = [(number, *self._known[number]) for number in sorted(self._known)
                       if number >= first]

    def units(self, number: int) -> float:
        """How many units the weights are apart at a step."""
        if number not in self._known:
            self._known[number] = units_apart(self._samples, self._names, number)
        return self._known[number][0]

    def _at_before(self, first):
        before = self._samples.before(first)
        return self.units(before) if before is not None else 0.0

    def _narrowed(self, later, low, high):
        bound = math.sqrt(max(self.units(later[low]), 1.0) * min(self.units(later[high]), 1e30))
        while high - low > 1:
            middle = (low + high) // 2
            if self.units(later[middle]) > bound:
                high = middle
            else:
                low = middle
        return later[high]


def growth_of(growth: Growth) -> Any:
    """The diagnosis of traces whose weights differ by rounding only."""
    series = [each for each in growth.series if 0 < each[1] < math.inf]
    first, last = series[0], series[-1]
    units = [each[1] for each in series]
    worst = max(series, key=lambda each: each[1])
    steps = last[0] - first[0]
    rate, evidence = None, ["%s at step %d: %.3g units in the last place of its largest element" % (
        first[2], first[0], first[1])]
    if steps and len(series) >= 3:
        logs = np.log2(np.array(units))
        rate = float(np.polyfit([each[0] for each in series], logs, 1)[0])
        evidence.append("%.3g units at step %d: %s" % (last[1], last[0], _pace(rate)))
    if worst[1] > last[1]:
        evidence.append("at most %.3g units, at step %d in %s" % (worst[1], worst[0], worst[2]))
    calm = worst[1] <= 1024
    return Diagnosis(
        "Rounding",
        "The weights differ by rounding only: additions in another order, other kernels.",
        first[0], sorted({each[2] for each in series}), evidence,
        HIGH if first[1] <= 16 and calm else MEDIUM if first[1] <= LIMIT else LOW,
        {"first_units": first[1], "last_units": last[1], "worst_units": worst[1],
         "doublings_per_step": rate})


def magnified(window: Window, updates: List[Update]) -> Any:
    """Rounding that an optimizer magnifies, which divides each gradient by its own size.

    The rounding of a gradient that is nearly 0 then moves its element. All others agree.
    """
    a, b, noise = (np.concatenate([part(update) for update in window.updates.values()])
                   for part in (lambda each: each.a, lambda each: each.b, lambda each: each.noise))
    if not window.first or not (is_normalised(a) or is_normalised(b)):
        return []
    size = float(np.median(np.abs(a[a != 0])))
    apart = np.abs(b - a) > 4 * noise
    count = int(np.count_nonzero(apart))
    small = np.maximum(np.abs(a), np.abs(b))[apart] < 0.99 * size
    turned = (np.sign(a) != np.sign(b))[apart]
    if not count or count > max(1, 0.2 * a.size) or not np.all(small | turned):
        return []
    return [Diagnosis(
        "Rounding that the optimizer magnifies",
        "%d of %d elements have a gradient near 0, and an optimizer that divides it by its own "
        "size turns its rounding into a step." % (count, a.size),
        window.step, [update.name for update in updates],
        ["all other elements agree", "of these %d, %d move by less than the others, and %d move "
         "in opposite directions" % (count, int(np.sum(small)), int(np.sum(turned)))],
        MEDIUM if np.all(small) else LOW, {"elements": count})]


def _pace(rate):
    if rate > 0.02:
        return "they grow by a factor of %.3g a step, and double every %.3g" % (2 ** rate, 1 / rate)
    if rate < -0.02:
        return "they shrink by a factor of %.3g a step" % 2 ** rate
    return "they do not grow noticeably from step to step"
