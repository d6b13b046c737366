"""The order of operations in a training step, the same for all recipes.

First all gradients, the loss and every learning rate are computed, then variables are written, then
the global step moves. A TF1 (ref) variable is written in place: an optimizer that applies one
gradient while another is still being computed overwrites weights that the other's backward pass has
not read yet, and the result depends on which thread is faster. The gate prevents this.
"""
from __future__ import annotations

from typing import Iterable, List, Optional, Sequence, Union

from tf1_recipes.graph.types import Gradient, IndexedSlices, Operation, Optimizer, Tensor, Variable
from tf1_recipes.v1 import refuse_eager_mode, tf

# Ops whose output may be the very buffer of their input, many of them only if there is nothing to
# do: a mean of one number, a transposition of a vector.
_PASS_ON = frozenset((
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "Reshape", "Squeeze", "ExpandDims",
    "CheckNumerics", "EnsureShape", "Snapshot", "RefIdentity", "PlaceholderWithDefault", "AddN",
    "Print", "GuaranteeConst", "Cast", "Bitcast",
    "Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm", "Einsum",
    "Slice", "StridedSlice", "Split", "SplitV", "Unpack", "Pack", "Concat", "ConcatV2",
    "Transpose", "ReverseV2", "Pad", "PadV2", "MirrorPad", "Tile", "BroadcastTo", "MatrixBandPart",
    "SpaceToBatchND", "BatchToSpaceND",
    "Switch", "Merge", "Enter", "Exit", "NextIteration",
    "If", "StatelessIf", "Case", "StatelessCase", "While", "StatelessWhile",
    "PartitionedCall", "StatefulPartitionedCall",
    "TensorArrayWriteV3", "TensorArrayReadV3",
))


def gate(values: Sequence[Gradient], also: Iterable[Union[Tensor, Operation]] = (),
         name: str = "gate", computed: Optional[List[Operation]] = None) -> List[Gradient]:
    """Returns the same values, none of which is available before all have been computed.

    Args:
        values: list of tensors, ``IndexedSlices`` and ``None``.
        also: list of tensors or operations that must have been computed as well.
        name: str, the name scope.
        computed: list of operations that are done once all values that this step needs have been
            computed; by default the values' own, which must then be computed in every step.

    Returns:
        A list like ``values``: ``IndexedSlices`` stay ``IndexedSlices``, ``None`` stays ``None``.
    """
    refuse_eager_mode()
    parts = [here(own_buffer(part)) for value in values for part in components(value)]
    if not parts:
        return list(values)
    with tf.name_scope(name):
        if computed is None:
            computed = [part.op for part in parts]
        computed = computed + [operation_of(here(value)) for value in also]
        with tf.control_dependencies(computed):
            barrier = tf.no_op(name="all")
        held = []
        for part in parts:
            with tf.get_default_graph().colocate_with(part.op), tf.control_dependencies([barrier]):
                # An Identity, as in tf.tuple, is no gate between two constant factors: the graph
                # optimizer removes it, merges the factors into the second product, and the
                # barrier then waits for a product of constants.
                held.append(tf.raw_ops.Snapshot(input=part))
        rest = iter(held)
        return [rebuilt(value, rest) for value in values]


def is_gated(values: Sequence[Gradient], also: Iterable[Union[Tensor, Operation]] = ()) -> bool:
    """Whether the values come directly out of one gate that waited for ``also``.

    Args:
        values: list of tensors, ``IndexedSlices`` and ``None``.
        also: list of tensors or operations.

    Returns:
        bool.
    """
    refuse_eager_mode()
    operations = [part.op for value in values for part in components(value)]
    gates = {tuple(op.control_inputs) if op.type == "Snapshot" else () for op in operations}
    if len(gates) != 1:
        return False
    behind = gates.pop()
    if len(behind) != 1 or behind[0].type != "NoOp":
        return False
    waited_for = set(behind[0].control_inputs)
    sources = {op.inputs[0].op for op in operations}
    # Outside of the branch that is being built, a gate holds values back, but no operation.
    if not _is_here(behind[0]):
        return False
    # The gate must hold every value, or one of them might be released before it was computed.
    return sources.union(operation_of(value) for value in also) <= waited_for


def gate_of(values: Sequence[Gradient]) -> Operation:
    """Returns the operation that is done once all has been computed, of values from `gate`."""
    first = next(part for value in values for part in components(value))
    return first.op.control_inputs[0]


def before_gate(tensor: Tensor) -> Tensor:
    """Returns the gate's input for a tensor that comes out of the gate."""
    return tensor.op.inputs[0]


