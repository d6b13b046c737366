"""``tf1-recipes export TRACE --tensorboard FOLDER``: a trace as a run that TensorBoard reads.

Under a tensor's title (``fetches/loss``) there is a scalar where it is one, else a histogram; what
a step changed of a variable that is no scalar is a histogram under ``updates/<name>``. Only
numbers that are finite are counted in a histogram. The ``tensorboard`` package writes it, without
TensorFlow.
"""
from __future__ import annotations

import os
import time
from typing import Any, Dict, Iterator, Tuple

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.traces.drafts import DRAFT_SUFFIX, draft
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.trace import Step, Trace, counted
from tf1_recipes.untrusted.visible import visible

_FILE = "events.out.tfevents.0.tf1_recipes"
_BUCKETS = 30  # as many as TensorBoard shows


def export_tensorboard(path: str, folder: str) -> int:
    """Writes a trace as a run, and prints what it wrote; returns 0.

    Args:
        path: str, the trace.
        folder: str, the run's folder, which is made. TensorBoard takes the folder above it, or it,
            as its ``--logdir``.

    Raises:
        Error: the file is not a trace, the folder has a run already or cannot be written, or the
            ``tensorboard`` package is not installed.
    """
    protos = _protos()
    trace = open_trace(path)
    _make(folder)
    now, tags = time.time(), {}
    with draft(os.path.join(folder, _FILE), "wb") as file:
        records = protos.RecordWriter(file)
        records.write(protos.Event(
            wall_time=now, file_version="brain.Event:2").SerializeToString())
        for step, values in _steps(trace, protos):
            tags.update(dict.fromkeys(value.tag for value in values))
            records.write(protos.Event(
                wall_time=now, step=step, summary=protos.Summary(value=values)).SerializeToString())
    print(visible("%s of %s in %s: tensorboard --logdir %s" % (
        counted(len(tags), "tag"), counted(len(trace), "step"), folder, folder)))
    return 0


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        found = [name for name in sorted(os.listdir(folder))
                 if "tfevents" in name and not name.endswith(DRAFT_SUFFIX)]
    except OSError as error:
        raise Error("cannot write to --tensorboard %s: %s" % (folder, error.strerror)) from None
    if found:
        raise Error("--tensorboard %s: there is a run already, %s: name a new folder" % (
            folder, found[0]))


def _steps(trace: Trace, protos: Any) -> Iterator[Tuple[int, list]]:
    """Yields the number of each step, and its values."""
    before: Dict[str, np.ndarray] = {}
    for step in trace:
        values, arrays = [], dict(_arrays(step))
        for (kind, name), array in arrays.items():
            values.append(_value(protos, "%s/%s" % (kind, name), array))
            if kind == "variables" and array.shape and name in before and (
                    before[name].shape == array.shape):
                with np.errstate(all="ignore"):
                    update = array - before[name]
                values.append(_value(protos, "updates/" + name, update))
        before = {name: array for (kind, name), array in arrays.items() if kind == "variables"}
        yield step.number, values


def _arrays(step: Step) -> Iterator[Tuple[Tuple[str, str], np.ndarray]]:
    for key, tensor in step.tensors.items():
        if tensor.dtype.kind != "c":  # which no chart shows
            yield key, tensor.read().astype(np.float64)


def _value(protos: Any, tag: str, array: np.ndarray) -> Any:
    if not array.shape:
        return protos.Summary.Value(tag=tag, simple_value=float(array))
    finite = array[np.isfinite(array)]
    if not finite.size:
        return protos.Summary.Value(tag=tag, histo=protos.HistogramProto())
    with np.errstate(all="ignore"):
        try:
            counts, edges = np.histogram(finite, _BUCKETS)
        except (ValueError, IndexError):  # Their range has no 30 parts, or overflows.
            counts, edges = np.array([finite.size]), finite[[0, finite.argmax()]]
        return protos.Summary.Value(tag=tag, histo=protos.HistogramProto(
            min=finite.min(), max=finite.max(), num=finite.size, sum=finite.sum(),
            sum_squares=np.square(finite).sum(), bucket_limit=edges[1:], bucket=counts))


class _protos:
    """What of the ``tensorboard`` package is needed."""

    def __init__(self) -> None:
        try:
            from tensorboard.compat.proto.event_pb2 import Event
            from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError:
            raise Error("export --tensorboard needs tensorboard: pip install tensorboard") from None
        self.Event, self.Summary = Event, Summary
        self.HistogramProto, self.RecordWriter = HistogramProto, RecordWriter
