"""Which rule of a map applies to which tensor, and the result of its changes."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Tuple

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.traces.layouts import changed, fitted
from tf1_recipes.traces.map_file import Rule
from tf1_recipes.traces.trace import KINDS, Step, Tensor, Trace
from tf1_recipes.untrusted.patterns import PatternError, Patterns

_SIDES = ("a", "b")
_TRACE = {"a": "name of the first trace", "b": "name of the second trace"}


class MappedTensor(Tensor):
    """The result of a rule's changes on tensors of a step, computed when it is read."""

    def __init__(self, tensors: Any, changes: List[Dict[str, Any]], index: int,
                 shape: Tuple[int, ...], dtype: np.dtype, where: str) -> None:
        self._tensors, self._changes, self._index, self._where = tensors, changes, index, where
        self.shape, self.dtype = shape, dtype

    def read(self) -> np.ndarray:
        """Returns the whole array, after the changes."""
        arrays = [tensor.read() for tensor in self._tensors]
        try:
            with np.errstate(over="raise"):  # Two infinities would agree.
                return np.ascontiguousarray(changed(self._changes, arrays)[self._index])
        except FloatingPointError:
            raise Error("%s: its changes make numbers too large for %s" % (
                self._where, self.dtype)) from None

    def chunks(self, size: int) -> Iterable[np.ndarray]:
        """Yields the elements in order, as flat arrays of ``size`` bytes or less."""
        yield from Tensor(self.read()).chunks(size)

    def part(self, start: int, stop: int) -> np.ndarray:
        """Returns the elements from ``start`` up to ``stop``, flat."""
        return self.read().reshape(-1)[start:stop]


@dataclass
class _Use:
    """A rule on tensors of one kind: their names on both sides, and those of the results."""

    rule: object
    kind: str
    names: dict
    labels: dict = field(default_factory=dict)

    def changes(self, side):
        return self.rule.change_a if side == "a" else self.rule.change_b


