"""Cells' variables as of 1.0 and 1.1, beside the names that genuine 1.1.0 gave (Python 3.6)."""

SCRIPT = """
import tensorflow as tf
rnn = tf.contrib.rnn
for make in (rnn.BasicLSTMCell, rnn.GRUCell,
             lambda units: rnn.MultiRNNCell([rnn.BasicRNNCell(units)])):
    with tf.Graph().as_default():
        tf.nn.dynamic_rnn(make(4), tf.zeros([2, 3, 5]), dtype=tf.float32)
        print(*[variable.op.name for variable in tf.trainable_variables()])
"""
NAMES = """\
rnn/basic_lstm_cell/weights rnn/basic_lstm_cell/biases
rnn/gru_cell/gates/weights rnn/gru_cell/gates/biases \
rnn/gru_cell/candidate/weights rnn/gru_cell/candidate/biases
rnn/multi_rnn_cell/cell_0/basic_rnn_cell/weights rnn/multi_rnn_cell/cell_0/basic_rnn_cell/biases
"""


def test_weights_and_biases(run_script):
    for release, names in (("1.1", NAMES), ("1.2", NAMES.replace(
            "weights", "kernel").replace("biases", "bias"))):
        done = run_script(SCRIPT, options=["--as-of", release])
        assert done.stdout == names, done.stderr
