"""Whether a command may write to the given path: checked before anything else is done."""
from __future__ import annotations

import os
from typing import Any, Iterable, Sequence

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import PARTIAL_SUFFIX, clash, place_of
from tf1_recipes.traces.drafts import DRAFT_SUFFIX

TRACE_ENDINGS = (".npz", ".json")
PAGE_ENDINGS = (".html", ".htm")
MAP_ENDINGS = (".json",)


def check_output(path: Any, endings: Sequence[str], inputs: Iterable[Any] = (),
                 option: str = "") -> None:
    """Refuses a path that cannot be written, has the wrong ending, or is an input.

    Args:
        path: str.
        endings: tuple of str, the endings of such files.
        inputs: list of paths, the input files; those that do not exist are left out.
        option: str, the option that gave the path, for the message.

    Raises:
        Error: the message says what to do.

    >>> check_output("run.npy", TRACE_ENDINGS, option="-o")
    Traceback (most recent call last):
        ...
    tf1_recipes.errors.Error: -o run.npy: it must be called *.npz or *.json
    """
    path = os.fspath(path)
    title = ("%s %s" % (option, path)).strip()
    if not os.path.isdir(path) and not path.endswith(tuple(endings)):
        raise Error("%s: it must be called %s" % (
            title, _listed(["*" + ending for ending in endings])))
    found = clash(_touched(path, endings), [os.fspath(each) for each in inputs])
    if found:
        raise Error("%s: it would overwrite %s, which is an input: name another file" % (
            title, found[1] if found[1] != path else "that file"))
    check_writable(path)


def archive_of(path: Any) -> str:
    """Returns the archive that the steps of the trace at a path go to while it is recorded.

    A JSON file can only be written once all of them are there.
    """
    return path + ".npz" if path.endswith(".json") else path


def check_writable(path: Any) -> None:
    """Raises the one clear error there is if a file cannot be written at a path."""
    folder = os.path.dirname(place_of(path))
    if not os.path.isdir(folder):
        raise Error("cannot write %s: there is no folder %s" % (path, folder))
    if os.path.isdir(path):
        raise Error("cannot write %s: it is a folder" % path)
    if not os.access(folder, os.W_OK) or os.path.exists(path) and not os.access(path, os.W_OK):
        raise Error("cannot write %s: permission denied" % path)


def _touched(path, endings):
    """The files that go, or are replaced, while one is written."""
    archive = archive_of(path)
    steps = [archive, archive + PARTIAL_SUFFIX] if endings == TRACE_ENDINGS else []
    return [path, path + DRAFT_SUFFIX] + steps


def _listed(names):
    return " or ".join([", ".join(names[:-1])] * bool(names[:-1]) + names[-1:])
