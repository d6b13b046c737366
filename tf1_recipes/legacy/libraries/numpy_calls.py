"""Calls that NumPy took until 1.13 to 1.23, and refuses today."""
import functools
import sys

_OF_SEQUENCES = ("stack", "vstack", "hstack", "dstack", "column_stack", "row_stack")


def restore(numpy):
    """Lets a script make them.

    Args:
        numpy: the module.
    """
    for name in ("linspace", "logspace", "geomspace"):
        _replace(numpy, name, _with_a_number_of_floats)
    for name in _OF_SEQUENCES:
        _replace(numpy, name, _of_generators)
    _replace(numpy, "histogram", _with_normed)
    _replace(numpy, "set_printoptions", _without_limit)
    if not hasattr(numpy, "alen"):
        numpy.alen = lambda a: len(numpy.atleast_1d(a))


def _replace(numpy, name, change):
    now = getattr(numpy, name, None)
    if now is None or hasattr(now, "of_numpy_then"):
        return
    then = functools.wraps(now)(change(now))
    then.of_numpy_then = True
    setattr(numpy, name, then)


def _with_a_number_of_floats(function):
    """How many numbers, given as a float: until 1.18."""
    def space(start, stop, num=50, *arguments, **options):
        return function(start, stop, int(num), *arguments, **options)
    return space


def _of_generators(function):
    """Arrays one by one, as from ``map``: until 1.24 (with a warning since 1.16)."""
    def stack(arrays, *arguments, **options):
        if hasattr(arrays, "__next__"):
            arrays = list(arrays)
        return function(arrays, *arguments, **options)
    return stack


def _with_normed(function):
    """``normed=True``: until 1.24. With bins of one width it is what density is."""
    def histogram(a, bins=10, range=None, normed=None, weights=None, density=None):
        return function(a, bins, range, density=normed if density is None else density,
                        weights=weights)
    return histogram


def _without_limit(function):
    """A threshold of NaN printed whole arrays: until 1.14."""
    def set_printoptions(precision=None, threshold=None, *arguments, **options):
        if threshold == "nan" or threshold != threshold:  # noqa: PLR0124  NaN is not itself
            threshold = sys.maxsize
        return function(precision, threshold, *arguments, **options)
    return set_printoptions
