"""The releases as of which a script can be run, and which of them a script was written for."""
import ast
from collections import namedtuple

from tf1_recipes.errors import Error
from tf1_recipes.legacy import source_scan
from tf1_recipes.legacy.names import NAMES
from tf1_recipes.legacy.names_since_1 import SINCE_1
from tf1_recipes.legacy.patch import numbers

Era = namedtuple("Era", "name version")
Era.__doc__ = """A line of releases that name and compute things alike.

Attributes:
    name: as in ``--as-of``, such as "0.12".
    version: what ``tf.__version__`` says, the release that the era is checked against.
"""

ERAS = (Era("0.12", "0.12.1"), Era("1.4", "1.4.1"), Era("1.7", "1.7.1"), Era("1.15", "1.15.5"))
NEWEST = ERAS[-1]

# Still there in 1.15, but 0.12 named what replaces them.
_DEPRECATED = ("initialize_all_variables", "initialize_variables", "initialize_local_variables",
               "all_variables")

# TensorFlow's own modules that scripts of before 1.0 import, beside the names in the table.
_INTERNALS = {"python.ops.rnn.rnn", "python.ops.rnn.bidirectional_rnn", "python.ops.seq2seq"}
# 1.x has them, too; their variables are named otherwise.
_RENAMED_VARIABLES = {"nn.dynamic_rnn", "nn.bidirectional_dynamic_rnn", "nn.raw_rnn",
                      "nn.rnn_cell"}


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
    return next(era for era in ERAS if numbers(era.name) >= wanted[:2])


def guess(uses, python2=False):
    """Returns the era that a script was written for, and why, by the names and arguments it uses.

    A script that uses something which only TensorFlow before 1.0 had is of 0.12. So is one that
    uses what 0.12 said would go, or is Python 2, and uses nothing newer. One that reads its flags
    as before 1.5 is of 1.4. Else the last era is taken: the later ones share their names.

    Args:
        uses: list of `source_scan.Use`, of the script and its own modules.
        python2: bool, it is source of Python 2.

    Returns:
        (Era, str): the reason is "line 3: tf.mul", or "" for the default.
    """
    uses = sorted((use for use in uses if not use.guarded), key=lambda use: (use.file, use.line))
    # What `early_functions` serves still exists in 1.x, with other arguments.
    gone = {name.old for name in NAMES if name.until == "0.12" and name.now != "tf:" + name.old
            and "early_functions" not in name.now and name.old not in _RENAMED_VARIABLES}
    gone |= _INTERNALS
    for use in uses:
        if gone & _names_above(use) or source_scan.has_arguments_of_before_1(use):
            return ERAS[0], _place(use)
    for use in uses:
        if use.name.endswith("flags.FLAGS._parse_flags"):
            return ERAS[1], _place(use)  # absl's flags have it not
    if any(_is_of_1(use) for use in uses):
        return NEWEST, ""
    for use in uses:
        if use.name in _DEPRECATED:
            return ERAS[0], _place(use) + ", and nothing newer"
    return (ERAS[0], "it is Python 2 and uses nothing newer") if python2 and uses else (NEWEST, "")


def _place(use):
    return "%sline %d: tf.%s" % (use.file and use.file + ", ", use.line, use.name)


def _names_above(use):
    """Returns the set of a use's name and the modules and classes that it is found in."""
    parts = use.name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}


def _is_of_1(use):
    """Whether a use needs TensorFlow 1.0 or later: its name, a name above it, or its arguments."""
    if SINCE_1 & _names_above(use):
        return True
    first = use.positional[0] if use.positional else None
    if use.name == "concat" and isinstance(first, (ast.List, ast.Tuple)):
        return True
    if use.name in ("split", "concat") and "axis" in use.keywords:
        return True
    return "keepdims" in use.keywords or use.name == "split" and len(use.positional or ()) > 2 \
        and isinstance(use.positional[2], ast.Constant)
