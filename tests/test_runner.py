"""Running scripts: as ``python SCRIPT`` does, but for what ``import tensorflow`` gives."""
import io
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.legacy import runner
from tf1_recipes.recording.session_tap import Tap
from tf1_recipes.traces import MemoryTrace

# Scripts that import no TensorFlow, and the exit status of each.
PLAIN = {
    "names": (0, """
        import sys
        print(__name__, __file__, sys.argv, sys.path[0], __package__, __spec__, __doc__)
        """),
    "docstring": (0, '"""What it is."""\nprint(__doc__, sorted(set(globals()) & {"np", "io"}))'),
    "arguments": (0, "import sys; print(sys.argv[1:])"),
    "sibling": (0, "import sibling; print(sibling.name)"),
    "relative": (1, "from . import sibling"),
    "main_module": (0, """
        import __main__
        value = 3
        print(__main__.value, __main__.__name__)
        """),
    "future": (0, "print(3 / 2, type('x').__name__, type(b'x').__name__)"),
    "exit_none": (0, "import sys; sys.exit()"),
    "exit_status": (7, "import sys; sys.exit(7)"),
    "exit_text": (1, "import sys; sys.exit('no data')"),
    "exit_tuple": (1, "raise SystemExit((1, 2))"),
    "exit_in_function": (3, "def f():\n    raise SystemExit(3)\nf()"),
    "os_exit": (5, "import os, sys\nprint('gone', flush=True)\nos._exit(5)"),
    "error": (1, """
        def train():
            raise ValueError("a \\u00e9 b")
        print("before")
        train()
        """),
    "chained": (1, """
        try:
            {}["key"]
        except KeyError:
            raise RuntimeError("second")
        """),
    "syntax": (1, "print('never')\nx = = 1"),
    "hook": (1, """
        import sys
        sys.excepthook = lambda kind, value, frames: print("hooked", kind.__name__, value)
        raise KeyError("x")
        """),
    "latin": (0, "# -*- coding: latin-1 -*-\nprint(ascii('\u00e9'))"),
    "utf8": (0, "name_\u00e9 = '\u00fc'\nprint(ascii(name_\u00e9))"),
    "atexit": (4, """
        import atexit, sys
        atexit.register(print, "at exit")
        sys.exit(4)
        """),
    "thread": (0, """
        import threading, time
        threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
        print("main")
        """),
    "stdin": (0, "print(input())"),
}


def python(*command, cwd):
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True,
                          input="typed\n", env=dict(os.environ, PYTHONIOENCODING="utf-8"))


@pytest.mark.parametrize("name", PLAIN)
def test_a_script_runs_as_python_runs_it(tmp_path, name):
    status, text = PLAIN[name]
    text = textwrap.dedent(text)
    (tmp_path / "r\u00e9p").mkdir()
    (tmp_path / "r\u00e9p" / "sibling.py").write_text("name = 'sibling'")
    script = os.path.join("r\u00e9p", "script.py")
    (tmp_path / script).write_bytes(text.encode("latin-1" if name == "latin" else "utf-8"))
    arguments = [script, "--flag", "-o", "x", "--", "-h", "b c"]
    plain = python(*arguments, cwd=tmp_path)
    ours = python("-m", "tf1_recipes", "run", *arguments, cwd=tmp_path)
    assert (ours.returncode, ours.stdout, ours.stderr) == (
        plain.returncode, plain.stdout, plain.stderr)
    assert ours.returncode == status


@pytest.mark.parametrize("script", ["link.py", os.path.join("linked", "script.py"),
                                    os.path.join(os.curdir, "with space", "my script.py")])
def test_a_script_behind_a_link_and_one_with_a_space(tmp_path, script):
    """Its own modules lie beside the file that a link leads to, and so does ``sys.path[0]``."""
    text = """import sys, os, sibling\nprint(sibling.name, sys.argv, sys.path[0] == os.path.dirname(
        os.path.realpath(__file__)), os.path.basename(__file__))"""
    for folder, name in (("real", "script.py"), ("with space", "my script.py")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
        (tmp_path / folder / "sibling.py").write_text("name = 'sibling'")
    (tmp_path / "link.py").symlink_to(os.path.join("real", "script.py"))
    (tmp_path / "linked").symlink_to("real")
    plain = python(script, "a b", cwd=tmp_path)
    ours = python("-m", "tf1_recipes", "run", script, "a b", cwd=tmp_path)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, plain.stdout, "")
    assert ours.stdout == "sibling %r True %s\n" % ([script, "a b"], os.path.basename(script))


