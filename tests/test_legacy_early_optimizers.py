"""Sparse steps as of 0.12, beside what genuine 0.12.1 printed for this script (Python 2.7)."""

SCRIPT = """
from __future__ import print_function
import tensorflow as tf
for make in (lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.AdamOptimizer(0.1),
             lambda: tf.train.AdagradOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9),
             lambda: tf.train.RMSPropOptimizer(0.1), lambda: tf.train.FtrlOptimizer(0.1),
             lambda: tf.train.AdadeltaOptimizer(0.1)):
    with tf.Graph().as_default():
        w = tf.Variable([[1.0], [3.0], [5.0]])
        rows = tf.nn.embedding_lookup(w, tf.constant([1, 1, 2]))
        loss = tf.reduce_sum(rows * rows * tf.constant([[1.0], [2.0], [3.0]]))
        step = make().minimize(loss)
        with tf.Session() as session:
            session.run(tf.initialize_all_variables())
            for _ in range(3):
                session.run(step)
            print(*["%.7g" % value for value in session.run(w).ravel()])
"""
PRINTED = """\
1 0.192 0.32
1 2.598238 4.700214
1 2.633424 4.773227
1 -3.687306 -4.27
1 1.897791 4.281651
1 2.481241 4.721128
"""


def test_rows_of_one_index_are_not_summed_first(run_script):
    done = run_script(SCRIPT, options=["--as-of", "0.12"], check=True)
    assert done.stdout.startswith(PRINTED)
    assert done.stderr.splitlines()[1:] == [
        "tf1-recipes: tf.train.AdadeltaOptimizer applies the gradient of an embedding otherwise "
        "than TensorFlow 0.12.1"]
