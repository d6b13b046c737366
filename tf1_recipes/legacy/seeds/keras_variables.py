"""The ops of the variables that ``tf.keras`` made before 1.15, which were no resources.

Such a variable took three ops where a resource takes four, and none to read it.
"""
import functools

from tf1_recipes.legacy.seeds import op_counts

SINCE_RESOURCES = (1, 15)
_MADE = "_tf1_recipes_made_by_keras"


def restore(release):
    """Counts the variables of Keras and their reads as a release built them.

    Args:
        release: tuple of numbers, such as (1, 7).
    """
    if release >= SINCE_RESOURCES:
        return
    from tensorflow.python.ops.resource_variable_ops import BaseResourceVariable
    from tf_keras.src.engine import base_layer_utils

    make, read = base_layer_utils.make_variable, BaseResourceVariable._read_variable_op

    @functools.wraps(make)
    def make_variable(*arguments, **keywords):
        variable = make(*arguments, **keywords)
        if getattr(variable, "handle", None) is not None:
            op_counts.book(variable.graph, -1)
            setattr(variable, _MADE, True)
        return variable

    @functools.wraps(read)
    def read_variable(self, *arguments, **keywords):
        value = read(self, *arguments, **keywords)
        if getattr(self, _MADE, False) and value.op.type == "ReadVariableOp":
            op_counts.book(value.graph, -1)
        return value

    base_layer_utils.make_variable = make_variable
    BaseResourceVariable._read_variable_op = read_variable
