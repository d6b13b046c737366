"""Walks backwards through a graph: everything that an operation depends on."""
from __future__ import annotations

from typing import Container, Set

from tf1_recipes.graph.types import Operation


def ancestors(operation: Operation, controls: bool = True, fed: Container[str] = ()
              ) -> Set[Operation]:
    """Returns an operation and all operations that it depends on.

    Args:
        operation: operation.
        controls: whether control inputs count.
        fed: names of tensors at which to stop.

    >>> x = tf.placeholder(tf.float32, name="x")
    >>> sorted(op.name for op in ancestors(tf.negative(x, name="y").op))
    ['x', 'y']
    """
    seen, waiting = {operation}, [operation]
    while waiting:
        each = waiting.pop()
        sources = [tensor.op for tensor in each.inputs if tensor.name not in fed]
        for source in sources + (list(each.control_inputs) if controls else []):
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return seen
