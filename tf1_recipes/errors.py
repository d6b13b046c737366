"""The errors that this package raises on purpose: their text is part of the interface."""
from tf1_recipes.untrusted.visible import visible, visible_lines


class Error(Exception):
    """The base of all of them; the command line prints its text and exits with status 2.

    Args:
        text: str, one line; or the list of its lines. What is hidden in them is written out, since
            errors quote names and paths from outside.
    """

    def __init__(self, text):
        super().__init__(visible(text) if isinstance(text, str) else visible_lines(text))


class RecipeError(Error, ValueError):
    """A recipe was asked for something that would fail or silently do nothing.

    All problems are in one message, never the first only.

    Args:
        what: str or list of str, what was asked for: the first lines of the message.
        problems: list of str, one line each.
    """

    def __init__(self, what, problems):
        self.problems = list(problems)
        *before, last = [what] if isinstance(what, str) else what
        super().__init__([*before, last + ":"] + ["  - " + each for each in self.problems])
