"""What a trace is: for each step the arrays of three kinds, under their names.

A trace has steps, numbered from 0; step 0 holds the initial values of the variables, and every
later one what a run left: its ``variables``, and the numbers that went with it, ``fetches`` and
``feeds``. Where the numbers lie (an archive, a JSON file, memory) makes no difference to a reader.
"""
from __future__ import annotations

import contextlib
import functools
import math
import operator
import os
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import storable
from tf1_recipes.traces.kinds import KINDS
from tf1_recipes.untrusted.html_text import html_table
from tf1_recipes.untrusted.visible import visible

if TYPE_CHECKING:
    import pandas
    import xarray

# The types of a trace's tensors; no Python objects, which need pickle.
DTYPES = {name: np.dtype(name) for name in (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128")}
MOST_DIMENSIONS = 32  # of NumPy's arrays
_MOST_LOOKED_AT = 1000  # steps: the names in more would take a debugger too long to show


class TraceError(Error):
    """A file is not a trace, or is damaged; the message says which file, what and where."""


class Tensor:
    """An array of a trace: its shape, its dtype, and its elements in pieces or as a whole."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = np.ascontiguousarray(array)
        self.shape = np.shape(array)
        self.dtype = self._array.dtype

    def chunks(self, size: int) -> Iterable[np.ndarray]:
        """Yields the elements in order, as flat arrays of ``size`` bytes or less."""
        flat = self._array.reshape(-1)
        count = max(1, size // self.dtype.itemsize)
        for start in range(0, flat.size, count):
            yield flat[start:start + count]

    def part(self, start: int, stop: int) -> np.ndarray:
        """Returns the elements from ``start`` up to ``stop``, flat, in memory order."""
        return self._array.reshape(-1)[start:stop]

    def read(self) -> np.ndarray:
        """Returns the whole array."""
        return self._array.reshape(self.shape)


class Step:
    """One step: its number, its facts, and ``{(kind, name): Tensor}``."""

    def __init__(self, number: int, facts: Dict[str, Any],
                 tensors: Dict[Tuple[str, str], Tensor]) -> None:
        self.number = number
        self.facts = facts
        self.tensors = tensors

    def arrays(self, kind: str) -> Dict[str, np.ndarray]:
        """Returns ``{name: array}`` of one kind."""
        return {name: tensor.read()
                for (each, name), tensor in self.tensors.items() if each == kind}


class Trace:
    """A trace, in a file or in memory; `open_trace` and `record_sessions` return one.

    Attributes:
        manifest: dict, where the trace comes from.
        notes: list of str, remarks on the file for reports.
        numbers: list of int, the steps there are, in order. ``trace[number]`` is a `Step`.
    """

    manifest: Any
    notes: List[str]

    @property
    def numbers(self) -> List[int]:
        """The numbers of its steps, in order."""
        raise NotImplementedError

    def __getitem__(self, number: int) -> Step:
        raise NotImplementedError

    def __contains__(self, number: object) -> bool:
        return number in self.numbers

    def __iter__(self) -> Iterator[Step]:
        return (self[number] for number in self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        path = getattr(self, "path", None)
        return visible("<%s%s: %s>" % (
            type(self).__name__, "" if path is None else " %r" % path, self._told()))

    def _repr_html_(self) -> str:
        return html_table(repr(self), ("tensor", "type", "shape"), [
            ("%s/%s" % key, tensor.dtype.name, "x".join(map(str, tensor.shape)) or "scalar")
            for key, tensor in sorted(self._tensors().items(), key=lambda item: (
                KINDS.index(item[0][0]), item[0][1]))])

    def _told(self) -> str:
        tensors = self._tensors()
        counts = [counted(number, kind[:-1] if kind != "fetches" else "fetched tensor")
                  for kind, number in ((each, sum(kind == each for kind, _ in tensors))
                                       for each in KINDS) if number]
        if counts and len(self) > _MOST_LOOKED_AT:
            counts[-1] += " in the first and last step"
        facts = ["TensorFlow %s" % self.manifest["tensorflow"]
                 ] if "tensorflow" in self.manifest else []
        return ", ".join([counted(len(self), "step"), *counts, *facts])

    def _tensors(self) -> Dict[Tuple[str, str], Any]:
        """The tensors of all steps, of a long trace those of the first and last; none of steps that
        cannot be read, since a debugger shows closed and damaged files, too.
        """
        numbers, found = self.numbers, {}
        for number in numbers if len(numbers) <= _MOST_LOOKED_AT else (numbers[0], numbers[-1]):
            with contextlib.suppress(TraceError, OSError, ValueError):
                found.update(self[number].tensors)
        return found

    def to_pandas(self, kinds: Iterable[str] = KINDS, variables: Optional[str] = None,
                  elements: bool = False) -> pandas.DataFrame:
        """Returns the trace as a table, a row for each step.

        Each scalar is a column, such as ``"fetches/loss"``. Of a larger tensor there are the
        columns ``mean``, ``std``, ``min``, ``max`` and ``norm``, over the magnitudes if it is
        complex: ``table["variables/dense/kernel"]["norm"]``.

        Args:
            kinds: which of ``variables``, ``fetches`` and ``feeds``.
            variables: str, a pattern: only the variables whose names it matches.
            elements: bool, give every element a row of its own instead, with the columns ``step``,
                ``tensor``, ``index`` (a tuple) and ``value``.

        Raises:
            Error: pandas is not installed, there is no such kind, or the pattern matches no
                variable or is not a regular expression.

        >>> trace = MemoryTrace()
        >>> trace.step(1, [("variables", "w", np.float32([3, 4])),
        ...                ("fetches", "loss", np.float32(0.5))], {})
        >>> table = trace.to_pandas()
        >>> table["fetches/loss"][1].item(), table["variables/w"]["norm"][1].item()
        (0.5, 5.0)
        """
        from tf1_recipes.traces.tables import pandas_table
        return pandas_table(self, kinds, variables, elements)

    def to_xarray(self, kinds: Iterable[str] = KINDS,
                  variables: Optional[str] = None) -> xarray.Dataset:
        """Returns every number of the trace: a variable for each tensor, along ``step``.

        A tensor that some steps lack is NaN there. Its axes are called ``variables/w[0]``,
        ``variables/w[1]`` ...

        Args:
            kinds, variables: see `to_pandas`.

        Raises:
            Error: as for `to_pandas`; or a tensor changes its shape.
        """
        from tf1_recipes.traces.tables import xarray_dataset
        return xarray_dataset(self, kinds, variables)


class MemoryTrace(Trace):
    """A trace in memory, and a sink for `tf1_recipes.recording.session_tap.Tap`.

    Args:
        manifest: dict, where the trace comes from.
        path: str, the file that it was read from, if any.
    """

    def __init__(self, manifest: Optional[Dict[str, Any]] = None,
                 path: Optional[str] = None) -> None:
        self.manifest = dict(manifest or {})
        self.path = path
        self.notes = []
        self._steps = {}

    @property
    def numbers(self) -> List[int]:
        return list(self._steps)

    def step(self, number: int, arrays: Iterable[Tuple[str, str, Any]],
             facts: Dict[str, Any]) -> None:
        """Appends a step; see `tf1_recipes.recording.session_tap.TraceFile.step`."""
        tensors = {(kind, name): Tensor(np.array(storable(np.asarray(array))))
                   for kind, name, array in arrays}
        self._steps[number] = Step(number, facts, tensors)

    def __getitem__(self, number: int) -> Step:
        return self._steps[number]

    def __contains__(self, number: object) -> bool:
        return number in self._steps

    def __len__(self) -> int:
        return len(self._steps)


def check_traces(**traces: Any) -> None:
    """Raises one `Error` for all arguments that are not traces.

    Args:
        traces: by the names of the arguments.
    """
    problems = ["%s is %r, not a trace%s" % (
        title, trace, ": open it with open_trace" * isinstance(trace, (str, os.PathLike)))
        for title, trace in traces.items() if not isinstance(trace, Trace)]
    if problems:
        raise Error("; ".join(problems))


def wrong_facts(facts: Dict[str, Any]) -> Optional[str]:
    """Returns what is wrong with a step's facts, or None."""
    session = facts.get("session")
    if session is not None and not (type(session) is int and session >= 0):
        return "its session is %r, not a number" % (session,)
    if facts.get("initial") and session is None:
        return "it has initial values, but no session"
    keys = facts.get("initialises", [])
    if not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
        return "its 'initialises' is not a list of names"
    return None


def initial_values(trace: Trace) -> Dict[str, np.ndarray]:
    """Returns the values that the initialisers of the recorded script gave.

    Returns:
        dict, ``{"<session number>/<variable name>": array}``; values that an initialiser gave after
        the session's first step have ``#1``, ``#2`` ... after their names.
    """
    values = {}
    for number in trace.numbers:
        step = trace[number]
        if step.facts.get("initial"):
            for name, array in step.arrays("variables").items():
                values["%d/%s" % (step.facts["session"], name)] = array
        for key in step.facts.get("initialises", []):
            tensor = step.tensors.get(("variables", key.partition("/")[2].partition("#")[0]))
            if tensor is not None:
                values[key] = tensor.read()
    return values


def repeated(names: Iterable[str]) -> Optional[str]:
    """Returns the first name that is repeated, or None."""
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


# math.prod came with Python 3.8.
_product = getattr(math, "prod", lambda sides: functools.reduce(operator.mul, sides, 1))


def element_count(shape: Sequence[int]) -> int:
    """How many elements an array of a shape has."""
    return _product(shape)


def counted(number: int, what: str) -> str:
    """``1 step``, ``2 steps``: for messages."""
    return "%d %s%s" % (number, what, "" if number == 1 else "s")
