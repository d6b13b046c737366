"""Opening and writing trace files of either form."""
from __future__ import annotations

import os
from typing import Any, Callable, Dict, Optional, Union

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import PARTIAL_SUFFIX, TraceFile
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.json_trace import json_parts, parse_json
from tf1_recipes.traces.trace import Trace, TraceError, check_traces


def open_trace(path: Union[str, os.PathLike]) -> Trace:
    """Returns the trace in a file: ``.json`` as JSON, everything else as an ``.npz`` archive.

    Raises:
        TraceError: ``path`` is not a path, there is no such file, or it is not a trace or damaged.
    """
    try:
        path = os.fsdecode(path)
    except TypeError:
        raise TraceError("open_trace: %r is not the path of a file" % (path,)) from None
    try:
        if path.endswith(".json"):
            with open(path, "rb") as file:
                return parse_json(file.read().decode("utf-8"), path)
        return NpzTrace(path)
    except UnicodeDecodeError as error:
        raise TraceError("%s is not a trace: it is not JSON (%s)" % (path, error)) from None
    except OSError as error:
        raise TraceError("%s cannot be read: %s" % (path, error.strerror)) from None


def write_json(trace: Trace, path: str,
               progress: Optional[Callable[[int, int], Any]] = None) -> None:
    """Writes a trace as JSON: beside its place first, then under its name.

    Args:
        trace: as `open_trace` returns it.
        path: str.
        progress: function called after each step with (steps written, steps in all).

    Raises:
        Error: it cannot be written, or is not a trace.
    """
    check_traces(trace=trace)
    with draft(path) as file:
        for done, part in enumerate(json_parts(trace)):
            file.write(part)
            if progress and done:
                progress(min(done, len(trace)), len(trace))


def finish(path: str, end: Dict[str, Any]) -> int:
    """Completes ``path.partial``, which a killed recording left, and renames it to ``path``.

    Args:
        path: str, the recording's final name.
        end: dict, what its ``end.json`` says, such as the exit status.

    Returns:
        int, the number of whole steps; with none, the file is removed.

    Raises:
        Error: the file cannot be written.
    """
    partial = path + PARTIAL_SUFFIX
    try:
        trace = NpzTrace(partial)
    except TraceError:  # It was killed before its first step was complete.
        os.remove(partial)
        return 0
    members = [(member.name, member.crc, member.size, member.offset) for member in trace.members()]
    size = trace.whole_size
    trace.close()
    try:
        file = TraceFile.resume(path, members, size)
        file.close(end)
    except OSError as error:
        raise Error("cannot finish %s: %s" % (path, error.strerror)) from None
    return file.steps
