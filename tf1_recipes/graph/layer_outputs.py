"""Finds the variables of the layer that computes an output, by the graph's name scopes.

The layer of an output is everything in the output's innermost name scope. The walk goes backwards
from the output and stays in that scope; the trainable variables that are read there are the
layer's own. (A read is in the scope of its use: a layer that is used again, as ``dense_1/...``,
reads ``dense/kernel`` in ``dense_1``.) Inputs from other scopes do not count, unless the layer has
no variable of its own and exactly one input that depends on variables: then it is an activation,
dropout, pooling or reshaping, and part of the layer below.

Limits of the rule, as the graph does not tell:

* Layers in one name scope count as one.
* Of a layer in several scopes, only the part in the output's scope counts.
* A variable that is the input of a layer counts as the layer's own.
* An operation in no name scope could belong to any layer. It is refused if it reads a variable and
  has an input that depends on others, as the ``add`` of ``tf.matmul(x, w) + b``.
"""
from __future__ import annotations

from typing import Any, Iterable, List, Optional, Tuple

from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.types import Tensor
from tf1_recipes.v1 import refuse_eager_mode

_VARIABLES = frozenset(("Variable", "VariableV2", "VarHandleOp"))
# Ops between a variable and its use: reads, casts, the joining of a partitioned variable, the
# entrances of conditions and loops.
_COPIES = frozenset((
    "Identity", "ReadVariableOp", "Cast", "Concat", "ConcatV2", "Switch", "RefSwitch", "Enter",
    "RefEnter",
))


def is_output(part: Any) -> bool:
    """Whether a part of a selector is the output of an operation, not a variable."""
    operation: Any = getattr(part, "op", None)
    return hasattr(operation, "inputs") and operation.type not in _VARIABLES


def variables_of_output(output: Tensor,
                        names: Iterable[str] = ()) -> Tuple[List[str], Optional[str]]:
    """Returns the names of the variables of the layer that computes a tensor, or a problem.

    Args:
        output: tensor.
        names: names of variables that count, besides the trainable ones.

    Returns:
        A pair: list of str, and a problem (str) or None. One of them is empty.

    >>> x = tf.placeholder(tf.float32, [None, 3])
    >>> hidden = tf.layers.dense(x, 4, tf.tanh, name="hidden")
    >>> outputs = tf.nn.dropout(tf.layers.dense(hidden, 2, name="outputs"), rate=0.5)
    >>> variables_of_output(outputs)
    (['outputs/bias', 'outputs/kernel'], None)
    """
    refuse_eager_mode()
    trainable = output.graph.get_collection("trainable_variables")
    counted = set(names).union(variable.op.name for variable in trainable)
    title, seen = output.op.name, set()
    while True:
        own = _copied_from(output, counted)
        if own:
            return own, None
        own, taken = _layer(output.op, counted)
        below = [each for each in taken if _depends_on(each, counted)]
        if own and below and "/" not in output.op.name:
            return [], (
                "the output %r comes from %r, which is in no name scope, so its layer is not "
                "known: build the layer in a tf.variable_scope, or give its variables"
                % (title, output.op.name))
        if own:
            return sorted(own), None
        if not below:
            return [], "the output %r depends on no variable" % title
        if len(below) > 1 or output.op in seen:
            return [], "the output %r reads no variable of its own and depends on several: %s" % (
                title, ", ".join(repr(each.op.name) for each in below))
        seen.add(output.op)
        output = below[0]


def _layer(operation, counted):
    """The variables read in an operation's scope, and the inputs from outside of it."""
    scope = operation.name.rpartition("/")[0]
    own, taken, seen, waiting = [], [], {operation}, [operation]
    while waiting:
        for tensor in waiting.pop().inputs:
            copied = _copied_from(tensor, counted)
            own.extend(name for name in copied if name not in own)
            inside = scope and tensor.op.name.startswith(scope + "/")
            if inside and not copied and tensor.op not in seen:
                seen.add(tensor.op)
                waiting.append(tensor.op)
            elif not inside and not copied and not any(tensor is each for each in taken):
                taken.append(tensor)
    return own, taken


def _copied_from(tensor, counted):
    """The names of the variables that a tensor is a copy of; none if it is more than a copy."""
    operation = tensor.op
    if operation.type in _VARIABLES:
        return [operation.name] if operation.name in counted else []
    if operation.type not in _COPIES:
        return []
    sources = [source for source in operation.inputs if source.op.type != "Const"]
    if operation.type.endswith("Switch"):
        sources = sources[:1]  # the second is the condition
    found = [_copied_from(source, counted) for source in sources]
    return [name for names in found for name in names] if all(found) else []


def _depends_on(tensor, counted):
    return any(operation.type in _VARIABLES and operation.name in counted
               for operation in ancestors(tensor.op, controls=False))
