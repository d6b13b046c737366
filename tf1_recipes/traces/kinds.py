"""The kinds of tensors that a trace holds."""
from __future__ import annotations

from typing import Any, Iterable, List

from tf1_recipes.errors import Error
from tf1_recipes.untrusted.closest_names import closest_names

KINDS = ("variables", "fetches", "feeds")


def checked_kinds(kinds: Iterable[str]) -> List[str]:
    """Returns the kinds of tensors as a list.

    Args:
        kinds: some of ``variables``, ``fetches`` and ``feeds``, or one of them as a str.

    Raises:
        Error: one is none of these.

    >>> checked_kinds("fetches"), checked_kinds(("variables", "feeds"))
    (['fetches'], ['variables', 'feeds'])
    """
    several = not isinstance(kinds, str) and hasattr(kinds, "__iter__")
    found: List[Any] = list(kinds) if several else [kinds]
    problems = []
    for kind in found:
        if kind not in KINDS:
            close = closest_names(str(kind), KINDS, 1)
            problems.append("there is no kind %r of tensors%s" % (
                kind, "; did you mean %s?" % close[0] if close else ", but %s" % ", ".join(KINDS)))
    if problems:
        raise Error("kinds: " + "; ".join(problems))
    return found