def components(value: Gradient) -> List[Tensor]:
    """Returns the tensors of a gradient: none, one, or those of ``IndexedSlices``."""
    if value is None:
        return []
    if isinstance(value, tf.IndexedSlices):
        parts = [value.values, value.indices, value.dense_shape]
        return [part for part in parts if part is not None]
    return [value]


def rows_once(slices: IndexedSlices) -> IndexedSlices:
    """Returns ``IndexedSlices`` with every row once: values of equal indices are added up."""
    rows, positions = tf.unique(slices.indices)
    values = tf.unsorted_segment_sum(slices.values, positions, tf.size(rows))
    return tf.IndexedSlices(values, rows, slices.dense_shape)


def operation_of(value: Union[Tensor, Variable, Operation]) -> Operation:
    """Returns the operation of a tensor or variable, or the operation itself."""
    return value if isinstance(value, tf.Operation) else value.op


def wrapped_optimizers(optimizer: Optimizer) -> List[Optimizer]:
    """Returns the optimizers inside one: of groups, moving averages, loss scaling, decay."""
    if hasattr(optimizer, "optimizers"):
        return optimizer.optimizers()
    found = []
    for _, value in sorted(vars(optimizer).items()):
        several = value.values() if isinstance(value, dict) else value
        found.extend(several if isinstance(value, (list, tuple, dict)) else [value])
    return [each for each in found
            if hasattr(each, "apply_gradients") and not isinstance(each, type)]


def with_wrapped(optimizers: Iterable[Optimizer]) -> List[Optimizer]:
    """Returns optimizers and all that they wrap, each once."""
    found, waiting = {}, list(optimizers)[::-1]
    while waiting:
        each = waiting.pop()
        if id(each) not in found:
            found[id(each)] = each
            waiting.extend(wrapped_optimizers(each)[::-1])
    return list(found.values())


def tensors_held_by(optimizer: Optimizer) -> List[Tensor]:
    """Returns the tensors among an optimizer's settings, such as a decaying learning rate.

    The updates read them; one that depends on a weight has to be computed before the updates.
    """
    graph = tf.get_default_graph()
    return [
        value for each in with_wrapped([optimizer]) for _, value in sorted(vars(each).items())
        if isinstance(value, tf.Tensor) and value.graph is graph
    ]


def finish(updates: List[Operation], global_step: Optional[Variable], scope: str) -> Operation:
    """Returns the train op: the updates, then 1 added to the global step.

    Args:
        updates: list of operations.
        global_step: variable or None.
        scope: str, a name scope ending in ``/``; the operation takes its name.
    """
    if global_step is not None:
        with tf.control_dependencies(updates), tf.name_scope(scope):
            updates = [operation_of(tf.assign_add(global_step, 1, name="global_step"))]
    train_op = tf.group(*updates, name=scope)
    train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
    if train_op not in train_ops:
        train_ops.append(train_op)
    return train_op


def rebuilt(value: Gradient, parts: Iterable[Tensor]) -> Gradient:
    """Returns a gradient like ``value``, of other tensors, which it takes from an iterator."""
    held = iter(parts)
    if value is None:
        return None
    if isinstance(value, tf.IndexedSlices):
        values, indices = next(held), next(held)
        shape = None if value.dense_shape is None else next(held)
        return tf.IndexedSlices(values, indices, shape)
    return next(held)


def own_buffer(tensor: Tensor) -> Tensor:
    """Returns the tensor, or a copy where it may be a ref variable's own memory.

    A gate holds back values, not memory: a "gradient" that is the variable's own memory would
    change while the update reads it.
    """
    if may_be_a_variable(tensor):
        return tf.raw_ops.DeepCopy(x=tensor)
    return tensor


def here(value: Union[Tensor, Operation]) -> Union[Tensor, Operation]:
    """Returns a tensor as one of the branch that is being built, in which it can be waited for.

    In the branch of a ``tf.cond`` TensorFlow drops control dependencies on what is outside of it.
    """
    if isinstance(value, tf.Operation) or _is_here(value.op):
        return value
    return tf.identity(value)


def _is_here(operation):
    graph = tf.get_default_graph()
    return (operation.graph is graph and operation._get_control_flow_context()
            is graph._get_control_flow_context())


def may_be_a_variable(tensor: Tensor) -> bool:
    """Whether a tensor may be a ref variable's own memory, which changes while it is read."""
    waiting, seen = [tensor], set()
    while waiting:
        tensor = waiting.pop()
        if tensor.dtype._is_ref_dtype:
            return True
        if tensor.op.type in _PASS_ON and tensor.op not in seen:
            seen.add(tensor.op)
            waiting.extend(tensor.op.inputs)
    return False
