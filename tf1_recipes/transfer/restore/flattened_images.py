"""Finds the variables with an axis that is a flattened image, whose order frameworks differ in.

TensorFlow flattens height, width, channel; PyTorch, Caffe, Theano and others channel, height,
width. The rows of a dense kernel behind such a reshape, the columns of one in front of the reverse,
and biases and batch normalisation between them fit in shape either way.
"""
from __future__ import annotations

import collections
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from tf1_recipes.graph.types import Graph, Tensor
from tf1_recipes.traces.trace import element_count
from tf1_recipes.transfer.restore.variable_ops import VARIABLE_OPS
from tf1_recipes.v1 import tf

BATCH, CHANNEL = "batch", "channel"
_SIDES = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}

# Ops that keep each feature in its place along the last axis.
_KEEPS_FEATURES = frozenset([
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "PlaceholderWithDefault", "Cast",
    "CheckNumerics", "Enter", "Exit", "Switch", "RefSwitch", "Merge", "ReadVariableOp", "Relu",
    "Relu6", "Elu", "Selu", "LeakyRelu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Neg", "Abs",
    "Square", "Sqrt", "Rsqrt", "Exp", "Log", "Pow", "BiasAdd", "BiasAddV1", "Add", "AddV2", "AddN",
    "Sub", "Mul", "Div", "DivNoNan", "RealDiv", "SquaredDifference", "Maximum", "Minimum",
    "Greater", "GreaterEqual", "Select", "SelectV2", "Mean", "Squeeze"])
_READS = frozenset(["Identity", "ReadVariableOp", "Cast", "StopGradient", "Enter", "Switch",
                    "Merge", "ConcatV2"])
_SHAPES_IMAGES = frozenset(["ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"])


class FlattenedAxis(NamedTuple):
    """One axis of a variable: an image's places and channels, flattened by the op of a name.

    Attributes:
        axis: int. op: str, the reshape. order: tuple of ``height``, ``width``, ``channel`` as the
            graph flattens them. sizes: tuple of int or None.
    """

    axis: int
    op: str
    order: Tuple[str, ...]
    sizes: Tuple[Optional[int], ...]

    def stored_order(self, channels: str) -> List[str]:
        """Returns the sides in the order of ``channels_first`` or ``channels_last``."""
        places = sorted(set(self.order) - {CHANNEL})  # depth, height, width
        return [CHANNEL] + places if channels == "channels_first" else places + [CHANNEL]

    def same_either_way(self) -> bool:
        """Whether both orders are the graph's, for the lengths of the sides."""
        def long_ones(sides):
            return [side for side in sides if dict(zip(self.order, self.sizes))[side] != 1]
        return (long_ones(self.order) == long_ones(self.stored_order("channels_first"))
                or len(long_ones(self.order)) < 2)

    def changes(self, shape: Tuple[int, ...], channels: str) -> List[Dict[str, Any]]:
        """Returns the changes of layout that bring a stored axis into the graph's order.

        Args:
            shape: tuple of int, of the stored array. channels: str, its order.

        >>> FlattenedAxis(0, "flatten", ("height", "width", "channel"), (4, 4, 3)).changes(
        ...     (48, 5), "channels_first")
        [{'reshape': [3, 4, 4, 5]}, {'transpose': [1, 2, 0, 3]}, {'reshape': [48, 5]}]
        """
        stored = self.stored_order(channels)
        if tuple(stored) == self.order:
            return []
        sizes = dict(zip(self.order, self.sizes))
        before, after = list(shape[:self.axis]), list(shape[self.axis + 1:])
        inner = [self.axis + stored.index(side) for side in self.order]
        rest = [self.axis + len(inner) + number for number in range(len(after))]
        return [{"reshape": before + [sizes[side] for side in stored] + after},
                {"transpose": list(range(self.axis)) + inner + rest}, {"reshape": list(shape)}]


