"""Opening and writing trace files of either form."""
import os

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import PARTIAL_SUFFIX, TraceFile
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.json_trace import json_parts, parse_json
from tf1_recipes.traces.trace import TraceError


def open_trace(path):
    """Returns the trace in a file: ``.json`` as JSON, everything else as an ``.npz`` archive.

    Raises:
        TraceError: there is no such file, it is no trace, or it is damaged.
    """
    try:
        if path.endswith(".json"):
            with open(path, "rb") as file:
                return parse_json(file.read().decode("utf-8"), path)
        return NpzTrace(path)
    except UnicodeDecodeError as error:
        raise TraceError("%s is no trace: it is not JSON (%s)" % (path, error)) from None
    except OSError as error:
        raise TraceError("%s cannot be read: %s" % (path, error.strerror)) from None


def write_json(trace, path, progress=None):
    """Writes a trace as JSON: beside its place first, then under its name.

    Args:
        trace: as `open_trace` returns it.
        path: str.
        progress: function that is told after each step how many are written, and of how many.

    Raises:
        Error: it cannot be written.
    """
    with draft(path) as file:
        for done, part in enumerate(json_parts(trace)):
            file.write(part)
            if progress and done:
                progress(min(done, len(trace)), len(trace))


def finish(path, end):
    """Gives ``path.partial``, what a killed recording left, its directory and its name.

    Args:
        path: str, the name that the recording was to bear.
        end: dict, what its ``end.json`` says, such as the exit status.

    Returns:
        int, the number of whole steps; with none, the file is removed.

    Raises:
        Error: the file cannot be written.
    """
    partial = path + PARTIAL_SUFFIX
    try:
        trace = NpzTrace(partial)
    except TraceError:  # It was killed before its manifest, and so its first step, was whole.
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
