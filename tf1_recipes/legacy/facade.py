"""What a script gets for ``import tensorflow``: `tf.compat.v1`, but for a table of names.

`serve` puts it in TensorFlow's place. What is different from `tf.compat.v1` stands in `names` (the
API) and `moved_modules` (TensorFlow's own modules), and nowhere else.
"""
import contextlib
import importlib
import importlib.machinery
import sys
import types

from tf1_recipes import v1
from tf1_recipes.legacy import internal_names, recurrent_internals
from tf1_recipes.legacy import names as table
from tf1_recipes.legacy.early import early_division, early_slots, early_variables
from tf1_recipes.legacy.libraries import own_keras
from tf1_recipes.legacy.moved_modules import MOVED
from tf1_recipes.legacy.old_arguments import with_old_arguments
from tf1_recipes.requirements import naming_the_extra
from tf1_recipes.untrusted.closest_names import closest_names

# Parts of TensorFlow that are imported from the real package, where they are not MOVED.
_REAL = ("python", "core", "compiler", "lite", "tools", "compat", "_api")


def serve(tensorflow, era):
    """Puts the facade in the place of TensorFlow, for every import that follows.

    Args:
        tensorflow: the module, 2.15 or later, just imported with ``TF_USE_LEGACY_KERAS=1``.
        era: `eras.Era`, the releases as of which names are served.

    Returns:
        The facade, a module.
    """
    root = Facade("", tensorflow.compat.v1, table.names_of(era.name))
    v1.switch_to_graph_mode(tensorflow)
    # What makes it a package, whose real modules can be imported as ever.
    for name in ("__path__", "__file__", "__spec__"):
        setattr(root, name, getattr(tensorflow, name))
    root.__version__ = root.VERSION = era.version
    # Libraries, such as tf_slim, say `import tensorflow.compat.v1`: they mean today's.
    root.compat = tensorflow.compat
    # Scripts of 1.13 and later say it, too, and found estimators there.
    if not hasattr(tensorflow.compat.v1, "estimator"):
        tensorflow.compat.v1.estimator = _Later(lambda: root.estimator)
    root.REAL_TENSORFLOW = tensorflow
    withdraw()
    own_keras.hide()
    internal_names.restore()
    early_division.install(era.name)
    early_slots.install(era.name)
    early_variables.install(era.name)
    recurrent_internals.extend(era.name)
    sys.meta_path.insert(0, _Imports(root))
    sys.modules["tensorflow"] = root
    return root


def withdraw():
    """Gives TensorFlow its place again."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Imports)]
    early_division.uninstall()
    early_slots.uninstall()
    own_keras.restore()
    early_variables.uninstall()
    recurrent_internals.restore()
    served = sys.modules.get("tensorflow")
    if isinstance(served, Facade):
        sys.modules["tensorflow"] = served.REAL_TENSORFLOW


@contextlib.contextmanager
def real_tensorflow():
    """While it lasts ``import tensorflow`` gives today's TensorFlow, for libraries to import."""
    served = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = getattr(served, "REAL_TENSORFLOW", served)
    try:
        with naming_the_extra():
            yield
    finally:
        sys.modules["tensorflow"] = served


class Facade(types.ModuleType):
    """One module of the old API, over the module of `tf.compat.v1` that it was made of."""

    def __init__(self, prefix, real, names):
        super().__init__("tensorflow" + ("." + prefix if prefix else ""), real.__doc__)
        self.__dict__.update(_prefix=prefix, _real=real, _names=names)
        self.__path__ = []

    def __getattr__(self, name):
        title = self._prefix + "." + name if self._prefix else name
        if title in self._names:
            value = _serve(self._names[title], self._root_of_real())
        elif name.startswith("__"):
            raise AttributeError("module %r has no attribute %r" % (self.__name__, name))
        else:
            value = getattr(self._real, name, _MISSING)
            if value is _MISSING:
                raise AttributeError(complaint(title, self))
        if isinstance(value, types.ModuleType) and any(
                other.startswith(title + ".") for other in self._names):
            value = Facade(title, value, self._names)
        self.__dict__[name] = value
        return value

    def __dir__(self):
        start = self._prefix + "." if self._prefix else ""
        own = {title[len(start):].partition(".")[0] for title in self._names
               if title.startswith(start)}
        return sorted(own | set(dir(self._real)))

    def _root_of_real(self):
        return v1.load()


