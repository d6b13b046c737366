"""Seeds of what TensorFlow 0.12 unrolled: cells, with lengths and without, and decoders.

Each case's figures are the op seeds of its random ops, the last one that of a draw behind it all.
"""
import json

import pytest

SCRIPT = """
    from __future__ import print_function
    import json
    import sys
    import tensorflow as tf

    early = tf.__version__ < "1"
    C = tf.nn.rnn_cell if early else tf.contrib.rnn
    S = tf.nn.seq2seq if early else tf.contrib.legacy_seq2seq

    def L(**options):
        return C.LSTMCell(4, **options)

    def B():
        return C.BasicLSTMCell(4)

    def G():
        return C.GRUCell(4)

    def M(**options):
        return C.MultiRNNCell([C.LSTMCell(4, **options) for _ in range(2)], **options)

    def x(*shape):
        return tf.placeholder(tf.float32, shape)

    def n(*shape):
        return tf.placeholder(tf.int32, shape)

    def flat(cell):
        return {"initial_state": x(None, cell.state_size)}

    def zeros(cell):
        return {"initial_state": cell.zero_state(2, tf.float32)}

    F = {"dtype": tf.float32}
    found = {}
    for case in sys.argv[1:]:
        tf.reset_default_graph()
        tf.set_random_seed(7)
        eval(case)
        tf.truncated_normal([2])
        found[case] = [op.get_attr("seed2") for op in tf.get_default_graph().get_operations()
                       if op.type in ("RandomUniform", "TruncatedNormal", "RandomStandardNormal")]
    print(json.dumps(found))
    """

# Printed by the script above on TensorFlow 0.12.1, Python 2.7.
OF_0_12 = {
    "tf.nn.rnn(L(), [x(2, 3)] * 2, **F)": [11, 58],
    "tf.nn.rnn(L(use_peepholes=True, num_proj=3), [x(2, 3)] * 2, **F)": [11, 31, 41, 51, 78, 112],
    "tf.nn.rnn(L(state_is_tuple=False), [x(2, 3)] * 2, **flat(L(state_is_tuple=False)))": [12, 69],
    "tf.nn.rnn(M(state_is_tuple=False), [x(2, 3)] * 2, **flat(M(state_is_tuple=False)))":
        [15, 57, 149],
    "tf.nn.rnn(B(), [x(None, 3)] * 3, sequence_length=n(None), **F)": [36, 229],
    "tf.nn.rnn(G(), [x(2, 3)] * 2, sequence_length=[1, 2], **F)": [24, 51, 157],
    "tf.nn.rnn(M(), [x(2, 3)] * 2, sequence_length=[1, 2], **F)": [36, 72, 256],
    "tf.nn.dynamic_rnn(B(), x(None, 5, 3), sequence_length=n(None), **F)": [91, 151],
    "tf.nn.dynamic_rnn(M(), x(2, 5, 3), sequence_length=n(2), **F)": [107, 140, 208],
    "tf.nn.dynamic_rnn(G(), x(2, None, 3), sequence_length=n(2), **F)": [83, 108, 157],
    "tf.nn.dynamic_rnn(B(), x(None, 2, 3), time_major=True, **F)": [72, 122],
    "tf.nn.dynamic_rnn(B(), x(2, 5, 3), **zeros(B()))": [72, 124],
    "tf.nn.dynamic_rnn(M(), x(5, 2, 3), time_major=True, sequence_length=n(2), **zeros(M()))":
        [101, 134, 200],
    "tf.nn.bidirectional_dynamic_rnn(B(), B(), x(2, 5, 3), n(2), **F)": [91, 238, 299],
    "S.embedding_attention_seq2seq([n(None)] * 2, [n(None)] * 2, G(), 10, 10, 6)":
        [15, 28, 51, 103, 122, 133, 147, 165, 188, 212, 228, 259, 322],
}

# The same on TensorFlow 1.15.5, Python 3.7.
OF_1_15 = {
    "S.embedding_attention_seq2seq([n(None)] * 2, [n(None)] * 2, G(), 10, 10, 6)":
        [20, 35, 49, 112, 135, 146, 160, 178, 192, 225, 241, 272, 336],
    "S.attention_decoder([x(None, 3)] * 2, x(2, 4), x(None, 5, 6), G(), num_heads=2)":
        [13, 24, 34, 45, 61, 79, 93, 126, 157, 188, 267],
}


@pytest.mark.parametrize("era, figures", [("0.12", OF_0_12), ("1.15", OF_1_15)])
def test_seeds_of_cells_unrolled(run_script, era, figures):
    done = run_script(SCRIPT, *figures, options=["--as-of", era])
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout) == figures
