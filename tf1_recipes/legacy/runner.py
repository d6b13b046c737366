"""``tf1-recipes run``: runs a script with the TF1 API under the name ``tensorflow``.

The script finds ``tf.compat.v1`` in graph mode, with legacy Keras behind ``tf.layers`` and the rnn
cells, when it says ``import tensorflow``, and Keras 2 when it says ``import keras``.
"""
import contextlib
import contextvars
import io
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tf1_recipes import v1
from tf1_recipes.errors import Error
from tf1_recipes.legacy import activation, eras, other_releases, patches, quiet, serving, spawned
from tf1_recipes.legacy.libraries import keras_arguments, keras_imports, keras_names, numpy_names
from tf1_recipes.legacy.patch import Target, numbers
from tf1_recipes.recording import session_tap

# Of a script that runs inside a program, which is not to notice.
_INSIDE = (keras_imports.keras_2, keras_arguments.keras_1_arguments, keras_names.predictions,
           numpy_names.numpy_printing, *patches.API)


def run(script, arguments):
    """Runs a script in this process, as its main program; returns its exit status.

    Raises:
        Error: it is not a script.
    """
    other_releases.check_file(script)
    spawned.activate_by(activation.activate)
    return serving.run(script, arguments)


def run_captured(script, tap):
    """Runs a script inside a program that goes on afterwards, and hears its sessions.

    Args:
        script: str, a path; the script must not fail.
        tap: `tf1_recipes.recording.session_tap.Tap`.

    Returns:
        str, what the script printed.

    Raises:
        Error: the script failed; the message ends with its last line of output on stderr.
        TensorFlowImportError: TensorFlow was imported before, eagerly or with Keras 3.
    """
    v1.load()
    v1.refuse_eager_mode()
    v1.refuse_keras_3("tf.layers")
    from tensorflow.python.client.session import BaseSession

    kept = {name: sys.modules.get(name) for name in ("__main__", "tensorflow")}
    argv, path = sys.argv, list(sys.path)
    printed, errors = io.StringIO(), io.StringIO()
    detach = session_tap.attach(tap, BaseSession)
    revert = patches.applied(Target(eras.NEWEST, numbers(eras.NEWEST.name)), _INSIDE)
    try:
        # A thread has a default graph and session of its own, which the script may reset.
        with np.printoptions(), contextlib.redirect_stdout(printed), \
                contextlib.redirect_stderr(errors), warnings.catch_warnings(), \
                ThreadPoolExecutor(1) as thread:
            quiet.ignore_keras_warnings()
            status = thread.submit(
                contextvars.copy_context().run, session_tap.run_script, script, []).result()
    finally:
        detach()
        revert()
        sys.modules.update(kept)
        sys.argv, sys.path[:] = argv, path
    if status:
        last = (errors.getvalue().strip().splitlines() or ["no message"])[-1]
        raise Error("%s ended with status %s: %s" % (script, status, last))
    return printed.getvalue()
