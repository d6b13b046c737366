"""Map files: the same tensors under other names or in another layout in a second trace.

The guide's page `trace-format` documents the format; `read_map` checks a file against it and
reports everything that is wrong in one message.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional

from tf1_recipes.errors import RecipeError
from tf1_recipes.traces.layouts import fault_of
from tf1_recipes.traces.trace import KINDS, repeated
from tf1_recipes.untrusted.patterns import PatternError, Patterns
from tf1_recipes.untrusted.visible import name_fault

FORMAT = "tf1_recipes map"
FORMAT_VERSION = 1
_KEYS = ("a", "b", "regex", "kind", "transpose", "change_a", "change_b", "ignore", "evidence")


@dataclass(frozen=True)
class Rule:
    """One rule: which tensors of two traces correspond, and in which layouts.

    Attributes:
        a, b: tuples of names; with ``regex`` the first that there is is a regular expression for a
            whole name, and all others are templates that its groups fill.
        kind: ``variables``, ``fetches``, ``feeds``, or None for all of them.
        change_a, change_b: lists of changes (`tf1_recipes.traces.layouts`) before comparing.
        ignore: bool, leave out the tensors of the one side that is given.
        where: str, what messages call the rule.
    """

    a: tuple = ()
    b: tuple = ()
    regex: bool = False
    kind: Optional[str] = None
    change_a: tuple = ()
    change_b: tuple = ()
    ignore: bool = False
    where: str = "rule"


def read_map(path: str) -> List[Rule]:
    """Returns the list of `Rule` of a map file.

    Raises:
        RecipeError: it cannot be read, or is no map file, or rules are not well formed; all faults.
    """
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file, object_pairs_hook=_object)
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # else it has half a character
    except OSError as error:
        raise RecipeError(path, ["it cannot be read: %s" % error.strerror]) from None
    except (ValueError, RecursionError) as error:
        raise RecipeError(path, ["it is not JSON: %s" % error]) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RecipeError(path, ["it is not a map file: it has no \"format\": \"%s\"" % FORMAT])
    if content.get("format_version") != FORMAT_VERSION:
        raise RecipeError(path, ["it has format version %r; this program reads version %d" % (
            content.get("format_version"), FORMAT_VERSION)])
    unknown = sorted(set(content) - {"format", "format_version", "rules", "unsettled"})
    problems = ["unknown key %r" % key for key in unknown]
    if not isinstance(content.get("rules"), list):
        raise RecipeError(path, problems + ["it has no list of \"rules\""])
    return rules_of(content["rules"], path, problems)


def rules_of(entries: Any, title: str = "map", problems: Any = ()) -> List[Rule]:
    """Returns the list of `Rule` of the entries of a map file's ``rules``.

    Args:
        entries: list, as JSON gives it.
        title: str, the first line of an error.
        problems: list of str, problems found before.
    """
    rules, problems = [], list(problems)
    with Patterns() as patterns:
        for number, entry in enumerate(entries, 1):
            faults = list(_faults(entry, patterns))
            problems += ["rule %d: %s" % (number, fault) for fault in faults]
            if not faults:
                rules.append(_rule(entry, number))
    if problems:
        raise RecipeError(title, problems)
    return rules


def rules_of_renames(names: Dict[str, str], known: Iterable[str]) -> List[Rule]:
    """Returns the rules that ``--map OLD=NEW`` means: exact for a known name, else a pattern."""
    return [Rule((old,), (new,), regex=old not in known, where="--map %s=%s" % (old, new))
            for old, new in names.items()]


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the key %r appears twice" % repeated(name for name, _ in pairs))
    return found


def _rule(entry, number):
    change_a = list(entry.get("change_a", []))
    if "transpose" in entry:
        change_a = [{"transpose": entry["transpose"]}]
    a, b = _names(entry.get("a")), _names(entry.get("b"))
    return Rule(a, b, entry.get("regex", False), entry.get("kind"), tuple(change_a),
                tuple(entry.get("change_b", [])), entry.get("ignore", False),
                "rule %d (%s)" % (number, ", ".join(a or b)))


def _names(value):
    return () if value is None else tuple(value) if isinstance(value, list) else (value,)


def _faults(entry, patterns):
    if not isinstance(entry, dict):
        yield "it is not an object"
        return
    for key in sorted(set(entry) - set(_KEYS)):
        yield "unknown key %r; there are %s" % (key, ", ".join(_KEYS))
    for side in ("a", "b"):
        names = _names(entry.get(side))
        if side in entry and not (names and all(isinstance(name, str) and name for name in names)):
            yield "%r must be a name or a list of names" % side
            return
        wrong = [name for name in names if name_fault(name)]
        if wrong:
            yield "the name %r %s" % (wrong[0], name_fault(wrong[0]))
            return
        if len(set(names)) < len(names):
            yield "a name appears twice in %r" % side
    if not isinstance(entry.get("ignore", False), bool):
        yield "'ignore' must be true or false"
    elif entry.get("ignore"):
        if ("a" in entry) == ("b" in entry):
            yield "'ignore' goes with names in 'a' or in 'b', not both"
        for key in sorted({"transpose", "change_a", "change_b"} & set(entry)):
            yield "'ignore' and %r do not go together" % key
    elif "a" not in entry or "b" not in entry:
        yield "it needs 'a' and 'b' (or 'ignore')"
    if entry.get("kind") not in (None,) + KINDS:
        yield "'kind' must be one of %s" % ", ".join(KINDS)
    if not isinstance(entry.get("evidence", ""), str):
        yield "'evidence' must be a string"
    yield from _faults_of_pattern(entry, patterns)
    if "transpose" in entry and "change_a" in entry:
        yield "'transpose' is short for a 'change_a'; give one of them"
    changes = [{"transpose": entry["transpose"]}] if "transpose" in entry else []
    for side in ("change_a", "change_b"):
        if not isinstance(entry.get(side, []), list):
            yield "%r must be a list of changes" % side
        else:
            changes += entry.get(side, [])
    yield from filter(None, map(fault_of, changes))


def _faults_of_pattern(entry, patterns):
    if not isinstance(entry.get("regex", False), bool):
        yield "'regex' must be true or false"
        return
    names = _names(entry.get("a")) + _names(entry.get("b"))
    if not entry.get("regex") or not names:
        return
    try:
        patterns.check(names[0])
    except PatternError as error:
        yield "%s is not a regular expression: %s" % (names[0], error)
        return
    for template in names[1:]:
        try:
            patterns.check(names[0], [template])
        except PatternError as error:
            yield "%s: %s" % (template, error)
