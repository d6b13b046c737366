"""The ops that are variables, and which of them a tensor hands on."""
from __future__ import annotations

from typing import Optional

from tf1_recipes.graph.types import Tensor

VARIABLE_OPS = frozenset(["Variable", "VariableV2", "VarHandleOp"])
_HANDS_ON = frozenset(["Identity", "RefIdentity", "ReadVariableOp", "Enter", "RefEnter", "Switch",
                       "RefSwitch"])


def variable_handed_on(tensor: Tensor) -> Optional[str]:
    """Returns the name of the variable whose value, reference or handle a tensor is, or None.

    >>> from tf1_recipes.v1 import tf
    >>> w = tf.get_variable("w", [2], use_resource=True)
    >>> variable_handed_on(tf.identity(w)), variable_handed_on(2 * w)
    ('w', None)
    """
    op = tensor.op
    while op.type in _HANDS_ON:
        op = op.inputs[0].op
    return op.name if op.type in VARIABLE_OPS else None
