"""Updates by optimizers that wait for every gradient, and for all that the optimizers' rates read.

TensorFlow's optimizers read a rate that is a variable or a function when they build their updates,
in ``_prepare``. Beside other updates such a read is a race: it may see a weight before or after the
step.
"""
from __future__ import annotations

import contextlib
import functools
import itertools
from typing import Any, Iterable, List, Optional, Sequence, Tuple

from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.gating import (
    before_gate,
    components,
    gate,
    gate_of,
    here,
    is_gated,
    may_be_a_variable,
    operation_of,
    own_buffer,
    rebuilt,
    with_wrapped,
)
from tf1_recipes.graph.skipped_updates import CONDITIONAL, updated_sometimes
from tf1_recipes.graph.types import Gradient, GradientPairs, Operation, Optimizer, Tensor
from tf1_recipes.graph.variable_selection import is_variable, name_of
from tf1_recipes.v1 import tf


def gated_for(optimizers: Iterable[Optimizer], gradients: Sequence[Gradient],
              also: Iterable[Tensor] = (), scope: str = "gate") -> List[Gradient]:
    """Returns gradients out of a gate to which `apply_gated` may add what the rates read.

    Args:
        optimizers: those that will apply the gradients.
        gradients: list of tensors, ``IndexedSlices`` and ``None``.
        also: list of tensors or operations that must have been computed as well.
        scope: str, the name scope of the gate, if a new one has to be made.
    """
    # A gate that exists may have been run, and TensorFlow does not let its inputs change then.
    late = any(map(_reads_variables, with_wrapped(optimizers)))
    if not late and is_gated(gradients, also):
        return list(gradients)
    with tf.name_scope(scope):
        return gate(gradients, also)


def apply_gated(divided: Sequence[Tuple[Optimizer, GradientPairs]],
                controls: Optional[Sequence[List[Any]]] = None) -> List[Operation]:
    """Lets each optimizer apply its gradients, after all gradients and rates were computed.

    Args:
        divided: list of (optimizer, list of (gradient, variable) pairs), all gradients out of one
            gate, that of `gated_for` or one that was made for this step.
        controls: list of the lists of tensors and operations that each optimizer's update waits
            for, too; the rates do not.

    Returns:
        List of operations, the optimizers' updates, in the order given.
    """
    if not any(components(gradient) for _, pairs in divided for gradient, _ in pairs):
        # Each refuses this in its own words.
        return [operation_of(optimizer.apply_gradients(pairs)) for optimizer, pairs in divided]
    barrier = gate_of([gradient for _, pairs in divided for gradient, _ in pairs])
    written = {name_of(variable) for _, pairs in divided for _, variable in pairs}
    updates = []
    with _settings_gated(with_wrapped(each for each, _ in divided), barrier, written):
        for (optimizer, pairs), waited_for in zip(divided, controls or itertools.repeat([])):
            with tf.control_dependencies(waited_for):
                updates.append(operation_of(_applied(optimizer, pairs, barrier)))
    return updates


def skipped(divided: Sequence[Tuple[Optimizer, GradientPairs]], updates: Sequence[Operation],
            before: int) -> List[Tuple[str, str]]:
    """Returns which optimizers skip their updates in some steps, which a step count would miss.

    Args:
        divided, updates: what `apply_gated` was given, and what it returned.
        before: int, how many operations the graph had before that.

    Returns:
        List of pairs: the optimizer's class, and what it does.
    """
    made = tf.get_default_graph().get_operations()[before:]
    if not any(operation.type in CONDITIONAL for operation in made):
        return []
    return [
        (type(optimizer).__name__, "%s %s, and the global step would count the others, too" % (
            type(optimizer).__name__, line))
        for (optimizer, own), update in zip(divided, updates)
        for line in updated_sometimes(update, {name_of(each): update for _, each in own})]


