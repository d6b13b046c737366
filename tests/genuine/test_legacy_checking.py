"""``run --check-against``: one script on a genuine release and here, printed numbers and traces."""
import subprocess
import sys
import textwrap

import pytest

SCRIPT = """
    from __future__ import print_function
    import sys
    import numpy as np
    import tensorflow as tf

    x = tf.placeholder(tf.float32, [None, 3])
    # So small that no |x w| is above 0.3 at first: near 1, where tanh hardly moves, its slope is
    # rounding, and Adam makes whole steps of it. (From normal weights 6 starts of 100 part by 1e-3
    # or more, on one idle core, too.)
    start = tf.random_uniform([3, 2], 0.01, 0.05)
    differs = "differs" in sys.argv and sys.version_info > (3, 9)
    w = tf.Variable(-start if differs else start, name="w")
    loss = tf.reduce_mean(tf.square(tf.tanh(tf.matmul(x, w)) - 0.5))
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.%s())
        for step in range(4):
            feeds = {x: np.float32([[1, 2, 3], [3, 2, 1]])}
            print("step", step, sess.run([train, loss], feeds)[1])
    if differs:
        print("and more")
    """


def check(folder, python, *arguments, initializer="global_variables_initializer"):
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT % initializer))
    done = subprocess.run(
        [sys.executable, "-m", "tf1_recipes", "run", "--check-against", python, *arguments],
        cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("release", ["0.12.1", "1.15.5"])
def test_a_random_script_agrees_from_the_same_start(genuine, tmp_path, release):
    status, out = check(tmp_path, genuine(release), "--same-start", "script.py")
    assert status == 0, out
    assert "genuine  TensorFlow %s, Python" % release in out
    assert "script.py runs as of TensorFlow %s (asked for)" % release in out
    assert "Printed: 4 of 4 lines agree within 0.001; of their 8 numbers" in out
    assert "Variables: they agree at all 5 steps within 0.001" in out
    assert out.endswith("\nAGREE\n")


def test_what_differs_is_shown(genuine, tmp_path):
    status, out = check(tmp_path, genuine("1.15.5"), "script.py", "differs")
    assert status == 1
    assert "  the first that differs is line 1:\n  genuine  step 0 " in out
    assert "First divergence: step 0, variables/w" in out
    assert out.endswith("DIFFERENT: what is printed, the variables\n")
