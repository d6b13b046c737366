"""Writes a trace of a training in any framework, or in none: NumPy is all it needs.

    from tf1_recipes import traces

    with traces.writer("port.npz", framework="torch 2.3") as t:
        t.initial(model)
        for x, y in batches:
            loss = train(x, y)
            t.step(variables=model, feeds={"x": x, "y": y}, fetches={"loss": loss})

The file is that of ``tf1-recipes record``, written by the same
`tf1_recipes.recording.session_tap.TraceFile`:
whole after every step, called ``*.partial`` until it is closed.
"""
from __future__ import annotations

import os
import platform
import sys
import threading
from typing import Any, Optional

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import HeldInterrupts, TapError
from tf1_recipes.traces.frameworks import arrays_of
from tf1_recipes.traces.recorded_file import RecordedFile
from tf1_recipes.traces.trace import KINDS


class TraceWriter:
    """Writes steps as they come. Use it in a ``with``, or call `close`.

    An exception that leaves the ``with`` is written into the file as exit status 1 (of
    ``SystemExit`` its own, of Ctrl-C 130), and what was recorded until then is kept. A process that
    is killed leaves ``<path>.partial`` with all its steps (``<path>.npz.partial`` for ``.json``),
    which every reader accepts. An interrupt waits until the step being written is complete.

    Threads may share one: their steps follow each other in the order in which they came.

    Args:
        path: str, where the trace goes: ``.npz``, or ``.json`` for a small one to read and diff.
        framework: str, the framework, such as ``"torch 2.3"``; reports show it.
        provenance: further facts for the manifest, such as ``arguments=["--lr", "0.1"]``: anything
            that JSON holds.

    Raises:
        Error: the file cannot be written, is called neither ``.npz`` nor ``.json``, is locked by
            another recording, or was left by a killed one.
    """

    def __init__(self, path: str, framework: Optional[str] = None, **provenance: Any) -> None:
        self.path = os.fspath(path)
        manifest = {"python": platform.python_version(), "numpy": np.__version__,
                    "script": os.path.basename(sys.argv[0]) if sys.argv else "", **provenance}
        if framework is not None:
            manifest["framework"] = str(framework)
        self._file = RecordedFile(self.path, manifest)
        self._lock = threading.RLock()
        self._number = -1  # of the last step written, or of the start that was left out
        self._session = None
        self._begun = set()
        self._converted = {}

    def initial(self, variables: Any, session: int = 0) -> None:
        """Records the values that a session starts from: step 0, if it is the first one.

        Args:
            variables: dict of arrays, or whatever else `arrays_of` takes: a model, a tree.
            session: int >= 0, for a script that trains more than once.
        """
        with HeldInterrupts(), self._lock:
            if session in self._begun:
                raise Error("session %r has begun: record its initial values before its first step"
                            % (session,))
            self._write(self._number + 1, session, {"variables": variables},
                        {"writes": [], "initial": True})

    def step(self, variables: Any = None, feeds: Any = None, fetches: Any = None, session: int = 0,
             number: Optional[int] = None) -> None:
        """Records the state after one training step, and its feeds and fetches.

        A session's first step has the number after that of its initial values, whether they were
        recorded or not, so that step 1 is the state after one update, as in a recorded TF1 run.

        Args:
            variables, feeds, fetches: dicts of arrays, or whatever else `arrays_of` takes.
            session: int.
            number: int, greater than the last one, if only every k-th step is recorded.
        """
        with HeldInterrupts(), self._lock:
            following = self._number + (1 if session in self._begun else 2)
            if number is None:
                number = following
            elif isinstance(number, bool) or not isinstance(number, int) or number < following:
                raise Error("step %r: the number of this step must be an integer >= %d" % (
                    number, following))
            self._write(number, session, {
                "variables": variables, "feeds": feeds, "fetches": fetches}, {})

    def _write(self, number, session, given, facts):
        file = self._file
        if file is None:
            raise Error("%s is closed: no more steps go into it" % self.path)
        if isinstance(session, bool) or not isinstance(session, int) or session < 0:
            raise Error("session %r: it must be an integer >= 0" % (session,))
        arrays, converted, problems = [], {}, []
        for kind in KINDS:
            if given.get(kind) is None:
                continue
            try:
                found = arrays_of(given.get(kind), kind, copy=False)
            except Error as error:
                problems.append(str(error))
                continue
            arrays += [(kind, name, array) for name, array in found.items()]
            converted.update(("%s/%s" % (kind, name), dtype)
                             for name, dtype in found.converted.items())
        if not arrays and not problems:
            problems = ["it has no arrays"]
        if problems:
            raise Error("step %d of %s: %s" % (number, self.path, "; ".join(problems)))
        if converted:
            facts = dict(facts, kept_as_float32=converted)
            self._converted.update(converted)
        try:
            file.step(number, arrays, dict(facts, session=session))
        except TapError as error:
            self._file = None
            raise Error(str(error)) from None
        if self._file is None:
            raise Error("%s was closed by what interrupted step %d" % (self.path, number))
        self._number = number
        self._begun.add(session)

    def close(self, exit_status: int = 0) -> None:
        """Gives the file its name.

        Args:
            exit_status: int, kept in the file.

        Raises:
            Error: nothing was recorded, or the file cannot be written.
        """
        self._close({"exit_status": exit_status})
        if not self._begun:
            raise Error("nothing was recorded in %s: no step was given" % self.path)

    def _close(self, end):
        with self._lock:
            if self._file is None:
                return
            file, self._file = self._file, None
        notes = ["%s was %s, kept as float32" % pair for pair in sorted(self._converted.items())]
        file.close(dict(end, sessions=len(self._begun), notes=notes, not_recorded={}))

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(self, kind: Any, error: Any, frames: Any) -> None:
        if kind is None:
            self.close()
            return
        self._close({"exit_status": _status(error), "exception": kind.__name__})


def writer(path: str, framework: Optional[str] = None, **provenance: Any) -> TraceWriter:
    """Returns a `TraceWriter`, for use in a ``with``."""
    return TraceWriter(path, framework, **provenance)


def _status(error):
    """The exit status of a process that an exception ends."""
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        return 1
    return 130 if isinstance(error, KeyboardInterrupt) else 1
