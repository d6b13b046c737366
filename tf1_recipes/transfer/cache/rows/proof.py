"""The proof that each row of a tensor is computed from one example alone."""
from __future__ import annotations

from typing import (
    Any,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from tf1_recipes.graph.types import Operation, Session, Tensor

# Imported for the rules that they enter into the table.
from tf1_recipes.transfer.cache.rows import along_axes as along_axes
from tf1_recipes.transfer.cache.rows import layout as layout
from tf1_recipes.transfer.cache.rows import products as products
from tf1_recipes.transfer.cache.rows.control_flow import MERGES, OWN_RULES, SWITCHES, merged
from tf1_recipes.transfer.cache.rows.facts import Facts
from tf1_recipes.transfer.cache.rows.kinds import (
    SAME,
    SIZE,
    Handle,
    Kind,
    Rows,
    Stop,
    Stopped,
    WithoutRows,
)
from tf1_recipes.transfer.cache.rows.sizes import computed, of_value
from tf1_recipes.transfer.cache.rows.table import ROW_RULES, SIZE_RULES, Call, hanging
from tf1_recipes.transfer.cache.tensor_sources import behind_their_inputs

_ENTERS, _EXITS = ("Enter", "RefEnter"), ("Exit", "RefExit")
_ROUNDS = ("NextIteration", "RefNextIteration")
# A walk for each step of the kinds, and for each loop that may change what the next one gets.
_FEWEST_WALKS = 8


def prove(session: Session, tensor: Tensor, operations: Sequence[Operation],
          examples: Mapping[Tensor, Any], fed: Iterable[Tensor], fixed: Optional[int],
          constants: Mapping[Tensor, Any]) -> Tuple[Optional[Kind], List[Stop]]:
    """Walks from the fed tensors to a tensor with the rules of the table.

        rows(op) = rule of op's type (rows of op's inputs)

    from ``Rows(0)`` for what is fed, once for each op, and again where loops lead back, until
    nothing changes. A constant is a batch's as much as an example's; a size is a multiple of the
    batch. That what comes out is right at every step follows from the rules by induction over the
    ops that run.

    Args:
        session: ``tf.Session``; runs what the graph does not say, such as an unknown shape.
        tensor: the tensor.
        operations: those that run for it, each after its inputs but for loops.
        examples: dict of all feeds for one example, or for a batch of the fixed size.
        fed: the tensors that are fed examples.
        fixed: int, the size of every batch if the graph fixes it, or None.
        constants: dict {tensor: value}, fed the same value in every run.

    Returns:
        A pair: what is known of the tensor, and the list of the ops at which the proof ends, in
        the order of the graph, if it does not get to the tensor.
    """
    given = {each.name for each in fed}.union(each.name for each in constants)
    operations = _rounds_before_exits(tensor.op, operations, given)
    facts = Facts(session, examples, fixed, {each.name: value for each, value in constants.items()},
                  _in_loops(operations))
    kinds: Dict[str, Kind] = {each.name: Rows(0) for each in fed}
    kinds.update((each.name, SAME) for each in constants)
    choices: Dict[str, Stop] = {}
    for _ in range(_FEWEST_WALKS + sum(op.type in _ROUNDS for op in operations)):
        before = dict(kinds), dict(choices)
        for op in operations:
            inputs = [kinds.get(each.name) for each in op.inputs]
            _note_choice(op, inputs, choices)
            outputs = _of_outputs(op, inputs, facts)
            if op.type in MERGES and op.name in choices and _is_choice(op, inputs):
                outputs = [choices[op.name]] * 2
            for output, kind in zip(op.outputs, outputs):
                if kind is not None and output.name not in given:
                    kinds[output.name] = kind
        if not facts.turn() and (kinds, choices) == before:
            break
    else:
        return None, [Stop(tensor.op.name, tensor.op.type, "is in loops that do not settle")]
    kind = kinds.get(tensor.name)
    if kind is None or isinstance(kind, Stop):
        return kind, _ends(tensor, operations, kinds, given)
    return kind, []


def _rounds_before_exits(last: Operation, operations: Sequence[Operation], given: Set[str]
                         ) -> List[Operation]:
    """The operations in an order in which one walk goes through a round of a loop, then leaves it.
    """
    there = set(operations)

    def sources(op: Operation) -> Iterator[Operation]:
        before = [each.op for each in op.inputs if each.name not in given]
        if op.type in MERGES:
            before = [each for each in before if each.type not in _ROUNDS]
        elif op.type in _EXITS and op.inputs[0].op.type in SWITCHES:
            before += [each.op for each in op.inputs[0].op.inputs[0].op.inputs
                       if each.op.type in _ROUNDS]
        return (each for each in before + list(op.control_inputs) if each in there)

    ordered = behind_their_inputs([last], sources)
    # Those that only the next round asks for.
    reached = set(ordered)
    return ordered + [op for op in operations if op not in reached]


def _note_choice(op: Operation, kinds: List[Optional[Kind]], choices: Dict[str, Stop]) -> None:
    """Notes whether the op runs only if a condition that is not the same in all batches holds.

    A constant in a branch is told to run by a control edge alone.
    """
    if op.type in SWITCHES and kinds[1] is not SAME and kinds[1] is not None:
        choices[op.name] = kinds[1] if isinstance(kinds[1], Stop) else Stop(
            op.name, op.type, "asks a condition that %s" % hanging(kinds[1]))
    for each in [tensor.op for tensor in op.inputs] + list(op.control_inputs):
        if op.name not in choices and each.name in choices:
            choices[op.name] = choices[each.name]


def _is_choice(op: Operation, kinds: List[Optional[Kind]]) -> bool:
    """Whether a merge is of branches, of which more than one may run; not of a loop's rounds."""
    return (sum(kind is not None for kind in kinds) > 1
            and not any(each.op.type in _ROUNDS for each in op.inputs))


def _of_outputs(op: Operation, kinds: List[Optional[Kind]], facts: Facts
                ) -> Sequence[Optional[Kind]]:
    """What is known of the outputs of an op: None where nothing has reached it yet."""
    call = Call(op, kinds, facts)
    try:
        found: Any = _by_rule(call)
        call.stop_at_forgotten()
    except Stopped as stopped:
        found = Stop(op.name, op.type, str(stopped))
    if isinstance(found, list):
        return found
    return [found] * len(op.outputs)


def _by_rule(call: Call) -> Union[Optional[Kind], Sequence[Optional[Kind]]]:
    op, kinds = call.op, call.kinds
    if op.type in MERGES:
        # The other output is the number of the branch, which is the same where that is known.
        kind = merged(call)
        return [kind, kind if kind is None or isinstance(kind, Stop) else SAME]
    ended = [kind for kind in kinds if kind is None or isinstance(kind, Stop)]
    if ended:
        call.look_at_all()
        return None if None in ended else ended[0]
    if op.type not in OWN_RULES and all(kind is SAME or kind is SIZE for kind in kinds):
        return _without_rows(call)
    if op.type not in ROW_RULES:
        call.look_at_all()
        return Stop(op.name, op.type, None)
    return ROW_RULES[op.type](call)


def _without_rows(call: Call) -> Union[Kind, List[Kind]]:
    """What is known of an op whose inputs are constants and sizes: the same of its outputs."""
    op, facts = call.op, call.facts
    call.look_at_all()
    if SIZE not in call.kinds:
        return SAME
    if op.type in SIZE_RULES:
        return SIZE_RULES[op.type](call)
    values = computed(op, [facts.value(each, kind) for each, kind in zip(op.inputs, call.kinds)])
    return [of_value(facts, output, None if values is None else values[number])
            for number, output in enumerate(op.outputs)]


def _in_loops(operations: Sequence[Operation]) -> Set[Operation]:
    """The operations in loops, between their entrance and their exit, by their order."""
    depth: Dict[Operation, int] = {}
    for op in operations:
        before = [each.op for each in op.inputs] + list(op.control_inputs)
        inside = max([depth.get(each, 0) for each in before] or [0])
        depth[op] = inside + (op.type in _ENTERS) - (op.type in _EXITS)
    return {op for op in operations if depth[op] > 0}


def _ends(tensor: Tensor, operations: Sequence[Operation], kinds: Mapping[str, Kind],
          given: Set[str]) -> List[Stop]:
    """The ops at which the walk ended, of those that the tensor is computed from."""
    ends: Dict[str, Stop] = {}
    seen, waiting = {tensor.op}, [tensor.op]
    while waiting:
        op = waiting.pop()
        for each in op.outputs:
            kind = kinds.get(each.name)
            if isinstance(kind, Stop):
                ends[kind.op] = kind
        stopped = {each.op for each in op.inputs if each.name not in given and not isinstance(
            kinds.get(each.name), (Rows, WithoutRows, Handle))}
        if stopped and op.type not in ROW_RULES and op.type not in MERGES:
            ends[op.name] = Stop(op.name, op.type, None)
        waiting.extend(stopped - seen)
        seen |= stopped
    return [ends[op.name] for op in operations if op.name in ends] or [
        Stop(tensor.op.name, tensor.op.type, "is computed in an order that is not known")]
