"""What the diagnoses examine: the step where two traces diverge, and a few around it."""
from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple

import numpy as np

from tf1_recipes.traces.explain.samples import POWER, STATISTIC, Samples
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.slot_names import slot_of

_FOLLOWING = 3


class Roles:
    """Which of the compared variables are weights, optimizer slots, statistics, counters."""

    def __init__(self, samples: Samples, names: List[str]) -> None:
        self.slots, self.statistics, self.counters, self.weights = {}, [], [], []
        self.powers = []
        known = set(names)
        for name in names:
            slot = slot_of(name, known)
            if STATISTIC.match(name):
                self.statistics.append(name)
            elif POWER.match(name):
                self.powers.append(name)
            elif slot:
                self.slots[name] = slot
            elif samples.epsilon(name, samples.numbers[0]) is None:
                self.counters.append(name)
            else:
                self.weights.append(name)


class Window:
    """The first divergence of two traces that start the step from the same weights.

    Attributes:
        samples, roles: see `Samples` and `Roles`.
        before, step: int, the last step at which both sides agree, and the next.
        first: bool, whether it is the first step of the training.
        updates: dict ``{name: Update}`` of the weights that either side moves.
        apart: list of `Update`, of those that differ by more than rounding, the largest first.
        slot_kinds: the kinds of slots that each side has, such as ``({"RMSProp"}, set())``.
    """

    def __init__(self, samples: Samples, roles: Roles, step: int,
                 slot_kinds: Tuple[Any, Any] = (frozenset(), frozenset())) -> None:
        self.samples, self.roles, self.step = samples, roles, step
        self.slot_kinds = slot_kinds
        self.before = samples.before(step)
        self.first = self.before == samples.numbers[0]
        names = [name for name in roles.weights if samples.are_finite(name, self.before, step)]
        largest = self._largest(names)
        self.updates = {}
        for name in names:
            update = Update(samples, name, step, largest, _FOLLOWING)
            if update.a.any() or update.b.any():
                self.updates[name] = update
        self.apart = sorted((each for each in self.updates.values() if each.signal > 2),
                            key=lambda each: -each.elements)

    @property
    def skipped(self) -> int:
        """How many steps between the two the traces lack."""
        return self.step - self.before - 1

    def _largest(self, names):
        moves = [0.0]
        for name in names:
            old, new = (self.samples.pair(name, number) for number in (self.before, self.step))
            moves += [float(np.max(np.abs(x - y))) for x, y in zip(old, new)]
        return max(moves)

    def slots(self, kind: str) -> Iterator[Any]:
        """Yields (slot's name, its variable's name, A's and B's values after the step)."""
        for name, (owner, found) in self.roles.slots.items():
            if re.fullmatch(kind, found) and owner in self.updates:
                pair = self.samples.pair(name, self.step)
                if pair is not None:
                    yield name, owner, pair

    def scalars(self, kind: str, step: Optional[int] = None) -> Dict[str, Tuple[float, float]]:
        """Returns ``{name: (A's, B's)}`` of the numbers of a kind at the step, or at another."""
        found = {}
        for each, name in self.samples.rows:
            if each == kind:
                pair = self.samples.pair(name, self.step if step is None else step, kind)
                if pair is not None and pair[0].size == 1:
                    found[name] = float(pair[0][0]), float(pair[1][0])
        return found

    def batch_sizes(self) -> Set[int]:
        """The leading dimensions of the feeds at the step."""
        sizes = set()
        for kind, name in self.samples.rows:
            if kind == "feeds":
                tensor = self.samples.tensors(kind, name, self.step)[0]
                if tensor is not None and tensor.shape:
                    sizes.add(tensor.shape[0])
        return sizes


def named(names: Iterable[str], most: int = 3) -> str:
    """``a, b, c and 4 more``."""
    names = list(names)
    text = ", ".join(names[:most])
    return text + (" and %d more" % (len(names) - most) if len(names) > most else "")
