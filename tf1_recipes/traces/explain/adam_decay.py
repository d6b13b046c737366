"""Weight decay under Adam: L2 in the gradients, which Adam normalises, or decay beside its step.

    coupled      g + lambda w in place of g
    decoupled    w -= d w beside Adam's step

Where slots are recorded, the first moments hold the gradients; where not, the signs of the first
step tell, where lambda w outweighs the rest.
"""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.updates import Update, fit
from tf1_recipes.traces.explain.window import Window, named


def by_slots(window: Window) -> List[Diagnosis]:
    """L2 in the gradients of Adam on one side, as the recorded first moments show."""
    found = {}
    for name, owner, (a, b) in window.slots("Adam|AdamW|m|mu|exp_avg"):
        update = window.updates[owner]
        if len(a) != update.elements or not (b - a).any():
            continue
        noise = update.epsilon * (np.abs(a) + 16 * np.max(np.abs(a))) + 1e-300
        each = fit(b - a, [update.weights], noise)
        if each and each.holds and each.elements >= 4:
            found[owner] = each.coefficients[0], each, name
    if not found:
        return []
    share = float(np.median([each[0] for each in found.values()]))
    side, other = ("B", "A") if share > 0 else ("A", "B")
    outside = _decoupled_part(window, found, other)
    elements = sum(each[1].elements for each in found.values())
    evidence = ["the first moments differ by %.4g w: (1 - beta1) lambda, with %.4g for lambda if "
                "beta1 is 0.9" % (abs(share), abs(share) * 10),
                "%d elements of %s" % (elements, named(each[2] for each in found.values()))]
    if outside:
        evidence.append("beside Adam's step, %s moves %d of %d elements by -%.4g w" % (
            other, outside[1], outside[2], outside[0]))
        title = "Weight decay coupled in %s, decoupled in %s" % (side, other)
        what = ("%s adds lambda w to the gradient, which Adam then normalises; %s decays the "
                "weights by %.5g beside it." % (side, other, outside[0]))
    else:
        title = "Weight decay missing in %s" % other
        what = "%s adds lambda w to the gradient (L2 in the loss); %s does not." % (side, other)
    return [Diagnosis(title, what, window.step, sorted(found), evidence,
                      HIGH if elements >= 8 else MEDIUM,
                      {"lambda_if_beta1_is_0.9": abs(share) * 10,
                       "decay": outside[0] if outside else 0.0})]


def _decoupled_part(window, names, side):
    shares = []
    for name in names:
        update = window.updates[name]
        known = (update.weights != 0) & (update.noise < 0.05 * np.abs(update.difference))
        shares.append(-update.difference[known] / update.weights[known])
    shares = np.concatenate(shares) if shares else np.zeros(0)
    if shares.size < 8:
        return None
    middle = float(np.median(shares))
    alike = np.count_nonzero(np.abs(shares - middle) <= 0.05 * abs(middle))
    sign = 1 if side == "B" else -1
    if alike < 0.5 * shares.size or middle * sign <= 0:
        return None
    return abs(middle), int(alike), int(shares.size)


def by_signs(window: Window, updates: List[Update]) -> Any:
    """L2 in Adam's gradients, in a first step without slots: seen where it outweighs them.

    Adam's first step is -r sign(gradient). With lambda w in the gradient it has another sign where
    lambda w outweighs the rest, and leads towards 0 there; all other elements agree, except for a
    decoupled decay on the other side.
    """
    if not window.first or not updates:
        return []
    joined = [np.concatenate([part(update) for update in updates]) for part in (
        lambda each: each.a, lambda each: each.b, lambda each: each.weights,
        lambda each: each.noise)]
    for coupled, (plain, other) in (("A", joined[:2][::-1]), ("B", joined[:2])):
        w, noise = joined[2:]
        known = w != 0
        shares = (plain - other)[known] / -w[known]
        if shares.size < 16:
            continue
        decay = float(np.median(shares))
        decay = decay if decay > 8 * float(np.median(noise[known] / np.abs(w[known]))) else 0.0
        step = plain + decay * w
        size = float(np.median(np.abs(other)))
        alike = np.abs(step - other) <= 1e-2 * size  # epsilon moves small gradients by less
        turned = ~alike & (np.abs(step + other) <= 1e-2 * size)
        towards = np.sign(other) == -np.sign(w)
        count = int(np.count_nonzero(turned))
        if np.mean(alike) < 0.6 or not count or not np.all(alike | turned) or not np.all(
                towards[turned]):
            continue
        second = "A" if coupled == "B" else "B"
        if decay:
            title = "Weight decay coupled in %s, decoupled in %s" % (coupled, second)
            what = ("%s has lambda w in the gradient, which Adam then normalises; %s decays the "
                    "weights by %.5g beside Adam's step." % (coupled, second, decay))
        else:
            title = "Weight decay missing in %s" % second
            what = "%s has lambda w in the gradient (L2 in the loss); %s has not." % (
                coupled, second)
        return [Diagnosis(
            title, what, window.step, [update.name for update in updates],
            ["in %d of %d elements Adam's step has the other sign in %s, and always leads towards "
             "0" % (count, len(w), coupled),
             "the other %d agree%s" % (
                 len(w) - count, " but for -%.4g w" % decay if decay else "")],
            HIGH if count > 6 else MEDIUM if count > 2 else LOW,
            {"decay": decay, "turned": count})]
    return []
