"""scikit-learn as it was up to 0.21: its modules' names, arguments and defaults.

Where an argument only has another name the call is as before; TSNE and KMeans have the defaults of
then. What they compute is today's.
"""
import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import re
import sys

import numpy as np

from tf1_recipes.legacy.libraries import late_names
from tf1_recipes.recording import session_tap

_HERE = "tf1_recipes.legacy.libraries."

# Modules that went, and what serves them.
MODULES = {"sklearn.cross_validation": _HERE + "sklearn_cross_validation",
           "sklearn.lda": "sklearn.discriminant_analysis",
           "sklearn.qda": "sklearn.discriminant_analysis",
           "sklearn.utils.linear_assignment_": _HERE + "sklearn_names"}

# Names that a module had: {module: {name: "module:attribute"}}.
NAMES = {
    "sklearn.datasets": {"load_boston": _HERE + "sklearn_data:load_boston",
                         "fetch_mldata": _HERE + "sklearn_data:fetch_mldata"},
    "sklearn.preprocessing": {"Imputer": _HERE + "sklearn_names:Imputer"},
    "sklearn.discriminant_analysis": {
        "LDA": "sklearn.discriminant_analysis:LinearDiscriminantAnalysis",
        "QDA": "sklearn.discriminant_analysis:QuadraticDiscriminantAnalysis"},
}

# Modules that had a name before they became private in 0.22, where that is not `_<name>`.
_PRIVATE = {"sklearn.cluster.k_means_": "sklearn.cluster._kmeans",
            "sklearn.tree.tree": "sklearn.tree._classes",
            "sklearn.ensemble.weight_boosting": "sklearn.ensemble._weight_boosting",
            "sklearn.ensemble.gradient_boosting": "sklearn.ensemble._gb"}

# {module of today: {class: (arguments renamed, arguments dropped, defaults of then)}}
ARGUMENTS = {
    "sklearn.manifold._t_sne": {"TSNE": (
        {"n_iter": "max_iter"}, (), {"init": "random", "learning_rate": 200.0})},
    "sklearn.preprocessing._encoders": {"OneHotEncoder": ({"sparse": "sparse_output"}, (), {})},
    "sklearn.cluster._kmeans": {
        "KMeans": ({}, ("n_jobs", "precompute_distances"), {"n_init": 10}),
        "MiniBatchKMeans": ({}, (), {"n_init": 3})},
    "sklearn.ensemble._forest": {
        "RandomForestClassifier": ({}, (), {"n_estimators": 10}),
        "RandomForestRegressor": ({}, (), {"n_estimators": 10})},
    "sklearn.linear_model._base": {
        "LinearRegression": ({}, ("normalize",), {})},  # it does not change what it predicts
    "sklearn.model_selection._split": {"KFold": ({}, (), {"n_splits": 3}),
                                       "StratifiedKFold": ({}, (), {"n_splits": 3})},
    "sklearn.svm._classes": {"SVC": ({}, (), {"gamma": "auto"}),
                             "SVR": ({}, (), {"gamma": "auto"})},
}


def install():
    """Puts them in place for when a script imports scikit-learn."""
    sys.meta_path.insert(0, _OldModules())
    callbacks = dict.fromkeys(ARGUMENTS, restore_arguments)
    callbacks.update((name, lambda module: late_names.add(module, NAMES[module.__name__]))
                     for name in NAMES)
    callbacks["sklearn.feature_extraction.text"] = restore_vectorizers
    sys.meta_path.insert(0, session_tap.AfterImport(
        {name.replace(".", r"\."): callback for name, callback in callbacks.items()}))


class _OldModules:
    """Finds the modules that went and those that became private."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] != "sklearn":
            return None
        served = MODULES.get(fullname) or private_name(fullname)
        if fullname.startswith("sklearn.externals.six."):
            served = fullname[len("sklearn.externals."):]
        if not served or importlib.machinery.PathFinder.find_spec(fullname, path) is not None:
            return None
        if served == private_name(fullname) and importlib.util.find_spec(served) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, late_names.Loader(served))


def private_name(module):
    """Returns where the contents of a module of 0.21 may be today, such as
    "sklearn.metrics._ranking" for "sklearn.metrics.ranking"; None for other names."""
    found = re.match(r"(sklearn\.\w+)\.([a-z]\w*?)_?$", module)
    return _PRIVATE.get(module) or (found and "%s._%s" % found.groups())


def restore_arguments(module):
    """Lets the classes of a module take the arguments of then."""
    for name, changes in ARGUMENTS[module.__name__].items():
        kind = getattr(module, name)
        kind.__init__ = _with_arguments(kind.__init__, *changes)


def _with_arguments(initialise, renamed, dropped, defaults):
    parameters = list(inspect.signature(initialise).parameters)[1:]

    @functools.wraps(initialise)  # from which scikit-learn reads the names of a class's parameters
    def __init__(self, *arguments, **options):
        options.update(zip(parameters, arguments))  # most are to be named since 1.0
        options = {renamed.get(name, name): value for name, value in options.items()
                   if name not in dropped}
        if options.get("max_features") == "auto":  # of a forest
            options["max_features"] = "sqrt" if "Classifier" in type(self).__name__ else 1.0
        if "shuffle" in parameters and not options.get("shuffle"):
            options.pop("random_state", None)  # of no effect, and an error since 0.24
        initialise(self, **dict(defaults, **options))
    return __init__


def restore_vectorizers(module):
    """``CountVectorizer.get_feature_names``."""
    if not hasattr(module.CountVectorizer, "get_feature_names"):
        module.CountVectorizer.get_feature_names = lambda self: list(self.get_feature_names_out())


# --- Names of other modules ---


def Imputer(missing_values="NaN", strategy="mean", axis=0, verbose=0, copy=True):
    """``sklearn.preprocessing.Imputer``, but along columns only."""
    from sklearn.impute import SimpleImputer

    if axis != 0:
        raise NotImplementedError("Imputer(axis=1) is not served: transpose what you give it")
    return SimpleImputer(missing_values=np.nan if missing_values == "NaN" else missing_values,
                         strategy=strategy, copy=copy)


def linear_assignment(X):
    """``sklearn.utils.linear_assignment_.linear_assignment``: the pairs of lowest cost."""
    from scipy.optimize import linear_sum_assignment

    return np.column_stack(linear_sum_assignment(X))