class Plan:
    """Which rule is for which tensor, found out from the names that there are."""

    def __init__(self, a: Trace, b: Trace, rules: List[Rule], title: str) -> None:
        self.traces = {"a": a, "b": b}
        self._rules, self._title, self._patterns = rules, title, Patterns()
        # {(kind, name): (shape, dtype)} of each side, as first seen
        self._seen = {"a": {}, "b": {}}
        self._uses, self._ignored = {}, {}
        self.names = {}
        self._shapes = {}
        self._last = {}
        self._checked = False
        self._common = set(a.numbers) & set(b.numbers)
        common = sorted(self._common)
        problems = None
        # Where nothing is missing, a look at few steps is enough.
        for numbers in (common[:2] + common[len(common) // 2:len(common) // 2 + 1] + common[-1:],
                        common):
            new = [self._see(number) for number in numbers]
            if problems is None or any(new):
                problems = self._resolve()
            if not problems:
                break
        self._checked = True
        if problems and common:
            raise RecipeError(title, problems)

    def step(self, side: str, number: int) -> Step:
        """Returns a step of one side; the rules are resolved again where tensors are new in it."""
        if number not in self._common:
            return self.traces[side][number]
        if self._last.get("number") != number:
            self._see(number)
        return self._last[side]

    def _see(self, number):
        """Notes the tensors of a step; returns whether there are new ones."""
        new = False
        self._last = {"number": number}
        for side in _SIDES:
            step = self.traces[side][number]
            self._last[side] = step
            for key, tensor in step.tensors.items():
                if key not in self._seen[side]:
                    self._seen[side][key] = tensor.shape, tensor.dtype
                    new = True
        if new and self._checked:  # a tensor that begins in mid-training
            problems = self._resolve()
            if problems:
                raise RecipeError("%s, at step %d" % (self._title, number), problems)
        return new

    def tensors(self, side: str, step: Step) -> Dict[Tuple[str, str], Tensor]:
        """Returns the tensors of a step as the map has them."""
        result, done = {}, set()
        for key, tensor in step.tensors.items():
            if key in self._ignored[side]:
                continue
            use = self._uses[side].get(key)
            keys = [(use.kind, name) for name in use.names[side]] if use else []
            if not use or not all(each in step.tensors for each in keys):
                result[key] = tensor
            elif id(use) not in done:
                done.add(id(use))
                result.update(self._changed(side, use, [step.tensors[each] for each in keys],
                                            step.number))
        return result

    def _changed(self, side, use, tensors, number):
        labels = [(use.kind, label) for label in use.labels[side]]
        changes = use.changes(side)
        if not changes:
            return dict(zip(labels, tensors))
        shapes, fault = self._fit(side, use, [(each.shape, each.dtype) for each in tensors])
        if fault:
            raise Error("%s: step %d, %s: %s" % (self._title, number, use.rule.where, fault))
        where = "%s: step %d, %s" % (self._title, number, use.rule.where)
        return {label: MappedTensor(tensors, changes, index, shape, tensors[0].dtype, where)
                for index, (label, shape) in enumerate(zip(labels, shapes))}

    def _fit(self, side, use, kinds):
        """Returns (shapes after the changes, None), or ([], why they do not fit)."""
        key = (side, id(use.rule), tuple(kinds))
        if key not in self._shapes:
            self._shapes[key] = fitted(use.changes(side), kinds)
        return self._shapes[key]

    # --- Finding out which rule is for which tensor ---

    def _resolve(self):
        """Finds again which tensors the rules are for; returns what is wrong."""
        problems, uses = [], []
        exact = {rule_name for rule in self._rules if not rule.regex for rule_name in [
            (side, name) for side in _SIDES for name in getattr(rule, side)]}
        names = {(side, kind): {name: None for each, name in self._seen[side]
                                if kind in (None, each)}
                 for side in _SIDES for kind in (*KINDS, None)}
        for rule in self._rules:
            uses += self._uses_of(rule, exact, names, problems)
        self._uses, self._ignored, self.names = {"a": {}, "b": {}}, {"a": set(), "b": set()}, {}
        for side in _SIDES:
            self._settle(side, uses, problems)
        for use in uses:
            if use.rule.ignore or not all(
                    self._uses[side].get((use.kind, name)) is use
                    for side in _SIDES for name in use.names[side]):
                continue
            self._label(use, problems)
        return problems

    def _uses_of(self, rule, exact, all_names, problems):
        """The `_Use`s of a rule: one for each kind and, with a pattern, each name that it matches,
        except those (side, name) that a rule claims exactly.

        Args:
            all_names: dict of (side, kind, or None for all kinds) to the names that there are.
        """
        sides = [side for side in _SIDES if getattr(rule, side)]
        first = sides[0]
        matched, uses, missing = False, [], {}
        for kind in KINDS if rule.kind is None else (rule.kind,):
            here = {side: all_names[side, kind] for side in _SIDES}
            try:
                named = self._named(rule, sides, here[first])
            except PatternError as error:
                problems.append("%s: %s is not a regular expression: %s" % (
                    rule.where, getattr(rule, first)[0], error))
                return []
            for names in named:
                matched = True
                if rule.regex and any((first, name) in exact for name in names[first]):
                    continue
                lacking = [(side, name) for side in sides for name in names[side]
                           if name not in here[side]]
                if lacking:
                    missing.setdefault(kind, []).extend(lacking)
                else:
                    uses.append(_Use(rule, kind, names))
        if not matched:
            missing = {rule.kind: [(first, getattr(rule, first)[0])]}
        if not uses:
            for kind, lacking in missing.items():
                for side, name in lacking:
                    problems.append("%s: %s" % (rule.where, unmatched(
                        name, all_names[side, kind], _TRACE[side], len(problems) < 10)))
        return uses

    def _named(self, rule, sides, names):
        """Returns the names on both sides for each of the first side's that a rule is for."""
        given = [name for side in sides for name in getattr(rule, side)]
        cut = len(getattr(rule, sides[0]))
        if not rule.regex:
            found = [given] if given[0] in names else []
        else:
            expanded = self._patterns.all_expanded(given[0], names, given[1:])
            found = [[name, *others] for name, others in expanded.items()]
        return [dict(zip(sides, (each[:cut], each[cut:]))) for each in found]

    def _settle(self, side, uses, problems):
        """Gives each tensor of a side its one rule."""
        claims = {}
        for use in uses:
            for name in use.names.get(side, ()):
                claims.setdefault((use.kind, name), []).append(use)
        for (kind, name), claimed in claims.items():
            if len(claimed) > 1:
                problems.append("%s/%s of the %s trace is claimed by %s" % (
                    kind, name, "first" if side == "a" else "second",
                    " and ".join(use.rule.where for use in claimed)))
            elif claimed[0].rule.ignore:
                self._ignored[side].add((kind, name))
            else:
                self._uses[side][kind, name] = claimed[0]

    def _label(self, use, problems):
        shapes = {}
        for side in _SIDES:
            found, fault = self._fit(
                side, use, [self._seen[side][use.kind, name] for name in use.names[side]])
            if fault:
                problems.append("%s, %s of the %s trace: %s" % (
                    use.rule.where, ", ".join(use.names[side]),
                    "first" if side == "a" else "second", fault))
                return
            shapes[side] = found
            use.labels[side] = _labels(use.names[side], use.changes(side), len(found))
        if len(shapes["a"]) != len(shapes["b"]):
            problems.append("%s: it makes %d of the first trace's and %d of the second's" % (
                use.rule.where, len(shapes["a"]), len(shapes["b"])))
            return
        self.names.update(((use.kind, a), b) for a, b in zip(use.labels["a"], use.labels["b"]))


def _labels(names, changes, count):
    """What reports call the results of changes."""
    if not changes or len(names) == count == 1:
        return list(names)
    joint = (" + " if any("sum" in change for change in changes) else ", ").join(names)
    return [joint] if count == 1 else ["%s/(%d of %d)" % (joint, index + 1, count)
                                       for index in range(count)]

