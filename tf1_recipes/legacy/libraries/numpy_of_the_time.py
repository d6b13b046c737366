"""NumPy's names and way of printing, as TensorFlow 1's scripts knew them."""
import functools
import operator
import types

# Removed in 1.24 and 2.0, with what they were; `np.product` and its like went with 2.0.
_ALIASES = {"int": int, "float": float, "bool": bool, "object": object, "str": str,
            "complex": complex, "long": int, "unicode": str}
_RENAMED = {
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all",
    "in1d": "isin", "row_stack": "vstack", "trapz": "trapezoid", "asscalar": None,
    "float_": "float64", "complex_": "complex128", "unicode_": "str_", "string_": "bytes_",
    "Inf": "inf", "Infinity": "inf", "infty": "inf", "NaN": "nan", "NINF": None, "PINF": "inf",
    "typeDict": "sctypeDict", "msort": None,
}


def restore(numpy, era):
    """Gives a script the names that its NumPy had, and its way of printing.

    Args:
        numpy: the module.
        era: `eras.Era`. Before 1.14 (0.12 and 1.4) ``np.float32(0.8)`` printed as 0.80000001.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the very names that are looked for
        for name, value in _ALIASES.items():
            if not _has(numpy, name):
                setattr(numpy, name, value)
        for name, now in _RENAMED.items():
            if now and not _has(numpy, name) and hasattr(numpy, now):
                setattr(numpy, name, getattr(numpy, now))
        if not _has(numpy, "asscalar"):
            numpy.asscalar = lambda array: array.item()
        if not _has(numpy, "msort"):
            numpy.msort = lambda array: numpy.sort(array, axis=0)
        if not _has(numpy, "NINF"):
            numpy.NINF = -numpy.inf
        if not _has(numpy, "rank"):
            numpy.rank = numpy.ndim
        for name in ("array", "asarray", "asanyarray"):
            setattr(numpy, name, _of_ragged_lists_too(getattr(numpy, name)))
        numpy.frombuffer = _with_an_index(numpy, numpy.frombuffer)
        if era.name in ("0.12", "1.4", "1.7"):
            numpy.load = _with_pickles(numpy.load)
    numpy.set_printoptions(**print_options(numpy, era))


def _of_ragged_lists_too(make):
    """An array of lists of unequal lengths held objects, until 1.24."""
    if isinstance(make, types.FunctionType):
        return make  # it is one already

    @functools.wraps(make)
    def array(*arguments, **options):
        try:
            return make(*arguments, **options)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or len(arguments) != 1 or "dtype" in options:
                raise
            return make(*arguments, dtype=object, **options)
    return array


def _with_an_index(numpy, frombuffer):
    """An array of one integer was an index and a length, until 1.12.

    What needs it is the number of images read from the head of MNIST's files, in the many copies
    of the tutorials' ``input_data.py``.
    """
    if isinstance(frombuffer, types.FunctionType):
        return frombuffer

    class ArrayOfOne(numpy.ndarray):
        def __index__(self):
            return operator.index(self.item())

        def __reduce__(self):
            return self.view(numpy.ndarray).__reduce__()
    ArrayOfOne.__name__ = "array"  # as which it is printed

    @functools.wraps(frombuffer)
    def from_buffer(*arguments, **options):
        array = frombuffer(*arguments, **options)
        return array.view(ArrayOfOne) if array.shape == (1,) and array.dtype.kind in "iu" else array
    return from_buffer


def _with_pickles(load):
    """Arrays of objects were read as any others, until 1.16.3."""
    @functools.wraps(load)
    def load_with_pickles(file, mmap_mode=None, allow_pickle=True, **options):
        return load(file, mmap_mode, allow_pickle, **options)
    return load_with_pickles


def print_options(numpy, era):
    """Returns the options by which NumPy prints as it did at the time of an era."""
    if era.name in ("0.12", "1.4"):
        return {"legacy": "1.13"}
    # NumPy 2 prints ``np.float32(0.8)`` for a number in a list.
    return {"legacy": "1.25"} if int(numpy.__version__.split(".")[0]) >= 2 else {}


def _has(numpy, name):
    try:
        getattr(numpy, name)
    except AttributeError:
        return False
    return True


def differences(numpy):
    """What this NumPy computes otherwise and no setting can change, in a line, or ""."""
    if int(numpy.__version__.split(".")[0]) < 2:
        return ""
    return ("NumPy %s: a Python number no more makes float64 of float32, nor the value of a number "
            "a wider type (NumPy 2); install NumPy below 2 for the old rules" % numpy.__version__)
