"""The file that a recording goes to: an archive, from its first step to its final name.

A recording that is to become JSON is an archive, too, ``<path>.npz``, for as long as steps come: a
killed process has then lost none of them. It is converted when it is closed.
"""
from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import Any, Callable, Dict, Iterable

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import (
    PARTIAL_SUFFIX,
    TapError,
    TraceFile,
    claim,
    identity_of,
    place_of,
)
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.files import write_json
from tf1_recipes.traces.outputs import TRACE_ENDINGS, archive_of, check_output
from tf1_recipes.untrusted.visible import say

_QUIET_FOR = 5.0  # seconds, before and between the lines that tell of a long conversion


def claim_recording(path: str, inputs: Iterable[Any] = (), option: str = "") -> int:
    """Checks that a recording may go to a path, and locks it.

    Args:
        path, inputs, option: see `tf1_recipes.traces.outputs.check_output`.

    Returns:
        int, the descriptor of the archive's partial file, for `TraceFile`.

    Raises:
        Error: it may not go there; the message says why and what to do.
    """
    check_output(path, TRACE_ENDINGS, inputs, option)
    archive = archive_of(path)
    partial = archive + PARTIAL_SUFFIX
    try:
        descriptor = claim(partial)
    except TapError as error:
        raise Error(str(error)) from None
    except OSError as error:
        raise Error("cannot write %s: %s" % (path, error.strerror)) from None
    # Looked for now, since another recording's partial file becomes it.
    if archive != path and os.path.exists(archive):
        os.remove(partial)
        os.close(descriptor)
        raise Error("%s exists: a recording into %s was not, or is not yet, converted; it can be "
                    "read as it is; move or delete it first" % (archive, path))
    return descriptor


class ClaimedRecording:
    """A context manager: locks a trace that another process will record.

    A partial file that is left without a step is removed.

    Args:
        out, inputs: see `tf1_recipes.traces.outputs.check_output`.

    Attributes:
        descriptor: int, of the partial file: what the other process gives to
            `tf1_recipes.recording.session_tap.take_over`.
        handed_on: list of int, the descriptors that it is to inherit.

    Raises:
        Error: see `claim_recording`.
    """

    def __init__(self, out: str, inputs: Iterable[Any] = ()) -> None:
        self.descriptor = claim_recording(out, inputs, "-o")
        self._partial = archive_of(place_of(out)) + PARTIAL_SUFFIX
        # While it is open no other file can have it.
        self._identity = identity_of(self.descriptor)
        self.handed_on = [self.descriptor]
        if os.name == "nt":  # where an open file can be neither inherited so nor renamed
            os.close(self.descriptor)
            self.handed_on = []

    def is_at(self, path: str) -> bool:
        """Returns whether the claimed file, under whatever name, is at a path."""
        return identity_of(path) == self._identity

    def __enter__(self) -> ClaimedRecording:
        return self

    def __exit__(self, *_: Any) -> None:
        if self.is_at(self._partial) and not os.path.getsize(self._partial):
            os.remove(self._partial)
        for descriptor in self.handed_on:
            os.close(descriptor)


class RecordedFile:
    """A recording that grows with every step; a sink for `tf1_recipes.recording.session_tap.Tap`.

    Args:
        path: str, ``.npz`` or ``.json``; resolved now, whatever folder the program changes to.
        manifest: dict, its provenance; read when the first step is written.

    Attributes:
        path: str, absolute.
        file: `TraceFile`.
        step: its method of that name, which appends a step.

    Raises:
        Error: it cannot be written there.
    """

    def __init__(self, path: str, manifest: Dict[str, Any]) -> None:
        descriptor = claim_recording(path)
        self._title = path
        self.path = place_of(path)
        self.file = TraceFile(archive_of(path), manifest, descriptor)
        self.step = self.file.step

    def close(self, end: Dict[str, Any]) -> None:
        """Gives the file its name; without any step there is no file.

        Raises:
            Error: it cannot be written; what was recorded remains.
        """
        begun = self.file.steps
        try:
            self.file.close(end)
        except OSError as error:
            raise Error("cannot finish %s: %s" % (self._title, error.strerror)) from None
        if begun and self.file.path != self.path and os.path.exists(self.file.path):
            convert(self.file.path, self.path)

    def discard(self) -> None:
        """Removes what was recorded."""
        self.file.discard()


def convert(archive: str, out: str) -> None:
    """Converts a finished archive to JSON and removes it; reports progress where it takes long.

    Raises:
        Error: it cannot be written; the archive remains.
    """
    with contextlib.closing(NpzTrace(archive)) as trace, _told(out) as progress:
        trace.manifest.pop("format", None)
        write_json(trace, out, progress)
    os.remove(archive)


@contextlib.contextmanager
def _told(out):
    """Yields the progress function for `write_json`: a bar on a terminal, else lines."""
    if not sys.stderr.isatty():
        yield told_in_lines(out)
        return
    from tf1_recipes.progress_bar import progress_bar
    with progress_bar(True, transient=True) as bar:
        begun = []

        def progress(done, steps):
            if not begun:
                begun.append(bar("writing %s" % os.path.basename(out), steps))
            begun[0](1)
        yield progress


def told_in_lines(out: str,
                  clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Returns a function of (steps done, steps) that prints a line every few seconds."""
    said = [clock()]

    def progress(done, steps):
        if clock() - said[0] >= _QUIET_FOR:
            said[0] = clock()
            say("writing %s: %d of %d steps" % (out, done, steps))
    return progress
