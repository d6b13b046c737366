"""Which linear relation holds between the updates of both sides, and for which variables.

    difference of the updates = sum of coefficient * regressor

One regressor goes before two; variables with the same relation and coefficients form a group. A
variable of few elements, which many relations would fit, joins a group found before if it can.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Tuple

from tf1_recipes.traces.explain.updates import Fit, Update, fit, pooled

FACTOR, MOMENTUM = "factor", "momentum"
DECAY, DECAY_AFTER_IN_A, DECAY_AFTER_IN_B = "decay", "decay after in A", "decay after in B"
EARLIER_DECAY = "decay of the weights before"
FACTOR_AND_DECAY, DAMPENING = "factor and decay", "factor and momentum"
DECAY_AND_MOMENTUM = "decay and momentum"

ONE = {
    FACTOR: lambda update: [update.a],
    DECAY: lambda update: [update.weights],
    DECAY_AFTER_IN_B: lambda update: [update.new_a],
    DECAY_AFTER_IN_A: lambda update: [update.new_b],
    MOMENTUM: lambda update: [update.previous],
    EARLIER_DECAY: lambda update: [update.older],
}
TWO = {
    FACTOR_AND_DECAY: lambda update: [update.a, update.weights],
    DAMPENING: lambda update: [update.a, update.previous],
    DECAY_AND_MOMENTUM: lambda update: [update.weights, update.previous],
}
REGRESSORS = {**ONE, **TWO}
_DECAYS = (DECAY, DECAY_AFTER_IN_A, DECAY_AFTER_IN_B, EARLIER_DECAY)
_LARGEST_DECAY = 0.5  # of a weight, in one step
_FEW = 3  # elements: so few fit too much
_MANY_FOR_TWO = 12


@dataclass
class Group:
    """Variables whose updates differ by the same relation.

    Attributes:
        relation: str, a key of `REGRESSORS`.
        fit: `Fit` over all of them.
        updates: list of `Update`.
        others: list of str, relations that fit nearly as well.
    """

    relation: str
    fit: Fit
    updates: list
    others: list = field(default_factory=list)

    @property
    def coefficients(self) -> Tuple[float, ...]:
        """The coefficients of the relation."""
        return self.fit.coefficients

    @property
    def names(self) -> List[str]:
        """The names of its variables."""
        return [update.name for update in self.updates]

    @property
    def elements(self) -> int:
        """How many elements its variables have."""
        return sum(update.elements for update in self.updates)


def groups_of(updates: List[Update]) -> Tuple[List[Group], List[Update]]:
    """Returns (list of `Group`, list of `Update` that no relation fits)."""
    groups, rest = [], []
    for update in updates:
        joined = next((group for group in groups if _belongs(update, group)), None)
        if joined is not None:
            joined.updates.append(update)
            continue
        group = _relation_of(update)
        if group is None:
            rest.append(update)
        else:
            groups.append(group)
    for group in groups:
        if len(group.updates) > 1:
            group.fit = _joint(group.relation, group.updates) or group.fit
    return groups, rest


def _relation_of(update):
    if update.elements < _FEW:
        found = update.fit(update.a)
        return Group(FACTOR, found, [update]) if found and found.holds else None
    fits = {}
    for relation, regressors in ONE.items():
        found = update.fit(*regressors(update))
        if found and found.holds and _is_possible(relation, found):
            fits[relation] = found
    if not fits and update.elements >= _MANY_FOR_TWO:
        for relation, regressors in TWO.items():
            found = update.fit(*regressors(update))
            if found and found.holds:
                fits[relation] = found
    if not fits:
        return None
    best = min(fits, key=lambda relation: fits[relation].left)
    near = 3 * fits[best].left + 1e-3 / fits[best].signal
    # The plainest of those that fit as well.
    chosen = next(relation for relation in fits if fits[relation].left <= near)
    if chosen == FACTOR and abs(fits[FACTOR].coefficients[0]) < 0.1:
        both = _decay_on_two_sides(update, fits[FACTOR])
        if both:
            return Group(FACTOR_AND_DECAY, both, [update])
    others = [relation for relation in fits
              if relation != chosen and fits[relation].left <= 3 * near]
    return Group(chosen, fits[chosen], [update], others)


def _decay_on_two_sides(update, factor):
    """The fit of decay before the update on one side and after it on the other, if it is better."""
    if update.elements < _MANY_FOR_TWO:
        return None
    found = update.fit(*TWO[FACTOR_AND_DECAY](update))
    if found and found.holds and found.left < 0.5 * factor.left:
        share, decay = found.coefficients
        if abs(decay / share / abs(share) - 1) < 0.2:
            return found
    return None


def _is_possible(relation, found):
    coefficient = found.coefficients[0]
    if relation in _DECAYS and abs(coefficient) > _LARGEST_DECAY:
        return False
    if relation == DECAY_AFTER_IN_B:
        return coefficient < 0
    if relation in (DECAY_AFTER_IN_A, EARLIER_DECAY):
        return coefficient > 0 or relation == EARLIER_DECAY
    return True


def _belongs(update, group):
    regressors = REGRESSORS[group.relation](update)
    if any(each is None for each in regressors):
        return False
    left = update.difference - sum(
        coefficient * each for coefficient, each in zip(group.coefficients, regressors))
    found = fit(update.difference, [update.difference - left], update.noise)
    return (found is not None and found.holds
            and abs(found.coefficients[0] - 1) < max(1e-3, 4 / found.signal, 2 * group.fit.left))


def _joint(relation, updates):
    columns = zip(*(REGRESSORS[relation](update) for update in updates))
    return fit(pooled(updates, lambda each: each.difference),
               [_concatenated(column) for column in columns],
               pooled(updates, lambda each: each.noise))


def _concatenated(arrays):
    return pooled(arrays, lambda each: each)


def is_decay(relation: str) -> bool:
    """Whether a relation is one of weight decay alone."""
    return relation in _DECAYS
