"""Weight decay: missing or larger on one side, before or after the update, coupled or not.

    w weights, g gradient, r rate, d = decay of a step (r * lambda where it is L2 in the loss)

    none                  u = -r g
    coupled, or before    u = -r g - d w                     difference  -d w
    after                 u = -r g - d (w - r g)             difference  -d (w + u)
    after, not before                                        difference  -d u - d^2 w
    coupled, momentum m   a = m a + g + lambda w             difference of the second step to
                                                             decoupled decay: m d w before
"""
from __future__ import annotations

from typing import Any, Optional

import numpy as np

from tf1_recipes.traces.explain import relations
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, Diagnosis
from tf1_recipes.traces.explain.relations import Group
from tf1_recipes.traces.explain.updates import fit
from tf1_recipes.traces.explain.window import Window, named

TITLE = "Weight decay differs"


def describe(group: Group, window: Window) -> Any:
    """The diagnosis of a group whose updates differ by a share of the weights."""
    coefficient = group.coefficients[0]
    if group.relation == relations.EARLIER_DECAY:
        return _through_momentum(group, window)
    more, less, rate = ("B", "A", -coefficient) if coefficient < 0 else ("A", "B", coefficient)
    place = {relations.DECAY_AFTER_IN_A: "after the update",
             relations.DECAY_AFTER_IN_B: "after the update"}.get(group.relation)
    ambiguous = any(relations.is_decay(each) for each in group.others)
    coupled = _in_slots(window, group)
    own = _own_decay(group, less)
    if own is None:
        own = _decay_of_sums(group, less, window)
    evidence = _evidence(group, "%s's update minus %s's is -%.4g w" % (more, less, rate))
    not_told = []
    if place and not ambiguous:
        evidence.append("the decayed weight is the one after the update: -%.4g (w + update)" % rate)
    elif not ambiguous:
        evidence.append("the decayed weight is the one before the update")
    if coupled is not None:
        evidence.append("the gradients in the slots differ by %.4g w, too: L2 in the loss" % (
            coupled))
    if own:
        evidence.append("%s decays by %.4g itself, as elements or sums without a gradient show" % (
            less, own))
        total = own + rate * (1 - own if place and not ambiguous else 1)
        ratio = total / own
        what = "%s decays its weights by %.5g a step, %s by %.5g: %.4g times as much." % (
            more, total, less, own, ratio)
        title = "Weight decay doubled in %s" % more if abs(ratio - 2) < 0.02 else TITLE
    else:
        known = own is not None
        title = "Weight decay missing %sin %s" % ("" if known else "or smaller ", less)
        what = "%s decays its weights by %.5g a step%s; %s does not%s." % (
            more, rate, ", after the update" if place and not ambiguous else "", less,
            "" if known else ", or by that much less")
        if known:
            evidence.append("sums of updates that only decay moves are 0 in %s" % less)
        else:
            not_told.append("a decay in %s that is larger by that, for instance doubled" % more)
    if not place or ambiguous:
        if coupled is None:
            not_told.append("L2 in the loss with rate * lambda = %.4g: under plain gradient "
                            "descent, and in a first step, the same as decoupled decay" % rate)
        if ambiguous:
            not_told.append("decay before or after the update: they differ by less than rounding")
    spared = [name for name, update in window.updates.items()
              if name not in group.names and update.signal <= 2 and update.weights.any()]
    if spared:
        evidence.append("without that difference: %s" % named(spared))
    return Diagnosis(title, what, window.step, group.names, evidence,
                     HIGH if group.elements >= 8 else LOW,
                     {"decay": rate, "side": more, "after_update": bool(place and not ambiguous)},
                     not_told)


def _evidence(group, relation):
    return ["%s, over %d elements; %.2g of the difference is left over" % (
        relation, group.elements, group.fit.left)]


def _in_slots(window, group):
    """The difference of the gradients in the first moments, as a share of the weights."""
    first_moments = "Momentum|MomentumW|Adam|AdamW|m|mu|momentum|exp_avg|momentum_buffer"
    for _, owner, (a, b) in window.slots(first_moments):
        if owner in group.names:
            update = window.updates[owner]
            if len(a) != update.elements or not (b - a).any():
                continue
            noise = update.epsilon * (np.abs(a) + np.max(np.abs(a)) * 16) + 1e-300
            found = fit(b - a, [update.weights], noise)
            if found and found.holds:
                return found.coefficients[0]
    return None


