"""What a script gets for ``import keras``: Keras 2's names in graph mode, from tf_keras.

A script of TensorFlow 1's time means Keras 2 by ``keras``; today that name is Keras 3's, if it is
installed. While a script runs, it finds these modules:

* ``keras`` and ``keras.<module>`` as in TF1's API (``tf.compat.v1.keras``), else from tf_keras's
  source (``keras.utils.np_utils``), with what Keras 2.2 had beside them (`keras_names`);
* ``keras.optimizers`` with the classes of Keras 2.2, made of variables and `get_updates`, from
  which a script may derive its own;
* ``keras.legacy.interfaces``, whose decorators took the arguments of Keras 1, as decorators that
  change nothing: `keras_arguments` lets the classes take them.

A module that is not there is the usual ImportError. A genuine Keras, on a TensorFlow without
tf_keras beside it, is left to Python.
"""
import importlib
import importlib.util
import re
import types

from tf1_recipes.legacy.libraries import keras_names
from tf1_recipes.legacy.patch import patch

_OPTIMIZERS = ("Optimizer", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam",
               "TFOptimizer")
_API = "tf_keras.api._v1.keras"


@patch("import keras finds Keras 2 in graph mode")
def keras_2(changes):
    changes.hide("keras")
    changes.find("instead", _keras)


def _keras(fullname):
    if fullname.partition(".")[0] != "keras" or importlib.util.find_spec("tf_keras") is None:
        return None
    # First, so that TensorFlow is in graph mode before Keras makes anything.
    importlib.import_module("tensorflow")
    names = names_of(fullname.partition(".")[2])
    if names is None:
        raise ModuleNotFoundError("No module named %r" % fullname, name=fullname)
    return lambda module: fill(module, *names)


def fill(module, source, extra):
    """Gives a module the names of another one, and further ones, a dict."""
    module.__dict__.update(extra)
    module.__getattr__ = lambda name: _attribute(source, module.__name__, name)
    module.__dir__ = lambda: sorted(set(dir(source)) | set(extra))
    module.__all__ = [name for name in module.__dir__() if not name.startswith("_")]


def _attribute(source, title, name):
    value = getattr(source, name, None)
    if value is not None and not isinstance(value, types.ModuleType):
        return value
    try:  # Keras 2.2 imported its submodules: `keras.legacy` needs no import of its own.
        return importlib.import_module("%s.%s" % (title, name))
    except ModuleNotFoundError as error:
        if not error.name.startswith(title):
            raise
    if value is None:
        raise AttributeError("module %r has no attribute %r" % (title, name))
    return value


def names_of(name):
    """Returns (module to take names from, dict of further names), or None if there is no such."""
    if name == "":
        return importlib.import_module(_API), {
            "__version__": importlib.import_module("tf_keras").__version__}
    if name == "legacy":
        return types.ModuleType(name), {}
    if name == "legacy.interfaces":
        return _Interfaces(name), {}
    extra = keras_names.extra_names(name, _api)
    name = keras_names.served_by(name)
    if name == "optimizers":
        version_1 = importlib.import_module("tf_keras.src.optimizers.optimizer_v1")
        extra.update((each, getattr(version_1, each)) for each in _OPTIMIZERS)
    for home in (_API, "tf_keras.src"):
        full = "%s.%s" % (home, name)
        try:
            return importlib.import_module(full), extra
        except ModuleNotFoundError as error:
            if not full.startswith(error.name):
                raise
    return None


def _api(name):
    return importlib.import_module("%s.%s" % (_API, name))


class _Interfaces(types.ModuleType):
    """``keras.legacy.interfaces``: ``legacy_<what>_support`` returns what it is given."""

    def __getattr__(self, name):
        if re.match(r"legacy_\w+_support$", name):
            return lambda function: function
        raise AttributeError("module 'keras.legacy.interfaces' has no attribute %r" % name)
