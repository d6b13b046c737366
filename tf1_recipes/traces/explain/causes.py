"""The causes of one step: every family of diagnoses examines it, the most specific first."""
from __future__ import annotations

from typing import List, Tuple

import numpy as np

from tf1_recipes.traces.explain import (
    adam,
    adam_betas,
    adam_decay,
    amsgrad,
    clipping,
    frozen,
    momentum,
    optimizer_kind,
    precision,
    relations,
    rounding,
    update_factor,
    weight_decay,
)
from tf1_recipes.traces.explain.diagnosis import LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window

_FEW = 3


def causes(window: Window) -> Tuple[List[Diagnosis], List[Update]]:
    """Returns (list of `Diagnosis`, list of `Update` that no diagnosis covers) of one step."""
    found, covered = frozen.frozen(window)
    apart = [update for update in window.apart if update.name not in covered]
    if not apart:
        return found, []
    fewer = precision.fewer_bits(window.samples, [update.name for update in apart], window.step)
    if fewer and all(update.relative < 0.5 or np.all(
            np.abs(update.difference) <= 2.0 ** -7 * np.abs(update.new_a)) for update in apart):
        return found + fewer, []
    normalised = any(adam.is_normalised(np.concatenate([part(update) for update in apart]))
                     for part in (lambda each: each.a, lambda each: each.b))
    if normalised or not window.first:
        coupled = adam_decay.by_slots(window) or normalised and (
            adam_decay.by_signs(window, apart))
        if coupled:
            return found + coupled, []
    groups, rest = relations.groups_of(apart)
    if rest:
        few = [group for group in groups
               if group.relation == relations.FACTOR and group.elements < _FEW]
        loose = rest + [update for group in few for update in group.updates]
        for family in (clipping.by_value, optimizer_kind.first_step, adam_betas.betas,
                       amsgrad.maximum):
            diagnoses, names = family(window, loose)
            if diagnoses:
                found += diagnoses
                rest = [update for update in rest if update.name not in names]
                groups = [group for group in groups if not names.issuperset(group.names)]
                break
    found += _of_groups(groups, window)
    if rest:
        random = found or rounding.magnified(window, rest) or precision.computed_with_less(
            window, rest)
        if random and not found:
            return random, []
    return found, rest


def _of_groups(groups, window):
    found = []
    factors = [group for group in groups if group.relation == relations.FACTOR]
    if factors:
        found += update_factor.describe(factors, window)
    for group in groups:
        if relations.is_decay(group.relation):
            found.append(weight_decay.describe(group, window))
        elif group.relation == relations.MOMENTUM:
            found.append(momentum.describe(group, window))
        elif group.relation == relations.FACTOR_AND_DECAY:
            one = weight_decay.before_or_after(group, window)
            found += [one] if one else _two(group, window, "Different learning rate",
                                            "Weight decay differs")
        elif group.relation == relations.DAMPENING:
            one = momentum.dampening(group, window)
            found += [one] if one else _two(group, window, "Different learning rate",
                                            "Different momentum")
        elif group.relation == relations.DECAY_AND_MOMENTUM:
            found += _two(group, window, "Weight decay differs", "Different momentum")
    found.sort(key=lambda each: -sum(
        window.updates[name].elements for name in each.where if name in window.updates))
    return found


_TERMS = {"Different learning rate": "u", "Weight decay differs": "w",
          "Different momentum": "u before"}


def _two(group, window, *titles):
    """Two causes at once: the update's difference is a sum of two terms."""
    whole = ["together they leave %.2g of the difference, over %d elements; neither fits alone" % (
        group.fit.left, group.elements)]
    found = []
    for title, coefficient in zip(titles, group.coefficients):
        if title == "Different learning rate":
            what = "B's updates are %.6g times A's, and differ by more than that." % (
                1 + coefficient)
            figures = {"factor": 1 + coefficient}
        else:
            what = "B's update minus A's has a part of %+.6g %s." % (coefficient, _TERMS[title])
            figures = {"coefficient": coefficient}
            if title == "Weight decay differs" and relations.FACTOR in group.relation and (
                    coefficient > 0):
                own = coefficient / (1 + group.coefficients[0])
                what += " If B does not decay, A does by %.6g." % own
                figures["decay_in_a"] = own
        found.append(Diagnosis(title, what, window.step, group.names, list(whole),
                               MEDIUM if group.elements >= 16 else LOW, figures))
    return found
