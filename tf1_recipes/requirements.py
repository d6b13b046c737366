"""What a part of the package needs beyond its base, with one error each that names the remedy."""
from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from tf1_recipes.errors import Error

# What the extra `run` brings: the names of the modules, and of the packages that have them.
_RUN = {"tf_slim": "tf-slim", "tensorflow_estimator": "tensorflow-estimator", "fissix": "fissix"}


class MissingExtraError(Error, ImportError):
    """A library is not installed, which an extra of this package brings."""


@contextlib.contextmanager
def naming_the_extra() -> Iterator[None]:
    """While it lasts, an import that needs what the extra ``run`` brings fails with its name.

    Raises:
        MissingExtraError: such a library is not installed.

    >>> with naming_the_extra():
    ...     raise ModuleNotFoundError("No module named 'tf_slim'", name="tf_slim")
    Traceback (most recent call last):
        ...
    tf1_recipes.requirements.MissingExtraError: this code needs tf-slim, which is not installed: \
pip install 'tf1_recipes[run]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = _RUN.get(error.name or "")
        if package is None:
            raise
        raise MissingExtraError("this code needs %s, which is not installed: "
                                "pip install 'tf1_recipes[run]'" % package) from None


def need_python_3_10(what: str) -> None:
    """Refuses what does not work on Python 3.7 to 3.9, beside the user's own TensorFlow 1.15.

    Args:
        what: the command or module, the first words of the message.

    Raises:
        Error: this Python is older.
    """
    if sys.version_info < (3, 10):
        import platform  # only now: it takes a part of the time of `--help`

        raise Error("%s needs Python 3.10 or later (this is Python %s)" % (
            what, platform.python_version()))
