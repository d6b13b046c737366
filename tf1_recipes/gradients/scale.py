"""A value that is passed on unchanged while its gradient is scaled: ``lr_mult`` for one layer."""
from __future__ import annotations

from typing import Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Scalar, Tensor, Variable
from tf1_recipes.v1 import refuse_eager_mode, tf

# Every graph with a scaled gradient holds this name: an exported graph finds the gradient by it.
_GRADIENT = "tf1_recipes.scale_gradient"


def scale_gradient(x: Union[Tensor, Variable], alpha: Scalar,
                   name: str = "scale_gradient") -> Union[Tensor, Variable]:
    """Returns x, with its gradient multiplied by alpha.

        forward    y = x                  (the same bits; nothing is copied)
        backward   dL/dx = alpha * dL/dy

    A second derivative is scaled by alpha**2, as that of L(stop(x) + alpha * (x - stop(x))) with
    respect to x. The documented forms of this recipe are ``tf.custom_gradient`` with
    ``dy * alpha * ones_like(x)``, which fails on ``IndexedSlices`` and in imported graphs, and
    ``alpha*x + (1-alpha)*stop_gradient(x)``, which changes the last bit of x.

    It scales the learning rate only under gradient descent and momentum. Optimizers that divide by
    the gradient's own size (Adam, Adagrad, RMSProp, Adadelta, Ftrl and similar ones) cancel alpha;
    with these use `GroupedOptimizer` or `layerwise_optimizer`.

    The gradient is registered under a fixed name when this module is imported. A graph from
    ``tf.train.import_meta_graph`` needs this import for its scaled gradients; what it reads through
    a scaled resource variable has no static shape.

    Source: https://stackoverflow.com/questions/34945554

    Args:
        x: floating tensor of any shape, an activation or a variable. An embedding table may be
            scaled before ``tf.nn.embedding_lookup``: its gradient stays ``IndexedSlices``.
        alpha: number or scalar tensor, the factor. No gradient flows to it.
        name: str, the name of the operation.

    Returns:
        Tensor like x. For a resource variable, a view of the variable whose reads are scaled, to be
        used in place of the variable: a lookup reads only its own rows. (A tensor would be a copy
        of the whole table in each step.)

    Raises:
        RecipeError: with all problems in one message: x is not floating, alpha is not one finite
            number.

    Example:
        >>> x = tf.constant(3.0)
        >>> gradient, = tf.gradients(tf.square(scale_gradient(x, 0.5)), x)
        >>> with tf.Session() as session:
        ...     print(session.run(gradient))
        3.0
    """
    refuse_eager_mode()
    problems = []
    if isinstance(x, (list, tuple)) or type(x).__name__ == "PartitionedVariable":
        problems.append(
            "x is a %s: scale its parts, [scale_gradient(part, alpha) for part in x]"
            % type(x).__name__)
    else:
        x = x if hasattr(x, "op") else tf.convert_to_tensor(x)
        if not x.dtype.base_dtype.is_floating:
            problems.append(
                "x has the type %s and so no gradient to scale" % x.dtype.base_dtype.name)
    problem = problem_with(alpha)
    if problem:
        problems.append("alpha " + problem)
    if problems:
        raise RecipeError("Cannot scale a gradient", problems)
    if hasattr(x, "handle"):
        return _seen_through_scaling(x, alpha, name)
    return _scaled(tf.convert_to_tensor(x), alpha, x.dtype.base_dtype, name)


def _scaled(tensor, alpha, dtype, name):
    alpha = as_tensor(alpha, dtype)
    with tf.get_default_graph().gradient_override_map({"IdentityN": _GRADIENT}):
        return tf.identity_n([tensor, alpha], name=name)[0]


@tf.RegisterGradient(_GRADIENT)
def _scale_gradient_gradient(op, gradient, _):
    # No gradient flows to alpha, nor does that of a second derivative.
    alpha = tf.stop_gradient(op.inputs[1])
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(
            gradient.values * alpha, gradient.indices, gradient.dense_shape), None
    return gradient * alpha, None


def _seen_through_scaling(variable, alpha, name):
    """Returns a view of a resource variable through a scaled handle.

    The gradient of every read of it, whole or by rows, is scaled.
    """
    with tf.get_default_graph().colocate_with(variable.handle.op):
        handle = _scaled(variable.handle, alpha, variable.dtype.base_dtype, name)
    _copy_handle_data()(variable.handle, handle)
    # Not copy.copy, which copies the value.
    view = object.__new__(type(variable))
    view.__dict__.update(variable.__dict__)
    view._handle = handle
    # A value on a caching device was read without the scaling.
    view._cached_value = None
    return view


def _copy_handle_data():
    """TensorFlow's function that copies the known shape and type from one handle to another."""
    try:
        from tensorflow.python.ops.handle_data_util import copy_handle_data
    except ImportError:  # before TensorFlow 2.4
        from tensorflow.python.ops.custom_gradient import copy_handle_data
    return copy_handle_data
