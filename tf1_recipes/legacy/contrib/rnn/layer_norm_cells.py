"""LSTM cells whose gates are normalized over a layer (Ba et al., 2016, "Layer Normalization")."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell, sharded_variable
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple

_EPSILON = {tf.float16: 1e-3}


def layer_norm(inputs, gain, shift, scope, dtype=None):
    """Normalizes each row: ``gamma * (x - mean) / sqrt(variance + 1e-12) + beta``.

    Args:
        inputs: 2-D tensor.
        gain, shift: the initial values of the variables gamma and beta.
        scope: str, of the variables.
        dtype: of the variables.
    """
    shape = inputs.shape[-1:]
    with tf.variable_scope(scope):
        gamma = tf.get_variable("gamma", shape=shape, dtype=dtype or tf.float32,
                                initializer=tf.constant_initializer(gain))
        beta = tf.get_variable("beta", shape=shape, dtype=dtype or tf.float32,
                               initializer=tf.constant_initializer(shift))
        mean, variance = tf.nn.moments(inputs, [1], keep_dims=True)
        outputs = tf.nn.batch_normalization(
            inputs, mean, variance, beta, gamma, _EPSILON.get(inputs.dtype, 1e-12))
        outputs.set_shape(inputs.shape)
        return outputs


class LayerNormBasicLSTMCell(RNNCell):
    """LSTM with normalized gates and state, and dropout of what is new (Semeniuta et al., 2016)."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, activation=tf.tanh,
                 layer_norm=True, norm_gain=1.0, norm_shift=0.0, dropout_keep_prob=1.0,
                 dropout_prob_seed=None, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        return self._num_units

    def _normalized(self, inputs, scope):
        if not self._layer_norm:
            return inputs
        return layer_norm(inputs, self._norm_gain, self._norm_shift, scope, inputs.dtype)

    def call(self, inputs, state):
        c, h = state
        args = tf.concat([inputs, h], 1)
        kernel = tf.get_variable("kernel", [args.shape[-1], 4 * self._num_units], dtype=args.dtype)
        gates = tf.matmul(args, kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, tf.get_variable(
                "bias", [4 * self._num_units], dtype=args.dtype))
        i, j, f, o = tf.split(gates, 4, 1)
        i = self._normalized(i, "input")
        j = self._normalized(j, "transform")
        f = self._normalized(f, "forget")
        o = self._normalized(o, "output")

        new = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            new = tf.nn.dropout(new, self._keep_prob, seed=self._seed)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * new
        c = self._normalized(c, "state")
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)


class CoupledInputForgetGateLSTMCell(RNNCell):
    """LSTM whose input gate is 1 minus its forget gate (Greff et al., 2015)."""

    def __init__(self, num_units, use_peepholes=False, initializer=None, num_proj=None,
                 proj_clip=None, num_unit_shards=1, num_proj_shards=1, forget_bias=1.0,
                 state_is_tuple=True, activation=tf.tanh, reuse=None, layer_norm=False,
                 norm_gain=1.0, norm_shift=0.0):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift
        # TensorFlow 1.15 took an initializer and let it lie: the scope's initializer counts.

    @property
    def state_size(self):
        sizes = LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        return self._num_proj or self._num_units

    def _normalized(self, inputs, scope):
        if not self._layer_norm:
            return inputs
        return layer_norm(inputs, self._norm_gain, self._norm_shift, scope)

    def call(self, inputs, state):
        units, dtype = self._num_units, inputs.dtype
        c_prev, m_prev = state if self._state_is_tuple else tf.split(
            state, [units, self.output_size], 1)
        args = tf.concat([inputs, m_prev], 1)
        kernel = sharded_variable("W", [args.shape.dims[1].value, 3 * units], dtype,
                                  self._num_unit_shards)
        bias = tf.get_variable("B", shape=[3 * units], initializer=tf.zeros_initializer(),
                               dtype=dtype)
        gates = tf.matmul(args, kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, bias)
        j, f, o = tf.split(gates, 3, 1)
        j = self._normalized(j, "transform")
        f = self._normalized(f, "forget")
        o = self._normalized(o, "output")

        if self._use_peepholes:
            w_f = tf.get_variable("W_F_diag", shape=[units], dtype=dtype)
            w_o = tf.get_variable("W_O_diag", shape=[units], dtype=dtype)
            forget = tf.sigmoid(f + self._forget_bias + w_f * c_prev)
        else:
            forget = tf.sigmoid(f + self._forget_bias)
        c = self._normalized(
            forget * c_prev + (1 - forget) * self._activation(j), "state")
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
