"""Whether a gradient still reads a weight when the loss is known: then updates wait for it."""
from __future__ import annotations

from typing import Any, Sequence

from tf1_recipes.graph.gating import components
from tf1_recipes.v1 import tf


def reads_end_with(loss: Any, gradients: Sequence[Any], variables: Sequence[Any]) -> bool:
    """Whether no weight is read any more, for a gradient either, once the loss is computed.

    What was read from a resource variable stays unchanged while anything holds it. Updates then
    need wait for the loss only, and not for all gradients, which costs up to 6% of a step.

    Args:
        loss: scalar tensor.
        gradients: list of the gradients of the variables: tensors or ``IndexedSlices``.
        variables: list of variables.
    """
    if not all(hasattr(variable, "handle") for variable in variables):
        return False
    before = set(_ancestors([loss], ()))
    return not any(
        tensor.dtype.base_dtype == tf.resource and operation.type != "VariableShape"
        for operation in _ancestors(
            [part for gradient in gradients for part in components(gradient)], before)
        for tensor in operation.inputs)


def _ancestors(tensors, known):
    """The operations that compute tensors, except for the known ones."""
    seen, waiting = set(known), [tensor.op for tensor in tensors]
    while waiting:
        operation = waiting.pop()
        if operation not in seen:
            seen.add(operation)
            yield operation
            waiting.extend(tensor.op for tensor in operation.inputs)
            waiting.extend(operation.control_inputs)
