"""Compares two traces, tensor by tensor and step by step, and says where they first diverge.

`tf1_recipes.traces.element_differences` defines when two elements agree.
"""
from __future__ import annotations

import collections
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterable, Optional, Union

from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.traces import small_tensors
from tf1_recipes.traces.divergence import APART, MISMATCH, NOT_FINITE, WITHIN, Divergence
from tf1_recipes.traces.element_differences import (
    PIECE,
    Difference,
    Tolerance,
    described,
    difference_between,
)
from tf1_recipes.traces.kinds import KINDS, checked_kinds
from tf1_recipes.traces.report import on_one_side, ulp_text, verdict, worst_first
from tf1_recipes.traces.trace import Trace, check_traces
from tf1_recipes.untrusted.html_text import html_table
from tf1_recipes.untrusted.patterns import PatternError, Patterns, check_variables
from tf1_recipes.untrusted.visible import visible


@dataclass
class TensorRow:
    """One tensor over all steps: how often it was compared, how it differs and since which step."""

    kind: str
    name: str
    name_in_b: str
    steps: int = 0
    differing_steps: int = 0
    first_step: Optional[int] = None
    ulp: int = 0
    absolute: float = 0.0
    not_finite: int = 0
    not_finite_step: Optional[int] = None
    mismatch: str = ""

    @property
    def differs(self) -> bool:
        """Whether it differs at any step."""
        return bool(self.differing_steps)


@dataclass(repr=False)
class Comparison:
    """The outcome: rows by tensor, what only one side has, and the first divergence."""

    tolerance: Tolerance
    rows: list = field(default_factory=list)
    only_in_a: list = field(default_factory=list)
    only_in_b: list = field(default_factory=list)
    steps_only_in_a: list = field(default_factory=list)
    steps_only_in_b: list = field(default_factory=list)
    steps: int = 0
    tensors: int = 0
    first: str = ""
    first_step: Optional[int] = None
    divergence: Divergence = field(default_factory=Divergence)

    @property
    def worst_ulp(self) -> int:
        """The largest distance of two finite elements, in ULPs."""
        return max([row.ulp for row in self.rows], default=0)

    @property
    def worst_absolute(self) -> float:
        """The largest difference of two finite elements."""
        return max([row.absolute for row in self.rows], default=0.0)

    @property
    def agrees(self) -> bool:
        """True only if both sides have everything that was asked for, and all of it agrees."""
        return not (self.only_in_a or self.only_in_b or self.steps_only_in_a
                    or self.steps_only_in_b or self.first or not self.tensors)

    def __repr__(self) -> str:
        return visible("<Comparison: %s%s>" % (
            verdict(self, sum(row.differs for row in self.rows)),
            " First: " + self.first if self.first else ""))

    def _repr_html_(self) -> str:
        differing = worst_first(self)
        rest = [row for row in self.rows if not row.differs]
        rows = [("%s/%s" % (row.kind, row.name),
                 "from step %d" % row.first_step if row.differs else "agrees",
                 row.mismatch or ("NaN or infinite" if row.not_finite else ulp_text(row.ulp)),
                 "" if row.mismatch else "%.3g" % row.absolute) for row in differing + rest]
        rows += [(each, title, "", "") for title, found in on_one_side(self) for each in found]
        return html_table(repr(self), ("tensor", "differs", "ULP", "difference"), rows)


def compare_traces(a: Trace, b: Trace, tolerance: Optional[Tolerance] = None,
                   names: Union[None, Dict[str, str], Callable[[str, str], str]] = None,
                   variables: Optional[str] = None, kinds: Iterable[str] = KINDS,
                   progress: Optional[Callable[[int, int], Any]] = None) -> Comparison:
    """Compares trace ``b`` with trace ``a``.

    Args:
        a, b: traces, as `open_trace` returns them.
        tolerance: `Tolerance`; by default 0 ULP, bit for bit, except for the sign of zero.
        names: dict ``{name in a: name in b}``; a key that is not a name in ``a`` is a regular
            expression for a whole name, and the value its replacement. Or the names that
            `tf1_recipes.traces.map_traces` returned with the traces.
        variables: str or None: only the variables whose names (in ``a``, or mapped in ``b``) the
            regular expression matches, from the start up to a ``/`` or the end; fetches and feeds
            are then left out.
        kinds: which of variables, fetches and feeds to compare.
        progress: function of (steps done, steps in all), or None.

    Returns:
        `Comparison`.

    Raises:
        Error: a pattern or a mapped name matches nothing (one message lists all of them), or an
            argument is of the wrong type.

    >>> import numpy as np
    >>> from tf1_recipes.traces import MemoryTrace
    >>> a, b = MemoryTrace(), MemoryTrace()
    >>> a.step(0, [("variables", "w", np.float32([1.0, 2.0]))], {})
    >>> b.step(0, [("variables", "w", np.float32([1.0, 2.0000002]))], {})
    >>> compare_traces(a, b).first
    'step 0, variables/w [1]: 2.0 against 2.0000002 (1 ULP)'
    """
    check_traces(a=a, b=b)
    if tolerance is None:
        tolerance = Tolerance()
    if not isinstance(tolerance, Tolerance):
        raise Error("tolerance: %r is not a Tolerance; write Tolerance(ulp=...) or "
                    "Tolerance(rtol=..., atol=...)" % (tolerance,))
    kinds = checked_kinds(kinds)
    check_variables(variables)
    patterns = Patterns()
    mapping = names if callable(names) else _Mapping(names or {}, patterns)
    comparison = Comparison(tolerance)
    comparison.steps_only_in_a = sorted(set(a.numbers) - set(b.numbers))
    comparison.steps_only_in_b = sorted(set(b.numbers) - set(a.numbers))
    rows, missing = {}, ({}, {})
    seen = {}
    common = sorted(set(a.numbers) & set(b.numbers))
    with ThreadPoolExecutor(2) as pool, patterns:
        for done, number in enumerate(common):
            comparison.divergence.begin(number)
            ours = _renamed(a[number].tensors, mapping)
            theirs = b[number].tensors
            pairs = []
            for key in list(ours) + [key for key in theirs if key not in ours]:
                kind, name = key
                name_in_a = ours[key][0] if key in ours else name
                seen.setdefault(kind, {})[name_in_a] = None
                if kind not in kinds or variables is not None and not (
                        kind == "variables" and patterns.matches(variables, name_in_a)):
                    continue
                if key not in ours or key not in theirs:
                    missing[key in ours].setdefault(key, []).append(number)
                    continue
                row = rows.setdefault(key, TensorRow(kind, name_in_a, name))
                pairs.append((row, ours[key][1], theirs[key]))
            _compare_step(comparison, number, pairs, pool)
            comparison.steps += 1
            if progress:
                progress(done + 1, len(common))
    comparison.rows = list(rows.values())
    comparison.only_in_b, comparison.only_in_a = (
        ["%s/%s (%s)" % (kind, name, _steps(numbers)) for (kind, name), numbers in each.items()]
        for each in missing)
    _refuse_unmatched(mapping, variables, patterns, seen, common)
    return comparison


