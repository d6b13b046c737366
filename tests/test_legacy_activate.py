"""``import tf1_recipes.legacy.activate``, as a script's first line and in ``sitecustomize``."""
import os
import subprocess
import sys
import textwrap


def python(folder, text, *arguments, **environment):
    (folder / "script.py").write_text(textwrap.dedent(text))
    done = subprocess.run([sys.executable, *arguments, "script.py"], cwd=folder, text=True,
                          capture_output=True, env=dict(os.environ, **environment))
    return done.stdout.splitlines(), done.stderr.splitlines(), done.returncode


def test_as_the_first_line(tmp_path):
    (tmp_path / "sibling.py").write_text("print 7 / 2\n")
    out, err, status = python(tmp_path, """
        import tf1_recipes.legacy.activate
        import tf1_recipes.legacy.activate
        import numpy as np
        import sibling
        import tensorflow as tf
        import tf1_recipes.legacy.activate
        print(np.int(2.5), tf.__version__, tf.Session().run(tf.mul(2, 3)))
        tf.plaecholder()
        """)
    assert (out, status) == (["3", "2 0.12.1 6"], 1), err
    assert err[0] == "tf1-recipes: script.py runs as of TensorFlow 0.12.1 (line 8: tf.mul)"
    assert err[-1].startswith("tf1-recipes: script.py, line 9: tensorflow.plaecholder does not")


def test_behind_the_import_of_tensorflow(tmp_path):
    out, err, status = python(tmp_path, """
        import tensorflow
        import tf1_recipes.legacy.activate
        """)
    assert (out, status) == ([], 1)
    assert "must come before TensorFlow is imported, which has already happened (" in err[-1]


def test_in_sitecustomize(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import tf1_recipes.legacy.activate\nimport sys\n"
        "sys.stdout.write('%s\\n' % [n for n in ('numpy', 'tensorflow') if n in sys.modules])\n")
    repository = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = os.pathsep.join([str(tmp_path / "site"), repository])
    old = "import tensorflow as tf\nprint(tf.__version__, tf.Session().run(tf.constant(3)))\n"
    out, err, status = python(tmp_path, old, PYTHONPATH=path, TF1_RECIPES_AS_OF="1.7")
    assert (out, status) == (["[]", "1.7.1 3"], 0), err
    assert err == ["tf1-recipes: script.py runs as of TensorFlow 1.7.1 (asked for)"]
    # The runner, whose own it is, under the same sitecustomize.
    out, err, status = python(tmp_path, old, "-m", "tf1_recipes", "run", PYTHONPATH=path)
    assert (out, status) == (["[]", "1.15.5 3"], 0), err
    # A program of TensorFlow 2 in the same environment.
    out, err, status = python(tmp_path, """
        import os
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow as tf
        tf.random.set_seed(1)
        print(tf.__version__[0])
        """, PYTHONPATH=path)
    assert (out, status) == (["[]", "2"], 0), err
    assert any("not active: script.py is written for TensorFlow 2" in line for line in err)


def test_in_the_processes_that_a_script_starts(run_script):
    """Forked, spawned and from a server of forks, each with the script's own TensorFlow."""
    done = run_script("""
        import multiprocessing
        import pickle
        import tensorflow as tf

        class Doubled(object):
            def __init__(self, value):
                self.value = value

        def double(number):
            with tf.Session(graph=tf.Graph()) as session:
                return Doubled(int(session.run(tf.mul(number, 2))))

        if __name__ == "__main__":
            print(pickle.loads(pickle.dumps(Doubled(3))).value, Doubled.__module__)
            for method in ("fork", "spawn", "forkserver"):
                with multiprocessing.get_context(method).Pool(1) as pool:
                    print(method, [each.value for each in pool.map(double, [1, 2])])
        """, process=True)
    assert (done.lines, done.status) == (
        ["3 __main__", "fork [2, 4]", "spawn [2, 4]", "forkserver [2, 4]"], 0), done.stderr
    assert done.stderr == ("tf1-recipes: script.py runs as of TensorFlow 0.12.1 (line 12: tf.mul)"
                           "\n")
