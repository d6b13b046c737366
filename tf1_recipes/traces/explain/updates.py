"""The updates of one variable at the step where two traces diverge, and fits of their relation.

At that step both sides start from the same weights, and so, if the feeds are the same, with the
same gradient up to rounding. What the two updates differ by is therefore a function of what is
known: the weights, the updates themselves and the ones before.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Optional, Sequence

import numpy as np

from tf1_recipes.traces.explain.samples import Samples


@dataclass(frozen=True)
class Fit:
    """target = sum of coefficient * regressor, by least squares, each element by its noise.

    Attributes:
        coefficients: tuple of float.
        left: float, the share of the target that is left over (of the root mean squares).
        signal: float, the target's root mean square in units of noise.
        elements: int.
    """

    coefficients: tuple
    left: float
    signal: float
    elements: int

    @property
    def holds(self) -> bool:
        """Whether the relation is one: the remainder is noise or negligible."""
        return (self.elements > len(self.coefficients) - (self.elements == 1)
                and self.left <= min(0.1, max(1e-3, 4 / self.signal)))


def fit(target: np.ndarray, regressors: Sequence[np.ndarray], noise: np.ndarray) -> Optional[Fit]:
    """Returns the `Fit`, or None if the regressors are empty or dependent."""
    columns = np.stack([each / noise for each in regressors], axis=1)
    scaled = target / noise
    signal = _rms(scaled)
    lengths = np.sqrt(np.sum(columns * columns, axis=0))
    if not (signal > 0 and np.isfinite(signal) and np.all(np.isfinite(lengths))
            and np.all(lengths > 0)):
        return None
    solution, _, rank, _ = np.linalg.lstsq(columns / lengths, scaled, rcond=1e-7)
    if rank < len(regressors):
        return None
    left = _rms(scaled - columns / lengths @ solution) / signal
    return Fit(tuple(float(each) for each in solution / lengths), left, signal, len(target))


def _rms(values):
    return float(np.sqrt(np.mean(values * values))) if values.size else 0.0


class Update:
    """The change of a variable on both sides at one step.

    Attributes:
        name: str.
        weights: the values before the step, of A.
        a, b: the updates of both sides: the new values minus the old.
        difference: b - a.
        noise: how far each update may be off by rounding.
        previous: A's update one step before; None at the first step.
        older: A's values one step before; None at the first step.
        following: list of (a, b), the updates at the steps after.
        steps_skipped: whether the traces lack steps in between.
    """

    def __init__(self, samples: Samples, name: str, step: int, largest: float,
                 following: int = 2) -> None:
        before = samples.before(step)
        old_a, old_b = samples.pair(name, before)
        new_a, new_b = samples.pair(name, step)
        self.name, self.step = name, step
        self.weights = old_a
        self.new_a, self.new_b = new_a, new_b
        self.a, self.b = new_a - old_a, new_b - old_b
        self.difference = self.b - self.a
        self._signal: Optional[float] = None
        self.sampled = samples.is_sample(name, step)
        epsilon = samples.epsilon(name, step)
        own = max(np.max(np.abs(self.a), initial=0), np.max(np.abs(self.b), initial=0))
        self.noise = (epsilon * (np.abs(old_a) + np.abs(new_a) + 16 * own + 4 * largest)
                      + 2 * np.abs(old_b - old_a) + np.finfo(np.float64).tiny)
        self.epsilon = epsilon
        self.previous = self.older = None
        earlier = samples.before(before)
        older = samples.pair(name, earlier) if earlier is not None else None
        if older is not None and len(older[0]) == len(old_a):
            self.older = older[0]
            self.previous = old_a - self.older
        self.following = []
        last = new_a, new_b
        for number in samples.fed_alike_after(step, following):
            pair = samples.pair(name, number)
            if pair is None or len(pair[0]) != len(new_a):
                break
            self.following.append((pair[0] - last[0], pair[1] - last[1]))
            last = pair

    @property
    def elements(self) -> int:
        """How many elements the update has."""
        return len(self.a)

    @property
    def signal(self) -> float:
        """The root mean square of the difference, in units of noise."""
        if self._signal is None:
            self._signal = _rms(self.difference / self.noise)
        return self._signal

    @property
    def relative(self) -> float:
        """How large the difference is, as a share of A's update."""
        return _rms(self.difference) / max(_rms(self.a), np.finfo(np.float64).tiny)

    def fit(self, *regressors: Any) -> Optional[Fit]:
        """Fits the difference of the updates; None where a regressor is None."""
        if any(each is None for each in regressors):
            return None
        return fit(self.difference, regressors, self.noise)


def pooled(updates: Iterable[Update], parts: Callable[[Update], Any]) -> np.ndarray:
    """Joins the arrays that a function gives for each update."""
    return np.concatenate([np.atleast_1d(parts(each)) for each in updates])
