"""Momentum: its coefficient, Nesterov's form, dampening.

    a = m a + g;  u = -r a               the update before this one is known, so that another m
                                         gives a difference of exactly (m_B - m_A) u before
    Nesterov: u = -r (g + m a)           a first update of 1 + m times
    dampening d: a = m a + (1 - d) g     difference  -d u + d m u before
"""
from __future__ import annotations

from typing import Any, Optional

from tf1_recipes.traces.explain import rate_in_momentum
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.relations import Group
from tf1_recipes.traces.explain.window import Window

_USUAL = (0.5, 0.8, 0.85, 0.9, 0.95, 0.97, 0.975, 0.98, 0.99, 0.995, 0.999)


def describe(group: Group, window: Window) -> Any:
    """The diagnosis of a group whose updates differ by a share of the updates before."""
    kept = rate_in_momentum.describe(group, window)
    if kept:
        return kept
    share = group.coefficients[0]
    more, less = ("B", "A") if share > 0 else ("A", "B")
    second = window.samples.before(window.before) == window.samples.numbers[0]
    usual = any(abs(abs(share) - each) < 1e-3 for each in _USUAL)
    evidence = ["the updates differ by %.5g times those of step %d, over %d elements; %.2g of the "
                "difference is left over" % (share, window.before, group.elements, group.fit.left)]
    if second:
        evidence.append("the first updates agree, as they do where the momentum is empty")
    title = "Momentum missing in %s" % less if usual else "Different momentum"
    what = "%s's momentum coefficient is larger by %.5g%s." % (
        more, abs(share), "; so much that %s probably has none" % less if usual else "")
    not_told = ["two coefficients %.4g apart" % abs(share)] if usual else []
    not_told.append("a learning rate that changes %s while one side keeps the old rate in its "
                    "momentum (Caffe, Keras)" % ("at every step" if second else "at this step"))
    return Diagnosis(title, what, window.step, group.names, evidence,
                     HIGH if group.elements >= 8 and second else MEDIUM if group.elements >= 8
                     else LOW, {"difference": share}, not_told)


def dampening(group: Group, window: Window) -> Optional[Diagnosis]:
    """Dampening in B (or in A); None if the two terms do not fit."""
    alpha, beta = group.coefficients
    if -1 < alpha < 0 < beta:
        side, damp, momentum = "B", -alpha, -beta / alpha
    elif alpha > 0 > beta:  # A has it: -d u_B + d m u before = u_A - u_B
        side, damp = "A", alpha / (1 + alpha)
        momentum = -beta / alpha
    else:
        return None
    if not 0 < momentum < 1.0001:
        return None
    return Diagnosis(
        "Dampened momentum in %s" % side,
        "%s adds %.5g of each gradient to its momentum of %.5g, the other side all of it." % (
            side, 1 - damp, momentum),
        window.step, group.names,
        ["the updates differ by %.5g u %+.5g u before, over %d elements; %.2g of the difference is "
         "left over" % (alpha, beta, group.elements, group.fit.left),
         "the first updates agree: PyTorch's do, whose first gradient is not dampened"],
        HIGH if group.elements >= 8 else LOW, {"dampening": damp, "momentum": momentum},
        ["a learning rate and a momentum that both change at this step"])


def nesterov(factor: float) -> Any:
    """Hypotheses of what a first update of ``factor`` times comes from.

    Yields (side that has Nesterov's form, m, function of (B's update, A's, A's next) that predicts
    B's next).
    """
    if 1.2 < factor < 2:
        momentum = factor - 1
        yield "B", momentum, lambda b, a, later: factor * later - momentum * a
    if 0.5 < factor < 0.84:
        momentum = 1 / factor - 1
        yield "A", momentum, lambda b, a, later: factor * (later + momentum * b)
