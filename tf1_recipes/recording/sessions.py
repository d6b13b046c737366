"""Records sessions inside a program: ``with record_sessions() as trace:`` around the training.

Steps and their contents are as for ``tf1-recipes record``
(`tf1_recipes.recording.session_tap`): after every ``Session.run`` that changes a variable, the
variables, the numbers fetched and the numbers fed; before the first of them, the variables' values
then. A session may have been made, initialised and trained before the recording begins. Nothing is
added to a graph.

Recordings may overlap, nest, and end in any order, also in several threads: each hears of every
run, and of none that another one makes to read variables.
"""
from __future__ import annotations

import contextlib
import functools
import os
import platform
import sys
import threading
import warnings
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, Tuple

import numpy as np

from tf1_recipes import v1
from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.recording.session_tap import Tap, TapError, attach, place_of
from tf1_recipes.traces.outputs import TRACE_ENDINGS, check_output
from tf1_recipes.traces.recorded_file import RecordedFile
from tf1_recipes.traces.trace import MemoryTrace
from tf1_recipes.untrusted.patterns import check_variables


@contextlib.contextmanager
def record_sessions(to: Any = None, every: int = 1,
                    variables: Optional[str] = None) -> Iterator[Any]:
    """Records the steps of every session while the block runs, however the session was made.

    Args:
        to: where the steps go: None, a new `MemoryTrace`; a path, to an ``.npz`` archive that grows
            with every step or to a ``.json`` file written at the end (and, until then, to an
            archive beside it, so that a killed process loses nothing); or any object with
            ``step(number, arrays, facts)``. A path is resolved now, whatever folder the block
            changes to.
        every: int, record each ``every``-th step only.
        variables: str, a pattern: only the variables whose names it matches.

    Yields:
        The `MemoryTrace` (complete when the block is left), the `TraceFile`, or ``to``.

    Raises:
        Error: the file cannot be written; nothing was recorded; the pattern matches no variable.
            Where the block fails, its own exception is raised, and the steps until then are kept.

    >>> from tf1_recipes.v1 import tf
    >>> w = tf.get_variable("w", initializer=1.0)
    >>> with record_sessions() as trace, tf.Session() as session:
    ...     _ = session.run(w.initializer)
    ...     _ = session.run(tf.assign_add(w, 2.0))
    >>> [step.arrays("variables")["w"].item() for step in trace]
    [1.0, 3.0]
    """
    recording = Recording(to, every, variables)
    recording.open()
    stop = LISTENERS.listen(recording.tap)
    try:
        yield recording.sink
    except BaseException as error:
        stop()
        recording.close(error)
        raise
    stop()
    recording.close()


class Recording:
    """Where recorded steps go, from the opening of a file to its end.

    Args:
        to, every, variables: see `record_sessions`.
    """

    def __init__(self, to: Any = None, every: int = 1, variables: Optional[str] = None) -> None:
        if every < 1:
            raise Error("every=%r: it must be >= 1" % (every,))
        check_variables(variables, "variables=%r")
        self.path = os.fspath(to) if isinstance(to, (str, os.PathLike)) else None
        if self.path is None and to is not None and not hasattr(to, "step"):
            raise Error("%r is neither a path nor a trace that takes steps" % (to,))
        if isinstance(to, MemoryTrace) and len(to):
            raise Error("the trace has %d steps already: record into a new MemoryTrace" % len(to))
        self._settings = every, variables
        self.sink: Any = to
        self._file: Any = None
        if to is None:
            self.sink = MemoryTrace()
        elif self.path is not None:
            check_output(self.path, TRACE_ENDINGS)
            self.path = place_of(self.path)
            self.sink = MirroredTrace() if self.path.endswith(".json") else None
        self.tap: Any = None

    def open(self) -> None:
        """Makes the file, and the tap that writes to it."""
        if isinstance(self.sink, MemoryTrace):
            self.sink.manifest = dict(_provenance(), **self.sink.manifest)
        if self.path is not None:
            self._file = RecordedFile(self.path, _provenance())
            if self.sink is None:
                self.sink = self._file.file
            else:
                self.sink.file = self._file
        self.tap = LateTap(self.sink, *self._settings)

    def close(self, error: Optional[BaseException] = None) -> None:
        """Finishes the file.

        Args:
            error: the exception that ended the recording, if one did.

        Raises:
            Error: there is nothing in it, and ``error`` is None.
        """
        problem = self._problem()
        summary = dict(self.tap.summary(), **({"exception": type(error).__name__} if error else {}))
        notes = ["variable %r is not in the trace: %s" % (str(name), why)
                 for name, why in sorted(summary["not_recorded"].items())] + summary["notes"]
        if isinstance(self.sink, MemoryTrace):
            self.sink.notes.extend(notes)
        if self._file is not None:
            if problem:
                self._file.discard()
            else:
                self._file.close(summary)
        if problem and error is None:
            raise Error(problem)
        for note in notes:
            warnings.warn(note, stacklevel=4)

    def _problem(self):
        names = self.tap.unmatched()
        if names is not None:
            return "nothing was recorded: " + unmatched(self.tap.pattern, names)
        if not self.tap.count:
            return "nothing was recorded: no Session.run changed a variable"
        return None


