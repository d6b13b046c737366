"""Traces as tables: for pandas and xarray, which are imported when needed.

Titles are ``<kind>/<name>``, as in all reports: ``variables/dense/kernel``, ``fetches/loss``.
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Tuple

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.traces.kinds import checked_kinds
from tf1_recipes.untrusted.patterns import Patterns, check_variables

if TYPE_CHECKING:
    import pandas
    import xarray

STATISTICS = ("mean", "std", "min", "max", "norm")


def pandas_table(trace: Iterable[Any], kinds: Iterable[str], variables: Optional[str],
                 elements: bool) -> pandas.DataFrame:
    """See `tf1_recipes.traces.trace.Trace.to_pandas`."""
    pandas = _library("pandas", "to_pandas")
    return (_long if elements else _wide)(pandas, _chosen(trace, kinds, variables))


def _wide(pandas: Any, steps: Iterator[Tuple[int, Dict[str, Any]]]) -> pandas.DataFrame:
    rows: Dict[int, Dict[Tuple[str, str], Any]] = {}
    columns: Dict[Tuple[str, str], None] = {}  # in the order of the trace
    for number, tensors in steps:
        row = rows[number] = {}
        for title, tensor in tensors.items():
            array = tensor.read()
            numbers = [("", array[()])] if array.ndim == 0 else _statistics(array)
            row.update(((title, statistic), value) for statistic, value in numbers)
        columns.update(dict.fromkeys(row))
    names = ["tensor", "statistic"]
    return pandas.DataFrame(
        {column: [row.get(column, np.nan) for row in rows.values()] for column in columns},
        index=pandas.Index(list(rows), name="step"),
        columns=pandas.MultiIndex.from_tuples(columns, names=names) if columns else None)


def _statistics(array: np.ndarray) -> List[Tuple[str, float]]:
    if array.dtype.kind == "c":
        array = np.abs(array)
    array = array.astype(np.float64).reshape(-1)
    if not array.size:
        return [(name, np.nan) for name in STATISTICS]
    with np.errstate(all="ignore"):  # A NaN or an infinity shows in what comes of it.
        return list(zip(STATISTICS, map(float, (
            array.mean(), array.std(), array.min(), array.max(), np.linalg.norm(array)))))


def _long(pandas: Any, steps: Iterator[Tuple[int, Dict[str, Any]]]) -> pandas.DataFrame:
    parts = []
    for number, tensors in steps:
        for title, tensor in tensors.items():
            array = tensor.read()
            parts.append(pandas.DataFrame({
                "step": number, "tensor": title, "index": list(np.ndindex(array.shape)),
                "value": array.reshape(-1)}))
    if not parts:
        return pandas.DataFrame(columns=["step", "tensor", "index", "value"])
    return pandas.concat(parts, ignore_index=True)


def xarray_dataset(trace: Iterable[Any], kinds: Iterable[str],
                   variables: Optional[str]) -> xarray.Dataset:
    """See `tf1_recipes.traces.trace.Trace.to_xarray`."""
    xarray = _library("xarray", "to_xarray")
    found: Dict[str, Tuple[List[int], List[np.ndarray]]] = {}
    for number, tensors in _chosen(trace, kinds, variables):
        for title, tensor in tensors.items():
            numbers, arrays = found.setdefault(title, ([], []))
            numbers.append(number)
            arrays.append(tensor.read())
    changing = [title for title, (_, arrays) in found.items()
                if len({array.shape for array in arrays}) > 1]
    if changing:
        raise Error("to_xarray: the shape changes from step to step of %s: leave it out by kinds= "
                    "or variables=" % ", ".join(changing))
    return xarray.merge([xarray.DataArray(
        np.stack(arrays), name=title, coords={"step": numbers},
        dims=["step", *("%s[%d]" % (title, axis) for axis in range(arrays[0].ndim))])
        for title, (numbers, arrays) in found.items()], join="outer")


def _chosen(trace: Iterable[Any], kinds: Iterable[str],
            variables: Optional[str]) -> Iterator[Tuple[int, Dict[str, Any]]]:
    """Yields the number of each step, and ``{title: tensor}``."""
    kinds = checked_kinds(kinds)
    check_variables(variables, "variables=%r")
    matched: Dict[str, bool] = {}
    with Patterns() as patterns:
        for step in trace:
            matched.update((name, variables is None or patterns.matches(variables, name))
                           for kind, name in step.tensors if kind == "variables")
            yield step.number, {
                "%s/%s" % (kind, name): tensor for (kind, name), tensor in step.tensors.items()
                if kind in kinds and (kind != "variables" or matched[name])}
    if variables is not None and not any(matched.values()):
        raise Error("variables=: " + unmatched(variables, list(matched)))


def _library(name: str, method: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Error("%s needs %s: pip install %s" % (method, name, name)) from None
