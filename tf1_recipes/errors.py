"""The errors that this package raises; their texts are part of the interface."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from tf1_recipes.untrusted.visible import visible, visible_lines


class Error(Exception):
    """The base of all errors; the command line prints its text and exits with status 2.

    Args:
        text: str, one line; or a list of lines. Hidden characters in them are written out, since
            errors quote names and paths from outside.

    >>> print(Error("cannot read a.json"))
    cannot read a.json
    """

    def __init__(self, text: str | list[str]) -> None:
        super().__init__(visible(text) if isinstance(text, str) else visible_lines(text))


class RecipeError(Error, ValueError):
    """A request to a recipe that would fail or silently do nothing, with all its problems.

    Args:
        what: str or list of str, the first lines of the message: what cannot be done.
        problems: list of str, one line each.

    Attributes:
        problems: list of str.

    >>> print(RecipeError("Cannot clip gradients", ["the limit is -1: it must be > 0"]))
    Cannot clip gradients:
      - the limit is -1: it must be > 0
    """

    def __init__(self, what: str | Sequence[str], problems: Iterable[str]) -> None:
        self.problems = list(problems)
        *before, last = [what] if isinstance(what, str) else what
        super().__init__([*before, last + ":"] + ["  - " + each for each in self.problems])