def _steps(numbers):
    if len(numbers) == 1:
        return "step %d" % numbers[0]
    return "%d steps, from %d" % (len(numbers), numbers[0])


def _renamed(tensors, mapping):
    """Returns ``{(kind, name in b): (name in a, tensor)}``."""
    renamed = {}
    for (kind, name), tensor in tensors.items():
        key = kind, mapping(kind, name)
        if key in renamed:
            raise Error("--map: %r and %r of the first trace would both be %r in the second" % (
                renamed[key][0], name, key[1]))
        renamed[key] = name, tensor
    return renamed


class _Mapping:
    """Gives a tensor of ``a`` its name in ``b``."""

    def __init__(self, names, patterns):
        self.names, self._patterns = names, patterns
        self.used = set()
        self._known = {}

    def __call__(self, kind, name):
        if (kind, name) not in self._known:
            self._known[kind, name] = self._map(name)
        return self._known[kind, name]

    def _map(self, name):
        if name in self.names:
            self.used.add(name)
            return self.names[name]
        for pattern, replacement in self.names.items():
            try:
                found = self._patterns.expanded(pattern, name, [replacement])
            except PatternError as error:
                raise Error("--map %s=%s is not a regular expression: %s" % (
                    pattern, replacement, error)) from None
            if found:
                self.used.add(pattern)
                return found[0]
        return name


def _refuse_unmatched(mapping, variables, patterns, seen, common):
    if not common:
        return
    problems = []
    names = [name for kind in seen.values() for name in kind]
    for pattern in mapping.names:
        if pattern not in mapping.used:
            problems.append("--map: " + unmatched(pattern, names, "name of the first trace"))
    variable_names = list(seen.get("variables", {}))
    if variables is not None and not any(
            patterns.matches(variables, name) for name in variable_names):
        problems.append("--variables: " + unmatched(variables, variable_names))
    if problems:
        raise Error("; ".join(problems))


def _compare_step(comparison, number, pairs, pool):
    together = [(a, b) for _, a, b in pairs if small_tensors.small(a, b)]
    found = iter(small_tensors.distances(together, comparison.tolerance))
    for row, a, b in pairs:
        numbers = next(found) if small_tensors.small(a, b) else None
        if numbers and (not numbers[1] or comparison.first_step is not None):
            elements, failing, ulp, absolute = numbers
            difference = Difference(elements, failing, 0, ulp, absolute)
            _compare_tensors(comparison, row, number, a, b, pool, difference)
        else:  # The first difference is described by its elements.
            _compare_tensors(comparison, row, number, a, b, pool)


def _compare_tensors(comparison, row, number, a, b, pool, difference=None):
    comparison.tensors += 1
    row.steps += 1
    if a.shape != b.shape or a.dtype != b.dtype:
        row.mismatch = "%s %s against %s %s" % (a.dtype, list(a.shape), b.dtype, list(b.shape))
        comparison.divergence.add((row.kind, row.name), MISMATCH)
        for tensor in (a, b):  # A damaged file is reported as damaged, not as different.
            collections.deque(tensor.chunks(PIECE), maxlen=0)
    else:
        difference = difference or difference_between(a, b, comparison.tolerance, pool)
        row.ulp = max(row.ulp, difference.ulp)
        row.absolute = max(row.absolute, difference.absolute)
        comparison.divergence.add(
            (row.kind, row.name), NOT_FINITE if difference.not_finite else
            APART if difference.failing else WITHIN, difference.ulp, difference.absolute)
        row.not_finite += difference.not_finite
        if difference.not_finite and row.not_finite_step is None:
            row.not_finite_step = number
        if not difference.failing:
            return
    row.differing_steps += 1
    if row.first_step is None:
        row.first_step = number
    if comparison.first_step is None:
        comparison.first_step = number
        what = described(difference, a.shape) if difference else ": " + row.mismatch
        comparison.first = "step %d, %s/%s%s" % (number, row.kind, row.name, what)
