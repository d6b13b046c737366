"""Where old names and modules are today: tables of one form, the old address first.

    {"scipy.integrate:simps": "scipy.integrate:simpson",
     "sklearn.lda:": "sklearn.discriminant_analysis:"}

An address is ``module:name``, or ``module:`` for the module itself; the module ``tf`` is
tf.compat.v1, with names such as ``tf:nn.rnn_cell``.
"""
import functools
import importlib
import sys

from tf1_recipes import v1


def find(address):
    """Returns what is at an address.

    Example:
        >>> find("math:gcd")(12, 18)
        6
    """
    home, _, name = address.partition(":")
    value = v1.load() if home == "tf" else importlib.import_module(home)
    for part in filter(None, name.split(".")):
        value = getattr(value, part)
    return value


def names(home, now, words):
    """Returns a table of names of one module that are in another one.

    Args:
        home, now: str, the modules.
        words: str, the names, separated by blanks; ``old=new`` for another name.

    Example:
        >>> names("scipy.integrate", "numpy", "trapz=trapezoid")
        {'scipy.integrate:trapz': 'numpy:trapezoid'}
    """
    return {"%s:%s" % (home, old): "%s:%s" % (now, new or old) for old, _, new in (
        word.partition("=") for word in words.split())}


def put_back(changes, table):
    """Lets imports find what a table says, where it is missing.

    Args:
        changes: `patch.Changes`.
        table: dict ``{old address: address of today}``.
    """
    modules = {old.rstrip(":"): now for old, now in table.items() if old.endswith(":")}
    changes.find("missing", lambda name: functools.partial(
        replace, modules[name]) if name in modules else None)
    for home in dict.fromkeys(old.partition(":")[0] for old in table if not old.endswith(":")):
        own = {old.partition(":")[2]: now for old, now in table.items()
               if old.startswith(home + ":")}
        changes.after([home], functools.partial(add_names, changes, own))


def add_names(changes, names, module, more=None):
    """Gives a module names that are found when they are asked for.

    Args:
        changes: `patch.Changes`.
        names: dict ``{name: address}``; what the module still has is left as it is.
        module: the module.
        more: function of a further name that returns its value or raises AttributeError.
    """
    inner = vars(module).get("__getattr__")

    def __getattr__(name):
        if name in names:  # first: a module may have an error of its own for what is gone
            return find(names[name])
        if inner is not None:
            try:
                return inner(name)
            except AttributeError:
                if more is None:
                    raise
        if more is not None:
            return more(name)
        raise AttributeError("module %r has no attribute %r" % (module.__name__, name))
    changes.put(module, "__getattr__", __getattr__)


def replace(address, module):
    """Puts what is at an address in the place of a module that is being imported."""
    sys.modules[module.__name__] = find(address)
