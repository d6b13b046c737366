"""The order within a training step, on which the recipes agree.

First all gradients, the loss and every rate are computed, then variables are written, then the
global step moves. A TF1 (ref) variable is written in place: an optimizer that applies one gradient
while another is still being computed overwrites weights that the other's backward pass has yet to
read, and the result depends on which thread was faster. The gate is what rules that out.
"""
from tf1_recipes.v1 import tf

# Ops whose output may be the very buffer of their input.
_PASS_ON = frozenset((
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "Reshape", "Squeeze", "ExpandDims",
    "CheckNumerics", "EnsureShape", "Snapshot", "RefIdentity", "PlaceholderWithDefault", "AddN",
))


def gate(values, also=(), name="gate"):
    """Returns the same values, none of which is available before all have been computed.

    Args:
        values: list of tensors, ``IndexedSlices`` and ``None``.
        also: list of tensors or operations that must have been computed as well.
        name: str, the name scope.

    Returns:
        A list like ``values``: ``IndexedSlices`` stay ``IndexedSlices``, ``None`` stays ``None``.
    """
    parts = [own_buffer(part) for value in values for part in components(value)]
    if not parts:
        return list(values)
    with tf.name_scope(name):
        computed = [part.op for part in parts] + [operation_of(value) for value in also]
        with tf.control_dependencies(computed):
            barrier = tf.no_op(name="all")
        held = []
        for part in parts:
            with tf.get_default_graph().colocate_with(part.op), tf.control_dependencies([barrier]):
                # An Identity, as tf.tuple makes, is no gate where a constant factor stands on
                # either side: the graph optimizer takes it away, merges the factors into the
                # second product, and the barrier then waits for a product of constants.
                held.append(tf.raw_ops.Snapshot(input=part))
        held = iter(held)
        return [_rebuild(value, held) for value in values]


def is_gated(values, also=()):
    """Whether the values come out of one gate, that waited for ``also``, with nothing in between.

    Args:
        values: list of tensors, ``IndexedSlices`` and ``None``.
        also: list of tensors or operations.

    Returns:
        bool.
    """
    operations = [part.op for value in values for part in components(value)]
    gates = {tuple(op.control_inputs) if op.type == "Snapshot" else () for op in operations}
    if len(gates) != 1:
        return False
    behind = gates.pop()
    if len(behind) != 1 or behind[0].type != "NoOp":
        return False
    waited_for = set(behind[0].control_inputs)
    sources = {op.inputs[0].op for op in operations}
    # The gate must hold every value, or one of them might be released before it was computed.
    return sources.union(operation_of(value) for value in also) <= waited_for


def before_gate(tensor):
    """The tensor, of the same value, that came into the gate which this one comes out of."""
    return tensor.op.inputs[0]


def components(value):
    """The tensors that a gradient is made of: none, one, or those of ``IndexedSlices``."""
    if value is None:
        return []
    if isinstance(value, tf.IndexedSlices):
        parts = [value.values, value.indices, value.dense_shape]
        return [part for part in parts if part is not None]
    return [value]


def rows_once(slices):
    """``IndexedSlices`` that name every row once: the values of equal indices are added up."""
    rows, positions = tf.unique(slices.indices)
    values = tf.unsorted_segment_sum(slices.values, positions, tf.size(rows))
    return tf.IndexedSlices(values, rows, slices.dense_shape)


def operation_of(value):
    """The operation of a tensor, variable or operation."""
    return value if isinstance(value, tf.Operation) else value.op


def wrapped_optimizers(optimizer):
    """The optimizers that one stands for: groups, moving averages, loss scaling, decay."""
    if hasattr(optimizer, "optimizers"):
        return optimizer.optimizers()
    inner = [getattr(optimizer, attribute, None) for attribute in ("_opt", "_optimizer")]
    return [each for each in inner if hasattr(each, "apply_gradients")]


def tensors_held_by(optimizer):
    """The tensors among an optimizer's settings, such as a rate that decays with the step.

    They are read when the updates run; where one reads a weight, it has to be read before.
    """
    graph = tf.get_default_graph()
    tensors = [
        value for _, value in sorted(vars(optimizer).items())
        if isinstance(value, tf.Tensor) and value.graph is graph
    ]
    for inner in wrapped_optimizers(optimizer):
        tensors.extend(tensors_held_by(inner))
    return tensors


def finish(updates, global_step, scope):
    """Returns the train op: the updates, and behind them the global step moved by 1.

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


def _rebuild(value, held):
    if value is None:
        return None
    if isinstance(value, tf.IndexedSlices):
        values, indices = next(held), next(held)
        shape = None if value.dense_shape is None else next(held)
        return tf.IndexedSlices(values, indices, shape)
    return next(held)


def own_buffer(tensor):
    """Returns the tensor, or a copy where it may be a ref variable's own memory.

    A gate holds back values, not memory: a "gradient" that is only another name for a variable
    would change under the hands of the update that reads it.
    """
    if _may_be_a_variable(tensor):
        return tf.raw_ops.DeepCopy(x=tensor)
    return tensor


def _may_be_a_variable(tensor):
    waiting = [tensor]
    while waiting:
        tensor = waiting.pop()
        if tensor.dtype._is_ref_dtype:
            return True
        if tensor.op.type in _PASS_ON:
            waiting.extend(tensor.op.inputs)
    return False
