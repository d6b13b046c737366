"""Cells around a cell: attention to its last outputs, and a highway past it."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import CellWrapper, RNNCell, _Linear
from tf1_recipes.v1 import tf


class AttentionCellWrapper(RNNCell):
    """Attends to the wrapped cell's last ``attn_length`` outputs (Cheng et al., 2016).

    Its state is (the cell's, the attention, the outputs in a row).
    """

    def __init__(self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None,
                 state_is_tuple=True, reuse=None):
        super().__init__(_reuse=reuse)
        if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError("Cell returns tuple of states, but the flag state_is_tuple is not "
                             "set. State size is: %s" % (cell.state_size,))
        if attn_length <= 0:
            raise ValueError("attn_length should be greater than zero, got %s" % attn_length)
        self._cell = cell
        self._attn_length = attn_length
        self._attn_size = attn_size or cell.output_size
        self._attn_vec_size = attn_vec_size or self._attn_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple
        self._linear = {}

    @property
    def _sizes(self):
        return (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)

    @property
    def state_size(self):
        return self._sizes if self._state_is_tuple else sum(self._sizes)

    @property
    def output_size(self):
        return self._attn_size

    def call(self, inputs, state):
        cell_state, attention, memory = (
            state if self._state_is_tuple else tf.split(state, list(self._sizes), 1))
        memory = tf.reshape(memory, [-1, self._attn_length, self._attn_size])
        inputs = self._mapped(
            "inputs", [inputs, attention], self._input_size or inputs.shape.as_list()[1])
        cell_output, cell_state = self._cell(inputs, cell_state)
        query = tf.concat(tf.nest.flatten(cell_state), 1) if self._state_is_tuple else cell_state
        attention = self._attend(query, memory)
        with tf.variable_scope("attn_output_projection"):
            output = self._mapped("output", [cell_output, attention], self._attn_size)
        memory = tf.concat([memory[:, 1:], tf.expand_dims(output, 1)], 1)
        memory = tf.reshape(memory, [-1, self._attn_length * self._attn_size])
        state = (cell_state, attention, memory)
        return output, state if self._state_is_tuple else tf.concat(state, 1)

    def _mapped(self, key, args, columns):
        if key not in self._linear:
            self._linear[key] = _Linear(args, columns, True)
        return self._linear[key](args)

    def _attend(self, query, memory):
        with tf.variable_scope("attention"):
            kernel = tf.get_variable("attn_w", [1, 1, self._attn_size, self._attn_vec_size])
            v = tf.get_variable("attn_v", [self._attn_vec_size])
            hidden = tf.reshape(memory, [-1, self._attn_length, 1, self._attn_size])
            features = tf.nn.conv2d(hidden, kernel, [1, 1, 1, 1], "SAME")
            y = tf.reshape(self._mapped("query", query, self._attn_vec_size),
                           [-1, 1, 1, self._attn_vec_size])
            weights = tf.nn.softmax(tf.reduce_sum(v * tf.tanh(features + y), [2, 3]))
            weights = tf.reshape(weights, [-1, self._attn_length, 1, 1])
            return tf.reshape(tf.reduce_sum(weights * hidden, [1, 2]), [-1, self._attn_size])


class HighwayWrapper(CellWrapper):
    """Carries a cell's inputs past it by a gate (Srivastava et al., 2015).

        inputs * carry + outputs * transform, transform being 1 - carry if they are coupled
    """

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        super().__init__(cell)
        self._couple = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def __call__(self, inputs, state, scope=None):
        outputs, state = self._cell(inputs, state, scope=scope)
        tf.nest.assert_same_structure(inputs, outputs)
        return tf.nest.map_structure(self._highway, inputs, outputs), state

    def _highway(self, inputs, outputs):
        inputs.shape.assert_is_compatible_with(outputs.shape)
        carry = self._gate(inputs, "carry", self._carry_bias_init)
        transform = 1 - carry if self._couple else self._gate(
            inputs, "transform", -self._carry_bias_init)
        return inputs * carry + outputs * transform

    @staticmethod
    def _gate(inputs, name, bias):
        size = inputs.shape.with_rank(2).dims[1].value
        weights = tf.get_variable(name + "_w", [size, size])
        biases = tf.get_variable(name + "_b", [size], initializer=tf.constant_initializer(bias))
        return tf.sigmoid(tf.nn.xw_plus_b(inputs, weights, biases))
