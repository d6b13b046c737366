"""Tensors given to NumPy, and tables that pandas prints, as in the releases of the time."""
import subprocess
import sys
import textwrap

TENSORS = """
    from __future__ import print_function
    import numpy as np
    import tensorflow as tf
    t = tf.constant([2., 4.])
    v = tf.Variable([1., 3.])
    session = tf.Session()
    session.run(tf.initialize_all_variables())
    def show(value):
        print(session.run(value).tolist())
    show(np.reciprocal(t))
    show(np.square(t))
    show(np.negative(t))
    show(np.multiply(t, 2.))
    show(np.power(t, 2.))
    show(np.abs(t - 3.))
    show(np.sum([t, t]))
    show(np.prod([t, t]))
    print(np.array([t, t]).shape, np.array([v, v]).shape, np.shape([t, t]), np.asarray(t).shape)
    show(np.multiply(2., v))
    show(np.float32(2.) * t)
    show(np.array([1., 2.], np.float32) * t)
    """
# Printed by TensorFlow 0.12.1 on Python 2.7 and by 1.7.1, with NumPy 1.16.6.
THEN = ["[0.5, 0.25]", "[4.0, 16.0]", "[-2.0, -4.0]", "[4.0, 8.0]", "[4.0, 16.0]", "[1.0, 1.0]",
        "[4.0, 8.0]", "[4.0, 16.0]", "(2,) (2,) (2,) ()", "[2.0, 6.0]", "[4.0, 8.0]",
        "[2.0, 8.0]"]


def run(folder, text, *options):
    (folder / "script.py").write_text(textwrap.dedent(text))
    done = subprocess.run([sys.executable, "-m", "tf1_recipes", "run", *options, "script.py"],
                          cwd=folder, capture_output=True, text=True)
    return done.stdout.splitlines(), done.stderr, done.returncode


def test_tensors_in_arrays_of_1_7(tmp_path):
    assert run(tmp_path, TENSORS, "--as-of", "1.7")[::2] == (THEN, 0)


def test_1_15_refused_them(tmp_path):
    out, err, status = run(tmp_path, TENSORS, "--as-of", "1.15")
    assert (out, status) == ([], 1)
    assert "NotImplementedError: Cannot convert a symbolic" in err


def test_tables_are_whole(tmp_path):
    # What pandas 0.19 had by default; 2.3 has max_columns 0 and min_rows 10.
    (tmp_path / "pandas.py").write_text("def set_option(*o): print(*o)")
    text = "import pandas\nimport tensorflow as tf\ntf.mul"
    assert run(tmp_path, text)[::2] == (["display.max_columns 20", "display.min_rows 60"], 0)
    assert run(tmp_path, text, "--as-of", "1.15")[0] == []
