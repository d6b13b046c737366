"""Opening and writing trace files of either form."""
import os

from tf1_recipes.errors import Error
from tf1_recipes.session_tap import PARTIAL_SUFFIX, TraceFile
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.json_trace import parse_json, to_json
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


def write_json(trace, path):
    """Writes a trace as JSON: beside its place first, then under its name.

    Raises:
        Error: it cannot be written.
    """
    partial = path + PARTIAL_SUFFIX
    try:
        with open(partial, "w", encoding="utf-8") as file:
            file.write(to_json(trace))
        os.replace(partial, path)
    except OSError as error:
        raise Error("cannot write %s: %s" % (path, error.strerror)) from None


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


def check_writable(path):
    """Raises the one clear error there is if a file cannot be written at a path."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise Error("cannot write %s: there is no folder %s" % (path, folder))
    if os.path.isdir(path):
        raise Error("cannot write %s: it is a folder" % path)
    if not os.access(folder, os.W_OK) or os.path.exists(path) and not os.access(path, os.W_OK):
        raise Error("cannot write %s: permission denied" % path)
    if os.path.exists(path + PARTIAL_SUFFIX):
        raise Error("%s exists: a recording into %s is under way or was killed; move or delete it "
                    "first" % (path + PARTIAL_SUFFIX, path))
