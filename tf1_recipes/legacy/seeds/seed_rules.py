"""How many ops the functions of a release built, where it depends on what they were given.

See `seed_table`. A rule takes the release and the arguments of the call.
"""
from collections import namedtuple

import numpy as np

# The release built this many ops in all, whatever today's function builds.
Total = namedtuple("Total", "ops")
# The number of ops is unknown; `what` names the function for people.
Unknown = namedtuple("Unknown", "what")

RULES = {}


def counts(*names):
    def add(rule):
        RULES.update(dict.fromkeys(names, rule))
        return rule
    return add


def shape_of(value):
    """Returns the TensorShape of a tensor, or of the array or list that is to become one."""
    from tensorflow.python.framework.tensor_shape import TensorShape

    shape = getattr(value, "shape", None)
    if isinstance(shape, TensorShape):
        return shape
    try:
        return TensorShape(np.shape(value))
    except (NotImplementedError, TypeError, ValueError):  # it holds tensors, or is ragged
        return TensorShape(None)


# --- Random values ---


@counts("ops.random_ops:random_uniform")
def _random_uniform(era, minval, maxval, dtype, **_):
    # min and max were always ops, and so were max - min, the product and the sum.
    if "int" in str(dtype):
        return 0
    from_0 = isinstance(minval, int) and minval == 0
    if from_0 and (maxval is None or isinstance(maxval, int) and maxval == 1):
        return 2, 3
    return 2 if from_0 else 0


# --- Variables ---


@counts("ops.variable_scope:_LazyEvalTensor.__init__",
        "ops.variable_scope:_LazyEvalTensor._as_tensor")
def _regularizer(era, **_):
    # Today a regularizer is called once to see what it gives, and again each time it is used.
    return Total(0)


# --- Arrays ---


def is_tensor(value):
    return hasattr(value, "graph") or hasattr(value, "dtype") and hasattr(value, "op")


@counts("ops.array_ops:zeros", "ops.array_ops:ones")
def _zeros(era, shape, **_):
    if is_tensor(shape):
        return 0
    shape = shape.as_list() if hasattr(shape, "as_list") else shape
    if not isinstance(shape, (list, tuple)):
        return -2 if era < (1, 7) else 0
    if not any(map(is_tensor, shape)):
        if era < (1, 7):
            return -2 if np.prod(shape) >= 1000 else 0  # a constant, large ones too
        # The shape, the value and the filled tensor, as for large ones today.
        return 2 if era == (1, 7) and np.prod(shape) < 1000 else 0
    if era < (1, 15):
        return 0
    # It asked whether the product of the shape is below 1000, and asked a tensor.
    count, product = 0, shape[0]
    for size in shape[1:]:
        tensors = is_tensor(product) + is_tensor(size)
        count += {0: 0, 1: 2, 2: 1}[tensors]
        product = size if is_tensor(size) else product
    return count + 2


@counts("ops.array_ops:reshape")
def _reshape(era, shape, **_):
    # An empty list is taken for one of floats today, and made another.
    return -int(isinstance(shape, (list, tuple)) and not len(shape))


@counts("ops.nn_impl:moments")
def _moments(era, keep_dims, keepdims, **_):
    return 8 + 2 * bool(keep_dims or keepdims) if era < (1, 0) else 0


@counts("ops.array_ops:transpose")
def _transpose(era, perm, **_):
    if isinstance(perm, (list, tuple)) and not len(perm):
        return -1  # as for `reshape`
    return 6 if perm is None and era < (1, 15) else 0


@counts("ops.array_ops:gather")
def _gather(era, params, axis, **_):
    on_rows = axis is None or isinstance(axis, int) and axis == 0
    return -int(on_rows and not hasattr(params, "sparse_read")) if era < (1, 15) else 0


@counts("ops.embedding_ops:_embedding_lookup_and_transform")
def _embedding_lookup(era, params, **_):
    one = not isinstance(params, (list, tuple)) or len(params) == 1
    return -int(one) if era < (1, 15) else 0


@counts("ops.array_ops:split")
def _split(era, num_or_size_splits, **_):
    return int(isinstance(num_or_size_splits, int)) if era >= (1, 4) else 0


@counts("ops.array_ops:one_hot")
def _one_hot(era, on_value, off_value, **_):
    return sum(value is not None and not is_tensor(value) for value in (on_value, off_value))


@counts("ops.check_ops:assert_equal")
def _assert_equal(era, x, y, message, **_):
    # What is the same is not compared today; numbers became constants before they were compared.
    numbers = (not is_tensor(x)) + (not is_tensor(y))
    if era >= (1, 15) or numbers == 2 and x is not y:
        return 0
    if x is y:
        return (11 if era >= (1, 0) else 13) + numbers
    return (2 if era >= (1, 0) else 4) - 2 * (message is not None)


@counts("ops.math_ops:linspace_nd")
def _linspace(era, **_):
    return Total(4)


@counts("ops.math_ops:_ReductionDims")
def _reduction_dims(era, x, axis, **_):
    # Today's code takes a rank of 0 for an unknown one.
    return -3 if axis is None and getattr(getattr(x, "shape", None), "rank", None) == 0 else 0


@counts("ops.math_ops:reduce_logsumexp")
def _logsumexp(era, axis, **_):
    return {(0, 12): -4, (1, 4): -1, (1, 7): 2 * (axis is None)}.get(era, 0)
