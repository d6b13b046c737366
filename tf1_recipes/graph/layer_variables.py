"""Finds a layer's variables: those that its output depends on and its input does not."""
from __future__ import annotations

from typing import Iterable, List, NamedTuple

from tf1_recipes.graph.types import Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf


class Behind(NamedTuple):
    """What a tensor is computed from.

    variables: list of the trainable variables, in the order of their creation.
    reached: list of those tensors of ``above`` that it is computed from.
    """

    variables: List[Variable]
    reached: List[Tensor]


def variables_behind(tensor: Tensor, above: Iterable[Tensor] = ()) -> Behind:
    """Finds the trainable variables that a tensor is computed from.

    Args:
        tensor: tensor.
        above: tensors at which to stop, such as the output of the layer below.

    Returns:
        A `Behind`.

    Example:
        >>> x = tf.placeholder(tf.float32, [None, 2])
        >>> hidden1 = tf.tanh(tf.matmul(x, tf.get_variable("hidden1/kernel", [2, 3])))
        >>> hidden2 = tf.tanh(tf.matmul(hidden1, tf.get_variable("hidden2/kernel", [3, 1])))
        >>> [variable.op.name for variable in variables_behind(hidden2).variables]
        ['hidden1/kernel', 'hidden2/kernel']
        >>> [variable.op.name for variable in variables_behind(hidden2, [hidden1]).variables]
        ['hidden2/kernel']
    """
    refuse_eager_mode()
    stops = {stop.name: stop for stop in above}
    seen, operations, waiting = set(), set(), [tensor]
    while waiting:
        each = waiting.pop()
        if each.name in seen:
            continue
        seen.add(each.name)
        if each.name not in stops:
            operations.add(each.op.name)
            waiting.extend(each.op.inputs)
    return Behind(
        [variable for variable in tf.trainable_variables() if name_of(variable) in operations],
        [stop for name, stop in stops.items() if name in seen])
