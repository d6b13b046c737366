"""Every cell over a sequence of two lengths; where its name says so, statically or both ways."""
import tensorflow as tf
from measured import measure, numbers, save
from tensorflow.contrib import rnn

BATCH, TIME, SIZE, UNITS = 2, 3, 4, 5


def inputs(size=SIZE, shape=()):
    return tf.constant(numbers((BATCH, TIME) + tuple(shape) + (size,)))


def over_time(cell, values=None, lengths=(3, 2)):
    return tf.nn.dynamic_rnn(cell, inputs() if values is None else values, list(lengths),
                             dtype=tf.float32)


def dynamic(case, make, *arguments, **options):
    measure(case, lambda: over_time(make(*arguments, **options)))


nn = tf.nn.rnn_cell
dynamic("BasicRNNCell", nn.BasicRNNCell, UNITS)
dynamic("BasicRNNCell, relu", nn.BasicRNNCell, UNITS, tf.nn.relu)
dynamic("BasicLSTMCell", nn.BasicLSTMCell, UNITS)
dynamic("BasicLSTMCell, one state", nn.BasicLSTMCell, UNITS, 0.5, False)
dynamic("GRUCell", nn.GRUCell, UNITS)
dynamic("LSTMCell", nn.LSTMCell, UNITS)
dynamic("LSTMCell, all", nn.LSTMCell, UNITS, True, 0.2, tf.ones_initializer(), 3, 0.4)
dynamic("LSTMCell, shards", nn.LSTMCell, UNITS, num_unit_shards=2)
dynamic("LSTMCell, one state", nn.LSTMCell, UNITS, num_proj=3, state_is_tuple=False)
dynamic("DropoutWrapper, nothing dropped", nn.DropoutWrapper, nn.GRUCell(UNITS), 1.0, 1.0)
dynamic("ResidualWrapper", nn.ResidualWrapper, nn.GRUCell(SIZE))
dynamic("DeviceWrapper", nn.DeviceWrapper, nn.GRUCell(SIZE), "/cpu:0")
measure("MultiRNNCell", lambda: over_time(nn.MultiRNNCell(
    [nn.BasicLSTMCell(UNITS), nn.GRUCell(3), nn.LSTMCell(2, use_peepholes=True)])))
measure("MultiRNNCell, one state", lambda: over_time(nn.MultiRNNCell(
    [nn.GRUCell(UNITS), nn.GRUCell(3)], state_is_tuple=False)))
measure("MultiRNNCell, the same cell twice", lambda: over_time(
    nn.MultiRNNCell([nn.BasicLSTMCell(SIZE)] * 2)))
measure("static_rnn", lambda: tf.nn.static_rnn(
    nn.BasicLSTMCell(UNITS), tf.unstack(inputs(), axis=1), dtype=tf.float32))
measure("static_rnn, lengths", lambda: tf.nn.static_rnn(
    nn.LSTMCell(UNITS), tf.unstack(inputs(), axis=1), dtype=tf.float32, sequence_length=[3, 1]))
measure("bidirectional_dynamic_rnn", lambda: tf.nn.bidirectional_dynamic_rnn(
    nn.LSTMCell(UNITS), nn.GRUCell(2), inputs(), [3, 2], dtype=tf.float32))
measure("static_bidirectional_rnn", lambda: tf.nn.static_bidirectional_rnn(
    nn.LSTMCell(UNITS), nn.GRUCell(2), tf.unstack(inputs(), axis=1), dtype=tf.float32))
measure("stack_bidirectional_dynamic_rnn", lambda: rnn.stack_bidirectional_dynamic_rnn(
    [nn.GRUCell(3), nn.GRUCell(2)], [nn.GRUCell(2), nn.GRUCell(4)], inputs(), dtype=tf.float32,
    sequence_length=[2, 3]))
measure("stack_bidirectional_rnn", lambda: rnn.stack_bidirectional_rnn(
    [nn.GRUCell(3), nn.GRUCell(2)], [nn.GRUCell(2), nn.GRUCell(4)],
    tf.unstack(inputs(), axis=1), dtype=tf.float32))


def raw():
    cell, values = nn.GRUCell(UNITS), tf.transpose(inputs(), [1, 0, 2])

    def loop(time, output, state, _):
        if output is None:
            state = cell.zero_state(BATCH, tf.float32)
        finished = time >= [3, 2]
        following = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([BATCH, SIZE]),
                            lambda: tf.gather(values, time))
        return finished, following, state, output, None

    outputs, state, _ = tf.nn.raw_rnn(cell, loop)
    return outputs.stack(), state


measure("raw_rnn", raw)


