"""Cells of ``tf.contrib.rnn`` as of 0.12: the arguments of then; what is not as then is said."""

SCRIPT = """
    from __future__ import print_function
    import tensorflow as tf
    cell = tf.nn.rnn_cell.BasicLSTMCell(4, state_is_tuple=False)
    print(tf.contrib.rnn.AttentionCellWrapper(cell, 3).state_size)
    print(tf.contrib.rnn.CoupledInputForgetGateLSTMCell(4).state_size)
    cell = tf.contrib.rnn.LSTMBlockCell(4, 1.0, True)
    tf.nn.rnn(cell, [tf.zeros([2, 3])] * 2, dtype=tf.float32)
    print([variable.get_shape().as_list() for variable in tf.trainable_variables()])
    """
# Printed by TensorFlow 0.12.1 on Python 2.7.
THEN = ["24", "8", "[[7, 16], [16], [4], [4], [4]]"]


def test_cells_take_the_arguments_of_0_12(run_script):
    done = run_script(SCRIPT, options=["--as-of", "0.12"])
    assert (done.lines, done.status) == (THEN, 0), done.stderr
    assert [line for line in done.stderr.splitlines() if "contrib" in line] == [
        "tf1-recipes: tf.contrib.rnn.%s is that of TensorFlow 1.15: before 1.0 its variables had "
        "other names (RNN/%s) and, under a seed, other initial values" % names for names in (
            ("AttentionCellWrapper", "AttentionCellWrapper/Linear/Matrix"),
            ("CoupledInputForgetGateLSTMCell", "CoupledInputForgetGateLSTMCell/W_0"),
            ("LSTMBlockCell", "LSTMBlockCell/W"))]
