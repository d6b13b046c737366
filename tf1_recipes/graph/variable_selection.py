"""Selectors of variables: variables, layers, patterns, predicates, or lists of these.

A pattern is a regular expression that is matched from the start of a variable's name up to a ``/``
or the name's end. TF1's ``get_collection(..., scope="hidden1")`` also returns ``hidden10/kernel``;
here ``"hidden1"`` matches ``hidden1/kernel`` and ``hidden1/bias`` only, and ``"hidden"`` matches
only ``hidden`` and ``hidden/...`` (``"hidden.*"`` matches every name that begins with it).
"""
from __future__ import annotations

import re
from typing import Any, Collection, Dict, Iterable, List, Tuple, Union

from tf1_recipes.graph.layer_outputs import is_output, variables_of_output
from tf1_recipes.graph.types import Selector, Tensor, Variable
from tf1_recipes.untrusted.closest_names import closest_names
from tf1_recipes.untrusted.patterns import PatternError, Patterns


def name_of(variable: Union[Variable, Tensor]) -> str:
    """Returns the name of a variable's op: ``hidden1/kernel``."""
    return variable.op.name


def is_variable(value: Any) -> bool:
    """Whether a value is a variable, ref or resource, which no one class of TensorFlow covers.

    >>> is_variable(tf.get_variable("w", [], use_resource=True)), is_variable(tf.ones([]))
    (True, False)
    """
    return hasattr(value, "read_value")


class Candidates(List[Variable]):
    """A list of variables to choose from, whose names are looked up once for many selectors."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        super().__init__(variables)
        self.places: Dict[str, List[int]] = {}
        self._under: Dict[str, List[str]] = {}
        for place, variable in enumerate(self):
            self.places.setdefault(name_of(variable), []).append(place)
        for name in self.places:
            for end in [each.start() for each in re.finditer("/", name)] + [len(name)]:
                self._under.setdefault(name[:end], []).append(name)

    def matching(self, pattern: str, patterns: Patterns) -> List[str]:
        """Returns the names that a pattern matches, which may be a plain scope or name."""
        if re.search(r"[^\w/-]", pattern, re.ASCII) is None:
            return self._under.get(pattern, [])
        return patterns.matching(pattern, list(self.places))


def select(selector: Selector, candidates: List[Variable]) -> Tuple[List[Variable], List[str]]:
    """Returns the variables that a selector matches, and what is wrong with the selector.

    Args:
        selector: a variable, a pattern (str), a predicate (a function of a variable), a layer (an
            object with ``variables``), the output of a layer (a tensor, which stands for the
            layer's own variables: see `tf1_recipes.graph.layer_outputs`), or a list, tuple or
            ``PartitionedVariable`` of these.
        candidates: list of variables to choose from; a `Candidates`, if many selectors choose.

    Returns:
        A pair: the list of chosen variables, in the order of ``candidates``, each once; and a
        list of problems (str), one for each part of the selector that matches no candidate.
    """
    if not isinstance(candidates, Candidates):
        candidates = Candidates(candidates)
    chosen, problems = set(), []
    with Patterns() as patterns:
        for part in parts_of(selector):
            names, problem = _names(part, candidates, patterns)
            chosen.update(place for name in names for place in candidates.places[name])
            if problem:
                problems.append(problem)
    return [candidates[place] for place in sorted(chosen)], problems


def title_of(selector: Selector) -> str:
    """Returns a selector's name for error messages.

    >>> title_of(["hidden1", "hidden2"])
    "['hidden1', 'hidden2']"
    """
    if isinstance(selector, (list, tuple)):
        return "[%s]" % ", ".join(map(title_of, selector))
    if hasattr(selector, "op"):
        return repr(name_of(selector))
    if _variables_of_layer(selector) is not None:
        return "layer %r" % getattr(selector, "name", type(selector).__name__)
    return getattr(selector, "__name__", None) or repr(selector)


def unmatched(pattern: str, names: Collection[str], what: str = "variable",
              suggest: bool = True, scopes: bool = True) -> str:
    """Returns the message for a pattern that matches nothing, with the closest names.

    Args:
        pattern: str. names: container of str.
        what: str, what has these names.
        suggest: bool, whether to look for the closest names, which takes time.
        scopes: bool, whether to offer scopes, too, which a pattern for whole names does not match.
    """
    if not names:
        return "%r matches no %s: there are none" % (pattern, what)
    if not suggest:
        return "%r matches no %s" % (pattern, what)
    nearest = closest_names(pattern, names, scopes=scopes)
    if not nearest:
        nearest = sorted(names)[:3]
    return "%r matches no %s; the closest are %s" % (
        pattern, what, ", ".join(repr(name) for name in nearest))


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern matches the name from its start up to a ``/`` or its end.

    >>> matches("hidden[12]", "hidden1/kernel"), matches("hidden1", "hidden10/kernel")
    (True, False)
    """
    return re.match("(?:%s)(?:/|$)" % pattern, name) is not None


def parts_of(selector: Selector) -> List[Any]:
    """Returns a selector's variables, layers, outputs, patterns and predicates as a flat list."""
    if isinstance(selector, str) or not hasattr(selector, "__iter__") or hasattr(selector, "op"):
        return [selector]
    parts = []
    for item in selector:
        parts.extend(parts_of(item))
    return parts


def is_selector(part: Any) -> bool:
    """Whether a part of a selector is of a kind that can match variables."""
    return (isinstance(part, str) or hasattr(part, "op") or callable(part)
            or _variables_of_layer(part) is not None)


def no_selector(part: Any) -> str:
    """Returns the message for a part of a selector that cannot match variables."""
    return "%r is not a variable, layer, pattern or predicate" % (part,)


def variables_in(selector: Selector) -> List[Variable]:
    """Returns the variables that a selector holds, and those of its layer objects."""
    found = []
    for part in parts_of(selector):
        if hasattr(part, "op"):
            found.extend([] if is_output(part) else [part])
        else:
            found.extend(_variables_of_layer(part) or [])
    return found


def _names(part, candidates, patterns):
    names = candidates.places
    if isinstance(part, str):
        pattern = part[:-2] if part.endswith(":0") else part
        try:
            found = candidates.matching(pattern, patterns)
        except PatternError as error:
            return [], "%r is not a regular expression: %s" % (part, error)
        return found, None if found else unmatched(pattern, names)
    if hasattr(part, "op"):
        name = name_of(part)
        if name in names:
            return [name], None
        if is_output(part):
            return _chosen("the output %r" % name, names, *variables_of_output(part, names))
        return [], "variable %r is not among the variables to choose from" % name
    own = _variables_of_layer(part)
    if own is not None:
        title = title_of(part)
        problem = None if own else "%s has no variables: it is not built yet, or has none" % title
        return _chosen(title, names, [name_of(variable) for variable in own], problem)
    if callable(part):
        found = [name_of(variable) for variable in candidates if part(variable)]
        title = getattr(part, "__name__", repr(part))
        return found, None if found else "predicate %s is true of no variable" % title
    return [], no_selector(part)


def _chosen(title, names, own, problem):
    """The candidates among a layer's own variables, and what is wrong."""
    found = [name for name in own if name in names]
    if found or problem:
        return found, problem
    return [], "the variables of %s, %s, are not among the variables to choose from" % (
        title, ", ".join(map(repr, own)))


def _variables_of_layer(part):
    """The variables of a layer object, or None for any other object."""
    try:
        found = getattr(part, "variables", getattr(part, "trainable_variables", None))
    except ValueError:  # a tf.keras model that was not built yet
        return []
    return list(found) if isinstance(found, (list, tuple)) else None
