"""Functions that SciPy renamed or removed after 2016, under the names that they had."""
import importlib
import sys

import numpy as np

from tf1_recipes.legacy.libraries import late_names
from tf1_recipes.recording import session_tap

HERE = "tf1_recipes.legacy.libraries.scipy_names:"

# {module: {name: "module:attribute"}}
NAMES = {
    "scipy.signal": {name: "scipy.signal.windows:" + name for name in (
        "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "chebwin", "cosine",
        "exponential", "flattop", "gaussian", "general_gaussian", "hamming", "hann", "kaiser",
        "nuttall", "parzen", "triang", "tukey")},
    "scipy.integrate": {"simps": "scipy.integrate:simpson", "trapz": "scipy.integrate:trapezoid",
                        "cumtrapz": "scipy.integrate:cumulative_trapezoid"},
    "scipy.ndimage": {"imread": "tf1_recipes.legacy.libraries.scipy_images:imread"},
    "scipy.linalg": {"pinv2": "scipy.linalg:pinv", "tri": "numpy:tri", "triu": "numpy:triu",
                     "tril": "numpy:tril"},
    "scipy.stats": {"threshold": HERE + "threshold", "itemfreq": HERE + "itemfreq",
                    "nanmean": "numpy:nanmean", "nanstd": HERE + "nanstd",
                    "nanmedian": "numpy:nanmedian", "chisqprob": "scipy.special:chdtrc"},
}
NAMES["scipy.signal"]["hanning"] = "scipy.signal.windows:hann"

# NumPy's functions, which ``scipy`` itself had, but for those of a linear algebra of its own.
_NOT_OF_NUMPY = ("linalg", "random", "fft", "test", "show_config", "typing", "char", "rec")


def install():
    """Puts them in place for when a script imports SciPy."""
    callbacks = {name.replace(".", r"\."): lambda module: late_names.add(
        module, NAMES[module.__name__]) for name in NAMES}
    callbacks["scipy"] = lambda module: late_names.add(module, {}, of_numpy)
    callbacks[r"scipy\.sparse"] = restore_sparse
    sys.meta_path.insert(0, session_tap.AfterImport(callbacks))


def of_numpy(name):
    """Returns what ``scipy.<name>`` was, a function of NumPy."""
    if name.startswith("_") or name in _NOT_OF_NUMPY:
        raise AttributeError("module 'scipy' has no attribute %r" % name)
    for home in (np, np.random) if name in ("rand", "randn") else (np, np.lib.scimath):
        found = getattr(home, name, None)
        if callable(found) or isinstance(found, float) or found is None and name == "newaxis":
            # The roots and logarithms of negative numbers were complex.
            return getattr(np.lib.scimath, name, found)
    raise AttributeError("module 'scipy' has no attribute %r" % name)


def threshold(a, threshmin=None, threshmax=None, newval=0):
    """A copy in which what is below threshmin or above threshmax is newval."""
    a = np.array(a)
    outside = np.zeros(a.shape, bool)
    if threshmin is not None:
        outside |= a < threshmin
    if threshmax is not None:
        outside |= a > threshmax
    a[outside] = newval
    return a


def itemfreq(a):
    """Rows of (value, how often it occurs)."""
    return np.column_stack(np.unique(a, return_counts=True))


def nanstd(x, axis=0, bias=False):
    """The standard deviation without NaNs, by n - 1 unless biased."""
    return np.nanstd(x, axis=axis, ddof=0 if bias else 1)


def restore_sparse(module):
    """``matrix.A`` and ``matrix.H``."""
    kind = importlib.import_module("scipy.sparse._matrix").spmatrix
    if not hasattr(kind, "A"):
        kind.A = property(lambda self: self.toarray())
    if not hasattr(kind, "H"):
        kind.H = property(lambda self: self.T.conjugate())