def two_calls_share():
    cell = nn.BasicLSTMCell(UNITS)
    state = cell.zero_state(BATCH, tf.float32)
    with tf.variable_scope("net"):
        first, state = cell(inputs()[:, 0], state)
        return first, cell(inputs()[:, 1], state)


measure("a cell called by hand", two_calls_share)
dynamic("LayerNormBasicLSTMCell", rnn.LayerNormBasicLSTMCell, UNITS)
dynamic("LayerNormBasicLSTMCell, without", rnn.LayerNormBasicLSTMCell, UNITS, layer_norm=False)
dynamic("CoupledInputForgetGateLSTMCell", rnn.CoupledInputForgetGateLSTMCell, UNITS)
dynamic("CoupledInputForgetGateLSTMCell, all", rnn.CoupledInputForgetGateLSTMCell, UNITS, True,
        None, 3, 0.4, 2, layer_norm=True)
dynamic("CoupledInputForgetGateLSTMCell, one state", rnn.CoupledInputForgetGateLSTMCell, UNITS,
        state_is_tuple=False)
dynamic("UGRNNCell", rnn.UGRNNCell, UNITS)
dynamic("IntersectionRNNCell", rnn.IntersectionRNNCell, UNITS, UNITS)
dynamic("NASCell", rnn.NASCell, UNITS, 3, True)
for name in ("SRUCell", "IndRNNCell", "IndyGRUCell", "IndyLSTMCell"):
    if hasattr(rnn, name):  # not in all releases
        dynamic(name, getattr(rnn, name), UNITS)
dynamic("GLSTMCell", rnn.GLSTMCell, 6, None, 4, 2)
dynamic("GRUBlockCell", rnn.GRUBlockCell, UNITS)
dynamic("GRUBlockCellV2", rnn.GRUBlockCellV2, UNITS)
dynamic("LSTMBlockCell", rnn.LSTMBlockCell, UNITS)
dynamic("LSTMBlockCell, all", rnn.LSTMBlockCell, UNITS, 0.5, 0.2, True)
dynamic("AttentionCellWrapper", rnn.AttentionCellWrapper, nn.LSTMCell(UNITS), 3)
dynamic("AttentionCellWrapper, one state", rnn.AttentionCellWrapper, nn.GRUCell(UNITS), 2, 3, 4,
        6, False)
dynamic("HighwayWrapper", rnn.HighwayWrapper, nn.GRUCell(SIZE))
dynamic("HighwayWrapper, two gates", rnn.HighwayWrapper, nn.GRUCell(SIZE), False)
dynamic("InputProjectionWrapper", rnn.InputProjectionWrapper, nn.GRUCell(UNITS), 3, tf.tanh)
dynamic("OutputProjectionWrapper", rnn.OutputProjectionWrapper, nn.GRUCell(UNITS), 3)
measure("EmbeddingWrapper", lambda: over_time(
    rnn.EmbeddingWrapper(nn.LSTMCell(UNITS), 7, 3),
    tf.constant([[[1], [2], [3]], [[4], [6], [0]]])))
measure("PhasedLSTMCell", lambda: over_time(
    rnn.PhasedLSTMCell(UNITS, use_peepholes=True),
    (tf.constant([[[1.0], [2.5], [7.0]], [[0.5], [3.0], [4.0]]]), inputs())))


def convolution(cell, sizes):
    return over_time(cell(input_shape=sizes + [2], output_channels=3,
                          kernel_shape=[2] * len(sizes)), inputs(2, sizes))


measure("Conv1DLSTMCell", convolution, rnn.Conv1DLSTMCell, [6])
measure("Conv2DLSTMCell", convolution, rnn.Conv2DLSTMCell, [3, 4])
measure("Conv3DLSTMCell", convolution, rnn.Conv3DLSTMCell, [2, 3, 2])


def fused(make, lengths=None):
    return make()(tf.transpose(inputs(), [1, 0, 2]), dtype=tf.float32, sequence_length=lengths)


def backwards():
    return rnn.TimeReversedFusedRNN(
        rnn.FusedRNNCellAdaptor(nn.GRUCell(UNITS), use_dynamic_rnn=True))


measure("LSTMBlockFusedCell", fused, lambda: rnn.LSTMBlockFusedCell(UNITS))
measure("LSTMBlockFusedCell, lengths", fused,
        lambda: rnn.LSTMBlockFusedCell(UNITS, use_peephole=True), [3, 2])
measure("TimeReversedFusedRNN", fused, backwards)
measure("TimeReversedFusedRNN, lengths", fused, backwards, [3, 2])
measure("FusedRNNCellAdaptor", fused, lambda: rnn.FusedRNNCellAdaptor(nn.GRUCell(UNITS)))
save()
