"""``tf.contrib.learn.models``: regressions and recurrent nets, as functions that add to a graph.

The cells' variables have the names of 1.15, also in a script of 0.12.
"""
import contextlib
import functools

from tf1_recipes.legacy.contrib.learn import ops
from tf1_recipes.legacy.contrib.rnn.cell_wrappers import AttentionCellWrapper
from tf1_recipes.v1 import tf

__all__ = ["bidirectional_rnn", "get_rnn_model", "linear_regression",
           "linear_regression_zero_init", "logistic_regression", "logistic_regression_zero_init"]


def linear_regression(x, y, init_mean=None, init_stddev=1.0):
    """Adds a linear regression.

    Args:
        x: Tensor [batch, features].
        y: Tensor [batch] or [batch, outputs].
        init_mean: float, the mean of the normal initial values; by default they are those of
            `tf.get_variable`.
        init_stddev: float, their standard deviation.

    Returns:
        The predictions and the mean squared error. The variables are
        ``linear_regression/weights`` and ``linear_regression/bias``.
    """
    with tf.variable_scope("linear_regression"):
        outputs = 1 if len(y.shape) == 1 else y.shape[1]
        weights, bias = _variables(x, y, outputs, init_mean, init_stddev)
        return ops.mean_squared_error_regressor(x, y, weights, bias)


def linear_regression_zero_init(x, y):
    """`linear_regression` that starts at zeros."""
    return linear_regression(x, y, init_mean=0.0, init_stddev=0.0)


def logistic_regression(x, y, class_weight=None, init_mean=None, init_stddev=1.0):
    """Adds a logistic regression.

    Args:
        x: Tensor [batch, features].
        y: Tensor [batch, classes], one-hot.
        class_weight: Tensor [classes], which multiplies the logits; by default the graph's
            ``class_weight:0``, if there is one.
        init_mean, init_stddev: as of `linear_regression`.

    Returns:
        The probabilities and the cross entropy. The variables are
        ``logistic_regression/weights`` and ``logistic_regression/bias``.
    """
    with tf.variable_scope("logistic_regression"):
        weights, bias = _variables(x, y, y.shape[-1], init_mean, init_stddev)
        if class_weight is None:
            with contextlib.suppress(KeyError):
                class_weight = tf.get_default_graph().get_tensor_by_name("class_weight:0")
        return ops.softmax_classifier(x, y, weights, bias, class_weight=class_weight)


def logistic_regression_zero_init(x, y):
    """`logistic_regression` that starts at zeros."""
    return logistic_regression(x, y, init_mean=0.0, init_stddev=0.0)


def _variables(x, y, outputs, mean, stddev):
    scope, dtype = tf.get_variable_scope().name, x.dtype.base_dtype
    tf.summary.histogram("%s.x" % scope, x)
    tf.summary.histogram("%s.y" % scope, y)

    def variable(name, shape):
        initializer = None if mean is None else tf.random_normal_initializer(
            mean, stddev, dtype=dtype)
        return tf.get_variable(name, shape, initializer=initializer, dtype=dtype)

    weights, bias = variable("weights", [x.shape[1], outputs]), variable("bias", [outputs])
    tf.summary.histogram("%s.weights" % scope, weights)
    tf.summary.histogram("%s.bias" % scope, bias)
    return weights, bias


def bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None,
                      dtype=None, sequence_length=None, scope=None):
    """Runs a cell forward and one backward over a list of inputs.

    Args:
        cell_fw, cell_bw: RNN cells whose states are tensors.
        inputs: list of Tensors [batch, depth].
        initial_state_fw, initial_state_bw: Tensors, by default zeros of ``dtype``.
        dtype: of the states.
        sequence_length: Tensor [batch] of int64, or None. (Of 1.0 to 1.15 it failed, for it
            called functions that had been renamed.)
        scope: str, by default "BiRNN": the variables are in ``<scope>_FW`` and ``<scope>_BW``.

    Returns:
        A list of Tensors, the outputs side by side, and the last states side by side.
    """
    if not isinstance(cell_fw, tf.nn.rnn_cell.RNNCell):
        raise TypeError("cell_fw must be an instance of RNNCell")
    if not isinstance(cell_bw, tf.nn.rnn_cell.RNNCell):
        raise TypeError("cell_bw must be an instance of RNNCell")
    if not isinstance(inputs, list):
        raise TypeError("inputs must be a list")
    if not inputs:
        raise ValueError("inputs must not be empty")
    scope = scope or "BiRNN"
    with tf.variable_scope(scope + "_FW"):
        forward, state_fw = tf.nn.static_rnn(cell_fw, inputs, initial_state_fw, dtype,
                                             sequence_length)
    with tf.variable_scope(scope + "_BW"):
        backward, state_bw = tf.nn.static_rnn(cell_bw, _reversed(inputs, sequence_length),
                                              initial_state_bw, dtype, sequence_length)
    backward = _reversed(backward, sequence_length)
    outputs = [tf.concat(pair, 1) for pair in zip(forward, backward)]
    return outputs, tf.concat([state_fw, state_bw], 1)


def _reversed(inputs, lengths):
    if lengths is None:
        return inputs[::-1]
    return tf.unstack(tf.reverse_sequence(tf.stack(inputs), lengths, seq_axis=0, batch_axis=1))


def get_rnn_model(rnn_size, cell_type, num_layers, input_op_fn, bidirectional,
                  target_predictor_fn, sequence_length, initial_state, attn_length, attn_size,
                  attn_vec_size):
    """Returns a function of inputs and labels that adds a recurrent net.

    Args:
        rnn_size: int, of each layer.
        cell_type: "rnn", "gru" or "lstm".
        num_layers: int.
        input_op_fn: function of the inputs that returns a list of Tensors [batch, depth].
        bidirectional: bool, whether to go both ways.
        target_predictor_fn: function of the last state and the labels, such as
            `logistic_regression`.
        sequence_length: Tensor [batch], or None.
        initial_state: Tensor, or None.
        attn_length: int, the window of attention, or None for none.
        attn_size, attn_vec_size: ints, see `tf.contrib.rnn.AttentionCellWrapper`.
    """
    def layers(kind):
        cells = [kind(rnn_size) for _ in range(num_layers)]
        if attn_length is not None:
            cells = [AttentionCellWrapper(cell, attn_length=attn_length, attn_size=attn_size,
                                          attn_vec_size=attn_vec_size, state_is_tuple=False)
                     for cell in cells]
        return tf.nn.rnn_cell.MultiRNNCell(cells, state_is_tuple=False)

    def model(x, y):
        x = input_op_fn(x)
        kinds = {"rnn": tf.nn.rnn_cell.BasicRNNCell, "gru": tf.nn.rnn_cell.GRUCell,
                 "lstm": functools.partial(tf.nn.rnn_cell.BasicLSTMCell, state_is_tuple=False)}
        if cell_type not in kinds:
            raise ValueError("cell_type {} is not supported. ".format(cell_type))
        kind = kinds[cell_type]
        if bidirectional:
            _, state = bidirectional_rnn(
                layers(kind), layers(kind), x, initial_state, initial_state, tf.float32,
                sequence_length)
        else:
            _, state = tf.nn.static_rnn(layers(kind), x, initial_state, tf.float32,
                                        sequence_length)
        return target_predictor_fn(state, y)

    return model
