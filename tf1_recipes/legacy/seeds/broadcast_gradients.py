"""The gradients of ops that broadcast, summed to the shapes of their arguments as releases did it.

    dx = reshape(sum(d, axes of d that x was repeated along), shape of x)

TensorFlow built all of it wherever the shapes were not known to be equal, and 1.15 less of it for
some ops where they were known. Today's leaves out more. In a loop each tensor of the forward pass
that a gradient reads takes a stack, and the ops of that; so what the release built is built again.
The values are the same.
"""
import functools

SINCE_KNOWN_SHAPES = (1, 15)
# Those that made use of shapes that are known, by the name of the gradient's function.
BY_KNOWN_SHAPES = ("_AddGrad", "_SubGrad", "_MulGrad", "_PowGrad", "_SquaredDifferenceGrad")
_CACHE = "_tf1_recipes_broadcast_axes"


class Reduction:
    """In the place of TensorFlow's ``math_grad._ReduceGradientArgs``."""

    def __init__(self):
        self.by_known_shapes = False

    def __call__(self, x, y, gx, gy):
        """Returns gx and gy, None left as it is, with the shapes of x and y."""
        if gx is None and gy is None:
            return gx, gy
        if self.by_known_shapes:
            (x_shape, x_axes), (y_shape, y_axes) = _known(x, y)
            return (_unless_equal(gx, x_axes, x_shape), _unless_equal(gy, y_axes, y_shape))
        from tensorflow.python.ops import array_ops

        (x_shape, y_shape), (x_axes, y_axes) = _in_the_graph(array_ops.shape, x, y)
        return _summed(gx, x_axes, x_shape), _summed(gy, y_axes, y_shape)

    def making_use(self, gradient):
        """Returns the function of a gradient that makes use of known shapes."""
        @functools.wraps(gradient)
        def call(op, grad):
            self.by_known_shapes = True
            try:
                return gradient(op, grad)
            finally:
                self.by_known_shapes = False
        return call


def replaced_by(changes, release):
    """Gives these gradients the ops of a release.

    Args:
        changes: `patch.Changes`.
        release: tuple of numbers, such as (1, 7).

    Returns:
        ``{function of today's: what takes its place}``, where others hold it.
    """
    from tensorflow.python.ops import math_grad

    reduction = Reduction()
    changes.put(math_grad, "_ReduceGradientArgs", reduction)
    if release < SINCE_KNOWN_SHAPES:
        return {}
    replaced = {}
    for name in BY_KNOWN_SHAPES:
        gradient = getattr(math_grad, name)
        replaced[gradient] = reduction.making_use(gradient)
        changes.put(math_grad, name, replaced[gradient])
    return replaced


def _known(x, y):
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.ops import gen_array_ops, math_grad

    shapes = x._shape_tuple(), y._shape_tuple()
    if any(shape is None or None in shape for shape in shapes):
        in_graph, axes = _in_the_graph(_shape_op, x, y)
        return tuple(zip(in_graph, axes))
    graph = ops.get_default_graph()
    cache = getattr(graph, _CACHE, {})
    setattr(graph, _CACHE, cache)
    if shapes not in cache:
        # It was evaluated, and stayed in the graph.
        gen_array_ops.broadcast_gradient_args(
            *(ops.convert_to_tensor(shape, dtypes.int32) for shape in shapes))
        cache[shapes] = math_grad._InferGradientReductionAxes(x.shape, y.shape)
    return tuple(zip(shapes, cache[shapes]))


def _shape_op(tensor):
    from tensorflow.python.ops import array_ops

    return array_ops.shape_internal(tensor, optimize=False)


def _in_the_graph(shape_of, x, y):
    from tensorflow.python.ops import gen_array_ops

    shapes = shape_of(x), shape_of(y)
    return shapes, gen_array_ops.broadcast_gradient_args(*shapes)


def _unless_equal(gradient, axes, shape):
    if gradient is None or isinstance(shape, tuple) and shape == gradient._shape_tuple():
        return gradient
    return _summed(gradient, axes, shape)


def _summed(gradient, axes, shape):
    from tensorflow.python.ops import array_ops, math_ops

    if gradient is None:
        return None
    return array_ops.reshape(math_ops.reduce_sum(gradient, axes), shape)
