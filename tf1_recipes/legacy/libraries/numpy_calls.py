"""Calls that NumPy took until 1.13 to 1.23, and refuses today."""
import sys

import numpy as np

from tf1_recipes.legacy.patch import patch


@patch("NumPy takes the calls that it took up to 1.13 to 1.23")
def numpy_calls(changes):
    for name in ("linspace", "logspace", "geomspace"):
        changes.wrap(np, name)(_with_a_number_of_floats)
    for name in ("stack", "vstack", "hstack", "dstack", "column_stack", "row_stack"):
        if hasattr(np, name):
            changes.wrap(np, name)(_of_generators)
    changes.wrap(np, "histogram")(_with_normed)
    changes.wrap(np, "set_printoptions")(_without_limit)


def _with_a_number_of_floats(function, start, stop, num=50, *arguments, **options):
    """How many numbers, given as a float: until 1.18."""
    return function(start, stop, int(num), *arguments, **options)


def _of_generators(function, arrays, *arguments, **options):
    """Arrays one by one, as from ``map``: until 1.24 (with a warning since 1.16)."""
    if hasattr(arrays, "__next__"):
        arrays = list(arrays)
    return function(arrays, *arguments, **options)


def _with_normed(function, a, bins=10, range=None, normed=None, weights=None, density=None):
    """``normed=True``: until 1.24. With bins of one width it is what density is."""
    return function(a, bins, range, density=normed if density is None else density,
                    weights=weights)


def _without_limit(function, precision=None, threshold=None, *arguments, **options):
    """A threshold of NaN printed whole arrays: until 1.14."""
    if threshold == "nan" or threshold != threshold:  # noqa: PLR0124  NaN is not itself
        threshold = sys.maxsize
    return function(precision, threshold, *arguments, **options)
