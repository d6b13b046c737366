"""The cells of 0.12, in its scopes and its order of arguments."""
import tensorflow as tf
from measured import measure, numbers, save
from tensorflow.python.ops import rnn, rnn_cell

BATCH, TIME, SIZE, UNITS = 2, 3, 4, 5


def inputs():
    return tf.constant(numbers((BATCH, TIME, SIZE)))


def listed():
    return tf.unpack(inputs(), axis=1)


def dynamic(case, cell):
    measure(case, lambda: tf.nn.dynamic_rnn(cell, inputs(), [3, 2], dtype=tf.float32))


nn = tf.nn.rnn_cell
dynamic("BasicRNNCell", nn.BasicRNNCell(UNITS, SIZE, tf.nn.relu))
dynamic("GRUCell", nn.GRUCell(UNITS, SIZE))
dynamic("BasicLSTMCell", nn.BasicLSTMCell(UNITS, 0.5, SIZE))
dynamic("BasicLSTMCell, one state", nn.BasicLSTMCell(UNITS, state_is_tuple=False))
dynamic("LSTMCell", nn.LSTMCell(UNITS, SIZE))
dynamic("LSTMCell, all", nn.LSTMCell(
    UNITS, SIZE, True, 0.2, tf.constant_initializer(0.3), 3, 0.4, 2, 2, 0.5, False, tf.nn.relu))
dynamic("MultiRNNCell, the same cell thrice", nn.MultiRNNCell([nn.BasicLSTMCell(UNITS)] * 3))
dynamic("MultiRNNCell, one state", nn.MultiRNNCell(
    [nn.GRUCell(UNITS), nn.GRUCell(3)], state_is_tuple=False))
dynamic("DropoutWrapper, nothing dropped", nn.DropoutWrapper(nn.GRUCell(UNITS), 1.0, 1.0))
dynamic("InputProjectionWrapper", nn.InputProjectionWrapper(nn.GRUCell(UNITS), 3))
dynamic("OutputProjectionWrapper", nn.OutputProjectionWrapper(nn.GRUCell(UNITS), 3))
measure("EmbeddingWrapper", lambda: tf.nn.dynamic_rnn(
    nn.EmbeddingWrapper(nn.LSTMCell(UNITS), 7, 3),
    tf.constant([[[1], [2], [3]], [[4], [6], [0]]]), dtype=tf.float32))
measure("rnn", lambda: tf.nn.rnn(nn.BasicLSTMCell(UNITS), listed(), dtype=tf.float32))
measure("rnn, lengths", lambda: rnn.rnn(
    rnn_cell.GRUCell(UNITS), listed(), sequence_length=[3, 1], dtype=tf.float32))
measure("rnn, a scope", lambda: tf.nn.rnn(
    nn.GRUCell(UNITS), listed(), tf.zeros([BATCH, UNITS]), scope="mine"))
measure("bidirectional_rnn", lambda: tf.nn.bidirectional_rnn(
    nn.GRUCell(UNITS), nn.BasicLSTMCell(2), listed(), dtype=tf.float32))
measure("bidirectional_rnn, lengths", lambda: tf.nn.bidirectional_rnn(
    nn.GRUCell(UNITS), nn.BasicLSTMCell(2), listed(), dtype=tf.float32, sequence_length=[2, 3]))
measure("bidirectional_dynamic_rnn", lambda: rnn.bidirectional_dynamic_rnn(
    nn.GRUCell(UNITS), nn.BasicLSTMCell(2), inputs(), [2, 3], dtype=tf.float32))


def by_hand():
    cell, state, outputs = nn.BasicLSTMCell(UNITS), None, []
    state = cell.zero_state(BATCH, tf.float32)
    with tf.variable_scope("net"):
        for time, step in enumerate(listed()):
            if time:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(step, state)
            outputs.append(output)
    return outputs, state


def own_cell():
    class Own(rnn_cell.RNNCell):
        state_size = output_size = UNITS

        def __call__(self, inputs, state, scope=None):
            with tf.variable_scope(scope or type(self).__name__):
                new = tf.tanh(rnn_cell._linear([inputs, state], UNITS, True, 0.5))
            return new, new

    return tf.nn.dynamic_rnn(Own(), inputs(), dtype=tf.float32)


measure("a cell called by hand", by_hand)
measure("a cell of the script's", own_cell)
save()
