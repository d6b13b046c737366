"""What a script gets for ``import tensorflow``: `tf.compat.v1`, except for a table of names.

All differences from `tf.compat.v1` are in `names` (the API) and `moved_modules` (TensorFlow's own
modules).
"""
import importlib
import sys
import types

from tf1_recipes.legacy import moved, moved_modules
from tf1_recipes.legacy import names as table
from tf1_recipes.legacy.libraries import own_keras
from tf1_recipes.legacy.old_arguments import with_old_arguments
from tf1_recipes.legacy.old_module import OldModule, real_tensorflow
from tf1_recipes.legacy.patch import patch
from tf1_recipes.untrusted.closest_names import closest_names

# Parts of TensorFlow that are imported from the real package, where they have not moved.
_REAL = ("python", "core", "compiler", "lite", "tools", "compat", "_api")
_MISSING = object()


@patch("import tensorflow finds the API of the release", after="tensorflow")
def facade(changes, tensorflow):
    """Puts the facade in the place of TensorFlow, which is in graph mode."""
    root = Facade("", tensorflow.compat.v1, table.names_of(changes.target.era.name))
    # What makes it a package, whose real modules can be imported as ever.
    for name in ("__path__", "__file__", "__spec__"):
        setattr(root, name, getattr(tensorflow, name))
    root.__version__ = root.VERSION = changes.target.era.version
    # Libraries, such as tf_slim, say `import tensorflow.compat.v1`: they mean today's.
    root.compat = tensorflow.compat
    # Scripts of 1.13 and later say it, too, and found estimators there.
    changes.add(tensorflow.compat.v1, estimator=_Later(lambda: root.estimator))
    root.REAL_TENSORFLOW = tensorflow
    changes.find("instead", _Imports(root).filling)
    changes.item(sys.modules, "tensorflow", root)


class Facade(OldModule):
    """One module of the old API, over the module of `tf.compat.v1` that it was made of."""

    def __init__(self, title, real, names):
        super().__init__(title, real.__doc__)
        self.__dict__.update(_real=real, _names=names)

    def __getattr__(self, name):
        title = (self._title + "." + name).lstrip(".")
        if title in self._names:
            value = _serve(self._names[title])
        elif name.startswith("__"):
            raise AttributeError("module %r has no attribute %r" % (self.__name__, name))
        else:
            value = getattr(self._real, name, _MISSING)
            if value is _MISSING:
                raise AttributeError(missing(title, self))
        if isinstance(value, types.ModuleType) and any(
                other.startswith(title + ".") for other in self._names):
            value = Facade(title, value, self._names)
        self.__dict__[name] = value
        return value

    def __dir__(self):
        start = self._title + "." if self._title else ""
        own = {title[len(start):].partition(".")[0] for title in self._names
               if title.startswith(start)}
        return sorted(own | set(dir(self._real)))


class _Later(types.ModuleType):
    """A module that is found when the first of its names is asked for."""

    def __init__(self, find):
        super().__init__("tensorflow.compat.v1.estimator")
        self.__dict__["_find"] = find

    def __getattr__(self, name):
        return getattr(self._find(), name)


def _serve(name):
    """Returns what serves a `names.Name`."""
    if name.now is None:
        raise AttributeError("tensorflow.%s is not served: it was %s" % (name.old, name.note))
    with real_tensorflow():
        value = moved.find(name.now)
    return with_old_arguments(value, name.parameters, name.old) if name.parameters else value


def missing(title, module):
    """Returns the error's text for a name that a module does not have."""
    text = "tensorflow.%s does not exist, neither as of this release nor in tf.compat.v1" % title
    others = [name for name in table.NAMES if name.old == title]
    if others:
        home, _, now = others[0].now.partition(":")
        return "tensorflow.%s was removed after TensorFlow %s: it is tf.%s since; or run the " \
               "script --as-of %s" % (title, others[0].until, now if home == "tf" else title,
                                      others[0].until)
    name = title.rpartition(".")[2]
    nearest = _elsewhere(name) or closest_names(name, [
        other for other in dir(module) if not other.startswith("_")])
    return text + (": perhaps %s" % ", ".join(nearest) if nearest else "")


def _elsewhere(name):
    """The full names of what has just this name in a module of the API.

    Documents leave out the module at times, as in ``tf.GradientDescentOptimizer(0.01)``; the
    closest name in the wrong module is that of something else.
    """
    root = sys.modules["tensorflow"]
    parts = [part for part in dir(root) if not part.startswith("_")
             and part not in ("compat", "keras", "contrib")]  # which take seconds to import
    return ["tensorflow.%s.%s" % (part, name) for part in parts
            if isinstance(getattr(root, part, None), types.ModuleType)
            and name in dir(getattr(root, part))]


class _Imports:
    """Serves ``import tensorflow.<name>`` where the facade has a module of that name."""

    def __init__(self, root):
        self.root = root

    def filling(self, fullname):
        """Returns a function that replaces a module that is being imported, or None."""
        first, _, name = fullname.partition(".")
        if first != "tensorflow" or not name:
            return None
        if name + ":" in moved_modules.MOVED:
            find = self._moved
        elif fullname.startswith(own_keras.TITLE):
            own = own_keras.module_named(name[len("python.keras."):])
            find = own and (lambda name: own)
        elif name.startswith("contrib."):
            find = _contrib
        else:
            find = name.partition(".")[0] not in _REAL and self._module(name) and self._module
        return (lambda module: _replace(module, find(name), name)) if find else None

    def _module(self, name):
        value = self.root
        for part in name.split("."):
            value = getattr(value, part, None)
            if not isinstance(value, types.ModuleType):
                return None
        return value

    def _moved(self, name):
        address = moved_modules.MOVED[name + ":"]
        if not address.startswith("tf:"):
            with real_tensorflow():
                return moved.find(address)
        module = self._module(address[len("tf:"):])  # the facade's, which knows the release
        for file, where in moved_modules.MOVED.items():
            # `from tensorflow.python.estimator.inputs import numpy_io`
            parent, _, child = file.rstrip(":").rpartition(".")
            if parent == name and where == address and not hasattr(module, child):
                setattr(module, child, module)
        return module


def _contrib(name):
    with real_tensorflow():
        modules = importlib.import_module("tf1_recipes.legacy.contrib.modules")
    return modules.module_named(name.partition(".")[2])


def _replace(module, found, name):
    if found is None:
        raise ImportError("tensorflow.%s cannot be served" % name)
    sys.modules[module.__name__] = found
