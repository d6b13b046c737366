"""How many ops the gradients of a release built, where it depends on shapes; see `seed_rules`."""
import inspect
import re

from tf1_recipes.legacy.seeds.seed_rules import Unknown, counts


@counts("ops.control_flow_ops:tuple")
def _gated_gradients(era, tensors, **_):
    # Optimizers let an op's gradients wait for each other: here for one of the labels.
    name = tensors[0].name if hasattr(tensors[0], "name") else ""
    gated = re.search(r"softmax_cross_entropy_with_logits(_sg)?(_\d+)?_grad/", name)
    if era < (1, 7) and gated:
        return -3
    # Since 1.0 for the means and variances of a batch, which have none.
    op = getattr(tensors[0], "op", None)
    normalised = op is not None and op.type.startswith("FusedBatchNormGrad")
    return 2 * int(era >= (1, 0) and normalised and op.get_attr("is_training"))


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
                # In a loop the axes were another constant.
                return 7 + (op._get_control_flow_context() is not None)
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


@counts("ops.tensor_array_grad:_TensorArrayWriteGrad")
def _write_grad(era, op, **_):
    # It did not wait for the last write; in a loop that takes a stack.
    in_loop = op._get_control_flow_context() is not None
    return (-8 + (era < (1, 0))) if in_loop else -2


@counts("ops.control_flow_grad:_SwitchGrad")
def _switch_grad(era, op, **_):
    from tensorflow.python.ops import control_flow_util
    from tensorflow.python.ops.control_flow_ops import CondContext

    context = op._get_control_flow_context()
    if era >= (1, 15) or not isinstance(context, CondContext):
        return 0
    # The branch not taken was one op less, except in a loop.
    return -int(era < (1, 4) or control_flow_util.GetContainingWhileContext(context) is None)


@counts("ops.math_grad:_SelectGrad")
def _select_grad(era, op, **_):
    if era == (1, 4) and op._get_control_flow_context() is not None:
        return Unknown("the gradients of a loop up to given lengths")
    return 0


@counts("ops.array_grad:_GatherV2Grad")
def _gather_v2_grad(era, **_):
    from tensorflow.python.ops import array_grad

    # The shape of what is gathered from was cast, from 1.0 on and in TensorFlow 2 at first.
    casts_today = "cast" in inspect.unwrap(array_grad._GatherV2Grad).__code__.co_names
    return int(era >= (1, 0)) - casts_today


@counts("ops.tensor_array_grad:_TensorArrayGatherGrad")
def _gather_grad(era, op, **_):
    flow = op.inputs[-1].op
    if era >= (1, 0) or flow.type != "Exit":
        return 0
    # What the loop began with got no gradient: the states, and the flow of its outputs.
    return 3 - sum(enter.dtype.is_floating
                   for enter in flow._get_control_flow_context().loop_enters)


@counts("ops.array_grad:_ConcatGradV2")
def _concat_grad(era, op, **_):
    return 2 * int(era < (1, 0) and op._get_control_flow_context() is not None)
