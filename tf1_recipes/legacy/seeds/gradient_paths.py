"""The ops between a loss and its variables: before 1.15, those of integers were included.

The sizes of zeros depend on the shape of a looked-up embedding, and so on its weights. No gradient
passes there; but up to the op that makes the zeros ops were built for one. And before 1.0 a loop
kept each step's value of its constants, too.
"""
import types
from collections import deque

from tf1_recipes.legacy.patch import patch

SINCE_CONSTANTS_ARE_KNOWN = (1, 0)


@patch("gradients are looked for between integers, too", after="tensorflow", until="1.7")
def gradient_paths(changes, tensorflow):
    from tensorflow.python.ops import control_flow_state, gradients_util

    if changes.target.release < SINCE_CONSTANTS_ARE_KNOWN:
        changes.put(control_flow_state, "constant_op", types.SimpleNamespace(
            constant=control_flow_state.constant_op.constant, is_constant=lambda tensor: False))

    def mark_reached(from_ops, reached_ops, func_graphs):
        queue = deque(from_ops)
        while queue:
            op = queue.popleft()
            if op not in reached_ops:
                reached_ops.add(op)
                for output in op.outputs:
                    queue.extend(gradients_util._Consumers(output, func_graphs))

    changes.put(gradients_util, "_MarkReachedOps", mark_reached)
