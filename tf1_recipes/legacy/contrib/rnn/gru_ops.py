"""The GRU cell as one kernel."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import LayerRNNCell, width_of
from tf1_recipes.legacy.contrib.rnn.kernel_gradients import register_gradient
from tf1_recipes.v1 import tf


@register_gradient("GRUBlockCell")
def _gradient(op, *gradients):
    """Gradients of the inputs, from that of the output."""
    x, h_prev, w_ru, w_c, b_ru, b_c = op.inputs
    r, u, c, _ = op.outputs
    x_grad, h_prev_grad, c_grad, gates_grad = tf.raw_ops.GRUBlockCellGrad(
        x=x, h_prev=h_prev, w_ru=w_ru, w_c=w_c, b_ru=b_ru, b_c=b_c, r=r, u=u, c=c,
        d_h=gradients[3])
    gates_input = tf.concat([x, h_prev], 1)
    candidate_input = tf.concat([x, h_prev * r], 1)
    return (x_grad, h_prev_grad,
            tf.matmul(gates_input, gates_grad, transpose_a=True),
            tf.matmul(candidate_input, c_grad, transpose_a=True),
            tf.raw_ops.BiasAddGrad(out_backprop=gates_grad),
            tf.raw_ops.BiasAddGrad(out_backprop=c_grad))


class GRUBlockCell(LayerRNNCell):
    """`GRUCell` by one kernel, with names of variables of its own.

    Raises:
        ValueError: not one of ``num_units`` and ``cell_size``, its older name.
    """

    _NAMES = "w_ru", "b_ru", "w_c", "b_c"

    def __init__(self, num_units=None, cell_size=None, reuse=None, name="gru_cell"):
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size = cell_size if num_units is None else num_units

    @property
    def state_size(self):
        return self._cell_size

    @property
    def output_size(self):
        return self._cell_size

    def build(self, input_shape):
        units = self._cell_size
        rows = width_of(input_shape) + units
        gate_kernel, gate_bias, candidate_kernel, candidate_bias = self._NAMES
        self._weights = {
            "w_ru": self.add_variable(gate_kernel, [rows, units * 2]),
            "b_ru": self.add_variable(gate_bias, [units * 2],
                                      initializer=tf.constant_initializer(1.0)),
            "w_c": self.add_variable(candidate_kernel, [rows, units]),
            "b_c": self.add_variable(candidate_bias, [units],
                                     initializer=tf.constant_initializer(0.0)),
        }
        self.built = True

    def call(self, inputs, h_prev):
        step = tf.raw_ops.GRUBlockCell(x=inputs, h_prev=h_prev, **self._weights)
        return step.h, step.h


class GRUBlockCellV2(GRUBlockCell):
    """`GRUBlockCell` with the names of `GRUCell`'s variables."""

    _NAMES = "gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"
