"""The LSTM cell as one kernel, for a step or for a whole sequence."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import LayerRNNCell, width_of
from tf1_recipes.legacy.contrib.rnn.kernel_gradients import register_gradient
from tf1_recipes.v1 import tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple
_PEEPHOLES = "w_i_diag", "w_f_diag", "w_o_diag"


@register_gradient("LSTMBlockCell")
def _gradient(op, *gradients):
    """Gradients of the inputs, from those of the state and the output."""
    x, cs_prev, h_prev, w, wci, wcf, wco, b = op.inputs
    i, cs, f, o, ci, co, _ = op.outputs
    cs_prev_grad, gates_grad, wci_grad, wcf_grad, wco_grad = tf.raw_ops.LSTMBlockCellGrad(
        x=x, cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b, i=i, cs=cs, f=f,
        o=o, ci=ci, co=co, cs_grad=gradients[1], h_grad=gradients[6],
        use_peephole=op.get_attr("use_peephole"))
    sizes = [x.shape.dims[1].value, h_prev.shape.dims[1].value]
    x_grad, h_prev_grad = tf.split(tf.matmul(gates_grad, w, transpose_b=True), sizes, 1)
    w_grad = tf.matmul(tf.concat([x, h_prev], 1), gates_grad, transpose_a=True)
    b_grad = tf.raw_ops.BiasAddGrad(out_backprop=gates_grad)
    return x_grad, cs_prev_grad, h_prev_grad, w_grad, wci_grad, wcf_grad, wco_grad, b_grad


def _weights(layer, input_size):
    """Gives a layer its variables, those of an `LSTMCell`; without peepholes these are zeros."""
    units = layer._num_units
    kernel = layer.add_variable("kernel", [input_size + units, units * 4])
    bias = layer.add_variable("bias", [units * 4], initializer=tf.constant_initializer(0.0))
    peepholes = [layer.add_variable(name, [units]) for name in _PEEPHOLES] \
        if layer._use_peephole else None
    return kernel, bias, peepholes


class LSTMBlockCell(LayerRNNCell):
    """`BasicLSTMCell`, or with ``use_peephole`` `LSTMCell`, by one kernel.

    ``cell_clip`` clips the state to -cell_clip .. cell_clip.
    """

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, dtype=None,
                 reuse=None, name="lstm_cell"):
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = -1 if cell_clip is None else cell_clip

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        return self._num_units

    def build(self, inputs_shape):
        self._kernel, self._bias, self._peepholes = _weights(self, width_of(inputs_shape))
        self.built = True

    def call(self, inputs, state):
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        peepholes = self._peepholes or [tf.zeros([self._num_units], dtype=self.dtype)] * 3
        step = tf.raw_ops.LSTMBlockCell(
            x=inputs, cs_prev=c, h_prev=h, w=self._kernel, b=self._bias, wci=peepholes[0],
            wcf=peepholes[1], wco=peepholes[2], forget_bias=self._forget_bias,
            cell_clip=self._cell_clip, use_peephole=self._use_peephole)
        return step.h, LSTMStateTuple(step.cs, step.h)


class LSTMBlockWrapper(tf.layers.Layer):
    """A layer that runs a whole sequence, time major, in what `_call_cell` of a subclass does."""

    @property
    def num_units(self):
        raise NotImplementedError("num_units")

    def _call_cell(self, inputs, initial_cell_state, initial_output, dtype, sequence_length):
        """Returns the states and the outputs, [time, batch, units]."""
        raise NotImplementedError("_call_cell")

    def call(self, inputs, initial_state=None, dtype=None, sequence_length=None):
        """Runs the sequence.

        Args:
            inputs: tensor [time, batch, size] or list of tensors [batch, size].
            initial_state: pair of tensors [batch, units], by default zeros of ``dtype``.
            dtype: of the state.
            sequence_length: vector of the batch; outputs are zero behind it.

        Returns:
            (outputs as the inputs are, `LSTMStateTuple`): the state at each sequence's end.
        """
        is_list = isinstance(inputs, list)
        if is_list:
            inputs = tf.stack(inputs)
        time = inputs.shape.dims[0].value or tf.shape(inputs)[0]
        batch = inputs.shape.dims[1].value or tf.shape(inputs)[1]
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = tf.zeros(tf.stack([batch, self.num_units]), dtype=dtype)
            initial_state = zeros, zeros
        elif len(initial_state) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        first_state, first_output = initial_state
        dtype = dtype or first_state.dtype
        if sequence_length is not None:
            sequence_length = tf.convert_to_tensor(sequence_length)

        states, outputs = self._call_cell(inputs, first_state, first_output, dtype,
                                          sequence_length)
        if sequence_length is None:
            state = LSTMStateTuple(states[-1], outputs[-1])
        else:
            mask = tf.transpose(tf.sequence_mask(sequence_length, time, dtype=dtype), [1, 0])
            outputs *= tf.tile(tf.expand_dims(mask, -1), [1, 1, self.num_units])
            last = tf.stack([sequence_length, tf.range(batch)], axis=1)
            state = LSTMStateTuple(*(
                tf.gather_nd(tf.concat([tf.expand_dims(first, 0), rest], 0), last)
                for first, rest in ((first_state, states), (first_output, outputs))))
        return tf.unstack(outputs) if is_list else outputs, state


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """`LSTMBlockCell` over a whole sequence in one kernel."""

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, reuse=None,
                 dtype=None, name="lstm_fused_cell"):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def num_units(self):
        return self._num_units

    def build(self, input_shape):
        size = tf.TensorShape(input_shape).with_rank(3).dims[2].value
        self._kernel, self._bias, self._peepholes = _weights(self, size)
        self.built = True

    def _call_cell(self, inputs, initial_cell_state=None, initial_output=None, dtype=None,
                   sequence_length=None):
        peepholes = self._peepholes or [tf.zeros([self._num_units], dtype=dtype)] * 3
        longest = inputs.shape.dims[0].value or tf.shape(inputs)[0]
        if sequence_length is not None:
            longest = tf.reduce_max(sequence_length)
        steps = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(longest, tf.int64), x=inputs, cs_prev=initial_cell_state,
            h_prev=initial_output, w=self._kernel, b=self._bias, wci=peepholes[0],
            wcf=peepholes[1], wco=peepholes[2], forget_bias=self._forget_bias,
            cell_clip=self._cell_clip, use_peephole=self._use_peephole)
        return steps.cs, steps.h
