"""What `run` makes of a file that no TensorFlow 1 could run: one text, before anything happens."""
import ast
import os
import subprocess
import sys
import textwrap

import pytest

from tests.scripts import Ran
from tf1_recipes.errors import Error
from tf1_recipes.legacy import other_releases
from tf1_recipes.legacy.source_scan import uses_in


def refusal(text):
    uses = uses_in(ast.parse(textwrap.dedent(text)))
    try:
        other_releases.check_release("a/train.py", uses)
    except Error as error:
        return str(error)
    return None


# --- The file ---


@pytest.mark.parametrize("content, message", [
    (b"\x7fELF\0\0", "is not Python source: it is binary"),
    (b"\n<!DOCTYPE html>", "is not Python source: it is a web page; download the raw file"),
])
def test_a_file_that_is_no_script(tmp_path, content, message):
    (tmp_path / "x.py").write_bytes(content)
    with pytest.raises(Error) as caught:
        other_releases.check_file(str(tmp_path / "x.py"))
    assert str(caught.value) == "%s/x.py %s" % (tmp_path, message)


def test_a_folder_and_nothing(tmp_path):
    with pytest.raises(Error, match="is a folder: name the script in it$"):
        other_releases.check_file(str(tmp_path))
    (tmp_path / "__main__.py").write_text("")
    with pytest.raises(Error, match="name the script in it, such as %s/__main__.py$" % tmp_path):
        other_releases.check_file(str(tmp_path))
    with pytest.raises(Error, match="^there is no script %s/none.py$" % tmp_path):
        other_releases.check_file(str(tmp_path / "none.py"))


def test_a_syntax_error_of_both_pythons_is_told_as_python_tells_it(tmp_path, run_script):
    text = "print 'a'\nx = = 1\n"
    out, err, status = run_script(text)
    python = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True,
                            text=True)
    assert (out, err, status) == ([], python.stderr + (
        "tf1-recipes: as Python 2 it has a syntax error at line 2\n"), 1)


def test_a_folder_for_data_that_is_not_there(run_script):
    assert run_script("print('never')", options=["--data-dir", "none"]) == Ran(
        "", "tf1-recipes: --data-dir none: there is no such folder\n", 2)


# --- The release ---


def test_a_script_of_tensorflow_2():
    assert refusal("""
        import tensorflow as tf
        tf.random.set_seed(1)
        @tf.function
        def step(): pass
        with tf.GradientTape() as tape: pass
        """) == textwrap.dedent("""\
        train.py is written for TensorFlow 2, which runs it as it is: `{0} a/train.py`. 1.15 did \
not have:
          train.py, line 3: tf.random.set_seed
          train.py, line 4: tf.function
          train.py, line 6: tf.GradientTape
        (Or force it: --as-of 1.15.)""").format(os.path.basename(sys.executable))


@pytest.mark.parametrize("text", [
    # Eager execution, and functions, in 1.15.
    "import tensorflow as tf\ntf.enable_eager_execution()\ntf.GradientTape()",
    "import tensorflow as tf\ntf.function(f)\ntf.Session()",
    # Runs on both.
    """
    import tensorflow as tf
    try:
        tf.random.set_seed(1)
    except AttributeError:
        tf.set_random_seed(1)
    """,
    "import tensorflow as tf\ntf.keras.Sequential()",
])
def test_scripts_of_1_15_that_look_alike_are_run(text):
    assert refusal(text) is None


def test_a_script_of_before_0_12():
    assert refusal("import tensorflow as tf\ntf.batch_cholesky(x)\ntf.batch_svd(y)") == (
        "train.py is written for a TensorFlow before 0.12, the oldest supported release:\n"
        "  train.py, line 2: tf.batch_cholesky, which is tf.cholesky since 0.12\n"
        "  train.py, line 3: tf.batch_svd, which is tf.svd since 0.12")


def test_a_refusal_is_status_2(run_script):
    out, err, status = run_script("print('never')\nimport tensorflow as tf\ntf.batch_svd(1)")
    assert (out, status) == ([], 2)
    assert err.startswith("tf1-recipes: script.py is written for a TensorFlow before 0.12")


# --- TensorFlow itself ---


def test_the_runner_inside_itself(tmp_path, run_script):
    (tmp_path / "inner.py").write_text("print('inner')")
    out, err, status = run_script("""
        from tf1_recipes.cli import main
        print(main(["run", "inner.py"]))
        """)
    assert (out, status) == (["2"], 0)
    assert err == ("tf1-recipes: script.py is already running in this process: run inner.py in a "
                   "process of its own: `tf1-recipes run inner.py`\n")


def test_a_module_of_the_script_s_that_is_called_tensorflow(tmp_path, run_script):
    (tmp_path / "tensorflow.py").write_text("")
    out, err, status = run_script("import tensorflow as tf")
    assert (status, err) == (2, "tf1-recipes: import tensorflow finds %s/tensorflow.py, which is "
                                "not TensorFlow: rename it\n" % tmp_path)


def test_tensorflow_s_own_modules_are_redirected_or_named(run_script):
    out, err, status = run_script("""
        from tensorflow.python.training import training_ops
        from tensorflow.python.ops import rnn_cell_wrapper_impl
        from tensorflow.python.layers.core import Dense
        import tensorflow as tf
        print(training_ops.apply_gradient_descent.__name__, Dense is tf.layers.Dense)
        print(rnn_cell_wrapper_impl.DropoutWrapper.__name__)
        if not training_ops:
            from tensorflow.models.rnn.ptb import reader
            from tensorflow.python.ops.array_ops import listdiff
        from tensorflow.python.platform import status_bar
        """)
    assert (out, status) == (["apply_gradient_descent True", "DropoutWrapper"], 1), err
    assert [line for line in err.splitlines() if "line" in line and "tf1-recipes" in line] == [
        "tf1-recipes: script.py, line 9: tensorflow.models.rnn.ptb.reader was a tutorial inside "
        "TensorFlow before 1.0: put its reader.py beside the script, and import them from there",
        "tf1-recipes: script.py, line 11: tensorflow.python.platform.status_bar was TensorFlow's "
        "own, no part of its API, and is gone: today's tensorflow.python.platform has no "
        "status_bar"]