class MirroredTrace(MemoryTrace):
    """A trace in memory whose steps go into a file first.

    Attributes:
        file: `tf1_recipes.traces.recorded_file.RecordedFile`.
    """

    file: Any = None

    def step(self, number: int, arrays: Iterable[Tuple[str, str, Any]],
             facts: Dict[str, Any]) -> None:
        """Appends a step to the file and to the trace."""
        self.file.step(number, arrays, facts)
        super().step(number, arrays, facts)


class LateTap(Tap):
    """A tap that may join a session late: variables initialised before are recorded, too."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self._reading = LISTENERS.reading

    def run(self, *arguments: Any) -> Any:
        """See `tf1_recipes.recording.session_tap.Tap.run`."""
        try:
            return super().run(*arguments)
        except TapError as error:
            raise Error(str(error)) from None

    def _watch(self, session):
        known = session in self._watched
        watched = super()._watch(session)
        if not known:
            # The tap leaves out variables that have no value when it reads.
            watched.ready.update(watched.view.reads())
        return watched


class Listeners:
    """Hands each session run to all taps that listen, in whatever order they come and go."""

    def __init__(self) -> None:
        self.reading = threading.local()  # One for all: no tap records the reads of another.
        self._entries = []
        self._lock = threading.RLock()
        self._detach = None

    def listen(self, tap: Tap, session: Any = None) -> Callable[..., None]:
        """Gives a tap all runs, or those of one session; returns the function that ends it."""
        def stop(_=None):
            with self._lock:
                if entry in self._entries:
                    self._entries.remove(entry)
                    if not self._entries:
                        self._detach()
        entry = tap, None if session is None else weakref.ref(session, stop)
        with self._lock:
            if not self._entries:
                self._detach = attach(self, _base_session())
            self._entries.append(entry)
        return stop

    def run(self, session: Any, call: Callable[[], Any], targets: Any, fetches: Any,
            feeds: Any) -> Any:
        """See `tf1_recipes.recording.session_tap.Tap.run`."""
        for tap, only in list(self._entries):
            if only is None or only() is session:
                call = functools.partial(tap.run, session, call, targets, fetches, feeds)
        return call()

    @property
    def notes(self) -> Listeners:
        """The notes of all taps, for `attach`."""
        return self

    def add(self, note: str) -> None:
        """Adds a note to each tap that listens."""
        for tap, _ in list(self._entries):
            tap.notes.add(note)


LISTENERS = Listeners()


def _tensorflow():
    """TensorFlow as it was imported, even if not through `tf1_recipes.v1`.

    Recording needs nothing that an import with Keras 3 lacks.
    """
    if "tensorflow" not in sys.modules:
        v1.load()
    tensorflow = sys.modules["tensorflow"]
    return getattr(tensorflow, "REAL_TENSORFLOW", tensorflow)


def _base_session():
    """The class whose ``_do_run`` every session calls."""
    session = _tensorflow().compat.v1.Session
    return next(kind for kind in session.__mro__ if "_do_run" in vars(kind))


def _provenance():
    return {"python": platform.python_version(), "numpy": np.__version__,
            "tensorflow": _tensorflow().__version__}
