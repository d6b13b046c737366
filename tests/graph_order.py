"""Proves on a graph which reads and writes of variables no order holds: the races of a step.

A sample of runs can only show a race. That there is none follows from the graph: of every read and
write of a variable, one has to wait for the other.
"""
import collections
import itertools

from tf1_recipes.v1 import tf

Race = collections.namedtuple("Race", "variable one other")
Race.__doc__ = """Two operations on one variable, one of which writes it, in no order."""

# Ops that may pass their input's memory on: who reads their output reads the variable.
_PASS_ON = frozenset((
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "Reshape", "Squeeze", "ExpandDims",
    "CheckNumerics", "EnsureShape", "Snapshot", "RefIdentity", "AddN", "Switch", "RefSwitch",
    "Merge", "Enter", "RefEnter",
    # All of these did, where there is nothing to do, in runs that changed the variable meanwhile:
    "Sum", "Mean", "Prod", "Max", "Slice", "StridedSlice", "Split", "SplitV", "Pack", "Transpose",
    "Pad", "Tile", "BroadcastTo", "Cast", "Bitcast", "Print", "MatrixBandPart",
))
_WRITES_REF = ("Assign", "Apply", "SparseApply", "Scatter", "CountUpTo")
_READS_HANDLE = frozenset(("ReadVariableOp", "ResourceGather", "ResourceGatherNd"))
_ONLY_LOOKS = frozenset(("VariableShape", "VarIsInitializedOp"))


def races(fetches):
    """Finds what a run that fetches these leaves in no order.

    Args:
        fetches: operation, tensor, or list of them.

    Returns:
        List of `Race`, with the names of the variable and of the two operations. Of the inputs of
        a ``Merge`` only one is computed, by the value of a predicate, so that they cannot race with
        each other: all values of all predicates are looked at.

    >>> from tests.small_trainings import variable
    >>> w, v = variable("w", 1.0), variable("v", 1.0)
    >>> step = tf.group(tf.assign_sub(w, v + 1.0), tf.assign_sub(v, w))
    >>> [(race.variable, race.one, race.other) for race in races(step)]
    [('w', 'AssignSub', 'AssignSub_1'), ('v', 'AssignSub_1', 'add')]
    """
    merges = [each for each in ancestors(fetches) if each.type == "Merge"]
    predicates = sorted({_branch(each.inputs[0])[0] for each in merges}, key=lambda op: op.name)
    found = []
    for values in itertools.product([False, True], repeat=len(predicates)):
        run = ancestors(fetches, dict(zip(predicates, values)))
        found.extend(race for race in _races(run) if race not in found)
    return found


def _branch(tensor):
    """The predicate, and its value, with which an input of a Merge is computed."""
    while tensor.op.type != "Switch":
        tensor = tensor.op.inputs[0]
    return tensor.op.inputs[1].op, bool(tensor.value_index)


def _races(run):
    found = []
    for operation in sorted(run, key=lambda each: each._id):
        if operation.type not in ("Variable", "VariableV2", "VarHandleOp"):
            continue
        reads, writes = _uses(operation, run)
        seen = []
        for write in writes:
            seen.append(write)
            found.extend(Race(operation.name, write.name, other.name)
                         for other in writes + reads
                         if other not in seen and not _ordered(write, other))
    return found


def writes_of(variable, fetches):
    """The operations by which a run that fetches these writes a variable."""
    return _uses(variable.op, ancestors(fetches))[1]


def ancestors(fetches, values=None):
    """The operations that are done before the given ones are, and these.

    With the values of the predicates, only the input of a Merge that is computed counts.
    """
    fetches = fetches if isinstance(fetches, (list, tuple)) else [fetches]
    waiting = [each if isinstance(each, tf.Operation) else each.op for each in fetches]
    seen = set(waiting)
    while waiting:
        operation = waiting.pop()
        inputs = operation.inputs
        if operation.type == "Merge" and values is not None:
            inputs = [each for each in inputs
                      for predicate, value in [_branch(each)] if values[predicate] == value]
        for source in [tensor.op for tensor in inputs] + list(operation.control_inputs):
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return seen


def _uses(variable, run):
    """The operations of a run that read, and that write, the variable that an operation makes."""
    reads, writes, seen, waiting = [], [], set(), list(variable.outputs)
    while waiting:
        tensor = waiting.pop()
        for operation in tensor.consumers():
            if operation not in run or (operation, tensor.dtype) in seen:
                continue
            seen.add((operation, tensor.dtype))
            if operation.type in _PASS_ON:
                waiting.extend(operation.outputs)
            elif _writes(operation, tensor):
                writes.append(operation)
                waiting.extend(each for each in operation.outputs if each.dtype._is_ref_dtype)
            elif operation.type not in _ONLY_LOOKS and operation not in reads:
                reads.append(operation)
    return [each for each in reads if each not in writes], writes


def _writes(operation, tensor):
    if tensor.dtype == tf.resource:
        return operation.type not in _READS_HANDLE and operation.type not in _ONLY_LOOKS
    return tensor.dtype._is_ref_dtype and operation.type.startswith(_WRITES_REF)


def _ordered(one, other):
    return one in ancestors(other) or other in ancestors(one)
