"""pandas as it was up to 0.25: its names, its arguments, and averages that ignore texts."""
import functools
import inspect
import numbers

from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

# Averages of a table that ignored columns without numbers, until 2.0.
_AVERAGES = ("mean", "median", "std", "var", "sem", "skew", "quantile", "corr", "cov")
# Of which all arguments but the first are to be named since 2.0.
_METHODS = ("drop", "dropna", "drop_duplicates", "sort_values", "sort_index", "reset_index",
            "set_index", "fillna", "interpolate", "pivot", "set_axis", "clip", "replace", "to_csv")
_ROLLING = ("mean", "sum", "std", "var", "min", "max", "median", "count")


@patch("pandas has the names that it dropped since 0.25", after="pandas")
def pandas_names(changes, pandas):
    import datetime

    import numpy as np

    add = changes.add
    add(pandas, np=np, datetime=datetime.datetime, scatter_matrix=pandas.plotting.scatter_matrix,
        ewma=lambda arg, span=None, com=None, halflife=None: arg.ewm(
            span=span, com=com, halflife=halflife).mean(),
        **{"rolling_" + name: _rolling(name) for name in _ROLLING})
    for kind in (pandas.DataFrame, pandas.Series):
        add(kind, iteritems=kind.items, as_matrix=_as_matrix, ix=property(_Places),
            append=_append(pandas), get_value=_get_value, set_value=_set_value,
            mad=lambda self: (self - self.mean()).abs().mean(),
            from_csv=classmethod(_from_csv(pandas, kind)))
    add(pandas.DataFrame, sort=lambda self, columns=None, ascending=True: self.sort_values(
        columns, ascending=ascending) if columns is not None else self.sort_index(
            ascending=ascending))
    add(pandas.Series, order=lambda self, ascending=True: self.sort_values(ascending=ascending))
    add(pandas.DataFrame, reindex_axis=lambda self, labels, axis=0: self.reindex(
        labels, axis=axis))
    add(pandas.Series, nonzero=lambda self: self.to_numpy().nonzero())
    for kind in (pandas.DataFrame, pandas.Series, pandas.Index):
        add(kind, get_values=lambda self: self.values)


@patch("pandas.tools.plotting is found where it is since 0.20")
def pandas_tools(changes):
    moved.put_back(changes, {"pandas.tools:": "pandas.plotting:",
                             "pandas.tools.plotting:": "pandas.plotting:"})


@patch("pandas takes arguments by position, and averages leave out texts", after="pandas")
def pandas_arguments(changes, pandas):
    for owner, names in ((pandas.DataFrame, _METHODS), (pandas.Series, _METHODS),
                         (pandas, ("concat", "read_csv", "read_table", "to_datetime"))):
        for name in names:
            if hasattr(owner, name):
                changes.put(owner, name, _by_position(getattr(owner, name)))
    changes.wrap(pandas, "get_dummies")(_of_numbers)
    for name in _AVERAGES:
        changes.wrap(pandas.DataFrame, name)(_without_texts)


@patch("pandas prints as before 0.23 and 0.25", after="pandas", until="1.7")
def pandas_printing(changes, pandas):
    # Up to 20 columns, folded, and up to 60 rows.
    for option, value in (("display.max_columns", 20), ("display.min_rows", 60)):
        changes.undo(pandas.set_option, option, pandas.get_option(option))
        pandas.set_option(option, value)


def _by_position(function):
    """Takes all arguments by position, and those of `read_csv` and `to_csv` by their old names."""
    names = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*arguments, **options):
        if not options.pop("error_bad_lines", True):
            options["on_bad_lines"] = "skip"
        options.pop("warn_bad_lines", None)
        if "line_terminator" in options:
            options["lineterminator"] = options.pop("line_terminator")
        return function(*arguments[:1], **dict(zip(names[1:], arguments[1:])), **options)
    return call


def _of_numbers(get_dummies, *arguments, **options):
    """``get_dummies`` gave numbers, of uint8, until 2.0."""
    if len(arguments) < 8:
        options.setdefault("dtype", "uint8")
    return get_dummies(*arguments, **options)


def _rolling(name):
    def rolling(arg, window, min_periods=None, center=False):
        return getattr(arg.rolling(window, min_periods=min_periods, center=center), name)()
    return rolling


def _as_matrix(self, columns=None):
    return self.values if columns is None else self[columns].values


def _append(pandas):
    def append(self, other, ignore_index=False, verify_integrity=False, sort=False):
        if isinstance(other, dict):
            other = pandas.Series(other)
        if self.ndim == 2 and isinstance(other, pandas.Series):
            if other.name is None and not ignore_index:
                raise TypeError("Can only append a Series if ignore_index=True or if the Series "
                                "has a name")
            other = other.to_frame().T.infer_objects()
        others = list(other) if isinstance(other, (list, tuple)) else [other]
        return pandas.concat([self] + others, ignore_index=ignore_index,
                             verify_integrity=verify_integrity, sort=sort)
    return append


def _get_value(self, *place):
    return self.at[place if self.ndim == 2 else place[0]]


def _set_value(self, *place):
    self.at[place[:-1] if self.ndim == 2 else place[0]] = place[-1]
    return self


def _from_csv(pandas, kind):
    def from_csv(cls, path, header=0, sep=",", index_col=0, parse_dates=True, encoding=None):
        table = pandas.read_csv(path, header=header if kind is pandas.DataFrame else None, sep=sep,
                                index_col=index_col, parse_dates=parse_dates, encoding=encoding)
        return table if kind is pandas.DataFrame else table.iloc[:, 0]
    return from_csv


def _without_texts(average, self, *arguments, **options):
    try:
        return average(self, *arguments, **options)
    except (TypeError, ValueError):
        if "numeric_only" in options or all(each.kind in "biufcmM" for each in self.dtypes):
            raise
        return average(self, *arguments, numeric_only=True, **options)


class _Places:
    """``table.ix``: by labels, or by positions where the labels are not integers."""

    def __init__(self, table):
        self.table = table

    def __getitem__(self, key):
        return self.table.loc[self._labels(key)]

    def __setitem__(self, key, value):
        self.table.loc[self._labels(key)] = value

    def _labels(self, key):
        if not isinstance(key, tuple) or self.table.ndim == 1:
            return self._along(self.table.index, key)
        return tuple(self._along(axis, each) for axis, each in zip(self.table.axes, key))

    def _along(self, axis, key):
        parts = [key.start, key.stop] if isinstance(key, slice) else key if isinstance(
            key, (list, tuple)) or getattr(key, "ndim", 0) else [key]
        integers = [each for each in parts if each is not None]
        if axis.dtype.kind in "iu" or not integers or not all(
                isinstance(each, numbers.Integral) and not isinstance(each, bool)
                for each in integers):
            return key
        if not axis.is_unique:
            raise NotImplementedError("table.ix by position, where labels occur twice, is not "
                                      "served: write table.iloc")
        return axis[key]
