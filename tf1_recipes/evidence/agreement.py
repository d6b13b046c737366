"""Holds a trace to what a recipe's NumPy model expects: every variable at every step.

If every operation of a recipe is rounded alike everywhere, its traces are held to the model's bits.
Any other recipe is held to the bound that the model computes with its numbers: how far any float32
evaluation may be off (`tf1_recipes.evidence.models.bounded`). Integers must be equal.
"""
from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Dict, Union

import numpy as np

from tf1_recipes.evidence.models import Session
from tf1_recipes.evidence.models.bounded import Bounded, as_array, exact
from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.trace import MemoryTrace, Step

Trace = Union[MemoryTrace, NpzTrace]
# What every variable must be: {step number: {variable name: bits, or numbers with their bounds}}.
Expected = Dict[int, Dict[str, Union[np.ndarray, Bounded]]]

# The bounds were added up in float64, which may itself have rounded down.
_SLACK = 1 + 1e-9


@dataclass
class Agreement:
    """How far a training is from what is expected, or two trainings from each other.

    Attributes:
        share: the largest part that an element uses of what is allowed: of its bound between a
            training and the model, of twice the bound between two trainings. 0 if all are the same
            to the bit.
        tensors: how many tensors were compared, over all steps.
        problems: what is wrong: the worst element outside its bound, and anything missing or extra.
    """

    share: float = 0.0
    tensors: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether something was compared, and nothing is wrong."""
        return not self.problems and self.tensors > 0

    @property
    def what(self) -> str:
        """The problems in a line."""
        shown, more = self.problems[:3], len(self.problems) - 3
        shown = shown + ["and %d more" % more] * (more > 0)
        return "; ".join(shown) if shown or self.tensors else "nothing was compared"


def sessions_of(trace: Iterable[Step]) -> list[Session]:
    """Returns the sessions in a trace: initial values, and the feeds of every step."""
    sessions = {}
    for step in trace:
        if step.facts.get("initial"):
            sessions[step.facts["session"]] = Session(step.number, step.arrays("variables"), [])
        else:
            sessions[step.facts["session"]].steps.append((step.number, step.arrays("feeds")))
    return list(sessions.values())


def expected(recipe: Recipe, trace: Trace, bounds: bool = False) -> Expected:
    """Returns what every variable of a recipe's training must be.

    Args:
        recipe: as `tf1_recipes.evidence.catalogue.find` returns it.
        trace: a trace of it. The model is given its initial values and feeds.
        bounds: whether to return bounds also where the model's bits are expected.

    Returns:
        ``{step number: {variable name: Bounded or array}}``; an array has to be met to the bit.

    Raises:
        IllPosed: the result of the training depends on a rounding.
    """
    module = recipe.module("model")
    if not (bounds or recipe.sums or contracted()):
        return module.model(sessions_of(trace))
    return module.model(bounded_sessions(trace))


def bounded_sessions(trace: Iterable[Step]) -> list[Session]:
    """Returns the sessions in a trace, their float32 numbers as `Bounded` ones without an error."""
    return [session._replace(initial=_exactly(session.initial),
                             steps=[(number, _exactly(feeds)) for number, feeds in session.steps])
            for session in sessions_of(trace)]


def contracted() -> bool:
    """Whether compilers may fuse a product and a sum into one operation, which rounds once.

    They may on arm64, and under XLA, if TensorFlow is told to compile whole graphs with it.
    """
    return (platform.machine() not in ("x86_64", "AMD64")
            or "tf_xla_auto_jit" in os.environ.get("TF_XLA_FLAGS", ""))


def _exactly(arrays):
    return {name: exact(value) if value.dtype == np.float32 else value
            for name, value in arrays.items()}


def agreement(expected: Expected, trace: Trace, beside: Trace | None = None) -> Agreement:
    """Holds the variables of a trace, and of a second one, to what is expected.

    Args:
        expected: as `expected` returns it.
        trace: as `tf1_recipes.open_trace` returns it.
        beside: a second trace; the share is then how far the two are apart.
    """
    found, worst = Agreement(), (1.0, "")
    for number in sorted(expected):
        values = _variables(trace, number, expected, found.problems)
        others = values if beside is None else _variables(beside, number, expected, found.problems)
        for name in [name for name in expected[number] if name in values and name in others]:
            wanted, value, other = expected[number][name], values[name], others[name]
            found.tensors += 1
            for each in [value] if beside is None else [value, other]:
                share, what = _share(wanted, each)
                if what and share > worst[0]:
                    worst = share, "step %d, variables/%s%s" % (number, name, what)
            if beside is not None:
                share = _share_of_two(wanted, value, other)
            found.share = max(found.share, share)
    for each in [trace] if beside is None else [trace, beside]:
        found.problems += ["step %d is too many" % number for number in each.numbers
                           if number not in expected]
    found.problems = [worst[1]] * bool(worst[1]) + found.problems
    return found


def _variables(trace, number, expected, problems):
    """The variables of a step; adds those that are missing or extra to the problems."""
    if number not in trace.numbers:
        problems.append("step %d is missing" % number)
        return {}
    values = trace[number].arrays("variables")
    for title, names in (("missing", expected[number].keys() - values.keys()),
                         ("too many", values.keys() - expected[number].keys())):
        problems += ["step %d, variables/%s is %s" % (number, name, title)
                     for name in sorted(names)]
    return values


def _share(wanted, value):
    """Returns the largest share of the bound that an element uses, and what is wrong or ""."""
    if wanted.dtype != value.dtype or wanted.shape != value.shape:
        return np.inf, ": %s %s, expected %s %s" % (
            value.dtype, list(value.shape), wanted.dtype, list(wanted.shape))
    shares = _of_allowed(as_array(wanted), value, _error(wanted))
    largest = float(shares.max(initial=0.0))
    if largest <= 1:
        return largest, ""
    place = np.unravel_index(int(np.argmax(shares)), shares.shape)
    where = " [%s]" % ", ".join(str(int(each)) for each in place) if place else ""
    text = "%s: %s against %s" % (where, value[place], wanted.dtype.type(as_array(wanted)[place]))
    if np.isfinite(largest):
        text += " (%.3g times the bound of %.2g)" % (largest, _error(wanted)[place])
    return largest, text


def _share_of_two(wanted, value, other):
    if value.shape != wanted.shape or other.shape != wanted.shape:
        return np.inf
    return float(_of_allowed(value, other, 2 * _error(wanted)).max(initial=0.0))


def _of_allowed(a, b, allowed):
    """How far apart, in parts of what is allowed; infinity for a NaN beside a number."""
    if a.dtype.kind != "f":
        return np.where(a == b, 0.0, np.inf)
    apart = np.abs(np.subtract(a, b, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(apart == 0, 0.0, apart / (allowed * _SLACK))
    return np.where(np.isnan(shares), np.inf, shares)


def _error(wanted):
    return wanted.error if isinstance(wanted, Bounded) else np.zeros(wanted.shape)
