"""The modules of ``tf.contrib`` as a script sees them, down to its own source files.

``tf.contrib.layers`` is a `Contrib`, and so is ``tensorflow.contrib.layers.python.layers.utils``:
the file in which a name stood is found by the name alone, in the module that serves it now.
"""
import functools
import types

from tf1_recipes import v1
from tf1_recipes.legacy import internal_names, moved
from tf1_recipes.legacy.contrib import HERE, SUBMODULES, known_names
from tf1_recipes.legacy.contrib.arguments import with_arguments_of_release
from tf1_recipes.legacy.contrib.left_out import reason_for
from tf1_recipes.legacy.contrib.moved_names import MOVED
from tf1_recipes.legacy.old_module import OldModule, real_tensorflow
from tf1_recipes.untrusted.closest_names import closest_names

# Where the source files of contrib went, by folder: one module for each file there.
_FILES = (
    ("framework.python.ops.", "tf_slim.ops."),
    ("layers.python.layers.", "tf_slim.layers."),
    ("losses.python.losses.", "tf_slim.losses."),
    ("metrics.python.ops.", "tf_slim.metrics."),
    ("slim.python.slim.", "tf_slim."),
    ("slim.nets.", "tf_slim.nets."),
    ("training.python.training.", "tf_slim.training."),
)
_MISSING = object()


class Contrib(OldModule):
    """``tf.contrib``, a submodule or a source file of it; its names are looked up when asked for.

    Args:
        title: str, its name below ``tensorflow``, such as "contrib.layers".
    """

    def __init__(self, title):
        super().__init__(title, "``tensorflow.%s``." % title)

    def __getattr__(self, name):
        if name == "__all__":
            return [each for each in dir(self) if hasattr(self, each)]
        if name.startswith("__"):
            raise AttributeError("module %r has no attribute %r" % (self.__name__, name))
        inner = (self._title + "." + name).partition(".")[2]
        value = self._find(name)
        if value is _MISSING:
            if not _is_module(inner):
                raise AttributeError(missing(inner, self))
            value = _contrib(inner)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name, value):
        # Python puts what it imports here; but there is a function arg_scope in a file arg_scope.
        if not isinstance(value, Contrib) or self._find(name) is _MISSING:
            super().__setattr__(name, value)

    def _find(self, name):
        inner = self._title.partition(".")[2]
        public = _public(inner)
        address = MOVED.get("%s:%s" % (public, name))
        if address:
            _prepare()
            with real_tensorflow():
                return with_arguments_of_release(public, name, moved.find(address))
        for source in _sources(inner):
            module = load(source)
            value = getattr(module, name, _MISSING)
            # A library's own imports are not names of contrib.
            if value is not _MISSING and not isinstance(value, types.ModuleType):
                return with_arguments_of_release(public, name, value)
        return _MISSING

    def __dir__(self):
        inner = self._title.partition(".")[2]
        start = inner + "." if inner else ""
        names = {name[len(start):].partition(".")[0]
                 for name in {**known_names.public(), **SUBMODULES} if name.startswith(start)}
        return sorted(names) or sorted({name for source in _sources(inner)
                                        for name in dir(load(source)) if name[0] != "_"})


@functools.lru_cache(maxsize=None)
def _contrib(inner):
    return Contrib(("contrib." + inner).rstrip("."))


def module_named(inner):
    """Returns a module below tf.contrib by its name, such as "layers.python.layers".

    Raises:
        ImportError: it is not served; the message says what it was and what to do.
    """
    if not _is_module(inner):
        parent = inner.rpartition(".")[0]
        raise ImportError(missing(inner, _contrib(parent) if _is_module(parent) else None))
    return _contrib(inner)


@functools.lru_cache(maxsize=None)
def load(source):
    """Returns a module that serves names: one of `SUBMODULES`' or ``_FILES``'."""
    _prepare()
    with real_tensorflow():
        return moved.find(source if ":" in source else source + ":")


def _prepare():
    """Lets tf_slim, which was made for TensorFlow 2.3, be imported."""
    v1.load()
    if not internal_names.internal_names.is_applied():
        internal_names.internal_names.apply(None)


def _public(inner):
    """The submodule that a source file belongs to: "layers" of "layers.python.layers.utils"."""
    inner = inner.replace("learn.python.learn", "learn", 1)
    while inner and inner not in SUBMODULES:
        inner = inner.rpartition(".")[0]
    return inner


def _sources(inner):
    """The modules that serve a module below tf.contrib, by name; the first that has a name wins."""
    sources = SUBMODULES.get(_public(inner), [])
    if inner in SUBMODULES:
        return sources
    for folder, home in _FILES:
        if inner.startswith(folder):
            file = home + inner[len(folder):]
            if _exists(file):
                own = [source for source in sources if source.startswith(HERE)]
                return own + [file] + sources[len(own):]
    return sources


def _exists(module):
    try:
        load(module)
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            return False
        raise
    return True


def _is_module(inner):
    """Whether a name below tf.contrib is that of a module which is served."""
    if inner in SUBMODULES:
        return True
    if reason_for(inner):
        return False
    return any(name.startswith(inner + ".") for name in SUBMODULES) or (
        inner.partition(".")[0] in SUBMODULES and inner in known_names.source_files())


def missing(inner, module=None):
    """Returns the error's text for a name below tf.contrib that is not served."""
    was, reason = known_names.describe(inner), reason_for(inner)
    if was or reason:
        return "tensorflow.contrib.%s is not served: %s%s" % (
            inner, "it was %s: " % was if was and (not reason or "." in inner) else "",
            reason or "nothing of today has it: write it out, or run the script on TensorFlow 1.15")
    text = "tensorflow.contrib.%s does not exist, neither here nor in TensorFlow 1.15" % inner
    nearest = closest_names(inner.rpartition(".")[2], [
        name for name in dir(module) if not name.startswith("_")]) if module is not None else []
    return text + (": perhaps %s" % ", ".join(nearest) if nearest else "")


SERVED = _contrib("")
