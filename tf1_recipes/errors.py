"""The errors that this package raises on purpose: their text is part of the interface."""


class Error(Exception):
    """The base of all of them; the command line prints its text and exits with status 2."""


class RecipeError(Error, ValueError):
    """A recipe was asked for something that would fail or silently do nothing.

    All problems are in one message, never the first only.

    Args:
        what: str, what was asked for, the first line of the message.
        problems: list of str, one line each.
    """

    def __init__(self, what, problems):
        self.problems = list(problems)
        super().__init__("\n".join([what + ":"] + ["  - " + problem for problem in self.problems]))
