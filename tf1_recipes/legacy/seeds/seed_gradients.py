"""How many ops the gradients of a release built, where it depends on shapes; see `seed_rules`."""
import re

from tf1_recipes.legacy.seeds.seed_rules import Total, counts


@counts("ops.control_flow_ops:tuple")
def _gated_gradients(era, tensors, **_):
    # Optimizers let an op's gradients wait for each other: here for one of the labels.
    name = tensors[0].name if hasattr(tensors[0], "name") else ""
    gated = re.search(r"softmax_cross_entropy_with_logits(_sg)?(_\d+)?_grad/", name)
    return -3 if era < (1, 7) and gated else 0


@counts("ops.math_grad:_ReduceGradientArgs")
def _broadcast(era, gx, gy, **_):
    # Both shapes, which of their dimensions to sum over, and for each a sum and a reshape.
    given = (gx is not None) + (gy is not None)
    return Total(3 + 2 * given if given else 0)


@counts("ops.math_grad:_SumGrad")
def _sum_grad(era, op, **_):
    from tensorflow.python.framework import tensor_util

    shape, axes = op.inputs[0]._shape_tuple(), tensor_util.constant_value(op.inputs[1])
    if shape is not None and axes is not None:
        if sorted(axes.reshape(-1).tolist()) == list(range(len(shape))) and axes.ndim:
            return 0
        if None not in shape:
            key = shape, tuple(axes.reshape(-1))
            if era < (1, 15):
                return 7
            return 0 if key in op.graph._reduced_shape_cache else 12
    return 3 if not op.get_attr("keep_dims") else 14


@counts("ops.math_grad:_MeanGrad")
def _mean_grad(era, op, **_):
    shapes = op.inputs[0]._shape_tuple(), op.outputs[0]._shape_tuple()
    # The sizes of both were multiplied; since then those of the axes are gathered.
    return _one_more_than_gather(era) if any(
        shape is None or None in shape for shape in shapes) else 9 * (era < (1, 7))


def _one_more_than_gather(era):
    return 1 if era >= (1, 15) else 2


@counts("ops.math_grad:_MaximumMinimumGrad")
def _maximum_grad(era, grad, **_):
    if era == (1, 7) and grad.shape.is_fully_defined():
        return 0
    return 2 if era >= (1, 0) else 3


@counts("ops.math_grad:_AddGrad", "ops.math_grad:_SubGrad", "ops.math_grad:_MulGrad",
         "ops.math_grad:_SquaredDifferenceGrad")
def _equal_shapes(era, op, grad, **_):
    # That their shapes are equal was not looked at.
    x, y = op.inputs[0].shape, op.inputs[1].shape
    equal = x.is_fully_defined() and y.is_fully_defined() and x.as_list() == y.as_list() \
        and getattr(grad, "shape", None) is not None and grad.shape.as_list() == x.as_list()
    return 7 if era < (1, 7) and equal else 0


@counts("ops.array_grad:_StridedSliceGrad")
def _strided_slice_grad(era, op, **_):
    from tensorflow.python.framework import tensor_util

    inputs = list(op.inputs[1:4])
    count = sum(tensor_util.constant_value(each) is not None for each in inputs)
    return -count - op.inputs[0].shape.is_fully_defined()
