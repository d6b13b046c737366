"""Cells with gates of other kinds than an LSTM's: UGRNN, intersection, NAS and SRU."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import LayerRNNCell, RNNCell, _Linear, width_of
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class UGRNNCell(RNNCell):
    """Update gate cell (Collins et al., 2016): ``g * state + (1 - g) * c``."""

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=tf.tanh,
                 reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear = None

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def call(self, inputs, state):
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            args = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = _Linear(args, 2 * self._num_units, True)
            gate, candidate = tf.split(self._linear(args), 2, 1)
            candidate = self._activation(candidate)
            gate = tf.sigmoid(gate + self._forget_bias)
            state = gate * state + (1.0 - gate) * candidate
        return state, state


class IntersectionRNNCell(RNNCell):
    """The +RNN (Collins et al., 2016): gated in depth as in time."""

    def __init__(self, num_units, num_in_proj=None, initializer=None, forget_bias=1.0,
                 y_activation=tf.nn.relu, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._num_input_proj = num_in_proj
        self._y_activation = y_activation
        self._projection = None
        self._linear = None

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def call(self, inputs, state):
        units = self._num_units
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            if inputs.shape.dims[1].value != units:
                if not self._num_input_proj:
                    raise ValueError("IntersectionRNNCell: inputs must have num_units columns; "
                                     "else set num_in_proj to num_units")
                with tf.variable_scope("in_projection"):
                    if self._projection is None:
                        self._projection = _Linear(inputs, units, True)
                    inputs = self._projection(inputs)
            args = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = _Linear(args, 4 * units, True)
            matrix = self._linear(args)
            gate_h, h, gate_y, y = (matrix[:, i * units:(i + 1) * units] for i in range(4))
            h = tf.tanh(h)
            y = self._y_activation(y)
            gate_h = tf.sigmoid(gate_h + self._forget_bias)
            gate_y = tf.sigmoid(gate_y + self._forget_bias)
            state = gate_h * state + (1.0 - gate_h) * h
            outputs = gate_y * inputs + (1.0 - gate_y) * y
        return outputs, state


class NASCell(LayerRNNCell):
    """The cell found by search in Zoph and Le, 2016."""

    def __init__(self, num_units, num_proj=None, use_bias=False, reuse=None, **kwargs):
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        return self._num_units if self._num_proj is None else self._num_proj

    def build(self, inputs_shape):
        columns = 8 * self._num_units
        self.recurrent_kernel = self.add_variable(
            "recurrent_kernel", [self.output_size, columns])
        self.kernel = self.add_variable("kernel", [width_of(inputs_shape), columns])
        if self._use_bias:
            self.bias = self.add_variable(
                "bias", shape=[columns], initializer=tf.zeros_initializer())
        if self._num_proj is not None:
            self.projection_weights = self.add_variable(
                "projection_weights", [self._num_units, self._num_proj])
        self.built = True

    def call(self, inputs, state):
        c, m = state
        of_state = tf.matmul(m, self.recurrent_kernel)
        of_inputs = tf.matmul(inputs, self.kernel)
        if self._use_bias:
            of_state = tf.nn.bias_add(of_state, self.bias)
        x = tf.split(of_inputs, 8, 1)
        h = tf.split(of_state, 8, 1)
        first = [
            tf.sigmoid(x[0] + h[0]), tf.nn.relu(x[1] + h[1]),
            tf.sigmoid(x[2] + h[2]), tf.nn.relu(x[3] * h[3]),
            tf.tanh(x[4] + h[4]), tf.sigmoid(x[5] + h[5]),
            tf.tanh(x[6] + h[6]), tf.sigmoid(x[7] + h[7]),
        ]
        second = [
            tf.tanh(first[0] * first[1]), tf.tanh(first[2] + first[3]),
            tf.tanh(first[4] * first[5]), tf.sigmoid(first[6] + first[7]),
        ]
        c = tf.tanh(second[0] + c) * second[1]
        m = tf.tanh(c * tf.tanh(second[2] + second[3]))
        if self._num_proj is not None:
            m = tf.matmul(m, self.projection_weights)
        return m, LSTMStateTuple(c, m)


class SRUCell(LayerRNNCell):
    """The simple recurrent unit (Lei et al., 2017)."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, **kwargs):
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units = num_units
        self._activation = activation or tf.tanh

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def build(self, inputs_shape):
        self._kernel = self.add_variable(
            "kernel", shape=[width_of(inputs_shape), 4 * self._num_units])
        self._bias = self.add_variable(
            "bias", shape=[2 * self._num_units], initializer=tf.zeros_initializer())
        self.built = True

    def call(self, inputs, state):
        x_bar, f, r, x = tf.split(tf.matmul(inputs, self._kernel), 4, 1)
        f, r = tf.split(tf.sigmoid(tf.nn.bias_add(tf.concat([f, r], 1), self._bias)), 2, 1)
        c = f * state + (1.0 - f) * x_bar
        h = r * self._activation(c) + (1.0 - r) * x
        return h, c