def _own_decay(group, side):
    """The decay of the side that decays less, if elements without a gradient show it."""
    for update in group.updates:
        moved, other = (update.a, update.b) if side == "A" else (update.b, update.a)
        shares = [-each[update.weights != 0] / update.weights[update.weights != 0]
                  for each in (moved, other)]
        if not shares[0].size:
            continue
        # Where both sides only decay, the shares are constants, and found at many elements.
        common = float(np.median(shares[1]))
        for candidate in {common, float(np.min(shares[1])), float(np.max(shares[1]))}:
            alike = np.abs(shares[1] - candidate) <= 1e-3 * abs(candidate)
            if candidate > 0 and np.count_nonzero(alike) >= max(4, 0.02 * alike.size):
                rest = shares[0][alike]
                middle = float(np.median(rest))
                if middle > 0.01 * candidate and np.all(np.abs(rest - middle) <= 2e-2 * middle):
                    return middle
    return None


def _decay_of_sums(group, side, window):
    """The decay of the side that decays less, where gradients sum to 0: in front of a softmax.

    Adding a number to all logits changes no softmax, so that the gradients of the last kernel sum
    to 0 over its columns, and only decay moves the sums of its rows.

    Returns:
        float, 0.0 for none; None without such a kernel.
    """
    for update in group.updates:
        shape = window.samples.tensors("variables", update.name, window.step)[0].shape
        if len(shape) != 2 or update.sampled or shape[0] < 4 or shape[1] < 2:
            continue
        less, more, w = (each.reshape(shape).sum(axis=1) for each in (
            update.a if side == "A" else update.b, update.b if side == "A" else update.a,
            update.weights))
        noise = np.sqrt(np.sum(update.noise.reshape(shape) ** 2, axis=1))
        found = fit(more, [w], noise)
        if not found or not found.holds or found.signal < 8 or found.coefficients[0] >= 0:
            continue
        if np.all(np.abs(less) <= 2 * noise):
            return 0.0
        rest = fit(less, [w], noise)
        if rest and rest.holds and rest.coefficients[0] < 0:
            return -rest.coefficients[0]
    return None


def _through_momentum(group, window):
    share = group.coefficients[0]
    decoupled, coupled = ("B", "A") if share > 0 else ("A", "B")
    return Diagnosis(
        "Weight decay decoupled in %s, coupled in %s" % (decoupled, coupled),
        "%s accumulates L2 of the loss in its momentum, %s decays the weights beside it." % (
            coupled, decoupled),
        window.step, group.names,
        ["the first updates agree; the next differ by %.4g of the weights before them, which is "
         "momentum * decay" % abs(share),
         "%d elements; %.2g of the difference is left over" % (group.elements, group.fit.left)],
        HIGH if group.elements >= 8 else LOW,
        {"momentum_times_decay": abs(share), "decoupled": decoupled})


def before_or_after(group: Group, window: Window) -> Optional[Diagnosis]:
    """Both decay, one before and one after the update; None if the two terms do not fit."""
    alpha, beta = group.coefficients
    side = "B" if alpha < 0 else "A"
    rate = -alpha if side == "B" else alpha / (1 + alpha)
    if not 0 < rate < 0.5 or abs(beta / alpha - rate) > 0.2 * rate:
        return None
    other = "A" if side == "B" else "B"
    return Diagnosis(
        "Weight decay after the update in %s, before it in %s" % (side, other),
        "Both decay by %.5g a step: %s the new weight, %s the old one." % (rate, side, other),
        window.step, group.names,
        ["the updates differ by %.4g u %+.4g w, where decay d on different sides of the update u "
         "leaves -d u - d^2 w" % (alpha, beta),
         "%d elements; %.2g of the difference is left over" % (group.elements, group.fit.left)],
        HIGH, {"decay": rate, "after": side})
