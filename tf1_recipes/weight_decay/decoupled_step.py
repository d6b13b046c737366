"""An optimizer's update and a change of the weights that is no part of the gradients, as one step.

What `DecoupledWeightDecay` and `DecoupledRegularization` share: the gate, the order, the skipping
of steps, the constraints, the global step.
"""
from __future__ import annotations

import contextlib
import copy
from typing import Any, Iterable, List, Optional, Tuple

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gated_updates import apply_gated, gated_for
from tf1_recipes.graph.gating import (
    components,
    finish,
    gate,
    is_gated,
    operation_of,
    tensors_held_by,
)
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.skipped_updates import updated_sometimes
from tf1_recipes.graph.types import (
    Gradient,
    GradientPairs,
    Operation,
    Optimizer,
    Tensor,
    Variable,
)
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.writes import constrained

AFTER_UPDATE = "after_update"
BEFORE_UPDATE = "before_update"

# TensorFlow's optimizers that skip updates or leave them to another thread, by the attribute that
# holds the optimizer which makes them: the decay goes there.
_HOLDERS = {
    "MixedPrecisionLossScaleOptimizer": "_optimizer",
    "LossScaleOptimizer": "_opt",  # tf.contrib.mixed_precision
    "SyncReplicasOptimizer": "_opt",
}


class DecoupledStep(tf.train.Optimizer):
    """The base class; see `DecoupledWeightDecay`.

    Args:
        optimizer: ``tf.train.Optimizer``.
        order: "after_update" or "before_update".
        name: str, the name of the train op.
        problems: list of str, what is wrong with the other arguments.
    """

    gates_gradients_only = True

    def __init__(self, optimizer: Optimizer, order: str, name: str, problems: List[str]) -> None:
        refuse_eager_mode()
        super().__init__(use_locking=False, name=name)
        problems = (optimizer_problems(optimizer) + problems
                    + one_of("order", order, (AFTER_UPDATE, BEFORE_UPDATE)))
        if problems:
            raise RecipeError("Cannot decay weights", problems)
        self._optimizer = optimizer
        self._order = order

    def compute_gradients(self, loss: Tensor, *args: Any, **kwargs: Any) -> GradientPairs:
        """Computes the wrapped optimizer's gradients; none is available before all are computed.

        Args:
            loss: scalar tensor.
            *args, **kwargs: as in ``tf.train.Optimizer``.

        Returns:
            List of (gradient, variable) pairs.
        """
        refuse_eager_mode()
        pairs = self._optimizer.compute_gradients(loss, *args, **kwargs)
        gradients = [gradient for gradient, _ in pairs]
        also = [loss] + tensors_held_by(self)
        if not is_gated(gradients, also):
            gradients = gate(gradients, also, self.get_name() + "_gate")
        return [(gradient, variable) for gradient, (_, variable) in zip(gradients, pairs)]

    def apply_gradients(self, grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                        global_step: Optional[Variable] = None,
                        name: Optional[str] = None) -> Operation:
        """Lets the wrapped optimizer apply the gradients and decays the weights.

        Args:
            grads_and_vars: list of (gradient, variable) pairs.
            global_step: variable to add 1 to, once, after everything else.
            name: str, the name of the returned operation.

        Returns:
            Operation that makes the step.

        Raises:
            RecipeError: see the class.
        """
        refuse_eager_mode()
        pairs, problems = checked_pairs(grads_and_vars)
        decayed, wrong = self._chosen(pairs)
        problems += wrong or _constraint_problems(pairs, set(map(name_of, decayed)))
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)
        outer = self._optimizer
        while isinstance(outer, DecoupledStep):
            outer = outer._optimizer
        attribute = _holder(outer)
        with tf.name_scope(name, self.get_name()) as scope:
            pass
        train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
        count = len(train_ops)
        if attribute:
            with _put_inside(outer, attribute, self._around(getattr(outer, attribute))):
                updates = [operation_of(outer.apply_gradients(pairs, global_step))]
            global_step = None
        else:
            updates = self._updates(pairs, decayed, scope)
        # The wrapped optimizer took its own update for the train op.
        del train_ops[count:]
        return finish(updates, global_step, scope)

    def get_slot(self, var: Variable, name: str) -> Optional[Variable]:
        """The wrapped optimizer's slot of a variable."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> List[str]:
        """The names of the wrapped optimizer's slots."""
        return self._optimizer.get_slot_names()

    def variables(self) -> List[Variable]:
        """The wrapped optimizer's variables."""
        return self._optimizer.variables()

    def _chosen(self, pairs):
        """The variables to change, among those of the pairs, and a list of problems."""
        raise NotImplementedError

    def _read_before(self):
        """The tensors that the changes need and that are read before any variable is written."""
        raise NotImplementedError

    def _changes(self, pairs, held, behind):
        """The operations that change the variables of some pairs, behind others.

        `held` are the tensors of `_read_before`, out of the gate.
        """
        raise NotImplementedError

    def _around(self, optimizer):
        """This decay, and those that it wraps, around another optimizer."""
        moved = copy.copy(self)
        inner = self._optimizer
        moved._optimizer = (
            inner._around(optimizer) if isinstance(inner, DecoupledStep) else optimizer)
        return moved

    def _updates(self, pairs, decayed, scope):
        """The operations that make the step, but for the count of steps."""
        variables = [variable for _, variable in pairs]
        with tf.name_scope(scope):
            gradients = [gradient for gradient, _ in pairs]
            read = self._read_before()
            if read:
                held = gate(gradients + read, tensors_held_by(self))
                gradients, read = held[:len(gradients)], held[len(gradients):]
            else:
                gradients = gated_for([self._optimizer], gradients, tensors_held_by(self))
        pairs = list(zip(gradients, variables))
        chosen = set(map(name_of, decayed))
        to_decay = [pair for pair in pairs if name_of(pair[1]) in chosen]
        if self._order == AFTER_UPDATE:
            update, = apply_gated([(self._optimizer, pairs)])
            self._refuse_skips(update, dict.fromkeys(map(name_of, decayed), update))
            with tf.name_scope(scope):
                changes = self._changes(to_decay, read, [update])
                return [constrained(variable, change)
                        for change, (_, variable) in zip(changes, to_decay)] + [update]
        # Behind the gate: a decay must not start before the last gradient is computed. All wait for
        # one operation, not each for all: that would be the square of the number of variables.
        with tf.name_scope(scope):
            computed = tf.group(*_operations(gradients))
            changes = self._changes(to_decay, read, [computed])
            changed = tf.group(*changes)
        update, = apply_gated([(self._optimizer, pairs)], [[changed]])
        self._refuse_skips(update, {
            name_of(variable): change for change, (_, variable) in zip(changes, to_decay)}, changes)
        return [update]

    def _refuse_skips(self, update, beside, own=()):
        title, name = type(self._optimizer).__name__, type(self).__name__
        problems = [
            "%s %s: the weights would decay without an update; put %s inside it, around the "
            "optimizer that makes the updates: %s(%s(...))" % (title, line, name, title, name)
            for line in updated_sometimes(update, beside, set(own))]
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)


