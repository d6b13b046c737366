"""The layout rules of a restore: those of map files, from arrays to variables.

A rule names arrays (``a``) and variables (``b``), and the changes of layout between them; see
`tf1_recipes.traces.map_file` and `tf1_recipes.traces.layouts`.
"""
from __future__ import annotations

import json
import os
from typing import Any, Container, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.traces.layouts import changed, fitted
from tf1_recipes.traces.map_file import read_map, rules_of
from tf1_recipes.untrusted.patterns import Patterns

Change = Dict[str, Any]


class Made(NamedTuple):
    """How a variable's value is made of stored tensors.

    Attributes:
        tensors: tuple of str. changes: tuple of changes of layout, applied one after the other.
        piece: int, which of the arrays after the changes it is. where: str, the rule's title.
        words: tuple of str, the changes as the plan's table tells them.
    """

    tensors: Tuple[str, ...]
    changes: Tuple[Change, ...] = ()
    piece: int = 0
    where: str = ""
    words: Tuple[str, ...] = ()

    def fit(self, stored: Mapping[str, Any]) -> Tuple[Optional[Tuple[int, ...]], Optional[str]]:
        """Returns the shape after the changes, or None, and why they do not fit."""
        shapes, fault = fitted(list(self.changes), _kinds(self.tensors, stored))
        return (None, fault) if fault else (shapes[self.piece], None)

    def value(self, arrays: List[np.ndarray]) -> np.ndarray:
        """Returns the value, given the stored arrays.

        Raises:
            FloatingPointError: a change makes a number too large for the arrays' type.
        """
        with np.errstate(over="raise"):
            return changed(list(self.changes), arrays)[self.piece]


def made_by_rules(rules: Any, tensors: Mapping[str, Any], variables: Container[str],
                  problems: List[str]) -> Tuple[Dict[str, Made], List[str]]:
    """Finds what each rule is for; adds what is wrong to the problems.

    Args:
        rules: path of a map file, or a list of its rules.
        tensors: dict of the arrays' names to ``StoredTensor``. variables: container of str.

    Returns:
        A pair: dict {variable's name: ``Made``}, and the list of the variables that rules ignore.
    """
    try:
        if isinstance(rules, (str, os.PathLike)):
            parsed = read_map(os.fspath(rules))
        else:
            parsed = rules_of(json.loads(json.dumps(rules)), "rules")  # a tuple becomes a list
    except RecipeError as error:
        problems.extend("rules: %s" % line for line in error.problems)
        return {}, []
    except (TypeError, ValueError) as error:
        problems.append("rules: give a list of a map file's rules, or its path: %s" % error)
        return {}, []
    found: Dict[str, Any] = {}
    ignored: List[str] = []
    with Patterns() as patterns:
        for rule in sorted(parsed, key=lambda rule: rule.regex):  # exact names come first
            _apply(rule, patterns, tensors, variables, found, ignored, problems)
    return {name: made for name, (_, made) in found.items()}, ignored


def _apply(rule, patterns, tensors, variables, found, ignored, problems):
    title = "rules: %s: " % rule.where
    if rule.kind not in (None, "variables"):
        return  # of feeds and fetches, which a restore has none of
    if rule.change_b:
        problems.append(title + "'change_b' changes the variable: write the reverse in 'change_a'")
        return
    matched = False
    for a, b in _uses(rule, patterns, tensors, variables):
        lacking = [(name, tensors, "array") for name in a if name not in tensors] + [
            (name, variables, "variable") for name in b if name not in variables]
        if lacking and rule.regex and all(name in tensors for name in a[:1]):
            continue  # a pattern may match arrays whose partners there are none of
        matched = True
        problems.extend(title + unmatched(
            name, names, what, len(problems) < 10, scopes=False) for name, names, what in lacking)
        if rule.ignore:
            ignored.extend(b)
        elif not lacking:
            _claim(rule, a, b, tensors, found, title, problems)
    if not matched:
        first, names, what = (rule.a[0], tensors, "array") if rule.a else (
            rule.b[0], variables, "variable")
        problems.append(title + unmatched(first, names, what, len(problems) < 10, scopes=False)
                        if not rule.regex else title + "it matches no %s with its partners" % what)


def _uses(rule, patterns, tensors, variables):
    """The names on both sides of each use of a rule."""
    if not rule.regex:
        return [(rule.a, rule.b)]
    given, cut = rule.a + rule.b, len(rule.a)
    names = tensors if rule.a else variables
    expanded = patterns.all_expanded(given[0], names, list(given[1:]))
    whole = [(name, *others) for name, others in expanded.items()]
    return [(each[:cut], each[cut:]) for each in whole]


def _claim(rule, a, b, tensors, found, title, problems):
    """Notes the pieces that a rule makes of the arrays for its variables."""
    made = Made(a, rule.change_a, 0, rule.where)
    shapes, fault = fitted(list(rule.change_a), _kinds(a, tensors))
    if fault:
        problems.append("%s%s: %s" % (title, ", ".join(a), fault))
        return
    if len(shapes) != len(b):
        problems.append("%sit makes %d array%s for %d variable%s" % (
            title, len(shapes), "" if len(shapes) == 1 else "s", len(b),
            "" if len(b) == 1 else "s"))
        return
    for piece, name in enumerate(b):
        earlier = found.get(name)
        if earlier and earlier[0].regex == rule.regex:
            problems.append("rules: %r is claimed by %s and %s" % (
                name, earlier[0].where, rule.where))
        elif not earlier:
            found[name] = rule, made._replace(piece=piece, words=tuple(told(rule.change_a)) + (
                ("piece %d of %d" % (piece + 1, len(b)),) if len(b) > 1 else ()))


def _kinds(names, tensors):
    """Shapes and NumPy's types of stored arrays."""
    return [(tensors[name].shape, np.dtype(getattr(
        tensors[name].dtype, "as_numpy_dtype", tensors[name].dtype))) for name in names]


def told(changes: Sequence[Change]) -> List[str]:
    """Returns the changes in words.

    >>> told([{"reshape": [5, 4, 4, 4]}, {"order": [0, 2, 1, 3], "axis": 1}])
    ['reshaped to 5x4x4x4', 'blocks of axis 1 in the order 0, 2, 1, 3']
    """
    return [_told(change) for change in changes]


def _told(change):
    def listed(values):
        return ", ".join(map(str, values))
    if "transpose" in change:
        return "transposed" if change["transpose"] is True else (
            "transposed by " + listed(change["transpose"]))
    if "reshape" in change:
        return "reshaped to " + ("x".join(map(str, change["reshape"])) or "a scalar")
    if "split" in change:
        return "split along axis %d into %s" % (change["axis"], listed(change["split"]))
    if "order" in change:
        return "blocks of axis %d in the order %s" % (change["axis"], listed(change["order"]))
    if "concat" in change:
        return "joined along axis %d" % change["concat"]
    if "sum" in change:
        return "added up"
    name, verb = ("scale", "scaled by") if "scale" in change else ("add", "added")
    value = change[name]
    return "%s %s%s" % (verb, listed(value) if isinstance(value, list) else value, (
        ", by blocks of axis %d" % change["axis"]) if "axis" in change else "")
