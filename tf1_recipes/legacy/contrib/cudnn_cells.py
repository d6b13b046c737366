"""``tf.contrib.cudnn_rnn``: its cells, which run anywhere by the weights that a GPU trained."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import LayerRNNCell, width_of
from tf1_recipes.legacy.contrib.rnn.lstm_ops import LSTMBlockCell
from tf1_recipes.v1 import tf


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """``LSTMBlockCell`` without a forget bias, under a name of its own."""

    def __init__(self, num_units, reuse=None):
        super().__init__(num_units, forget_bias=0, reuse=reuse, name="cudnn_compatible_lstm_cell")


class CudnnCompatibleGRUCell(LayerRNNCell):
    """A GRU that resets after the product with its weights.

    r, u = sigmoid([x, h] W + b); c = tanh(x W_x + b_x + r (h W_h + b_h)); h' = (1 - u) c + u h

    Args:
        num_units: int.
        reuse: bool, of the variables.
        kernel_initializer: of the weights.
    """

    def __init__(self, num_units, reuse=None, kernel_initializer=None):
        super().__init__(_reuse=reuse)
        self._num_units, self._initializer = num_units, kernel_initializer

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def build(self, inputs_shape):
        units, width = self._num_units, width_of(inputs_shape)

        def kernel(name, rows, columns):
            return self.add_variable(name + "/kernel", [rows, columns],
                                     initializer=self._initializer)

        def bias(name, size, value):
            return self.add_variable(name + "/bias", [size],
                                     initializer=tf.constant_initializer(value))

        self._gates = (kernel("gates", width + units, 2 * units), bias("gates", 2 * units, 1.0))
        of_input, of_state = "candidate/input_projection", "candidate/hidden_projection"
        kernels = kernel(of_input, width, units), kernel(of_state, units, units)
        self._of_input = kernels[0], bias(of_input, units, 0.0)
        self._of_state = kernels[1], bias(of_state, units, 0.0)
        self.built = True

    def call(self, inputs, state):
        gates = tf.sigmoid(_affine(tf.concat([inputs, state], 1), self._gates))
        reset, update = tf.split(gates, 2, axis=1)
        candidate = tf.tanh(
            _affine(inputs, self._of_input) + reset * _affine(state, self._of_state))
        output = (1 - update) * candidate + update * state
        return output, output


def _affine(rows, weights):
    kernel, bias = weights
    return tf.nn.bias_add(tf.matmul(rows, kernel), bias)
