"""Names that TensorFlow's own modules had until lately, put back where they were.

Not part of any release's API, but scripts use them, and so does tf_slim, the home of contrib's
layers, which was made for TensorFlow 2.3.
"""
import importlib

_OPS = "tensorflow.python.ops."
_FRAMEWORK = "tensorflow.python.framework."

# Module: {where a name of it is now: names}.
MOVED = {
    _FRAMEWORK + "ops": {
        _FRAMEWORK + "tensor": "Tensor",
        _FRAMEWORK + "indexed_slices": "IndexedSlices",
    },
    _OPS + "array_ops": {_OPS + "array_ops_stack": "stack unstack"},
    _OPS + "control_flow_ops": {
        _OPS + "cond": "cond",
        _OPS + "control_flow_assert": "Assert",
        _OPS + "control_flow_case": "case",
        _OPS + "while_loop": "while_loop",
    },
    "tensorflow.python.util.nest": {"tensorflow.python.util.nest": "is_nested=is_sequence"},
    _OPS + "variable_scope": {_OPS + "variable_v1": "VariableV1=variable"},
}


def restore():
    """Puts them back; what a module still has is left as it is."""
    for module, places in MOVED.items():
        module = importlib.import_module(module)
        for place, names in places.items():
            for name in names.split():
                now, _, old = name.partition("=")
                if (old or now) not in vars(module):
                    setattr(module, old or now, getattr(importlib.import_module(place), now))
