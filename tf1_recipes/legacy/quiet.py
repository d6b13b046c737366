"""No log of TensorFlow's libraries while they are loaded, and no warnings that names are old.

The log goes straight to file descriptor 2, before any setting of TensorFlow's counts.
"""
import contextlib
import logging
import os
import re
import sys
import tempfile
import warnings

from tf1_recipes.legacy import settings
from tf1_recipes.legacy.patch import patch

# A line of absl's log, such as "I0000 00:00:1700000000.000000    1 port.cc:153] oneDNN ...".
_LOGGED = re.compile(rb"[IWE]\d{4} \d\d:\d\d:|WARNING: All log messages before absl|"
                     rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] ")


@contextlib.contextmanager
def without_log():
    """While it lasts, lines of TensorFlow's log are dropped; all else appears when it ends."""
    try:
        descriptor = sys.__stderr__.fileno()
        kept = os.dup(descriptor)
    except (AttributeError, OSError, ValueError):  # there is none
        yield
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)
        try:
            yield
        finally:
            sys.__stderr__.flush()
            os.dup2(kept, descriptor)
            os.close(kept)
            file.seek(0)
            rest = b"".join(line for line in file if not _LOGGED.match(line))
            while rest:
                rest = rest[os.write(descriptor, rest):]


def _unless_verbose(target):
    return not settings.verbose()


@patch("no log of TensorFlow's libraries while they are loaded", when=_unless_verbose)
def quiet_import(changes):
    # Which kernels start, which GPU is not there: an old script's user did not ask.
    if "TF_CPP_MIN_LOG_LEVEL" not in os.environ:
        changes.item(os.environ, "TF_CPP_MIN_LOG_LEVEL", "3")
    changes.find("around", ("tensorflow", without_log))


@patch("no warnings that what the script uses is old", after="tensorflow", when=_unless_verbose)
def without_deprecations(changes, tensorflow):
    from tensorflow.python.util import deprecation

    changes.put(deprecation, "_PRINT_DEPRECATION_WARNINGS", False)
    changes.undo(warnings.filters.__setitem__, slice(None), list(warnings.filters))
    ignore_keras_warnings()
    logger = logging.getLogger("tensorflow")  # what a script logs itself is still shown
    logger.addFilter(_is_no_deprecation)
    changes.undo(logger.removeFilter, _is_no_deprecation)


def ignore_keras_warnings():
    """Ignores the warnings of tf_keras that tf.layers and the updates of `fit` are old."""
    for text in (".*deprecated", ".*state_updates"):
        warnings.filterwarnings("ignore", text, UserWarning)


def _is_no_deprecation(record):
    return not re.search("deprecat|has been renamed", record.getMessage())
