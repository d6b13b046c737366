"""Ops that move elements without a look at them: reshape, transpose, concat, slice, pad, gather."""
from __future__ import annotations

from typing import List

from tf1_recipes.transfer.cache.rows.elementwise import broadcast
from tf1_recipes.transfer.cache.rows.kinds import SAME, Rows, Stopped
from tf1_recipes.transfer.cache.rows.table import Call, rule


@rule("Reshape")
def reshape(call: Call) -> Rows:
    """The elements before, and after, an example's own stay as many as they are.

    In the order of memory element (p, i, q) of [before, batch, after] belongs to example i. A new
    axis holds whole examples if what lies before it divides ``before``, and what lies after it
    divides ``after``.
    """
    rows, dims = call.rows(0), call.dims(0)
    target = call.value(1).reshape(-1).tolist()
    batch = dims[rows.axis] // (rows.before * rows.after)
    before = _product(dims[:rows.axis]) * rows.before
    after = _product(dims[rows.axis + 1:]) * rows.after
    if None in target:
        raise Stopped("has a shape that is not known")
    total = before * batch * after
    rest = _product(size for size in target if size != -1)
    if not total or not rest or total % rest:
        raise Stopped("has a shape that fits some sizes of batches only")
    target = [total // rest if size == -1 else size for size in target]
    if _product(target) != total:
        raise Stopped("has a shape that fits some sizes of batches only")
    for axis, size in enumerate(target):
        outer, inner = _product(target[:axis]), _product(target[axis + 1:])
        if not before % outer and not after % inner and (
                size == batch * (before // outer) * (after // inner)):
            return Rows(axis, before // outer, after // inner)
    raise Stopped("puts parts of several examples into one row")


@rule("ExpandDims")
def expand_dims(call: Call) -> Rows:
    """A new axis, which may come before."""
    rows = call.rows()
    axis = call.axis(1, call.rank(0) + 1)
    return rows._replace(axis=rows.axis + (axis <= rows.axis))


@rule("Squeeze")
def squeeze(call: Call) -> Rows:
    """Axes of one place are dropped, by default all; the examples' is none of them."""
    rows, dropped = call.rows(), call.attribute("squeeze_dims")
    if dropped:
        rank = call.rank(0)
        axes = {axis % rank for axis in dropped}
    else:
        axes = {axis for axis, size in enumerate(call.dims(0)) if size == 1}
    if rows.axis in axes:
        raise Stopped("drops the axis of the examples")
    return rows._replace(axis=rows.axis - sum(axis < rows.axis for axis in axes))


@rule("ConjugateTranspose", "Transpose")
def transpose(call: Call) -> Rows:
    """Axis k of the result is the axis perm[k]."""
    rows = call.rows()
    return rows._replace(axis=call.value(1).reshape(-1).tolist().index(rows.axis))


@rule("Concat", "ConcatV2")
def concat(call: Call) -> Rows:
    """Rows of several tensors, each example's side by side."""
    last = call.op.type == "ConcatV2"
    parts = list(range(len(call.kinds) - 1) if last else range(1, len(call.kinds)))
    rows = alike(call, parts)
    if rows.axis == call.axis(len(parts) if last else 0, call.rank(parts[0])):
        raise Stopped("makes one batch of several tensors")
    return rows


@rule("Pack")
def pack(call: Call) -> Rows:
    """Tensors on a new axis."""
    rows = alike(call, list(range(len(call.kinds))))
    axis = call.attribute("axis") % (call.rank(0) + 1)
    return rows._replace(axis=rows.axis + (axis <= rows.axis))


@rule("Unpack")
def unpack(call: Call) -> Rows:
    """The parts of one axis."""
    rows = call.rows()
    axis = call.attribute("axis") % call.rank(0)
    _whole(rows, axis)
    return rows._replace(axis=rows.axis - (axis < rows.axis))


@rule("Split")
def split(call: Call) -> Rows:
    """Parts of one axis, the first input."""
    rows = call.rows(1)
    _whole(rows, call.axis(0, call.rank(1)))
    return rows


@rule("SplitV")
def split_unevenly(call: Call) -> Rows:
    """Parts of one axis, the third input."""
    rows = call.rows(0)
    _whole(rows, call.axis(2, call.rank(0)))
    return rows


@rule("Slice")
def part(call: Call) -> Rows:
    """A range of each axis, of the examples' the whole."""
    rows = call.rows()
    begin, size = (call.value(number).reshape(-1)[rows.axis] for number in (1, 2))
    call.numbers(1, but=rows.axis)
    call.numbers(2, but=rows.axis)
    if begin != 0 or size != -1 and size != call.dims(0)[rows.axis]:
        raise Stopped("takes a part of the examples")
    return rows


@rule("StridedSlice")
def strided_slice(call: Call) -> Rows:
    """``x[begin:end:stride, ...]``: the examples' axis is taken whole, and in order."""
    rows = call.rows()
    entry, axis = _entry_for(call, rows.axis)
    for number in (1, 2, 3):
        call.numbers(number, but=entry)
    if entry is None or _is_whole(call, entry, rows):
        return rows._replace(axis=axis)
    raise Stopped("takes a part of the examples, or their reverse")


def _entry_for(call, wanted):
    """Which entry of an index is for an axis, or None, and which axis that becomes."""
    shape = call.op.inputs[1].shape.as_list()
    if not shape or shape[0] is None:
        raise Stopped("has an index whose length is not known")
    ellipsis, new, shrink = (
        call.attribute(name + "_mask") for name in ("ellipsis", "new_axis", "shrink_axis"))
    bits = [1 << entry for entry in range(shape[0])]
    plain = sum(not bit & (ellipsis | new) for bit in bits)
    axis = place = 0
    for entry, bit in enumerate(bits):
        passed = call.rank(0) - plain if bit & ellipsis else int(not bit & new)
        if axis <= wanted < axis + passed:
            return None if bit & ellipsis else entry, place + wanted - axis
        axis += passed
        place += passed if bit & ellipsis else int(bool(bit & new) or not bit & shrink)
    return None, place + wanted - axis


def _is_whole(call, entry, rows):
    """Whether an entry of an index takes a whole axis in its order."""
    begin, end, stride = (call.find_value(number) for number in (1, 2, 3))
    masked = {name for name in ("begin", "end", "shrink_axis")
              if call.attribute(name + "_mask") & 1 << entry}
    return "shrink_axis" not in masked and stride is not None and stride[entry] == 1 and (
        "begin" in masked or begin is not None and begin[entry] == 0) and (
        "end" in masked or end is not None and end[entry] == call.dims(0)[rows.axis])


@rule("MirrorPad", "Pad", "PadV2")
def pad(call: Call) -> Rows:
    """More places before and after those of each axis, not of the examples'."""
    rows = call.rows()
    call.numbers(1, but=None)
    if call.value(1)[rows.axis].tolist() != [0, 0]:
        raise Stopped("adds rows that are no examples")
    return rows


@rule("Tile")
def tile(call: Call) -> Rows:
    """Each axis several times over; the examples' then comes several times."""
    rows = call.rows()
    call.numbers(1, but=None)
    times = call.value(1).reshape(-1)[rows.axis]
    if times < 1:
        raise Stopped("leaves the examples out")
    return rows._replace(before=rows.before * times)


@rule("BroadcastTo")
def broadcast_to(call: Call) -> Rows:
    """Axes of one place are repeated, and new ones come before."""
    rows, dims = call.rows(), call.dims(0)
    target = call.value(1).reshape(-1).tolist()
    axis = rows.axis + len(target) - len(dims)
    call.numbers(1, but=axis)
    if target[axis] != dims[rows.axis]:
        raise Stopped("has a shape that fits some sizes of batches only")
    return rows._replace(axis=axis)


@rule("Gather", "GatherV2", "ResourceGather")
def gather(call: Call) -> Rows:
    """Entries of a table for indices that are rows, or some entries of each row."""
    axis = 0
    if call.op.type == "GatherV2":
        axis = call.axis(2, call.rank(0))
    if call.attribute("batch_dims"):
        return _gather_by_batch(call, axis, call.attribute("batch_dims"))
    if call.kind(0) is SAME:
        return call.rows(1)._replace(axis=axis + call.rows(1).axis)
    rows = call.rows(0)
    call.same(1)
    if rows.axis == axis:
        raise Stopped("picks examples by their place in the batch")
    return rows if rows.axis < axis else rows._replace(axis=rows.axis - 1 + call.rank(1))


def _gather_by_batch(call, axis, batch_dims):
    """Each example's indices into that example's own table."""
    rows = call.rows(0)
    if call.rows(1) != rows:
        raise Stopped("puts an example beside other examples")
    if rows.axis >= batch_dims or axis < batch_dims:
        raise Stopped("picks examples by their place in the batch")
    return rows


@rule("GatherNd", "ResourceGatherNd")
def gather_nd(call: Call) -> Rows:
    """Entries of a table for indices that are rows, each index on the last axis."""
    if call.kind(0) is not SAME:
        raise Stopped("picks examples by their place in the batch")
    rows = call.rows(1)
    _whole(rows, call.rank(1) - 1)
    return rows


@rule("OneHot")
def one_hot(call: Call) -> Rows:
    """A new axis for the classes."""
    rows, axis = call.rows(), call.attribute("axis")
    return rows._replace(axis=rows.axis + (0 <= axis <= rows.axis))


def alike(call: Call, numbers: List[int]) -> Rows:
    """The rows of inputs of equal shapes but for one axis, as if each was added to the next."""
    return broadcast(call, numbers)


def _whole(rows, axis):
    if rows.axis == axis:
        raise Stopped("takes the batch apart")


def _product(sizes):
    product = 1
    for size in sizes:
        product *= size
    return product
