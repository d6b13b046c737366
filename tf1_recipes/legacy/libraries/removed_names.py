"""Names that libraries had and that are not served: a hint for the error that ended a script."""
import re

# {"module.name", or a module: what it was or is now}
NAMES = {
    "keras.wrappers": "models for scikit-learn: install scikeras, and import them from there",
    "keras.utils.multi_gpu_model": "a copy of a model for each GPU: leave the call away",
    "keras.utils.multi_gpu_utils": "a copy of a model for each GPU: leave the call away",
    "keras.utils.HDF5Matrix": "batches of an HDF5 file: slice a data set of h5py",
    "keras.utils.io_utils.HDF5Matrix": "batches of an HDF5 file: slice a data set of h5py",
    "keras.utils.visualize_util": "a module of Keras 1: plot_model is in keras.utils since Keras 2",
    "keras.initializations": "a module of Keras 1, keras.initializers since Keras 2",
    "keras.layers.Highway": "a layer of Keras 1: write it as a keras.layers.Layer",
    "keras.layers.MaxoutDense": "a layer of Keras 1: write it as a keras.layers.Layer",
    "keras.layers.Merge": "a layer of Keras 1: use add, multiply, average, maximum, concatenate or "
                          "dot of keras.layers",
    "keras.layers.Recurrent": "the base of rnn layers before Keras 2.1: derive from "
                              "keras.layers.RNN",
    "keras.layers.TimeDistributedDense": "a layer of Keras 0: use TimeDistributed(Dense(...))",
    "keras.models.Graph": "a model of Keras 0: use keras.models.Model",
    "keras.regularizers.activity_l2": "a regularizer of Keras 1: use l2",
    "keras.regularizers.WeightRegularizer": "a regularizer of Keras 1: use l1_l2",
    "sklearn.metrics.jaccard_similarity_score": "the share of equal labels, except for tables "
                                                "of labels: use accuracy_score, or jaccard_score",
    "sklearn.metrics.plot_confusion_matrix": "since 1.2 ConfusionMatrixDisplay.from_estimator",
    "sklearn.mixture.GMM": "since 0.20 GaussianMixture, with other arguments",
    "sklearn.decomposition.RandomizedPCA": "since 0.20 PCA(svd_solver=\"randomized\")",
    "sklearn.utils.extmath.fast_dot": "numpy.dot",
    "scipy.misc.lena": "an image, gone since SciPy 0.17: take scipy.datasets.face()",
    "scipy.misc.derivative": "a quotient of differences: write it out",
    "scipy.weave": "C++ inside Python 2, gone since SciPy 0.19: write it in NumPy",
    "scipy.stats.binom_test": "since SciPy 1.12 binomtest(...).pvalue",
    "scipy.special.sph_harm": "since SciPy 1.17 sph_harm_y, which takes its arguments in another "
                              "order",
    "scipy.signal.cwt": "wavelets, gone since SciPy 1.15: use PyWavelets",
    "numpy.core.umath_tests": "tests of NumPy: for inner1d(a, b) write numpy.einsum('...i,...i', a,"
                              " b)",
    "pandas.Panel": "tables of three dimensions: use xarray, or a MultiIndex",
    "matplotlib.mlab.PCA": "gone since matplotlib 3.1: use sklearn.decomposition.PCA",
    "matplotlib.finance": "gone since matplotlib 2.2: install mplfinance",
    "mpl_toolkits.basemap": "a package of its own: install basemap",
}

# (pattern of an error's text, hint)
TEXTS = (
    (r"only integers, slices|slice indices must be integers",
     "NumPy took floats for indices until 1.12, with a warning: write int(...) around it (or // "
     "for the / of Python 2). A list of lists or slices was a tuple of indices until 1.23: write "
     "tuple(...) around it"),
    (r"'(numpy\.)?float\d*' object cannot be interpreted as an integer|expected a sequence of "
     r"integers or a single integer, got '\d*\.",
     "NumPy took floats for counts and shapes until 1.12, with a warning: write int(...) around "
     "it"),
    (r"operands could not be broadcast together with shapes",
     "where it compares two arrays by == or !=: until 1.25 that was False or True for shapes that "
     "do not match: use numpy.array_equal"),
    (r"numpy boolean (subtract|negative)",
     "NumPy took - between and before arrays of bool until 1.13: use ^ and ~"),
    (r"Cannot cast ufunc '\w+' output from dtype\('(float|complex)",
     "NumPy rounded such a result into the array of integers until 1.10: write numpy.add(a, b, "
     "out=a, casting='unsafe') or make the array one of floats"),
    (r"Expected 2D array, got 1D array", "scikit-learn took a single column so until 0.19"),
)
_TITLE = re.compile(
    r"cannot import name '(?P<name>\w+)' from '(?P<home>[\w.]+)'|"
    r"module '(?P<module>[\w.]+)' has no attribute '(?P<attribute>\w+)'|"
    r"No module named '(?P<missing>[\w.]+)'", re.IGNORECASE)


def remedy(error):
    """Returns a hint for an error with which a library of today ended a script, or None.

    Args:
        error: an exception.
    """
    text = str(error)
    found = _TITLE.match(text)
    if found and isinstance(error, (ImportError, AttributeError)):
        title = ".".join(filter(None, (
            found["home"], found["name"], found["module"], found["attribute"], found["missing"])))
        for name, note in NAMES.items():
            if title == name or title.startswith(name + "."):
                return "%s is not served: %s" % (title, note)
    if isinstance(error, (IndexError, TypeError, ValueError)):
        return next((note for pattern, note in TEXTS if re.search(pattern, text)), None)
    return None
