"""Branches, loops and TensorArrays: ``tf.cond``, ``tf.while_loop`` and ``dynamic_rnn``.

A condition must be the same in all batches. Then one branch runs, or the body so many times, for
all examples. What goes round a loop must be of one kind in all rounds.
"""
from __future__ import annotations

from typing import List, Optional

from tf1_recipes.transfer.cache.rows.kinds import SAME, Handle, Kind, Rows, Stop, Stopped
from tf1_recipes.transfer.cache.rows.table import Call, hanging, rule

SWITCHES = ("Switch", "RefSwitch")
MERGES = ("Merge", "RefMerge")
# Ops with a rule of their own even if all their inputs are the same in all batches.
OWN_RULES = ("Enter", "RefEnter",
          "TensorArrayV3", "TensorArrayReadV3", "TensorArrayWriteV3", "TensorArrayScatterV3",
          "TensorArrayGatherV3", "TensorArraySizeV3")


@rule(*SWITCHES)
def switch(call: Call) -> Kind:
    """Both outputs are the first input; the second says which."""
    if call.kind(1) is not SAME:
        raise Stopped("asks a condition that %s" % hanging(call.kind(1)))
    return call.kind(0)


@rule("Exit", "NextIteration", "LoopCond", "RefExit", "RefNextIteration")
def passed_on(call: Call) -> Kind:
    """The input."""
    return call.kind(0)


@rule("Enter", "RefEnter")
def entering(call: Call) -> Kind:
    """The input; equal rows of a batch of a fixed size are rows, which the loop may change."""
    kind, facts, tensor = call.kind(0), call.facts, call.op.inputs[0]
    if kind is SAME and facts.fixed and not call.attribute("is_constant"):
        dims = facts.dims(tensor, kind)
        if dims and dims[0] == facts.batch and facts.repeats(tensor, -len(dims)):
            return Rows(0)
    return kind


def merged(call: Call) -> Optional[Kind]:
    """What is known of one of the inputs, of which those not reached yet are None."""
    numbers = [number for number, kind in enumerate(call.kinds) if kind is not None]
    kinds = [call.kind(number) for number in numbers]
    stops = [kind for kind in kinds if isinstance(kind, Stop)]
    found = set(kinds) - {SAME}
    call.look_at_all()
    if stops or not kinds:
        return stops[0] if stops else None
    if len(found) > 1:
        raise Stopped("is sometimes rows of one axis, sometimes other values")
    if not found:
        return SAME
    kind = found.pop()
    for number in numbers:
        if isinstance(kind, Rows) and call.kinds[number] is SAME:
            rank = call.rank(number)
            if not call.repeats(number, rank, kind.axis - rank):
                raise Stopped("is sometimes rows of the examples, sometimes other values")
    return kind


@rule("TensorArrayV3")
def array(call: Call) -> List[Kind]:
    """A handle, and the flow that orders reading and writing."""
    return [Handle(call.op.name), SAME]


@rule("TensorArrayWriteV3")
def write(call: Call) -> Kind:
    """Handle, index, value, flow."""
    _put(call, 1, call.kind(2))
    return SAME


@rule("TensorArrayScatterV3")
def scatter(call: Call) -> Kind:
    """Handle, indices, values along the first axis, flow."""
    kind = call.kind(2)
    if isinstance(kind, Rows):
        if not kind.axis:
            raise Stopped("goes through the examples one by one")
        kind = kind._replace(axis=kind.axis - 1)
    _put(call, 1, kind)
    return SAME


@rule("TensorArrayReadV3")
def read(call: Call) -> Optional[Kind]:
    """Handle, index, flow."""
    return _content(call, 1)


@rule("TensorArrayGatherV3")
def read_several(call: Call) -> Optional[Kind]:
    """Handle, indices, flow: the elements, along a new first axis."""
    kind = _content(call, 1)
    return kind._replace(axis=kind.axis + 1) if isinstance(kind, Rows) else kind


@rule("TensorArraySizeV3")
def size(call: Call) -> Kind:
    """Handle, flow."""
    _origin(call)
    return SAME


def _origin(call):
    handle = call.kind(0)
    if not isinstance(handle, Handle):
        raise Stopped("has a TensorArray that is not known")
    return handle.origin


def _put(call, index, kind):
    """All elements of an array are of one kind, in whatever order they are read and written."""
    call.same(index)
    if isinstance(kind, Handle) or not call.facts.put(_origin(call), kind):
        raise Stopped("keeps rows of one axis beside other values")


def _content(call, index):
    call.same(index)
    return call.facts.content(_origin(call))
