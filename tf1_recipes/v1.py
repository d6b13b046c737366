"""The one door to TensorFlow: ``from tf1_recipes.v1 import tf`` is TF1's API in graph mode.

Importing this module imports no TensorFlow; asking it for ``tf`` does. TensorFlow is then
imported with legacy Keras, the home of ``tf.layers`` and the rnn cells since TensorFlow 2.16, and
with TensorFlow 2's behaviour switched off. Where TensorFlow was imported before, nothing about
it is changed: it is used as it is, or refused in one clear error.
"""
import importlib
import logging
import os
import sys
import types


class TensorFlowImportError(ImportError):
    """TensorFlow was imported, before this package, in a way that TF1 code cannot use."""


def load():
    """Returns ``tf.compat.v1``, importing TensorFlow in graph mode if need be.

    Raises:
        TensorFlowImportError: TensorFlow was imported before with Keras 3, or runs eagerly.
    """
    imported_before = "tensorflow" in sys.modules
    if not imported_before:
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    tensorflow = importlib.import_module("tensorflow")
    if tensorflow.__version__.startswith("1."):
        return tensorflow.compat.v1
    if imported_before:
        _refuse_if_unusable(tensorflow)
    else:
        _switch_to_graph_mode(tensorflow)
    return tensorflow.compat.v1


def _switch_to_graph_mode(tensorflow):
    # It warns that TF1's variables have no future, which is known here.
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        tensorflow.compat.v1.disable_v2_behavior()
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


def facade(tensorflow):
    """Returns the module that an old script gets for ``import tensorflow``.

    Its names are those of ``tf.compat.v1``; its submodules (``tensorflow.python...``) are the
    installed TensorFlow's own. TensorFlow 2's behaviour is switched off.

    Args:
        tensorflow: the module TensorFlow, 2.15 or later, just imported with
            ``TF_USE_LEGACY_KERAS=1`` in the environment.
    """
    version_1 = tensorflow.compat.v1
    _switch_to_graph_mode(tensorflow)
    module = types.ModuleType("tensorflow", version_1.__doc__)
    module.__path__ = tensorflow.__path__
    module.__file__ = tensorflow.__file__
    module.__spec__ = tensorflow.__spec__
    module.__version__ = tensorflow.__version__
    module.__getattr__ = lambda name: getattr(version_1, name)
    module.__dir__ = lambda: dir(version_1)
    return module


def __getattr__(name):
    if name == "tf":
        globals()["tf"] = load()
        return globals()["tf"]
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
