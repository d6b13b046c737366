"""Which variables a training step writes, and which of them it writes in some runs only.

Some optimizers skip updates: a loss-scale optimizer in a step with a NaN, gradient accumulation in
all steps but every n-th. What a recipe adds behind such an update (a decay, a count) would be done
in the skipped steps, too. Whether a step can skip an update is decided on its graph:

- a ``Switch`` (of ``tf.cond``, ``tf.case`` and loops) passes its input on or not, and whatever
  depends on it does not run if it does not; a ``Merge`` ends that;
- an ``If``, ``Case`` or ``While`` that is given a variable to write decides it inside;
- a step that writes a variable nowhere leaves that to another thread (``SyncReplicasOptimizer``).
"""
from __future__ import annotations

from typing import Container, Dict, FrozenSet, List, Optional, Set, Tuple

from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.types import Operation, Tensor

VARIABLES = frozenset(("Variable", "VariableV2", "VarHandleOp"))

# Ops that pass a handle or reference on.
_HANDED_ON = frozenset(("Identity", "IdentityN", "Enter", "Switch", "RefEnter", "RefSwitch"))
# Ops that take a variable's handle or reference and leave the variable as it is.
_READS = _HANDED_ON | frozenset((
    "ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp",
    "IsVariableInitialized",
))
# Functions that decide inside whether they write.
_CHOICES = frozenset(("If", "StatelessIf", "Case", "StatelessCase", "While", "StatelessWhile"))
_REVIVES = frozenset(("Merge", "RefMerge", "Exit", "RefExit"))

# What a step has at least one of that writes a variable in some runs only.
CONDITIONAL = _CHOICES | frozenset(("Switch", "RefSwitch"))

Branches = FrozenSet[Tuple[str, int]]  # (name of a condition, number of the output of its Switch)


def writes_in(step: Operation) -> Dict[str, List[Operation]]:
    """Returns the operations by which a step may write variables, by the variables' names.

    >>> w = tf.get_variable("w", initializer=1.0)
    >>> step = tf.group(tf.assign_add(w, w + 1.0, name="write"))
    >>> [(name, [op.name for op in found]) for name, found in writes_in(step).items()]
    [('w', ['write'])]
    """
    found = {}
    # Inside a function, such as a branch of an If, a handle comes in through a placeholder.
    outer = {inner.name: given for given, inner in getattr(step.graph, "captures", ())}
    for operation in sorted(ancestors(step), key=lambda each: each._id):
        if operation.type in _READS:
            continue
        for number, tensor in enumerate(operation.inputs):
            if _is_held(tensor) and not _only_reads(operation, number):
                source = _origin(tensor, outer).op
                if source.type in VARIABLES:
                    found.setdefault(source.name, []).append(operation)
    return found


def updated_sometimes(step: Operation, beside: Dict[str, Operation],
                      own: Container[Operation] = ()) -> List[str]:
    """Returns the variables that a step does not write in every run, as problems.

    Args:
        step: operation that makes the step.
        beside: {variable's name: operation}. A variable counts as written in every run if it is in
            every run in which this one is done.
        own: writes that do not count.

    Returns:
        List of str, the rest of a sentence that begins with what makes the step.
    """
    writes, branches, never, sometimes = writes_in(step), {}, [], {}
    for name, other in beside.items():
        found = [write for write in writes.get(name, []) if write not in own]
        if not found:
            never.append(name)
            continue
        left = [_branches(write, branches) - _branches(other, branches) for write in found
                if write.type not in _CHOICES]
        if not _covers_all(left):
            condition = _condition(left, found)
            sometimes.setdefault(condition, []).append(name)
    problems = ["writes %s only in some steps, by the condition %r" % (_listed(names), condition)
                for condition, names in sometimes.items()]
    if never:
        problems.append("writes %s not at all: another thread does, or nothing" % _listed(never))
    return problems


def _is_held(tensor: Tensor) -> bool:
    return tensor.dtype.name == "resource" or tensor.dtype._is_ref_dtype


def _origin(tensor: Tensor, outer: Dict[str, Tensor]) -> Tensor:
    """The handle that a handle is passed on from."""
    while tensor.op.type in _HANDED_ON:
        tensor = tensor.op.inputs[tensor.value_index if tensor.op.type == "IdentityN" else 0]
    return outer.get(tensor.name, tensor)


def _only_reads(operation: Operation, number: int) -> bool:
    """Whether a function is known to leave one of its inputs as it is."""
    try:
        return number in operation.get_attr("_read_only_resource_inputs")
    except ValueError:  # no such attribute: not a function
        return False


def _branches(operation: Operation, known: Dict[Operation, Branches]) -> Branches:
    """The conditions without which an operation does not run; in one pass over what is before."""
    waiting = [operation]
    while waiting:
        each = waiting[-1]
        sources: Set[Operation] = set()
        if each.type not in _REVIVES:
            sources.update(tensor.op for tensor in each.inputs)
            sources.update(each.control_inputs)
        missing = [source for source in sources if source not in known]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        own: Branches = frozenset()
        if each.type not in _REVIVES:
            own = own.union(*(known[source] for source in sources))
            own = own.union((_origin(tensor.op.inputs[1], {}).name, tensor.value_index)
                            for tensor in each.inputs if tensor.op.type in ("Switch", "RefSwitch"))
        known[each] = own
    return known[operation]


def _covers_all(branches: List[Branches]) -> bool:
    """Whether one of the sets of conditions holds in every run: both sides of a condition do."""
    found = set(branches)
    while frozenset() not in found:
        joined = {one & other for one in found for other in found
                  if len(one ^ other) == 2 and len({name for name, _ in one ^ other}) == 1}
        if joined <= found:
            return False
        found |= joined
    return True


def _condition(branches: List[Branches], writes: List[Operation]) -> Optional[str]:
    names = sorted(name for each in branches for name, _ in each)
    return names[0] if names else writes[0].name


def _listed(names: List[str]) -> str:
    few = ", ".join(map(repr, names[:3]))
    return few if len(names) <= 3 else "%s and %d more" % (few, len(names) - 3)
