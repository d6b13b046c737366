"""What SciPy, scikit-learn and matplotlib had and moved or removed since.

Nothing is imported before the script does it. Where only the place of a module changed its new one
serves it; more of scikit-learn and SciPy is in `sklearn_names` and `scipy_names`.
"""
import importlib
import importlib.machinery
import sys

from tf1_recipes.legacy import eras
from tf1_recipes.legacy.libraries import matplotlib_names, pandas_names
from tf1_recipes.recording import session_tap

# Whole modules that went: {old module: module that serves it}.
_MODULES = {
    "sklearn.grid_search": "sklearn.model_selection",
    "sklearn.learning_curve": "sklearn.model_selection",
    # Submodules that became private.
    "sklearn.datasets.base": "sklearn.datasets._base",
    "sklearn.datasets.samples_generator": "sklearn.datasets",
    "sklearn.decomposition.pca": "sklearn.decomposition",
    "sklearn.linear_model.logistic": "sklearn.linear_model",
    "sklearn.manifold.t_sne": "sklearn.manifold",
    "sklearn.metrics.classification": "sklearn.metrics",
    "sklearn.metrics.ranking": "sklearn.metrics",
    "sklearn.preprocessing.data": "sklearn.preprocessing",
    "sklearn.preprocessing.label": "sklearn.preprocessing",
    "sklearn.utils.testing": "sklearn.utils._testing",
    "sklearn.externals.joblib": "joblib",
    "sklearn.externals.six": "six",
    "scipy.misc": "tf1_recipes.legacy.libraries.scipy_misc",
    "scipy.misc.pilutil": "tf1_recipes.legacy.libraries.scipy_images",
}

# Names that a module had: {module: {name: "module:attribute", or "module:" for a whole module}}.
_NAMES = {
    "scipy": {"misc": "scipy.misc:"},
    "sklearn": {"cross_validation": "sklearn.cross_validation:"},
    "sklearn.externals": {"joblib": "joblib:", "six": "six:"},
}


class _Modules:
    """Finds the modules that went."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in _MODULES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        sys.modules[module.__name__] = importlib.import_module(_MODULES[module.__name__])


def restore(era):
    """Serves them to imports that follow, where this machine's libraries lack them.

    Args:
        era: `eras.Era`, whose libraries they are.
    """
    sys.meta_path.append(_Modules())  # last: where there is one, it is taken
    pandas_names.install_modules(sys.meta_path)
    callbacks = {name.replace(".", r"\."): _add for name in _NAMES}
    callbacks[r"scipy\.misc"] = _restore_scipy_misc
    callbacks[r"matplotlib\.cm"] = matplotlib_names.restore_cm
    callbacks[r"matplotlib\.figure"] = matplotlib_names.restore_figure
    callbacks[r"matplotlib\.axes\._axes"] = matplotlib_names.restore_axes
    callbacks[r"matplotlib\.legend"] = matplotlib_names.restore_legend
    callbacks[r"matplotlib\.pyplot"] = matplotlib_names.restore_pyplot
    callbacks["pandas"] = pandas_names.restore if era == eras.NEWEST else _restore_pandas
    sys.meta_path.insert(0, session_tap.AfterImport(callbacks))


def _add(module):
    """Gives a module its old names, each found when it is first asked for."""
    names = _NAMES[module.__name__]
    inner = module.__dict__.get("__getattr__")

    def __getattr__(name):
        if name in names:
            home, _, attribute = names[name].partition(":")
            value = importlib.import_module(home)
            return getattr(value, attribute) if attribute else value
        if inner is not None:
            return inner(name)
        raise AttributeError("module %r has no attribute %r" % (module.__name__, name))
    module.__getattr__ = __getattr__


def _restore_pandas(pandas):
    """Prints as before pandas 0.23 and 0.25: up to 20 columns, folded, and up to 60 rows."""
    pandas_names.restore(pandas)
    pandas.set_option("display.max_columns", 20)
    pandas.set_option("display.min_rows", 60)


def _restore_scipy_misc(module):
    """An empty module since SciPy 1.12."""
    served = importlib.import_module("tf1_recipes.legacy.libraries.scipy_misc")
    for name in served.__all__:
        if name not in module.__dict__:
            setattr(module, name, getattr(served, name))
