"""Finds the operations that run for a tensor, and those whose results must not be cached."""
from __future__ import annotations

from typing import Any, Callable, Collection, Iterable, List, Mapping

from tf1_recipes.graph.types import Operation, Session, Tensor
from tf1_recipes.recording.session_tap import READERS, VARIABLES

_MERGES = ("Merge", "RefMerge")
_SWITCHES = ("Switch", "RefSwitch")
_LOOPS = ("Enter", "RefEnter")
_PLACEHOLDERS = ("Placeholder", "PlaceholderV2")
# Stateful for TensorFlow, but without a result that could differ: a TensorArray lives for one run.
_HARMLESS = ("Assert", "CheckNumerics", "CheckNumericsV2", "NoOp")
_OF_ONE_RUN = "TensorArray"


def operations_for(session: Session, tensor: Tensor, feeds: Collection[str],
                   constants: Mapping[Tensor, Any]) -> List[Operation]:
    """Returns the operations that run when a tensor is fetched, each after its inputs.

    Of a ``tf.cond`` only the branch that runs counts, if the condition is the same for all
    examples: a dropout layer with ``training=False`` has no random operation. Nothing is added to
    the graph.

    Args:
        session: ``tf.Session``; it computes the conditions.
        tensor: the tensor.
        feeds: container of str, the names of tensors that are fed another value at every run.
        constants: dict {tensor: value}, fed the same value at every run.

    Returns:
        List of operations, in an order that depends on the graph's edges only.
    """
    fed = set(feeds).union(each.name for each in constants)

    def sources(op):
        return [each.op for each in op.inputs if each.name not in fed] + list(op.control_inputs)

    everything = behind_their_inputs([tensor.op], sources)
    taken = _branches_taken(session, everything, set(feeds), constants, sources)
    dead = _dead(everything, fed, taken)

    def live_sources(op):
        return [each.op for each in op.inputs
                if each.name not in fed and not _is_dead(each, dead, taken)
                ] + list(op.control_inputs)

    return behind_their_inputs([tensor.op], live_sources)


def not_to_keep(operations: Iterable[Operation]) -> List[str]:
    """Returns reasons why these operations may compute another value in the next run."""
    problems = []
    for op in operations:
        told = "%r (%s)" % (op.name, op.type)
        if op.type in VARIABLES or op.type in READERS or op.type in _HARMLESS or (
                op.type.startswith(_OF_ONE_RUN)):
            continue
        if op.type in _PLACEHOLDERS:
            problems.append("it depends on the placeholder %r: give its examples in feeds, or its "
                            "value in constants" % op.name)
        elif any(argument.is_ref for argument in op.op_def.input_arg) or (
                op.op_def.is_stateful and any(each.op.type in VARIABLES for each in op.inputs)):
            problems.append("it depends on %s, which writes a variable in every run" % told)
        elif "Random" in op.type and op.op_def.is_stateful:
            problems.append("it depends on %s, which is random: switch it off (dropout, for "
                            "example)" % told)
        elif op.op_def.is_stateful:
            problems.append("it depends on %s, which has a state and may give another value in "
                            "every run" % told)
    return problems


def behind_their_inputs(
        operations: List[Operation], sources: Callable[[Operation], Iterable[Operation]],
) -> List[Operation]:
    """Returns operations and all that they depend on, in the order of a depth-first walk.

    Args:
        operations: the list of operations.
        sources: function of an operation: those that it depends on.
    """
    order, seen = [], set(operations)
    stack = [(op, iter(sources(op))) for op in operations]
    while stack:
        op, rest = stack[-1]
        source = next((each for each in rest if each not in seen), None)
        if source is None:
            stack.pop()
            order.append(op)
        else:
            seen.add(source)
            stack.append((source, iter(sources(source))))
    return order


def _branches_taken(session, operations, feeds, constants, sources):
    """Returns {Switch's name: bool} of the conditions that do not depend on the examples."""
    conditions, known = {}, {each.name for each in constants}
    for op in operations:
        if op.type not in _SWITCHES:
            continue
        condition = _beyond_identities(op.inputs[1])
        behind = [] if condition.name in known else behind_their_inputs([condition.op], sources)
        fed = {condition.name}.union(each.name for op_behind in behind for each in op_behind.inputs)
        # A loop's condition has many values, and a placeholder that is not fed has none.
        if condition.graph.is_fetchable(condition) and not fed & feeds and not any(
                each.type in _LOOPS or each.type in _PLACEHOLDERS for each in behind):
            conditions[op.name] = condition
    values = session.run(list(conditions.values()), constants) if conditions else []
    return {name: bool(value) for name, value in zip(conditions, values)}


def _beyond_identities(tensor):
    """The source of an Identity; tf.cond does not allow to fetch its copy of the condition."""
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def _dead(operations, fed, taken):
    """The operations that do not run, since they are in branches that are not taken."""
    dead = set()
    for op in operations:
        inputs = [_is_dead(each, dead, taken) for each in op.inputs if each.name not in fed]
        controls = any(each in dead for each in op.control_inputs)
        if controls or (bool(inputs) and all(inputs) if op.type in _MERGES else any(inputs)):
            dead.add(op)
    return dead


def _is_dead(tensor, dead, taken):
    op = tensor.op
    return op in dead or (op.name in taken and tensor.value_index != taken[op.name])
