"""scikit-learn as it was up to 0.21: its modules' names, arguments and defaults.

Where an argument only has another name the call is as before; TSNE and KMeans have their old
defaults. What they compute is today's.
"""
import functools
import importlib.util
import inspect
import re

import numpy as np

from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

_HERE = "tf1_recipes.legacy.libraries."

MOVED = {
    "sklearn.cross_validation:": _HERE + "sklearn_cross_validation:",
    "sklearn:cross_validation": _HERE + "sklearn_cross_validation:",
    "sklearn.grid_search:": "sklearn.model_selection:",
    "sklearn.learning_curve:": "sklearn.model_selection:",
    "sklearn.lda:": "sklearn.discriminant_analysis:",
    "sklearn.qda:": "sklearn.discriminant_analysis:",
    "sklearn.discriminant_analysis:LDA": "sklearn.discriminant_analysis:LinearDiscriminantAnalysis",
    "sklearn.discriminant_analysis:QDA":
        "sklearn.discriminant_analysis:QuadraticDiscriminantAnalysis",
    "sklearn.datasets:load_boston": _HERE + "sklearn_data:load_boston",
    "sklearn.datasets:fetch_mldata": _HERE + "sklearn_data:fetch_mldata",
    "sklearn.externals:joblib": "joblib:",
    "sklearn.externals:six": "six:",
    "sklearn.externals.joblib:": "joblib:",
    "sklearn.externals.six:": "six:",
    "sklearn.externals.six.moves:": "six.moves:",
    "sklearn.preprocessing:Imputer": _HERE + "sklearn_names:Imputer",
    "sklearn.utils.linear_assignment_:": _HERE + "sklearn_names:",
    # Modules that became private in 0.22, where their name is not just `_<name>`.
    "sklearn.cluster.k_means_:": "sklearn.cluster._kmeans:",
    "sklearn.tree.tree:": "sklearn.tree._classes:",
    "sklearn.ensemble.weight_boosting:": "sklearn.ensemble._weight_boosting:",
    "sklearn.ensemble.gradient_boosting:": "sklearn.ensemble._gb:",
}

# {module of today: {class: (arguments renamed, arguments dropped, old defaults)}}
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


@patch("scikit-learn has the names that it moved since 0.18")
def sklearn_names(changes):
    moved.put_back(changes, MOVED)


@patch("scikit-learn's modules have the names that they had before they became private")
def sklearn_private_modules(changes):
    def filling(name):
        served = private_name(name)
        if served and importlib.util.find_spec(served) is not None:
            return functools.partial(moved.replace, served + ":")
        return None
    changes.find("missing", filling)


def private_name(module):
    """Returns where the contents of a module of 0.21 may be today, such as
    "sklearn.metrics._ranking" for "sklearn.metrics.ranking"; None for other names."""
    found = re.match(r"(sklearn\.\w+)\.([a-z]\w*?)_?$", module)
    return found and "%s._%s" % found.groups()


@patch("scikit-learn's classes take the arguments of 0.21, with its defaults",
       after=" ".join(ARGUMENTS))
def sklearn_arguments(changes, module):
    for name, options in ARGUMENTS[module.__name__].items():
        kind = getattr(module, name)
        changes.put(kind, "__init__", _with_arguments(kind.__init__, *options))


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


@patch("vectorizers have get_feature_names", after="sklearn.feature_extraction.text")
def feature_names(changes, module):
    changes.add(module.CountVectorizer,
                get_feature_names=lambda self: list(self.get_feature_names_out()))


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
