"""Records under ``MonitoredTrainingSession`` and estimators: a ``tf.train.SessionRunHook``."""
from __future__ import annotations

from typing import Any, Optional, Sequence

from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.recording.sessions import LISTENERS, Recording
from tf1_recipes.v1 import refuse_eager_mode, tf


class RecordingHook(tf.train.SessionRunHook):
    """Records each step of its own session only.

    A step holds what `tf1_recipes.record_sessions` records of it: the variables after it, all
    fetches of the run (those of other hooks, too) and its feeds. A recovered session goes on in the
    same trace; an estimator's further ``train`` continues it, too, if it is in memory.

    Where training ends in an exception, hooks are not called: a file is then left as
    ``<path>.partial`` (of JSON, as the archive ``<path>.npz.partial``), whose whole steps
    `tf1_recipes.open_trace` reads; or call `close`.

    Args:
        to: see `tf1_recipes.record_sessions`.
        every: int, record each ``every``-th step only.
        variables: str, a pattern: only the variables whose names it matches.
        fetches: list of tensors or of their names, which each run fetches in addition.

    Attributes:
        trace: the destination of the steps; a `MemoryTrace` from the start, a `TraceFile` once the
            session begins.

    Raises:
        Error: when the session begins: the file cannot be written, there is no such tensor; when
            it ends: nothing was recorded, the pattern matches no variable.

    >>> w = tf.get_variable("w", initializer=1.0)
    >>> double = tf.assign(w, 2.0 * w, name="double")
    >>> hook = RecordingHook(None, fetches=["double"])
    >>> with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
    ...     session.run(double.op)
    >>> [step.arrays("variables")["w"].item() for step in hook.trace]
    [1.0, 2.0]
    >>> hook.trace[1].arrays("fetches")["double"].item()
    2.0
    """

    def __init__(self, to: Any, every: int = 1, variables: Optional[str] = None,
                 fetches: Sequence[Any] = ()) -> None:
        self._recording = Recording(to, every, variables)
        self._wanted = list(fetches)
        self._fetches = []
        self._stop: Any = None
        self._open = False

    @property
    def trace(self) -> Any:
        """The destination of the steps."""
        return self._recording.sink

    def begin(self) -> None:
        refuse_eager_mode()
        self._fetches = _tensors(self._wanted, tf.get_default_graph())
        if self._recording.tap is None:
            self._recording.open()
        elif self._recording.path is not None:
            raise Error("this hook has recorded into %s already: make one for each file" % (
                self._recording.path))
        self._open = True

    def after_create_session(self, session: Any, coord: Any) -> None:
        self._stop_listening()  # to the lost session
        self._stop = LISTENERS.listen(self._recording.tap, session)

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self._fetches) if self._fetches else None

    def end(self, session: Any) -> None:
        self.close()

    def close(self) -> None:
        """Completes the file; the regular end of a session does it, too."""
        self._stop_listening()
        if self._open:
            self._open = False
            self._recording.close()

    def _stop_listening(self):
        if self._stop is not None:
            self._stop()
            self._stop = None


def _tensors(wanted, graph):
    found, problems = [], []
    for each in wanted:
        if not isinstance(each, str):
            found.append(each)
            continue
        try:
            found.append(graph.get_tensor_by_name(each if ":" in each else each + ":0"))
        except (KeyError, ValueError):
            problems.append(unmatched(each, [
                op.name for op in graph.get_operations() if op.outputs], "tensor"))
    if problems:
        raise Error("fetches: " + "; ".join(problems))
    return found