class _Later(types.ModuleType):
    """A module that is found when the first of its names is asked for."""

    def __init__(self, find):
        super().__init__("tensorflow.compat.v1.estimator")
        self.__dict__["_find"] = find

    def __getattr__(self, name):
        return getattr(self._find(), name)


_MISSING = object()


def _serve(name, version_1):
    """Returns what serves a `names.Name`."""
    if name.now is None:
        raise AttributeError("tensorflow.%s is not served: it was %s" % (name.old, name.note))
    module, colon, attribute = name.now.partition(":")
    if colon:
        with real_tensorflow():
            value = importlib.import_module(module)
        return getattr(value, attribute) if attribute else value
    value = version_1
    for part in name.now.split("."):
        value = getattr(value, part)
    return with_old_arguments(value, name.parameters, name.old) if name.parameters else value


def complaint(title, module):
    """Returns what is said of a name that a module does not have."""
    text = "tensorflow.%s does not exist, neither as of this release nor in tf.compat.v1" % title
    others = [name for name in table.NAMES if name.old == title]
    if others:
        return "tensorflow.%s was removed after TensorFlow %s: it is %s since; or run the script " \
               "--as-of %s" % (title, others[0].until, "tf." + (
                   others[0].now if ":" not in others[0].now else others[0].old), others[0].until)
    nearest = closest_names(title.rpartition(".")[2], [
        name for name in dir(module) if not name.startswith("_")])
    return text + (": perhaps %s" % ", ".join(nearest) if nearest else "")


class _Imports:
    """Finds ``import tensorflow.<name>`` where the facade has a module of that name."""

    def __init__(self, root):
        self.root = root

    def find_spec(self, fullname, path=None, target=None):
        first, _, name = fullname.partition(".")
        if first != "tensorflow" or not name:
            return None
        if name in MOVED:
            return importlib.machinery.ModuleSpec(fullname, _Loader(self._moved, name))
        if fullname.startswith(own_keras.TITLE):
            own = own_keras.module_named(name[len("python.keras."):])
            return own and importlib.machinery.ModuleSpec(fullname, _Loader(lambda _: own, name))
        if name.startswith("contrib."):
            return importlib.machinery.ModuleSpec(fullname, _Loader(self._contrib, name))
        if name.partition(".")[0] in _REAL:
            return None
        value = self._module(name)
        return value and importlib.machinery.ModuleSpec(fullname, _Loader(lambda _: value, name))

    def _module(self, name):
        value = self.root
        for part in name.split("."):
            value = getattr(value, part, None)
            if not isinstance(value, types.ModuleType):
                return None
        return value

    def _contrib(self, name):
        with real_tensorflow():
            modules = importlib.import_module("tf1_recipes.legacy.contrib.modules")
        return modules.module_named(name.partition(".")[2])

    def _moved(self, name):
        where = MOVED[name]
        if where.startswith("tf."):
            module = self._module(where[len("tf."):])
            for file in MOVED:  # `from tensorflow.python.estimator.inputs import numpy_io`
                parent, _, child = file.rpartition(".")
                if parent == name and MOVED[file] == where and not hasattr(module, child):
                    setattr(module, child, module)
            return module
        with real_tensorflow():
            return importlib.import_module(where)


class _Loader:
    """Gives an import a module that there is already."""

    def __init__(self, find, name):
        self.find, self.name = find, name

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        found = self.find(self.name)
        if found is None:
            raise ImportError("tensorflow.%s cannot be served" % self.name)
        sys.modules[module.__name__] = found
