"""``tf.contrib.framework``: its small functions on tensors and graphs that nothing of today has."""
import numpy as np
from tensorflow.python.ops import check_ops

from tf1_recipes.v1 import tf


def assert_scalar_int(tensor, name=None):
    """Returns a tensor that is one integer.

    Raises:
        ValueError: it is known when the graph is built that it is not.
    """
    with tf.name_scope(name, "assert_scalar_int", [tensor]) as scope:
        tensor = tf.convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError("Expected integer type for %s, received type: %s." % (
                tensor.name, tensor.dtype))
        return check_ops.assert_scalar(tensor, name=scope)


def get_placeholders(graph):
    """Returns the list of the placeholders of a graph, in the order of their making."""
    if not isinstance(graph, tf.Graph):
        raise TypeError("Input graph needs to be a Graph: %s" % graph)
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def reduce_sum_n(tensors, name=None):
    """The sum of all elements of all tensors."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [tf.reduce_sum(tensor, name="%s/sum" % tensor.op.name) for tensor in tensors]
        return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


def remove_squeezable_dimensions(predictions, labels, name=None):
    """Takes a last dimension of 1 off the one of two tensors that has one rank more.

    The order, predictions first, is this function's own: today's takes labels first.
    """
    from tensorflow.python.ops import confusion_matrix

    labels, predictions = confusion_matrix.remove_squeezable_dimensions(
        labels, predictions, name=name)
    return predictions, labels


def with_same_shape(expected_tensor, tensor):
    """Returns ``tensor``, checked to have the shape of another."""
    with tf.name_scope("%s/" % tensor.op.name):
        shape = expected_tensor.get_shape()
        return with_shape(
            shape.as_list() if shape.is_fully_defined()
            else tf.shape(expected_tensor, name="expected_shape"), tensor)


def with_shape(expected_shape, tensor):
    """Returns a tensor that has a shape: at once where both are known, else when it is computed.

    Args:
        expected_shape: list of int, where -1 is any size, or int32 tensor.
        tensor: tensor.

    Raises:
        ValueError: it cannot have that shape.
    """
    if isinstance(tensor, tf.SparseTensor):
        raise ValueError("SparseTensor not supported.")
    known = not tf.is_tensor(expected_shape)
    actual = tensor.get_shape()
    if known:
        expected_shape = np.asarray(expected_shape)
        if expected_shape.size == 0 and actual.is_compatible_with([1]):
            return tf.reshape(tensor, [])
        expected_shape = expected_shape.astype(np.int32)
    if known and actual.is_fully_defined():
        if not actual.is_compatible_with(expected_shape):
            raise ValueError("Invalid shape for tensor %s, expected %s, got %s." % (
                tensor.name, expected_shape, actual))
        return tensor
    with tf.name_scope("%s/" % tensor.op.name):
        shape = tf.shape(tensor)
        same_rank = tf.equal(tf.size(expected_shape), tf.size(shape))
        same = tf.cond(same_rank, lambda: tf.reduce_all(tf.logical_or(
            tf.equal(expected_shape, -1), tf.equal(expected_shape, shape))), lambda: same_rank)
        check = tf.Assert(same, [
            "Wrong shape for %s [expected] [actual]." % tensor.name, expected_shape, shape])
        with tf.control_dependencies([check]):
            result = tf.identity(tensor)
        if known:
            result.set_shape([None if size == -1 else size for size in expected_shape])
        return result
