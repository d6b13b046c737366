"""``tf.tensordot`` and ``tf.einsum`` as releases built them: of transposes, shapes and a product.

    a with the summed axes last, as a matrix  @  b with them first, as a matrix

Today's leaves out transposes that change nothing, and ``einsum`` is one op. How many ops there were
depends on what was known of the shapes, and so do the gradients': they are built again.
"""
import functools

import numpy as np

SINCE_AXES_ARE_KNOWN = (1, 15)


def replaced_by(changes, release):
    """Gives both the ops of a release.

    Args:
        changes: `patch.Changes`.
        release: tuple of numbers, such as (1, 7).

    Returns:
        ``{function of today's: what takes its place}``, where others hold it.
    """
    from tensorflow.python.ops import array_ops, math_grad, math_ops, special_math_ops

    @functools.wraps(special_math_ops.einsum)
    def einsum(equation, *inputs, **keywords):
        keywords.pop("optimize", None)
        return special_math_ops._einsum_v1(equation, *inputs, **keywords)

    if (1, 0) < release < SINCE_AXES_ARE_KNOWN:
        # On Python 3 it took every transpose for needed.
        changes.put(special_math_ops, "_transpose_if_necessary", array_ops.transpose)
    if release < (1, 0):
        changes.put(special_math_ops, "_get_shape", lambda tensor: tensor.shape.as_list())
        changes.put(special_math_ops, "_total_size",
                    lambda sizes: None if None in sizes else int(np.prod(sizes)))
    replaced = {special_math_ops.einsum: einsum}
    replaced[math_grad._BatchMatMulV2] = functools.wraps(math_grad._BatchMatMulV2)(
        functools.partial(product_gradients, release))
    if release >= (1, 0):  # 0.12 had no tensordot
        replaced[math_ops.tensordot] = functools.wraps(math_ops.tensordot)(
            functools.partial(tensordot, release))
    return replaced


def tensordot(release, a, b, axes, name=None):
    """The sum of products of a and b along axes of both: an int, or two lists."""
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.ops import array_ops, math_ops

    with ops.name_scope(name, "Tensordot", [a, b, axes]) as name:
        a, b = ops.convert_to_tensor(a, name="a"), ops.convert_to_tensor(b, name="b")
        a_axes, b_axes = _axes(release, a, axes)
        a_matrix, a_free, a_sizes = _matrix(release, a, a_axes, False)
        b_matrix, b_free, b_sizes = _matrix(release, b, b_axes, True)
        product = math_ops.matmul(a_matrix, b_matrix)
        if isinstance(a_free, list) and isinstance(b_free, list):
            return array_ops.reshape(product, a_free + b_free, name=name)
        free = [ops.convert_to_tensor(each, dtype=dtypes.int32) for each in (a_free, b_free)]
        product = array_ops.reshape(product, array_ops.concat(free, 0), name=name)
        if a_sizes is not None and b_sizes is not None:
            product.set_shape(a_sizes + b_sizes)
        return product


def product_gradients(release, op, grad):
    """The gradients of a product of many matrices; before 1.15 none was used for several."""
    from tensorflow.python.ops import array_ops, gen_array_ops, math_ops

    x, y = op.inputs
    x_turned, y_turned = op.get_attr("adj_x"), op.get_attr("adj_y")
    to_x = (y, grad, y_turned, True) if x_turned else (grad, y, False, not y_turned)
    to_y = (grad, x, True, x_turned) if y_turned else (x, grad, not x_turned, False)
    gradients = [math_ops.matmul(first, second, adjoint_a=turn_first, adjoint_b=turn_second)
                 for first, second, turn_first, turn_second in (to_x, to_y)]
    alike = x.shape.is_fully_defined() and y.shape.is_fully_defined() \
        and x.shape.as_list() == y.shape.as_list()
    if release < SINCE_AXES_ARE_KNOWN or alike:
        return gradients
    shapes = array_ops.shape(x), array_ops.shape(y)
    axes = gen_array_ops.broadcast_gradient_args(*(shape[:-2] for shape in shapes))
    return [array_ops.reshape(math_ops.reduce_sum(gradient, along), shape)
            for gradient, along, shape in zip(gradients, axes, shapes)]


def _axes(release, a, axes):
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.ops import array_ops, math_ops

    if isinstance(axes, (int, np.integer)):
        if axes < 0 or a.shape.rank is not None and axes > a.shape.rank:
            raise ValueError("tf.tensordot: axes is %d: it must be from 0 to the rank of a, %s" % (
                axes, a.shape.rank))
        rank = array_ops.rank(a) if a.shape.rank is None else a.shape.rank
        if a.shape.rank is None or release < (1, 7):  # made in the graph
            return math_ops.range(rank - axes, rank), math_ops.range(axes)
        return list(range(rank - axes, rank)), list(range(axes))
    if not isinstance(axes, (list, tuple)):
        axes = ops.convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
        return axes[0], axes[1]
    both = [[each] if isinstance(each, (int, np.integer)) else each for each in axes]
    if len(both) != 2 or len(both[0]) != len(both[1]):
        raise ValueError("tf.tensordot: axes is %r: it must be an int, or two lists of one length"
                         % (axes,))
    return both


def _matrix(release, a, axes, summed_first):
    """Returns the matrix; the sizes of the axes not summed; and what is known of them, or None."""
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.ops import array_ops, gen_array_ops, math_ops

    def ordered(summed, others):
        return [summed, others] if summed_first else [others, summed]

    sizes = None
    if a.shape.rank is not None and isinstance(axes, (list, tuple)):
        shape = a.shape.as_list()
        axes = [axis % len(shape) for axis in axes]
        free = [axis for axis in range(len(shape)) if axis not in axes]
        sizes = [shape[axis] for axis in free]
        if None not in shape:
            counts = [int(np.prod([shape[axis] for axis in part])) for part in (axes, free)]
            order = [axis for part in ordered(axes, free) for axis in part]
            return array_ops.reshape(array_ops.transpose(a, order), ordered(*counts)), sizes, sizes
    shape = array_ops.shape(a)
    if release >= SINCE_AXES_ARE_KNOWN and sizes is not None:
        axes = ops.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        free = ops.convert_to_tensor(free, dtype=dtypes.int32, name="free")
    else:
        rank = array_ops.rank(a)
        axes = ops.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        if release >= SINCE_AXES_ARE_KNOWN:
            axes = array_ops.where(axes >= 0, axes, axes + rank)
        else:
            axes = math_ops.cast(axes >= 0, dtypes.int32) * axes + math_ops.cast(
                axes < 0, dtypes.int32) * (axes + rank)
        free, _ = gen_array_ops.list_diff(math_ops.range(rank), axes, dtypes.int32)
    free_sizes, summed_sizes = array_ops.gather(shape, free), array_ops.gather(shape, axes)
    counts = math_ops.reduce_prod(free_sizes), math_ops.reduce_prod(summed_sizes)
    if release < SINCE_AXES_ARE_KNOWN:
        array_ops.concat([summed_sizes, free_sizes], 0)  # which nothing used
    order = array_ops.concat(ordered(axes, free), 0)
    shape = ops.convert_to_tensor(ordered(counts[1], counts[0]))
    return array_ops.reshape(array_ops.transpose(a, order), shape), free_sizes, sizes
