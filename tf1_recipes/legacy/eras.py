"""The releases as of which a script can be run, and which of them a script was written for."""
import ast
from collections import namedtuple

from tf1_recipes.errors import Error
from tf1_recipes.legacy import source_scan
from tf1_recipes.legacy.names import NAMES
from tf1_recipes.legacy.names_since_1 import SINCE_1

Era = namedtuple("Era", "name version")
Era.__doc__ = """A line of releases that name and compute things alike.

Attributes:
    name: as in ``--as-of``, such as "0.12".
    version: what ``tf.__version__`` says, the release that the era is checked against.
"""

ERAS = (Era("0.12", "0.12.1"), Era("1.4", "1.4.1"), Era("1.7", "1.7.1"), Era("1.15", "1.15.5"))
NEWEST = ERAS[-1]


def era_of(name):
    """Returns the era of a name such as "1.7" or a release such as "1.6.0", the next one up.

    Raises:
        Error: no release of TensorFlow 0.12 to 1.15.
    """
    try:
        wanted = tuple(int(part) for part in name.split("."))
    except ValueError:
        wanted = ()
    if len(wanted) < 2 or not (0, 12) <= wanted[:2] <= (1, 15):
        raise Error("--as-of %s: it must be a release from 0.12 to 1.15; the eras are %s" % (
            name, ", ".join(era.name for era in ERAS)))
    return next(era for era in ERAS if _numbers(era) >= wanted[:2])


def guess(uses, python2=False):
    """Returns the era that a script was written for, and why, by the names and arguments it uses.

    A script that uses something which only TensorFlow before 1.0 had is of 0.12, and so is one of
    Python 2 that uses nothing newer; one that reads its flags as before 1.5 is of 1.4. Else the
    last era is taken: the later ones share their names.

    Args:
        uses: list of `source_scan.Use`, of the script and its own modules.
        python2: bool, it is source of Python 2.

    Returns:
        (Era, str): the reason is "line 3: tf.mul", or "" for the default.
    """
    uses = sorted((use for use in uses if not use.guarded), key=lambda use: (use.file, use.line))
    # What `early_functions` serves is still there in 1.x, with other arguments.
    gone = {name.old for name in NAMES if name.until == "0.12" and name.now != name.old
            and "early_functions" not in name.now}
    for use in uses:
        if use.name in gone or source_scan.has_arguments_of_before_1(use):
            return ERAS[0], _place(use)
    for use in uses:
        if use.name.endswith("flags.FLAGS._parse_flags"):
            return ERAS[1], _place(use)  # absl's flags have it not
    if python2 and uses and not any(_is_of_1(use) for use in uses):
        return ERAS[0], "it is Python 2 and uses nothing newer"
    return NEWEST, ""


def _place(use):
    return "%sline %d: tf.%s" % (use.file and use.file + ", ", use.line, use.name)


def _is_of_1(use):
    """Whether a use needs TensorFlow 1.0 or later: its name, a name above it, or its arguments."""
    parts = use.name.split(".")
    if any(".".join(parts[:length]) in SINCE_1 for length in range(1, len(parts) + 1)):
        return True
    return use.name == "concat" and bool(use.positional) and isinstance(
        use.positional[0], (ast.List, ast.Tuple)) or "keepdims" in use.keywords


def _numbers(era):
    return tuple(int(part) for part in era.name.split("."))