def test_a_missing_script(tmp_path):
    with pytest.raises(Error, match="^there is no script %s/none.py$" % tmp_path):
        runner.run(str(tmp_path / "none.py"), [])
    ours = python("-m", "tf1_recipes", "run", "none.py", cwd=tmp_path)
    assert (ours.returncode, ours.stderr) == (2, "tf1-recipes: there is no script none.py\n")


def test_a_script_finds_the_api_of_tensorflow_1(tmp_path):
    """In a process of its own, where the script is the first to import TensorFlow."""
    (tmp_path / "script.py").write_text(textwrap.dedent("""
        import os
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow as tf
        from tensorflow.python.framework import ops
        import tensorflow.python.ops.math_ops as math_ops

        def main(_):
            x = tf.placeholder(tf.float32, [None, 2])
            y = tf.layers.dense(x, 1, kernel_initializer=tf.ones_initializer())
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                print(sess.run(math_ops.square(y), {x: [[1, 2]]}).tolist())
            assert ops.get_default_graph() is tf.get_default_graph()

        if __name__ == "__main__":
            tf.app.run(main)
        """))
    ours = python("-m", "tf1_recipes", "run", "script.py", cwd=tmp_path)
    assert (ours.returncode, ours.stdout) == (0, "[[9.0]]\n"), ours.stderr


# --- Inside a program that goes on ---


def captured(tmp_path, text):
    (tmp_path / "script.py").write_text(textwrap.dedent(text))
    trace = MemoryTrace()
    return runner.run_captured(str(tmp_path / "script.py"), Tap(trace)), trace


RESETS = """
    import sys
    import tensorflow as tf
    for start in (1.0, 5.0):
        tf.reset_default_graph()
        sess = tf.InteractiveSession()
        w = tf.Variable(start, name="w")
        sess.run(w.initializer)
        tf.assign_add(w, 1.0).op.run()
        print(w.name, w.eval(), len(sys.argv))
        sess.close()
    """


def test_a_script_may_reset_its_graph_and_leaves_ours_alone(tmp_path):
    from tf1_recipes.v1 import tf
    before = sys.modules["__main__"], sys.modules["tensorflow"], sys.argv, list(sys.path)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        for _ in range(2):
            printed, trace = captured(tmp_path, RESETS)
            assert printed == "w:0 2.0 1\nw:0 6.0 1\n"
            assert [step.arrays("variables")["w"].item() for step in trace] == [1.0, 2.0, 5.0, 6.0]
        assert tf.get_default_graph() is graph
        assert tf.get_default_session() is session
        assert graph.get_operations() == []
    assert before == (sys.modules["__main__"], sys.modules["tensorflow"], sys.argv, sys.path)


@pytest.mark.parametrize("text, message", [
    ("raise ValueError('no data')", "status 1: ValueError: no data"),
    ("import sys; sys.exit('no data')", "status 1: no data"),
    ("import sys; sys.exit(3)", "status 3: no message"),
])
def test_a_script_that_fails_is_an_error(tmp_path, text, message):
    with pytest.raises(Error) as caught:
        captured(tmp_path, text)
    assert str(caught.value) == "%s/script.py ended with %s" % (tmp_path, message)


def test_numpy_prints_as_before_after_a_script_that_changed_it(tmp_path):
    text = "import numpy as np\nnp.set_printoptions(precision=2)\nprint(np.float64([1 / 3]))"
    assert captured(tmp_path, text)[0] == "[0.33]\n"
    assert str(np.float64([1 / 3])) == "[0.33333333]"


def test_output_is_not_lost_to_the_caller(tmp_path, capsys):
    assert captured(tmp_path, "print('x')")[0] == "x\n"
    print("ours")
    assert capsys.readouterr().out == "ours\n"
    assert isinstance(sys.stdout, io.TextIOBase)
