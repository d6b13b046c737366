"""How an obtained trace deviates from a stored one, tensor by tensor: what a failing test says.

Elements agree as in `tf1_recipes.traces.compare`, the stored trace being ``a`` and the obtained
one ``b``; each tensor may have a tolerance of its own. Only tensors that deviate are read whole.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, Iterable, Optional, Tuple, Union

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import matches, unmatched
from tf1_recipes.traces.element_differences import Tolerance, difference_between
from tf1_recipes.traces.report import ranges
from tf1_recipes.traces.trace import Trace, counted
from tf1_recipes.traces.ulp import ulp_distance
from tf1_recipes.untrusted.visible import visible_lines

_MOST_ROWS = 5
_MOST_TENSORS = 10
_MOST_NAMES = 20


class Tolerances:
    """The tolerance of each tensor.

    Args:
        given: None for 0 ULP, a `Tolerance` for all tensors, or a dict ``{pattern: Tolerance}``.
            The first pattern that matches counts: a name (``dense/kernel``), or the name with its
            kind (``fetches/loss``), from its start up to a ``/`` or its end.
        default: `Tolerances` of what none of these matches, and of everything where nothing is
            given; by default 0 ULP.

    >>> of = Tolerances({"dense/bias": Tolerance(ulp=4), "variables": Tolerance(ulp=1)}).of
    >>> of("variables", "dense/bias").ulp, of("variables", "w").ulp, of("fetches", "loss").ulp
    (4, 1, 0)
    """

    def __init__(self, given: Union[None, Tolerance, Dict[str, Tolerance]] = None,
                 default: Optional[Tolerances] = None) -> None:
        self._default = default
        if given is None:
            given = {} if default else Tolerance()
        if isinstance(given, Tolerance):
            given = {".*": given}
        if not isinstance(given, dict):
            raise Error("tolerance: %r is neither a Tolerance nor a dict {pattern: Tolerance}; "
                        "write Tolerance(ulp=...) or Tolerance(rtol=..., atol=...)" % (given,))
        problems = []
        for pattern, tolerance in given.items():
            if not isinstance(tolerance, Tolerance):
                problems.append("%r is given %r, which is not a Tolerance" % (pattern, tolerance))
            try:
                re.compile(pattern)
            except (TypeError, re.error) as error:
                problems.append("%r is not a regular expression: %s" % (pattern, error))
        if problems:
            raise Error("tolerance: " + "; ".join(problems))
        self._given = given
        self.single = given[".*"] if list(given) == [".*"] else None
        if not given and default:
            self.single = default.single

    def of(self, kind: str, name: str) -> Tolerance:
        """Returns the tolerance of a tensor."""
        for pattern, tolerance in self._given.items():
            if matches(pattern, name) or matches(pattern, "%s/%s" % (kind, name)):
                return tolerance
        return self._default.of(kind, name) if self._default else Tolerance()

    def refuse_unmatched(self, keys: Iterable[Tuple[str, str]]) -> None:
        """Raises an `Error` for patterns that match none of the (kind, name) pairs."""
        if self.single:
            return
        titles = ["%s/%s" % key for key in keys]
        names = [name for _, name in keys]
        problems = [unmatched(pattern, names, "tensor") for pattern in self._given
                    if not any(matches(pattern, each) for each in names + titles)]
        if problems:
            raise Error("tolerance: " + "; ".join(problems))


@dataclass
class Deviation:
    """One tensor over all steps: the differences beyond the tolerance."""

    title: str
    form: str
    tolerance: Tolerance
    steps: int = 0
    deviating_steps: int = 0
    first_step: Optional[int] = None
    mismatch: str = ""
    elements: int = 0
    failing: int = 0
    not_finite: int = 0
    largest: float = 0.0
    total: float = 0.0
    ulp: int = 0
    rows: list = field(default_factory=list)

    def take(self, number: int, a: np.ndarray, b: np.ndarray) -> None:
        """Takes in the arrays of a step at which some elements fail."""
        failing, absolute, ulp = _elements_apart(a.reshape(-1), b.reshape(-1), self.tolerance)
        found = np.flatnonzero(failing)
        finite = np.isfinite(absolute[found])
        self.failing += found.size
        self.not_finite += int(found.size - np.count_nonzero(finite))
        if finite.any():
            self.largest = max(self.largest, float(absolute[found][finite].max()))
            self.total += float(sum(absolute[found][finite].tolist()))
            self.ulp = max(self.ulp, int(ulp[found][finite].max()))
        worst = found[np.argsort(-np.where(finite, absolute[found], np.inf), kind="stable")]
        for place in worst[:_MOST_ROWS].tolist():
            index = np.unravel_index(place, a.shape) if a.shape else ()
            self.rows.append((number, "[%s]" % ", ".join("%d" % each for each in index),
                              a.reshape(-1)[place], b.reshape(-1)[place],
                              float(absolute[place]), int(ulp[place])))
        # Not finite ones first, then the largest, then the earliest.
        self.rows.sort(key=lambda row: (-row[4] if np.isfinite(row[4]) else -np.inf, row[0]))
        del self.rows[_MOST_ROWS:]


def _elements_apart(a, b, tolerance):
    """Which elements fail, how far they are apart (NaN where one is not a number), and in ULPs."""
    if a.dtype.kind == "c":
        part = np.float32 if a.dtype.itemsize == 8 else np.float64
        failing, _, ulp = _elements_apart(a.view(part), b.view(part), tolerance)
        with np.errstate(invalid="ignore", over="ignore"):
            absolute = np.abs(a.astype(np.complex128) - b)
        return failing.reshape(-1, 2).any(1), absolute, ulp.reshape(-1, 2).max(1)
    allowed = np.zeros(a.shape, bool)
    if a.dtype.kind == "f":
        ulp = ulp_distance(a, b)
        with np.errstate(invalid="ignore", over="ignore"):
            if tolerance.rtol or tolerance.atol:
                allowed = np.abs(a - b) <= tolerance.atol + tolerance.rtol * np.abs(b)
            absolute = np.abs(np.subtract(a, b, dtype=np.float64))
        finite = np.isfinite(a) & np.isfinite(b)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        failing = ~same & ~(finite & (allowed | (ulp <= tolerance.ulp)))
        # Two finite numbers may be further apart than float64 reaches.
        absolute = np.where(finite, np.nan_to_num(absolute), np.nan)
        return failing, absolute, np.where(finite, ulp, 0)
    unsigned = a.dtype.str.replace("i", "u").replace("b", "u")
    absolute = (np.maximum(a, b).view(unsigned) - np.minimum(a, b).view(unsigned)).astype(float)
    if tolerance.rtol or tolerance.atol:
        allowed = absolute <= tolerance.atol + tolerance.rtol * np.abs(b.astype(np.float64))
    return (a != b) & ~allowed, absolute, np.zeros(a.shape, int)


def regression_report(stored: Trace, obtained: Trace,
                      tolerances: Optional[Tolerances] = None) -> str:
    """Returns what a failing test should say, without the names of files; "" if all agrees.

    Args:
        stored, obtained: traces, as `open_trace` returns them.
        tolerances: `Tolerances`.

    Raises:
        Error: a pattern of the tolerances matches no tensor; a file is damaged.
    """
    tolerances = tolerances or Tolerances()
    deviations, first = {}, None
    only = {}, {}
    for number in sorted(set(stored.numbers) & set(obtained.numbers)):
        ours, theirs = stored[number].tensors, obtained[number].tensors
        for key in list(ours) + [key for key in theirs if key not in ours]:
            if key not in ours or key not in theirs:
                only[key in ours].setdefault(key, []).append(number)
                continue
            a, b = ours[key], theirs[key]
            if key not in deviations:
                deviations[key] = Deviation("%s/%s" % key, "%s %s" % (a.dtype, list(a.shape)),
                                            tolerances.of(*key))
            if _deviates(deviations[key], number, a, b) and first is None:
                first = number
    tolerances.refuse_unmatched([*deviations, *only[0], *only[1]] or _keys(stored))
    new, missing = (["%s/%s (%s)" % (*key, _ranges(numbers)) for key, numbers in each.items()]
                    for each in only)
    return _text(
        deviations, first, new, missing,
        _ranges(sorted(set(obtained.numbers) - set(stored.numbers))),
        _ranges(sorted(set(stored.numbers) - set(obtained.numbers))))


def _keys(trace):
    return {key: None for step in trace for key in step.tensors}


def _deviates(deviation, number, a, b):
    deviation.steps += 1
    if a.shape != b.shape or a.dtype != b.dtype:
        deviation.mismatch = "%s %s stored, %s %s obtained" % (
            a.dtype, list(a.shape), b.dtype, list(b.shape))
    else:
        difference = difference_between(a, b, deviation.tolerance)
        deviation.elements += difference.elements
        if not difference.failing:
            return False
        deviation.take(number, a.read(), b.read())
    deviation.deviating_steps += 1
    if deviation.first_step is None:
        deviation.first_step = number
    return True


def _text(deviations, first, new, missing, new_steps, missing_steps):
    apart = [each for each in deviations.values() if each.deviating_steps]
    if not (apart or new or missing or new_steps or missing_steps) and deviations:
        return ""
    apart.sort(key=lambda each: (each.first_step, not each.mismatch, not each.not_finite,
                                 -each.largest))
    agreeing = [each.title for each in deviations.values() if not each.deviating_steps]
    counts = ["%d of %s differ, from step %d on" % (
        len(apart), counted(len(deviations), "tensor"), first)] if apart else []
    counts += ["%s %s" % (counted(len(each), "tensor"), what)
               for each, what in ((new, "new"), (missing, "missing")) if each]
    counts += ["steps %s: %s" % (what, each) for each, what in (
        (new_steps, "new"), (missing_steps, "missing")) if each]
    lines = ["; ".join(counts) or "the traces have nothing in common", ""]
    for title, names in (("Matching", agreeing), ("Differing", [each.title for each in apart]),
                         ("New", new), ("Missing", missing)):
        more = len(names) - _MOST_NAMES
        lines.append("  %-10s %s%s" % (title + ":", ", ".join(names[:_MOST_NAMES]) or "none",
                                       " and %d more" % more if more > 0 else ""))
    for deviation in apart[:_MOST_TENSORS]:
        lines += ["", *_block(deviation)]
    if len(apart) > _MOST_TENSORS:
        lines += ["", "and %d more tensors differ" % (len(apart) - _MOST_TENSORS)]
    return visible_lines(lines)


def _block(deviation):
    title = "%s, %s, tolerance %s" % (deviation.title, deviation.form, deviation.tolerance)
    lines = [title, "  differs from step %d on, at %d of %s" % (
        deviation.first_step, deviation.deviating_steps, counted(deviation.steps, "step"))]
    if deviation.mismatch:
        lines.append("  %s" % deviation.mismatch)
    if not deviation.failing:
        return lines
    lines.append("  differing numbers   %d of %d (%.1f%%)" % (
        deviation.failing, deviation.elements, 100 * deviation.failing / deviation.elements))
    if deviation.not_finite:
        lines.append("  NaN or infinite     %d of them" % deviation.not_finite)
    finite = deviation.failing - deviation.not_finite
    if finite:
        ulp = "  (%d ULP)" % deviation.ulp if deviation.form[0] in "fc" else ""
        lines += ["  largest difference  %.4g%s" % (deviation.largest, ulp),
                  "  mean difference     %.4g  of those that differ" % (deviation.total / finite)]
    lines.append("  %6s  %-12s %15s %15s %11s %9s" % (
        "step", "index", "stored", "obtained", "difference", "ULP"))
    for number, index, a, b, absolute, ulp in deviation.rows:
        apart = ("%.4g" % absolute, "%d" % ulp if ulp < 10 ** 9 else "%.1e" % ulp)
        if not np.isfinite(absolute):
            apart = ("-", "-")
        elif deviation.form[0] not in "fc":
            apart = (apart[0], "-")
        lines.append("  %6d  %-12s %15s %15s %11s %9s" % (number, index, a, b, *apart))
    return lines


def _ranges(numbers):
    """``3, 5 to 9`` for [3, 5, 6, 7, 8, 9]; the last ones of a long list are counted only."""
    texts = ranges(numbers)
    return ", ".join(texts[:5]) + (" ..." if len(texts) > 5 else "")