def flattened_axes(graph: Graph) -> Dict[str, FlattenedAxis]:
    """Returns {name of a variable's op: ``FlattenedAxis``}, in time linear in the graph's size.

    From each reshape between an image and a matrix the walk follows the matrix, forward and
    backward, through ops that keep each feature in its place, up to the products with kernels.

    Args:
        graph: ``tf.Graph``.
    """
    found, seen, known = collections.OrderedDict(), set(), {}
    for op in graph.get_operations():
        if op.type == "Reshape" and len(op.inputs) == 2:
            flat, image = op.outputs[0], op.inputs[0]
            if flat.shape.ndims != 2:
                flat, image = image, flat
            if flat.shape.ndims == 2 and (image.shape.ndims or 0) > 2:
                forward = image is op.inputs[0]
                for each in _reshaped(image) if forward else [image]:
                    order, sizes = _flattened(each, flat, forward, known)
                    if order:
                        _follow(flat, op.name, order, sizes, found, seen)
                        break
    return found


def _reshaped(image):
    """An image, and what it is reshaped from: one reshape after another is one."""
    found = [image]
    while image.op.type in ("Reshape", "Identity") and (image.op.inputs[0].shape.ndims or 0) > 2:
        image = image.op.inputs[0]
        found.append(image)
    return found


def _flattened(image, flat, forward, known):
    """Returns the sides, and their sizes, that become the matrix's last axis; or two None."""
    shape, width = image.shape.as_list(), flat.shape.as_list()[1]
    first = _first_flattened(shape, width)
    if first is None:
        return None, None
    axes = _axes_before(image, known) if forward else _axes_behind(image)
    if axes is None:
        if not forward or first != 1 or len(shape) < 4:
            return None, None  # not an image, as far as the graph tells
        axes = image_axes(len(shape), False)
    order = tuple(axes[first:])
    if CHANNEL not in order or BATCH in order or len(order) < 2:
        return None, None
    return order, tuple(shape[first:])


def _first_flattened(shape, width):
    """The first of the last axes that make up a width: all but the batch's, or fewer; or None."""
    if width is None or None in shape[1:]:
        return None if width is not None and width == shape[-1] else 1
    fitting = [first for first in range(1, len(shape) - 1)  # one axis alone is a dense layer at
               if element_count(shape[first:]) == width]    # each place
    return fitting[0] if fitting else None


def image_axes(rank: int, channels_first: bool) -> List[str]:
    """Returns the meaning of the axes of a batch of images.

    >>> image_axes(4, False)
    ['batch', 'height', 'width', 'channel']
    """
    places = list(_SIDES.get(rank - 2, ()))
    return [BATCH] + ([CHANNEL] + places if channels_first else places + [CHANNEL])


def _declared(op, tensor):
    """The axes of a tensor by the op that makes or takes it, or None."""
    if op.type in _SHAPES_IMAGES:
        return image_axes(4, False)
    # A bias is added to matrices as well as to images.
    if "data_format" not in op.node_def.attr or op.type.startswith("BiasAdd"):
        return None
    rank = tensor.shape.ndims
    return None if rank not in (3, 4, 5) else image_axes(
        rank, op.node_def.attr["data_format"].s.startswith(b"NC"))


def _axes_before(tensor, known):
    """The meaning of a tensor's axes, by the convolution or the like that it comes from.

    ``known`` has the answers of earlier walks, by the tensors' names.
    """
    path = []
    axes = None
    while tensor is not None and tensor.name not in known:
        known[tensor.name] = None  # until the end of the walk is known
        axes = _declared(tensor.op, tensor)
        source, turn = (None, None) if axes else _image_source(tensor)
        path.append((tensor.name, turn))
        tensor = source
    if tensor is not None:
        axes = known[tensor.name]
    for name, turn in reversed(path):
        axes = turn(axes) if turn and axes else axes
        known[name] = axes
    return axes


