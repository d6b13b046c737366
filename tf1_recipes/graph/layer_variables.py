"""Which variables a layer has: those that its output is computed from and its input is not."""
import collections

from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import tf

Behind = collections.namedtuple("Behind", "variables reached")
Behind.__doc__ = """What a tensor is computed from.

variables: list of the trainable variables, in the order in which they were made.
reached: list of the tensors `above` that it is computed from.
"""


def variables_behind(tensor, above=()):
    """Finds the trainable variables that a tensor's value is computed from.

    Args:
        tensor: tensor.
        above: list of tensors at which to stop, such as the output of the layer below.

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
