"""Ops that multiply rows by weights, and those that go over images: convolutions, pools, resizing.
"""
from __future__ import annotations

from tf1_recipes.transfer.cache.rows.kinds import SAME, Kind, Rows, Stopped
from tf1_recipes.transfer.cache.rows.table import Call, rule

# Over the first axis they do not run, and with the second, third ... input they do nothing that
# hangs on the place in the batch.
FIRST_AXIS = (
    "AvgPool", "AvgPool3D", "Conv2D", "Conv3D", "DepthToSpace", "DepthwiseConv2dNative",
    "Dilation2D", "ExtractImagePatches", "MaxPool", "MaxPool3D", "MaxPoolV2", "ResizeArea",
    "ResizeBicubic", "ResizeBilinear", "ResizeNearestNeighbor", "SpaceToDepth")
_WINDOWS = ("ksize", "ksizes", "strides", "rates", "dilations")


@rule(*FIRST_AXIS)
def over_images(call: Call) -> Rows:
    """Each example by itself, on the first axis."""
    rows = call.rows()
    if rows.axis or (call.attribute("data_format") or "N")[0] != "N":
        raise Stopped("takes another axis than that of the examples for the batch")
    for window in map(call.attribute, _WINDOWS):
        if window and window[0] != 1:
            raise Stopped("has a window over several examples")
    return rows


@rule("MaxPoolWithArgmax")
def pool_with_places(call: Call) -> Rows:
    """The places are counted within an image, unless they are asked for within the batch."""
    if call.attribute("include_batch_in_index"):
        raise Stopped("counts places from the start of the batch")
    return over_images(call)


@rule("Conv2DBackpropInput", "Conv3DBackpropInputV2", "DepthwiseConv2dNativeBackpropInput")
def transposed_convolution(call: Call) -> Rows:
    """The sizes that it makes, weights, images."""
    call.numbers(0, but=0)
    call.same(1)
    rows = call.rows(2)
    if rows.axis:
        raise Stopped("takes another axis than that of the examples for the batch")
    return rows


@rule("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "MatMul", "SparseMatMul")
def product(call: Call) -> Rows:
    """Rows times weights, weights times columns, or a product of its own for each example."""
    flipped = [bool(call.attribute("transpose_a") or call.attribute("adj_x")),
               bool(call.attribute("transpose_b") or call.attribute("adj_y"))]
    kinds = [call.kind(number) for number in (0, 1)]
    ranks = [call.rank(number) for number in (0, 1)]
    axes = [_matrix_axis(kind, rank, flip) for kind, rank, flip in zip(kinds, ranks, flipped)]
    rank = max(ranks)
    if axes[0] == -2 and kinds[1] is SAME or axes[1] == -1 and kinds[0] is SAME:
        number = int(axes[0] != -2)
        return call.rows(number)._replace(axis=rank - 2 + number)
    if any(axis in (-1, -2) for axis in axes):
        raise Stopped("multiplies examples with examples")
    return _of_stacks(call, axes, rank)


def _matrix_axis(kind, rank, flipped):
    """The axis of the rows counted from the last, in the matrix that is multiplied, or None."""
    if not isinstance(kind, Rows):
        return None
    axis = kind.axis - rank
    return -3 - axis if flipped and axis >= -2 else axis


def _of_stacks(call, axes, rank):
    """A product for each example, in a stack of matrices."""
    found = None
    for number, axis in enumerate(axes):
        if axis is not None:
            own = call.rows(number)._replace(axis=axis)
            if found not in (None, own):
                raise Stopped("multiplies examples with examples")
            found = own
    assert found is not None
    for number, axis in enumerate(axes):
        if axis is None:
            call.same(number)
            if not call.repeats(number, call.rank(number), found.axis):
                raise Stopped("multiplies each place in the batch by a value of its own")
    return found._replace(axis=found.axis + rank)


@rule("Einsum")
def einsum(call: Call) -> Rows:
    """The examples have a label of their own, which is kept."""
    inputs, output = call.attribute("equation").replace(" ", "").split("->")
    terms = inputs.split(",")
    if "." in inputs:
        raise Stopped("has an equation with dimensions that have no labels")
    kinds = [call.kind(number) for number in range(len(terms))]
    found = {term[kind.axis]: kind for term, kind in zip(terms, kinds) if isinstance(kind, Rows)}
    label = next(iter(found))
    rows = found[label]
    for term, kind in zip(terms, kinds):
        if isinstance(kind, Rows):
            if term[kind.axis] != label or term.count(label) != 1 or kind[1:] != rows[1:]:
                raise Stopped("multiplies examples with examples")
        elif kind is not SAME or label in term:
            raise Stopped("multiplies each place in the batch by a value of its own")
    if output.count(label) != 1:
        raise Stopped("adds up the examples")
    return rows._replace(axis=output.index(label))


@rule("SpaceToBatch", "SpaceToBatchND")
def space_to_batch(call: Call) -> Rows:
    """Each image becomes several, all first ones of the batch before all second ones."""
    rows = over_images(call)
    return rows._replace(before=rows.before * _blocks(call))


@rule("BatchToSpace", "BatchToSpaceND")
def batch_to_space(call: Call) -> Kind:
    """The inverse."""
    rows, blocks = over_images(call), _blocks(call)
    if rows.before % blocks:
        raise Stopped("makes one image of several examples")
    return rows._replace(before=rows.before // blocks)


def _blocks(call):
    size = call.attribute("block_size")
    if size:
        return size * size
    blocks = 1
    for each in call.value(1).reshape(-1).tolist():
        blocks *= each
    return blocks
