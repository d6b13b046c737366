"""The ops of the variables that ``tf.keras`` made before 1.15, which were not resources.

Such a variable took three ops, not four, and none to read it.
"""
from tf1_recipes.legacy.patch import patch
from tf1_recipes.legacy.seeds import op_counts

_MADE = "_tf1_recipes_made_by_keras"


@patch("the variables of Keras count for seeds as no resources", after="tensorflow", until="1.7")
def keras_variables(changes, tensorflow):
    from tensorflow.python.ops.resource_variable_ops import BaseResourceVariable
    from tf_keras.src.engine import base_layer_utils

    @changes.wrap(base_layer_utils, "make_variable")
    def make_variable(make, *arguments, **keywords):
        variable = make(*arguments, **keywords)
        if getattr(variable, "handle", None) is not None:
            op_counts.book(variable.graph, -1)
            setattr(variable, _MADE, True)
        return variable

    @changes.wrap(BaseResourceVariable, "_read_variable_op")
    def read_variable(read, self, *arguments, **keywords):
        value = read(self, *arguments, **keywords)
        if getattr(self, _MADE, False) and value.op.type == "ReadVariableOp":
            op_counts.book(value.graph, -1)
        return value
