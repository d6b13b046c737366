"""``tf.nn.dropout`` as each release computed it: the same mask for a seed, from the same ops.

    up to 1.12    x / keep_prob * floor(keep_prob + u)
    since 1.13    x * (1 / (1 - rate)) * (u >= rate)

with u uniform on [0, 1). For the same u the two drop other elements. Today's is the later one, from
half the ops.
"""
import numbers

from tf1_recipes.legacy.seeds import op_counts

SINCE_RATE = (1, 13)


def functions_of(release):
    """Returns what takes the place of TensorFlow's ``nn_ops.dropout`` and ``nn_ops.dropout_v2``.

    Args:
        release: tuple of numbers, such as (1, 7).
    """
    from tensorflow.python.framework import ops

    by_rate = release >= SINCE_RATE

    def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
        """Sets elements to 0 with a probability, and divides the others by the probability kept."""
        if (keep_prob is None) == (rate is None):
            raise ValueError("tf.nn.dropout takes either keep_prob or rate")
        if by_rate:
            rate = 1 - keep_prob if rate is None else rate
            return _by_rate(x, rate, noise_shape, seed, name)
        later = int(keep_prob is None and _entered_for(rate))  # it took it in after it drew
        keep_prob = kept(rate) if keep_prob is None else keep_prob
        op_counts.book(ops.get_default_graph(), -later)
        result = _by_keep_prob(x, keep_prob, noise_shape, seed, name)
        op_counts.book(ops.get_default_graph(), later)
        return result

    def dropout_v2(x, rate, noise_shape=None, seed=None, name=None):
        """Sets elements to 0 with a probability ``rate``; see `dropout`."""
        return dropout(x, None, noise_shape, seed, name, rate)

    return dropout, dropout_v2


def kept(rate):
    """Returns 1 - rate; where the rate was made as ``1 - keep_prob``, that keep_prob."""
    from tensorflow.python.framework import tensor_util

    operation = getattr(rate, "op", None)
    if operation is not None and operation.type == "Sub" \
            and tensor_util.constant_value(operation.inputs[0]) == 1:
        op_counts.book(operation.graph, -2)  # the release had neither the 1 nor the subtraction
        return operation.inputs[1]
    return 1 - rate


def _entered_for(rate):
    """Whether the loop that this is in took keep_prob in only to compute the rate."""
    operation = getattr(rate, "op", None)
    if operation is None or operation.type != "Sub" or operation.inputs[1].op.type != "Enter":
        return False
    return operation.inputs[0].op._id < operation.inputs[1].op._id


def _by_rate(x, rate, noise_shape, seed, name):
    from tensorflow.python.framework import ops, tensor_util
    from tensorflow.python.ops import math_ops

    with ops.name_scope(name, "dropout", [x]):
        x = _floats(x)
        _check(rate, "rate", 0 <= rate < 1 if isinstance(rate, numbers.Real) else True)
        if isinstance(rate, numbers.Real) and rate == 0:
            return x
        rate = ops.convert_to_tensor(rate, dtype=x.dtype, name="rate")
        if tensor_util.constant_value(rate) == 0:
            return x
        uniform = _uniform(x, noise_shape, seed)
        scale = 1 / (1 - rate)
        mask = uniform >= rate
        result = x * scale * math_ops.cast(mask, x.dtype)
        result.set_shape(x.get_shape())
        return result


def _by_keep_prob(x, keep_prob, noise_shape, seed, name):
    from tensorflow.python.framework import ops, tensor_util
    from tensorflow.python.ops import math_ops

    with ops.name_scope(name, "dropout", [x]):
        x = _floats(x)
        _check(keep_prob, "keep_prob",
               0 < keep_prob <= 1 if isinstance(keep_prob, numbers.Real) else True)
        keep_prob = ops.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        if tensor_util.constant_value(keep_prob) == 1:
            return x
        mask = math_ops.floor(keep_prob + _uniform(x, noise_shape, seed))
        result = math_ops.div(x, keep_prob) * mask
        result.set_shape(x.get_shape())
        return result


def _floats(x):
    from tensorflow.python.framework import ops

    x = ops.convert_to_tensor(x, name="x")
    if not x.dtype.is_floating:
        raise ValueError("tf.nn.dropout scales what it keeps: x must be floating-point, not %s" % (
            x.dtype.name,))
    return x


def _check(value, title, fits):
    if not fits:
        raise ValueError("tf.nn.dropout: %s is %r: it must be a scalar tensor or a number in %s" % (
            title, value, "[0, 1)" if title == "rate" else "(0, 1]"))


def _uniform(x, noise_shape, seed):
    from tensorflow.python.ops import nn_ops, random_ops

    return random_ops.random_uniform(
        nn_ops._get_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
