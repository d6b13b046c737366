"""The one door to TensorFlow: ``from tf1_recipes.v1 import tf`` is TF1's API in graph mode.

Importing this module does not import TensorFlow; its attribute ``tf`` does: with legacy Keras,
which has ``tf.layers`` and the rnn cells since TensorFlow 2.16, and without TensorFlow 2's
behaviour. If TensorFlow was imported before, it is not changed: it is used as it is, or refused
with one clear error.
"""
from __future__ import annotations

import importlib
import importlib.machinery
import logging
import os
import sys
from typing import Any

_SWITCHED = []  # the TensorFlow that is in graph mode because of this module


class TensorFlowImportError(ImportError):
    """TensorFlow was imported before this package, in a way that TF1 code cannot use."""


def load() -> Any:
    """Returns ``tf.compat.v1``, and imports TensorFlow in graph mode if it is not imported yet.

    Raises:
        TensorFlowImportError: TensorFlow was imported before, with Keras 3 or in eager mode.
    """
    imported_before = "tensorflow" in sys.modules
    if not imported_before:
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    _keep_keras_docstrings()
    tensorflow = importlib.import_module("tensorflow")
    # `tf1-recipes run` puts the facade of an old release in its place.
    tensorflow = getattr(tensorflow, "REAL_TENSORFLOW", tensorflow)
    if tensorflow.__version__.startswith("1."):
        return tensorflow.compat.v1
    if not imported_before:
        switch_to_graph_mode(tensorflow)
    elif tensorflow not in _SWITCHED:  # else a script may have enabled eager execution later
        _refuse_if_unusable(tensorflow)
    return tensorflow.compat.v1


def switch_to_graph_mode(tensorflow: Any) -> None:
    """Switches TensorFlow 2's behaviour off, without its warning."""
    # TensorFlow warns that TF1's variables are deprecated, which users of this package know.
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        tensorflow.compat.v1.disable_v2_behavior()
        _SWITCHED.append(tensorflow)
    finally:
        logger.setLevel(level)


def _refuse_if_unusable(tensorflow):
    remedies = []
    if not hasattr(tensorflow.compat.v1.layers, "dense"):
        remedies.append(
            "with Keras 3, which has no tf.layers and no rnn cells: install tf-keras and set "
            "the environment variable TF_USE_LEGACY_KERAS=1 before TensorFlow is imported"
        )
    if tensorflow.executing_eagerly():
        remedies.append(
            "and runs eagerly: call tensorflow.compat.v1.disable_v2_behavior() right after its "
            "import, or work inside `with tensorflow.Graph().as_default():`"
        )
    if remedies:
        raise TensorFlowImportError(
            "TensorFlow was already imported %s. Or import tf1_recipes.v1 first "
            "(`from tf1_recipes.v1 import tf`), which does both." % "; ".join(remedies)
        )


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module of tf_keras under ``python -OO`` as under ``python -O``.

    Some edit their own docstrings while they are imported, and fail without any (tf_keras 2.15 to
    2.21).
    """

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path, _optimize=1)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] != "tf_keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def _keep_keras_docstrings():
    if sys.flags.optimize > 1 and _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


def __getattr__(name: str) -> Any:
    if name == "tf":
        globals()["tf"] = load()
        return globals()["tf"]
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
