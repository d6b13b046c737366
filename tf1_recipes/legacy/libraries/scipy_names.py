"""Functions that SciPy renamed or removed after 2016, under the names that they had."""
import importlib

import numpy as np

from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

HERE = "tf1_recipes.legacy.libraries.scipy_names"

NAMES = {
    **moved.names("scipy.signal", "scipy.signal.windows", """
        bartlett blackman blackmanharris bohman boxcar chebwin cosine exponential flattop gaussian
        general_gaussian hamming hann hanning=hann kaiser nuttall parzen triang tukey"""),
    **moved.names("scipy.integrate", "scipy.integrate",
                  "simps=simpson trapz=trapezoid cumtrapz=cumulative_trapezoid"),
    "scipy.ndimage:imread": "tf1_recipes.legacy.libraries.scipy_images:imread",
    "scipy.linalg:pinv2": "scipy.linalg:pinv",
    **moved.names("scipy.linalg", "numpy", "tri triu tril"),
    **moved.names("scipy.stats", HERE, "threshold itemfreq nanstd"),
    **moved.names("scipy.stats", "numpy", "nanmean nanmedian"),
    "scipy.stats:chisqprob": "scipy.special:chdtrc",
    "scipy:misc": "scipy.misc:",
    "scipy.misc:": "tf1_recipes.legacy.libraries.scipy_misc:",
    "scipy.misc.pilutil:": "tf1_recipes.legacy.libraries.scipy_images:",
}

# NumPy's functions, which ``scipy`` itself had, except those that it has a version of.
_NOT_OF_NUMPY = ("linalg", "random", "fft", "test", "show_config", "typing", "char", "rec")


@patch("SciPy has the names that it moved or dropped since 2016")
def scipy_names(changes):
    moved.put_back(changes, NAMES)


@patch("scipy has the functions of NumPy", after="scipy")
def functions_of_numpy(changes, scipy):
    moved.add_names(changes, {}, scipy, of_numpy)


@patch("scipy.misc has what it had up to SciPy 1.1", after="scipy.misc")
def scipy_misc(changes, module):
    served = importlib.import_module("tf1_recipes.legacy.libraries.scipy_misc")
    # Where there still is one, it is empty.
    changes.add(module, **{name: getattr(served, name) for name in served.__all__})


@patch("sparse matrices have A and H", after="scipy.sparse")
def sparse_matrices(changes, module):
    changes.add(importlib.import_module("scipy.sparse._matrix").spmatrix,
                A=property(lambda self: self.toarray()),
                H=property(lambda self: self.T.conjugate()))


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
