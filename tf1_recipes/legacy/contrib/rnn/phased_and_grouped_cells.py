"""LSTM cells that open at times of their own, or whose weights are in groups."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell, _Linear
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class PhasedLSTMCell(RNNCell):
    """The phased LSTM (Neil et al., 2016); its inputs are ``(times, features)``."""

    def __init__(self, num_units, use_peepholes=False, leak=0.001, ratio_on=0.1,
                 trainable_ratio_on=True, period_init_min=1.0, period_init_max=1000.0, reuse=None):
        super().__init__(_reuse=reuse, autocast=False)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_range = period_init_min, period_init_max
        self._linear = {}

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        return self._num_units

    def call(self, inputs, state):
        c_prev, h_prev = state
        time, x = inputs
        peep = self._use_peepholes
        gates = tf.sigmoid(self._mapped(
            "mask_gates", [x, h_prev] + [c_prev] * peep, 2 * self._num_units))
        input_gate, forget_gate = tf.split(gates, 2, 1)
        new_input = tf.tanh(self._mapped("new_input", [x, h_prev], self._num_units))
        c = c_prev * forget_gate + input_gate * new_input
        output_gate = tf.sigmoid(self._mapped(
            "output_gate", [x, h_prev] + [c] * peep, self._num_units))
        h = tf.tanh(c) * output_gate

        openness = self._openness(time)
        c = openness * c + (1 - openness) * c_prev
        h = openness * h + (1 - openness) * h_prev
        return h, LSTMStateTuple(c, h)

    def _mapped(self, scope, args, columns):
        with tf.variable_scope(scope):
            if scope not in self._linear:
                self._linear[scope] = _Linear(args, columns, True)
            return self._linear[scope](args)

    def _openness(self, time):
        """How far each unit is open: rises and falls in ``ratio_on`` of its period, else leaks."""
        shape = [self._num_units]
        period = tf.get_variable("period", shape, initializer=_exponential(*self._period_range))
        phase = tf.get_variable("phase", shape, initializer=tf.random_uniform_initializer(
            0.0, period.initial_value))
        ratio_on = tf.get_variable(
            "ratio_on", shape, initializer=tf.constant_initializer(self._ratio_on),
            trainable=self._trainable_ratio_on)
        shifted = time - tf.cast(phase, time.dtype)
        period = tf.cast(period, time.dtype)
        remainder = tf.stop_gradient(tf.floormod(shifted, period) - shifted) + shifted
        ratio = tf.cast(remainder / period, tf.float32)
        rising = 2 * ratio / ratio_on
        openness = tf.where(ratio < ratio_on, 2 - rising, self._leak * ratio)
        return tf.where(ratio < 0.5 * ratio_on, rising, openness)


def _exponential(low, high):
    """An initializer: the exponential of numbers uniform between the logarithms."""
    def initializer(shape, dtype=tf.float32, partition_info=None):
        return tf.exp(tf.random_uniform(shape, tf.log(low), tf.log(high), dtype))
    return initializer


class GLSTMCell(RNNCell):
    """The group LSTM (Kuchaiev and Ginsburg, 2017): inputs and state in groups, each with weights.

    Raises:
        ValueError: a size that the groups do not divide.
    """

    def __init__(self, num_units, initializer=None, num_proj=None, number_of_groups=1,
                 forget_bias=1.0, activation=tf.tanh, reuse=None):
        super().__init__(_reuse=reuse)
        for title, size in (("num_units", num_units), ("num_proj", num_proj or 0)):
            if size % number_of_groups:
                raise ValueError("%s must be divisible by number_of_groups" % title)
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._groups = number_of_groups
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear = {}

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        return self._num_proj or self._num_units

    def call(self, inputs, state):
        c, m = state
        if inputs.shape.dims[1].value % self._groups:
            raise ValueError("input size (%s) must be divisible by number_of_groups (%d)" % (
                inputs.shape.dims[1].value, self._groups))
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            parts = []
            pairs = zip(tf.split(inputs, self._groups, 1), tf.split(m, self._groups, 1))
            for group, pair in enumerate(pairs):
                with tf.variable_scope("group%d" % group):
                    parts.append(tf.split(self._mapped(
                        group, tf.concat(pair, 1), 4 * self._num_units // self._groups), 4, 1))
            i, j, f, o = (self._biased(gate, group) for gate, group in zip("ijfo", zip(*parts)))
        c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
        m = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with tf.variable_scope("projection"):
                m = self._mapped("projection", m, self._num_proj)
        return m, LSTMStateTuple(c, m)

    def _mapped(self, key, args, columns):
        if key not in self._linear:
            self._linear[key] = _Linear(args, columns, False)
        return self._linear[key](args)

    def _biased(self, gate, parts):
        value = tf.concat(parts, 1)
        return tf.nn.bias_add(value, tf.get_variable(
            "bias_" + gate, shape=[self._num_units], dtype=value.dtype,
            initializer=tf.constant_initializer(0.0, dtype=value.dtype)))