def _holder(optimizer):
    """The attribute of an optimizer that holds the one to put the decay around, or None."""
    ancestors = [each.__name__ for each in type(optimizer).__mro__]
    return next((attribute for title, attribute in _HOLDERS.items() if title in ancestors), None)


@contextlib.contextmanager
def _put_inside(outer, attribute, decay):
    """Lets an optimizer hold the decay around the optimizer that it holds, while it builds a step.

    Its branch, or thread, then makes both or neither. It is not copied: its own state, such as the
    queue of `SyncReplicasOptimizer`, is asked for later.
    """
    held = getattr(outer, attribute)
    setattr(outer, attribute, decay)
    try:
        yield
    finally:
        setattr(outer, attribute, held)


def optimizer_problems(given: Any) -> List[str]:
    """Returns what is wrong with an optimizer to wrap."""
    if isinstance(given, type):
        return ["%s is a class: give an optimizer, %s(...)" % (given.__name__, given.__name__)]
    if hasattr(given, "apply_gradients") and not hasattr(given, "get_config"):
        return []
    return ["%r is not a tf.train.Optimizer%s" % (
        given, ", but one of Keras" if hasattr(given, "get_config") else "")]


def one_of(title: str, given: Any, known: Tuple[str, str]) -> List[str]:
    """Returns what is wrong with a choice between two words."""
    if given in known:
        return []
    return ["%s is %r: it must be %r or %r" % ((title, given) + known)]


def _constraint_problems(pairs, chosen):
    return [
        "%r has a constraint and a sparse gradient: TensorFlow constrains dense updates only; "
        "make the gradient dense with tf.convert_to_tensor, or exclude the variable"
        % name_of(variable)
        for gradient, variable in pairs
        if isinstance(gradient, tf.IndexedSlices) and name_of(variable) in chosen
        and getattr(variable, "constraint", None) is not None]


def _operations(gradients):
    """One operation for each gradient there is, of those that gated gradients come from."""
    return [components(gradient)[0].op for gradient in gradients if gradient is not None]
