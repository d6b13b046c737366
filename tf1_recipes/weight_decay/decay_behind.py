"""Weight decay behind a train op that exists already."""
from __future__ import annotations

from typing import Iterable, Optional, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.gating import operation_of
from tf1_recipes.graph.skipped_updates import VARIABLES, updated_sometimes, writes_in
from tf1_recipes.graph.types import Operation, Scalar, Selector, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.old_names import old_arguments
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.choice import number_problems, variables_to_decay
from tf1_recipes.weight_decay.writes import constrained, descend

# Ops that hand a gradient to another thread, which makes the update some time later.
_HANDED_OVER = frozenset((
    "AccumulatorApplyGradient", "SparseAccumulatorApplyGradient",
    "ResourceAccumulatorApplyGradient",
))


@old_arguments(rate="weight_decay")
def decay_after(train_op: Union[Operation, Tensor], weight_decay: Scalar,
                include: Optional[Selector] = None, exclude: Optional[Selector] = None,
                variables: Optional[Iterable[Variable]] = None,
                name: str = "decay_after") -> Operation:
    """Decays weights after a given train op.

        train_op, then w = w - weight_decay * w, then w = constraint(w) if w has a constraint

    With a train op that exists already, only this order is possible; `DecoupledWeightDecay` can
    also decay before the update. A loss fetched beside the returned train op may be read before or
    after the step, unless the given train op has an order for it.

    A train op that writes a weight in some steps only (a loss-scale optimizer skips those with a
    NaN, gradient accumulation most) is refused: the decay would be made in the others, too.

    Source: https://stackoverflow.com/questions/38882629

    Args:
        train_op: operation or tensor that makes the step.
        weight_decay: number >= 0, or scalar tensor: the share of a weight that one step takes off.
            A tensor must not depend on a variable that the step writes, such as the global step: it
            could be read before or after that.
        include: selector of the variables to decay; by default all of ``variables``.
        exclude: selector of variables not to decay, even if ``include`` matches them.
        variables: list of variables to choose from; by default the trainable ones. All their rows
            decay, also if the train op does not write them.
        name: str, the name of the returned operation.

    Returns:
        Operation that makes the step and decays the weights.

    Raises:
        RecipeError: with all problems in one message: a selector that matches no variable, no
            variable left to decay, a weight decay that is not one finite number >= 0 or may be read
            before or after the step, a train op that skips updates or leaves them to another
            thread.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> train_op = tf.train.GradientDescentOptimizer(0.1).minimize(tf.square(w - 1.0) / 2.0)
        >>> train_op = decay_after(train_op, 0.1)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     print("%.5f" % session.run(w))
        1.71000
    """
    refuse_eager_mode()
    candidates = tf.trainable_variables() if variables is None else list(variables)
    decayed, problems = variables_to_decay(candidates, include, exclude)
    problems.extend(number_problems("the weight decay", weight_decay))
    if isinstance(train_op, tf.Operation) or hasattr(train_op, "op"):
        step = operation_of(train_op)
        problems.extend(_moment_problems(step, weight_decay, decayed))
        problems.extend(_skip_problems(step, decayed))
    else:
        problems.append("%r is not a train op" % (train_op,))
    if problems:
        raise RecipeError("Cannot decay weights after the train op", problems)
    with tf.name_scope(name) as scope:
        with tf.control_dependencies([step]):
            decays = [constrained(variable, descend(variable, weight_decay))
                      for variable in decayed]
        return tf.group(step, *decays, name=scope)


def _moment_problems(step, weight_decay, decayed):
    """What the weight decay reads while the step, or the decay, writes it."""
    if not hasattr(weight_decay, "op"):
        return []
    written = set(writes_in(step)).union(map(name_of, decayed))
    read = {each.name for each in ancestors(operation_of(weight_decay)) if each.type in VARIABLES}
    return [
        "the weight decay depends on %r, which this step writes: it could be read before or "
        "after that; use DecoupledWeightDecay, which reads it before" % name
        for name in sorted(read & written)]


def _skip_problems(step, decayed):
    """Updates of the variables to decay that this step does not make, or not always."""
    handed_over = sorted(each.name for each in ancestors(step) if each.type in _HANDED_OVER)
    if handed_over:
        return ["the train op hands its gradients to another thread, which makes the updates (%r), "
                "as SyncReplicasOptimizer does: %s" % (handed_over[0], _INSIDE)]
    written = writes_in(step)
    beside = {name: step for name in map(name_of, decayed) if name in written}
    return ["the train op %s, and the decay would be made in the others, too: %s" % (line, _INSIDE)
            for line in updated_sometimes(step, beside)]


_INSIDE = ("give DecoupledWeightDecay the optimizer that makes the update, and build the train op "
           "with it")
