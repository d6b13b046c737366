"""The updates of one variable at the step where two traces part, and fits of how they are related.

At that step both sides start from the same weights, and so, if the feeds are the same, with the
same gradient up to rounding. What the two updates differ by is therefore a function of what is
known: the weights, the updates themselves and the ones before.
"""
from dataclasses import dataclass

import numpy as np


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
    def holds(self):
        """Whether the relation is one: what is left over is noise, or next to nothing."""
        return (self.elements > len(self.coefficients) - (self.elements == 1)
                and self.left <= min(0.1, max(1e-3, 4 / self.signal)))


def fit(target, regressors, noise):
    """Returns the `Fit`, or None if the regressors say nothing or depend on each other."""
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
    """What a variable did on both sides at one step.

    Attributes:
        name: str.
        weights: the values before the step, of A.
        a, b: the updates of both sides: the new values minus the old.
        difference: b - a.
        noise: how far each update may be off by rounding.
        previous: A's update one step before; None at the first step.
        older: A's values one step before; None at the first step.
        following: list of (a, b), the updates at the steps after.
        steps_skipped: whether steps lie between that are not in the traces.
    """

    def __init__(self, samples, name, step, largest, following=2):
        before = samples.before(step)
        old_a, old_b = samples.pair(name, before)
        new_a, new_b = samples.pair(name, step)
        self.name, self.step = name, step
        self.weights = old_a
        self.new_a, self.new_b = new_a, new_b
        self.a, self.b = new_a - old_a, new_b - old_b
        self.difference = self.b - self.a
        self._signal = None
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
    def elements(self):
        return len(self.a)

    @property
    def signal(self):
        """The root mean square of the difference, in units of noise."""
        if self._signal is None:
            self._signal = _rms(self.difference / self.noise)
        return self._signal

    @property
    def relative(self):
        """How large the difference is, as a share of A's update."""
        return _rms(self.difference) / max(_rms(self.a), np.finfo(np.float64).tiny)

    def fit(self, *regressors):
        """Fits the difference of the updates; None where a regressor is None."""
        if any(each is None for each in regressors):
            return None
        return fit(self.difference, regressors, self.noise)


def pooled(updates, parts):
    """Joins the arrays that a function gives for each update."""
    return np.concatenate([np.atleast_1d(parts(each)) for each in updates])
