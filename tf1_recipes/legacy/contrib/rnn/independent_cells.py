"""Cells whose units hear of the others' state by the inputs only (Li et al., 2018, "IndRNN")."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import LayerRNNCell, width_of
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class _IndependentCell(LayerRNNCell):
    """Makes the weights of inputs, a matrix, and of the state, a row."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._activation = activation or tf.tanh
        self._kernel_initializer = None
        self._bias_initializer = None

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def _weights(self, prefix, inputs_shape, gates, bias=0.0, kernel="kernel_w"):
        columns = gates * self._num_units
        return (
            self.add_variable(prefix + kernel, shape=[width_of(inputs_shape), columns],
                              initializer=self._kernel_initializer),
            self.add_variable(prefix + "kernel_u", shape=[1, columns],
                              initializer=tf.random_uniform_initializer(-1, 1, dtype=self.dtype)),
            self.add_variable(prefix + "bias", shape=[columns],
                              initializer=self._bias_initializer or tf.constant_initializer(
                                  bias, dtype=self.dtype)))


def _mapped(inputs, state, weights):
    kernel_w, kernel_u, bias = weights
    return tf.nn.bias_add(tf.matmul(inputs, kernel_w) + state * kernel_u, bias)


class IndRNNCell(_IndependentCell):
    """``act(W x + u * state + b)``."""

    def build(self, inputs_shape):
        self._all = self._weights("", inputs_shape, 1)
        self.built = True

    def call(self, inputs, state):
        output = self._activation(_mapped(inputs, state, self._all))
        return output, output


class IndyGRUCell(_IndependentCell):
    """GRU of independent units."""

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None,
                 bias_initializer=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    def build(self, inputs_shape):
        self._gates = self._weights("gates/", inputs_shape, 2, bias=1.0)
        # This one name has no "_w" in TensorFlow 1.15's checkpoints.
        self._candidate = self._weights("candidate/", inputs_shape, 1, kernel="kernel")
        self.built = True

    def call(self, inputs, state):
        gates = tf.sigmoid(_mapped(inputs, tf.tile(state, [1, 2]), self._gates))
        r, u = tf.split(gates, 2, 1)
        candidate = self._activation(_mapped(inputs, r * state, self._candidate))
        state = u * state + (1 - u) * candidate
        return state, state


class IndyLSTMCell(_IndependentCell):
    """LSTM of independent units."""

    def __init__(self, num_units, forget_bias=1.0, activation=None, reuse=None,
                 kernel_initializer=None, bias_initializer=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._forget_bias = forget_bias
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units)

    def build(self, inputs_shape):
        self._all = self._weights("", inputs_shape, 4)
        self.built = True

    def call(self, inputs, state):
        c, h = state
        i, j, f, o = tf.split(_mapped(inputs, tf.tile(h, [1, 4]), self._all), 4, 1)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * self._activation(j)
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)
