"""NumPy's names and printing, as scripts for TensorFlow 1 knew them."""
import operator
import warnings

import numpy as np

from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

# Removed in 1.24 and 2.0, with what they were; `np.product` and its like went with 2.0.
_ALIASES = {"int": int, "float": float, "bool": bool, "object": object, "str": str,
            "complex": complex, "long": int, "unicode": str}
_RENAMED = moved.names("numpy", "numpy", """
    product=prod cumproduct=cumprod sometrue=any alltrue=all in1d=isin row_stack=vstack
    trapz=trapezoid float_=float64 complex_=complex128 unicode_=str_ string_=bytes_ Inf=inf
    Infinity=inf infty=inf NaN=nan PINF=inf typeDict=sctypeDict""")
_FUNCTIONS = {"asscalar": lambda array: array.item(),
                   "msort": lambda array: np.sort(array, axis=0),
                   "NINF": -np.inf, "rank": np.ndim, "alen": lambda a: len(np.atleast_1d(a))}


@patch("NumPy has the names that it dropped in 1.24 and 2.0")
def numpy_names(changes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the very names that are looked for
        changes.add(np, **_ALIASES, **_FUNCTIONS)
        for old, now in _RENAMED.items():
            if hasattr(np, now.partition(":")[2]):
                changes.add(np, **{old.partition(":")[2]: moved.find(now)})


@patch("lists of unequal lengths become arrays of objects, as up to 1.23")
def ragged_arrays(changes):
    for name in ("array", "asarray", "asanyarray"):
        changes.wrap(np, name)(_of_ragged_lists_too)


@patch("an array of one integer is an index, as up to NumPy 1.11")
def arrays_of_one(changes):
    changes.wrap(np, "frombuffer")(_with_an_index)


@patch("np.load reads arrays of objects, as up to NumPy 1.16.2", until="1.7")
def loaded_objects(changes):
    @changes.wrap(np, "load")
    def load(today, file, mmap_mode=None, allow_pickle=True, **options):
        return today(file, mmap_mode, allow_pickle, **options)


@patch("NumPy prints as it did", when=lambda target: print_options(np, target.era))
def numpy_printing(changes):
    changes.undo(lambda before: np.set_printoptions(**before), np.get_printoptions())
    np.set_printoptions(**print_options(np, changes.target.era))


def _of_ragged_lists_too(make, *arguments, **options):
    try:
        return make(*arguments, **options)
    except ValueError as error:
        if "inhomogeneous" not in str(error) or len(arguments) != 1 or "dtype" in options:
            raise
        return make(*arguments, dtype=object, **options)


class _ArrayOfOne(np.ndarray):
    """One integer, which is an index and a length.

    What needs it is the number of images read from the head of MNIST's files, in the many copies
    of the tutorials' ``input_data.py``.
    """

    def __index__(self):
        return operator.index(self.item())

    def __reduce__(self):
        return self.view(np.ndarray).__reduce__()


_ArrayOfOne.__name__ = "array"  # as which it is printed


def _with_an_index(frombuffer, *arguments, **options):
    array = frombuffer(*arguments, **options)
    return array.view(_ArrayOfOne) if array.shape == (1,) and array.dtype.kind in "iu" else array


def print_options(numpy, era):
    """Returns the options by which NumPy prints as it did at the time of an era."""
    if era.name in ("0.12", "1.4"):
        return {"legacy": "1.13"}
    # NumPy 2 prints ``np.float32(0.8)`` for a number in a list.
    return {"legacy": "1.25"} if int(numpy.__version__.split(".")[0]) >= 2 else {}