def _image_source(tensor):
    """The tensor that an image comes from, and how the axes turn on the way, or None for not."""
    op, rank = tensor.op, tensor.shape.ndims
    if op.type == "Transpose":
        order = tf.get_static_value(op.inputs[1])
        if order is None:
            return None, None
        return op.inputs[0], lambda axes: [axes[each] for each in order]
    if op.type == "Squeeze" and op.inputs[0].shape.ndims:  # as tf.layers.conv1d ends
        gone = {axis % op.inputs[0].shape.ndims for axis in op.get_attr("squeeze_dims")}
        return (op.inputs[0] if gone else None), lambda axes: [
            side for axis, side in enumerate(axes) if axis not in gone]
    same = [each for each in op.inputs if each.shape.ndims == rank]
    return (None if op.type == "Reshape" or rank is None or not same else same[0]), None


def _axes_behind(tensor):
    """The meaning of a tensor's axes, by the first convolution or the like that takes it."""
    waiting, seen = [tensor], {tensor.name}
    while waiting:
        each = waiting.pop()
        for op in each.consumers():
            # A kernel's gradient has a convolution's attributes, too.
            if each is op.inputs[0] or op.type.endswith("BackpropInput"):
                axes = _declared(op, each)
                if axes:
                    return axes
            if op.type in _KEEPS_FEATURES or op.type in ("Pad", "PadV2", "MirrorPad"):
                for output in op.outputs:
                    if output.shape.ndims == tensor.shape.ndims and output.name not in seen:
                        seen.add(output.name)
                        waiting.append(output)
    return None


def _follow(start, reshape, order, sizes, found, seen):
    """Notes the variables along the matrix's last axis."""
    width = start.shape.as_list()[1]
    waiting = [start]
    while waiting:
        tensor = waiting.pop()
        if tensor.name in seen:
            continue
        seen.add(tensor.name)
        op = tensor.op
        if op.type in VARIABLE_OPS:
            shape = tf.TensorShape(op.get_attr("shape"))
            _found(op, shape, FlattenedAxis(max(0, (shape.ndims or 1) - 1), reshape, order, sizes),
                   found)
            continue
        if op.type == "MatMul":
            _note(op, 1, reshape, order, sizes, found)
        elif op.type in _KEEPS_FEATURES:
            waiting += [each for each in op.inputs if _along(each, width)]
        for taker in tensor.consumers():
            if taker.type == "MatMul" and tensor is taker.inputs[0]:
                _note(taker, 0, reshape, order, sizes, found)
            elif taker.type in _KEEPS_FEATURES:
                waiting += [each for each in (*taker.inputs, *taker.outputs)
                            if _along(each, width)]


def _along(tensor: Tensor, width: Optional[int]) -> bool:
    """Whether a tensor's last axis may be the flattened one."""
    if tensor.dtype.base_dtype == tf.resource:
        return True
    rank = tensor.shape.ndims
    if rank is None:
        return True
    last = tensor.shape.as_list()[-1] if rank in (1, 2) else None
    return rank in (1, 2) and (last == width or None in (last, width))


def _note(product, axis, reshape, order, sizes, found):
    """Notes the kernel of a product; its axis is counted from the side of the rows."""
    if product.get_attr("transpose_a"):
        return  # a kernel's gradient
    axis = 1 - axis if product.get_attr("transpose_b") else axis
    waiting, seen = [product.inputs[1]], set()
    while waiting:
        tensor = waiting.pop()
        if tensor.op.type in VARIABLE_OPS:
            _found(tensor.op, product.inputs[1].shape,
                   FlattenedAxis(axis, reshape, order, sizes), found)
        elif tensor.op.type in _READS and tensor.name not in seen:
            seen.add(tensor.name)
            waiting += list(tensor.op.inputs)


def _found(op, shape, flattened, found):
    """Notes a variable whose axis is as long as the image, as far as the sides are known."""
    length = shape.as_list()[flattened.axis] if (shape.ndims or 0) > flattened.axis else None
    if None not in flattened.sizes:
        fits = length in (None, element_count(flattened.sizes))
    else:
        fits = length is None or length != flattened.sizes[-1]
    if fits:
        found.setdefault(op.name, flattened)
