"""Traces that are kept beside tests: small ones as JSON, to read and diff; large ones as archives.
"""
from __future__ import annotations

import os
from typing import Iterable, List, Optional

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import TapError, TraceFile
from tf1_recipes.traces.drafts import DRAFT_SUFFIX, open_draft
from tf1_recipes.traces.files import write_json
from tf1_recipes.traces.kinds import checked_kinds
from tf1_recipes.traces.trace import Step, Trace, element_count

MOST_NUMBERS_IN_JSON = 10000
_ENDINGS = (".json", ".npz")


def stored_path(stem: str) -> Optional[str]:
    """Returns the file that holds the trace called ``stem``, or None.

    Raises:
        Error: there are two of them.
    """
    paths = [stem + ending for ending in _ENDINGS if os.path.exists(stem + ending)]
    if len(paths) > 1:
        raise Error("there are both %s and %s: delete one" % tuple(paths))
    return paths[0] if paths else None


def store(trace: Trace, stem: str, kinds: Iterable[str]) -> str:
    """Writes a trace to ``stem.json`` or ``stem.npz``, and removes the other one.

    The file is written beside its place and then renamed (`tf1_recipes.traces.drafts`): another
    process that reads it sees the old trace or the new one.

    Returns:
        str, its path.

    Raises:
        Error: it cannot be written.
    """
    chosen = Chosen(trace, kinds)
    count = sum(element_count(tensor.shape) for step in chosen for tensor in step.tensors.values())
    ending = _ENDINGS[count > MOST_NUMBERS_IN_JSON]
    path = stem + ending
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if ending == ".json":
            write_json(chosen, path)
        else:
            _write_archive(chosen, path)
        for other in _ENDINGS:
            if other != ending and os.path.exists(stem + other):
                os.remove(stem + other)
    except OSError as error:
        raise Error("cannot write %s: %s" % (path, error.strerror)) from None
    return path


def _write_archive(trace, path):
    file = None
    try:
        file = TraceFile(path, trace.manifest, open_draft(path), DRAFT_SUFFIX)
        for step in trace:
            file.step(step.number, [(kind, name, tensor.read()) for (kind, name), tensor
                                    in step.tensors.items()], step.facts)
        file.close({})
    except TapError as error:
        raise Error("cannot write %s: %s" % (path, error)) from None
    finally:
        if file:
            file.discard()


class Chosen(Trace):
    """A trace of which only some kinds of tensors are seen.

    Args:
        trace: as `tf1_recipes.traces.open_trace` returns it.
        kinds: which of ``variables``, ``fetches`` and ``feeds``.
    """

    def __init__(self, trace: Trace, kinds: Iterable[str]) -> None:
        self._trace = trace
        self._kinds = checked_kinds(kinds)
        self.manifest = {key: value for key, value in trace.manifest.items()
                         if key not in ("format", "format_version")}
        self._numbers = list(trace.numbers)

    @property
    def numbers(self) -> List[int]:
        return self._numbers

    def __getitem__(self, number: int) -> Step:
        step = self._trace[number]
        return type(step)(step.number, step.facts, {
            key: tensor for key, tensor in step.tensors.items() if key[0] in self._kinds})
