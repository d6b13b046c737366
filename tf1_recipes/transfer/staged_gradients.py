"""Gradients that are computed only in a training stage that needs them, in one backward pass."""
from __future__ import annotations

from typing import Dict, List, Sequence

from tf1_recipes.graph.gating import components, rebuilt
from tf1_recipes.graph.types import Gradient, Operation, Tensor
from tf1_recipes.v1 import tf


def staged(stages: Sequence[List[Gradient]], begun: Sequence[Tensor], seed: Tensor,
           made: Sequence[Operation]) -> List[List[Gradient]]:
    """Lets each stage's gradients, and all that only they need, wait until the stage has begun.

    A ``Switch`` passes a tensor on or not. If not, nothing that depends on it is computed. One is
    put where the backward pass goes on to what no earlier stage needs. Unlike with ``tf.cond``, the
    net stays outside of a branch.

    Args:
        stages: list of lists of gradients, all computed from ``seed``.
        begun: list of scalar bool tensors; the first stage's is not used: it always trains.
        seed: tensor, the derivative of the loss by itself.
        made: list of the operations of the backward pass, in the order in which they were made.

    Returns:
        List of lists like ``stages``.
    """
    first_need = _first_needs(stages, set(made))
    switched: Dict[tuple, Tensor] = {}

    def only_in(tensor, stage):
        key = tensor.op, tensor.value_index, stage
        if key not in switched:
            with tf.get_default_graph().colocate_with(tensor.op):
                switched[key] = tf.raw_ops.Switch(data=tensor, pred=begun[stage]).output_true
        return switched[key]

    flows = {seed.op}  # what the seed flows through
    for operation in made:
        sources = list(operation.inputs)
        if not any(source.op in flows for source in sources):
            continue
        flows.add(operation)
        stage = first_need.get(operation, 0)
        if not stage or _is_inside_a_loop(operation):
            continue
        for place, source in enumerate(sources):
            if source.op in flows and first_need.get(source.op, 0) < stage:
                operation._update_input(place, only_in(source, stage))
    return [
        gradients if not stage else [
            rebuilt(each, [only_in(part, stage) for part in components(each)])
            for each in gradients]
        for stage, gradients in enumerate(stages)
    ]


def _first_needs(stages, made):
    """Returns {operation: the first stage that needs it} of those that were made for gradients."""
    needs = {}
    for stage, gradients in enumerate(stages):
        waiting = [part.op for each in gradients for part in components(each)]
        while waiting:
            operation = waiting.pop()
            if operation in made and operation not in needs:
                needs[operation] = stage
                waiting.extend(tensor.op for tensor in operation.inputs)
                waiting.extend(operation.control_inputs)
    return needs


def _is_inside_a_loop(operation):
    """Whether a Switch on an operation's inputs would have to stand inside a ``tf.while_loop``."""
    context = operation._get_control_flow_context()
    while context is not None and not context.IsWhileContext():
        context = context.outer_context
    return context is not None and operation.type != "Enter"
