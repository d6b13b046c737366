"""Names that TensorFlow's own modules had until recently, put back where they were.

Not part of any release's API, but scripts use them, and so does tf_slim, the home of contrib's
layers, which was made for TensorFlow 2.3.
"""
from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

_OPS = "tensorflow.python.ops."
_FRAMEWORK = "tensorflow.python.framework."

MOVED = {
    **moved.names(_FRAMEWORK + "ops", _FRAMEWORK + "tensor", "Tensor"),
    **moved.names(_FRAMEWORK + "ops", _FRAMEWORK + "indexed_slices", "IndexedSlices"),
    **moved.names(_OPS + "array_ops", _OPS + "array_ops_stack", "stack unstack"),
    **moved.names(_OPS + "control_flow_ops", _OPS + "cond", "cond"),
    **moved.names(_OPS + "control_flow_ops", _OPS + "control_flow_assert", "Assert"),
    **moved.names(_OPS + "control_flow_ops", _OPS + "control_flow_case", "case"),
    **moved.names(_OPS + "control_flow_ops", _OPS + "while_loop", "while_loop"),
    **moved.names("tensorflow.python.util.nest", "tensorflow.python.util.nest",
                  "is_sequence=is_nested"),
    **moved.names(_OPS + "variable_scope", _OPS + "variable_v1", "variable=VariableV1"),
}


@patch("TensorFlow's own modules have names that moved", after="tensorflow")
def internal_names(changes, tensorflow):
    moved.put_back(changes, MOVED)