def counts_steps_itself(optimizer: Optimizer) -> Optional[str]:
    """Returns the class of a synchronous optimizer in an optimizer, which no other may hold.

    It counts the global steps that many workers make together, and so must be the outermost.
    """
    return next((type(each).__name__ for each in with_wrapped([optimizer])
                 if isinstance(each, tf.train.SyncReplicasOptimizer)), None)


def _applied(optimizer, pairs, barrier):
    made_by = getattr(optimizer.apply_gradients, "__func__", None)
    if made_by is not tf.train.Optimizer.apply_gradients:
        # Inside, there may be a tf.cond, which drops control inputs from outside, but not data.
        return optimizer.apply_gradients(pairs)
    # The updates wait for the gate by themselves, so that no copy of the gradients has to.
    with tf.control_dependencies([barrier]):
        return optimizer.apply_gradients([(_let_in(gradient), variable)
                                          for gradient, variable in pairs])


def _let_in(gradient: Gradient) -> Gradient:
    return rebuilt(gradient, map(before_gate, components(gradient)))


@contextlib.contextmanager
def _settings_gated(optimizers, barrier, written):
    """While it lasts, what the optimizers' ``_prepare`` makes is computed before the gate opens."""
    changed = []
    gated = _GatedSettings(barrier, changed)
    try:
        for optimizer in optimizers:
            # A variable that the step trains is nothing that the optimizer writes: only a setting.
            for attribute, value in sorted(vars(optimizer).items()):
                if is_variable(value) and name_of(value) in written:
                    changed.append((optimizer, attribute, value))
                    setattr(optimizer, attribute, gated.held(value.read_value()))
            if hasattr(optimizer, "_prepare"):
                changed.append((optimizer, "_prepare", vars(optimizer).get("_prepare")))
                optimizer._prepare = functools.partial(
                    gated.prepare, optimizer, optimizer._prepare)
        yield
    finally:
        for optimizer, attribute, value in reversed(changed):
            if value is None:
                delattr(optimizer, attribute)
            else:
                setattr(optimizer, attribute, value)


class _GatedSettings:
    def __init__(self, barrier, changed):
        self._barrier = barrier
        self._changed = changed
        self._graph = barrier.graph
        self._context = self._graph._get_control_flow_context()
        self._controls = self._graph._current_control_dependencies()
        self._waited_for = set(barrier.control_inputs)

    def prepare(self, optimizer, prepare):
        before = dict(vars(optimizer))
        # Where the step itself is built: neither behind the gate, nor inside of a tf.cond that an
        # optimizer puts its update into.
        with self._graph.as_default(), tf.control_dependencies(None):
            self._graph._set_control_flow_context(self._context)
            with tf.control_dependencies(self._controls):
                prepare()
                for attribute, value in sorted(vars(optimizer).items()):
                    if not isinstance(value, tf.Tensor) or value.graph is not self._graph:
                        continue
                    is_new = before.get(attribute) is not value and value.op.type != "Const"
                    if is_new or may_be_a_variable(value):
                        if not is_new:  # given, or made for another step: that keeps it
                            self._changed.append((optimizer, attribute, value))
                        setattr(optimizer, attribute, self.held(value))

    def held(self, tensor):
        part = here(own_buffer(tensor))
        if part.op not in self._waited_for:
            if self._barrier in ancestors(part.op):
                return tensor  # made from the gated gradients
            self._barrier._add_control_input(part.op)
            self._waited_for.add(part.op)
        with tf.control_dependencies([self._barrier]):
            return tf.raw_ops.Snapshot(input=part)


def _reads_variables(optimizer):
    """Whether an optimizer's settings are read when it builds its updates."""
    prepare = getattr(type(optimizer), "_prepare", None)
    if prepare is not None and not prepare.__module__.startswith("tensorflow"):
        return True
    return any(_is_read_late(value) for value in vars(optimizer).values())


def _is_read_late(value):
    if isinstance(value, tf.Tensor):
        return value.graph is tf.get_default_graph() and may_be_a_variable(value)
    if is_variable(value):
        return True
    return callable(value) and not isinstance(value, type) and not hasattr(value, "apply_gradients")
