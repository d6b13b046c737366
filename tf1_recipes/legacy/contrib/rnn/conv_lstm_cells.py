"""LSTM cells that convolve (Shi et al., 2015, "Convolutional LSTM Network")."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class ConvLSTMCell(RNNCell):
    """LSTM over rows, images or volumes.

    Args:
        conv_ndims: int, 1, 2 or 3.
        input_shape: list, of an input without its batch: sizes, then channels.
        output_channels: int.
        kernel_shape: list of ``conv_ndims`` ints.
        use_bias, skip_connection: bool; the second puts the inputs beside the outputs.
        forget_bias: float.
        initializers: not used, as in TensorFlow 1.15.
        name: str.
    """

    def __init__(self, conv_ndims, input_shape, output_channels, kernel_shape, use_bias=True,
                 skip_connection=False, forget_bias=1.0, initializers=None,
                 name="conv_lstm_cell"):
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError("Invalid input_shape %s for conv_ndims=%d." % (
                input_shape, conv_ndims))
        sizes = list(input_shape[:-1])
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._forget_bias = forget_bias
        self._skip_connection = skip_connection
        state_size = tf.TensorShape(sizes + [output_channels])
        self._state_size = LSTMStateTuple(state_size, state_size)
        self._output_size = tf.TensorShape(
            sizes + [output_channels + (input_shape[-1] if skip_connection else 0)])

    @property
    def output_size(self):
        return self._output_size

    @property
    def state_size(self):
        return self._state_size

    def call(self, inputs, state, scope=None):
        cell, hidden = state
        gates = _conv([inputs, hidden], self._kernel_shape, 4 * self._output_channels,
                      self._use_bias)
        i, new, f, o = tf.split(gates, 4, self._conv_ndims + 1)
        cell = tf.sigmoid(f + self._forget_bias) * cell
        cell += tf.sigmoid(i) * tf.tanh(new)
        output = tf.tanh(cell) * tf.sigmoid(o)
        if self._skip_connection:
            output = tf.concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(cell, output)


def _conv(args, filter_size, num_features, bias, bias_start=0.0):
    """A convolution of tensors side by side, of the same size as they have."""
    inputs = tf.concat(args, -1)
    dimensions = inputs.shape.ndims - 2
    if not 1 <= dimensions <= 3:
        raise ValueError("Conv Linear expects 3D, 4D or 5D arguments: %s" % (
            [each.shape.as_list() for each in args],))
    kernel = tf.get_variable(
        "kernel", filter_size + [inputs.shape.dims[-1].value, num_features], dtype=inputs.dtype)
    convolve = (tf.nn.conv1d, tf.nn.conv2d, tf.nn.conv3d)[dimensions - 1]
    strides = 1 if dimensions == 1 else [1] * (dimensions + 2)
    result = convolve(inputs, kernel, strides, padding="SAME")
    if not bias:
        return result
    return result + tf.get_variable(
        "biases", [num_features], dtype=inputs.dtype,
        initializer=tf.constant_initializer(bias_start, dtype=inputs.dtype))


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over rows."""

    def __init__(self, name="conv_1d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over images."""

    def __init__(self, name="conv_2d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over volumes."""

    def __init__(self, name="conv_3d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=3, name=name, **kwargs)
