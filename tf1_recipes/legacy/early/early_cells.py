"""The cells of TensorFlow 0.12, which are not layers.

A cell holds no variables: it asks for them each time it is called, in the scope it is called in, so
that ``MultiRNNCell([cell] * 3)`` has weights of its own in each layer. Variables have the old names
(``RNN/BasicLSTMCell/Linear/Matrix``), arguments the old order, and ``input_size`` is accepted and
ignored.
"""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import columns_of, joined, sharded_variable
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class RNNCell:
    """What a cell is: called with (inputs, state, scope), it returns (output, new state)."""

    def __call__(self, inputs, state, scope=None):
        raise NotImplementedError("Abstract method")

    @property
    def state_size(self):
        """Int, `tf.TensorShape`, or a structure of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self):
        """Int or `tf.TensorShape`."""
        raise NotImplementedError("Abstract method")

    def zero_state(self, batch_size, dtype):
        """Zeros, structured as `state_size`."""
        def zeros(size):
            shape = tf.TensorShape(size).as_list()
            tensor = tf.zeros(tf.stack([batch_size] + shape), dtype=dtype)
            tensor.set_shape([None] + shape)
            return tensor
        return tf.nest.map_structure(zeros, self.state_size)

    def _scope(self, scope, **options):
        return tf.variable_scope(scope or type(self).__name__, **options)


def _linear(args, output_size, bias, bias_start=0.0, scope=None):
    """``concat(args) * Matrix + Bias``, of variables below the scope "Linear"."""
    args = list(args) if tf.nest.is_nested(args) else [args]
    with tf.variable_scope(scope or "Linear"):
        matrix = tf.get_variable("Matrix", [columns_of(args), output_size], dtype=args[0].dtype)
        product = tf.matmul(joined(args), matrix)
        if not bias:
            return product
        return product + tf.get_variable(
            "Bias", [output_size], dtype=args[0].dtype,
            initializer=tf.constant_initializer(bias_start, dtype=args[0].dtype))


class BasicRNNCell(RNNCell):
    """``act(W inputs + U state + b)``."""

    def __init__(self, num_units, input_size=None, activation=tf.tanh):
        self._num_units = num_units
        self._activation = activation

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope):
            output = self._activation(_linear([inputs, state], self._num_units, True))
        return output, output


class GRUCell(BasicRNNCell):
    """The gated recurrent unit (Cho et al., 2014)."""

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope):
            with tf.variable_scope("Gates"):
                r, u = tf.split(_linear([inputs, state], 2 * self._num_units, True, 1.0), 2, 1)
                r, u = tf.sigmoid(r), tf.sigmoid(u)
            with tf.variable_scope("Candidate"):
                candidate = self._activation(
                    _linear([inputs, r * state], self._num_units, True))
            state = u * state + (1 - u) * candidate
        return state, state


class BasicLSTMCell(RNNCell):
    """LSTM (Zaremba et al., 2014) without peepholes, clipping or projection."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, state_is_tuple=True,
                 activation=tf.tanh):
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation

    @property
    def state_size(self):
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    @property
    def output_size(self):
        return self._num_units

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope):
            c, h = state if self._state_is_tuple else tf.split(state, 2, 1)
            i, j, f, o = tf.split(_linear([inputs, h], 4 * self._num_units, True), 4, 1)
            c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * self._activation(j)
            h = self._activation(c) * tf.sigmoid(o)
            return h, LSTMStateTuple(c, h) if self._state_is_tuple else tf.concat([c, h], 1)


class LSTMCell(RNNCell):
    """LSTM (Sak et al., 2014) with, on request, peepholes, clipping and a projection."""

    def __init__(self, num_units, input_size=None, use_peepholes=False, cell_clip=None,
                 initializer=None, num_proj=None, proj_clip=None, num_unit_shards=1,
                 num_proj_shards=1, forget_bias=1.0, state_is_tuple=True, activation=tf.tanh):
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation

    @property
    def state_size(self):
        sizes = LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        return self._num_proj or self._num_units

    def __call__(self, inputs, state, scope=None):
        units, dtype = self._num_units, inputs.dtype
        c, m = state if self._state_is_tuple else (
            tf.slice(state, [0, 0], [-1, units]),
            tf.slice(state, [0, units], [-1, self.output_size]))
        with self._scope(scope, initializer=self._initializer):
            kernel = sharded_variable("W", [columns_of([inputs, m]), 4 * units], dtype,
                                      self._num_unit_shards)
            bias = tf.get_variable("B", shape=[4 * units], initializer=tf.zeros_initializer(),
                                   dtype=dtype)
            args = tf.concat([inputs, m], 1)
            i, j, f, o = tf.split(tf.nn.bias_add(tf.matmul(args, kernel), bias), 4, 1)
            if self._use_peepholes:
                w_f, w_i, w_o = (tf.get_variable("W_%s_diag" % gate, shape=[units], dtype=dtype)
                                 for gate in "FIO")
                c = (tf.sigmoid(f + self._forget_bias + w_f * c) * c
                     + tf.sigmoid(i + w_i * c) * self._activation(j))
            else:
                c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * self._activation(j)
            if self._cell_clip is not None:
                c = tf.clip_by_value(c, -self._cell_clip, self._cell_clip)
            if self._use_peepholes:
                m = tf.sigmoid(o + w_o * c) * self._activation(c)
            else:
                m = tf.sigmoid(o) * self._activation(c)
            if self._num_proj is not None:
                m = tf.matmul(m, sharded_variable("W_P", [units, self._num_proj], dtype,
                                                  self._num_proj_shards))
                if self._proj_clip is not None:
                    m = tf.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)
