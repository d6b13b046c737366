"""Feeding a tensor that is computed, where a script has given its placeholder's name away."""

SCRIPT = """
    from __future__ import print_function
    import numpy as np
    import tensorflow as tf
    x = tf.placeholder(tf.float32, [None, None, 3])
    x = tf.transpose(x, [1, 0, 2])
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicRNNCell(4), x, dtype=tf.float32)
    step = tf.train.GradientDescentOptimizer(.1).minimize(tf.reduce_mean(outputs))
    for config in (None, tf.ConfigProto(log_device_placement=False)):
        session = tf.Session(config=config)
        session.run(tf.initialize_all_variables())
        print(session.run([step, outputs], {x: np.ones([2, 5, 3])})[1].shape)
    print(__file__)
    """
# Printed by TensorFlow 0.12.1 on Python 2.7, and by 1.7.1 and 1.15.5.
THEN = ["(2, 5, 4)", "(2, 5, 4)", "script.py"]


def test_what_a_script_feeds_is_not_computed(run_script):
    done = run_script(SCRIPT)
    assert (done.lines, done.status) == (THEN, 0), done.stderr
