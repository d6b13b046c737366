"""Without the extra `run`: what old code needs of it is named in one error, all else works."""
import json
import os
import subprocess
import sys

import pytest

from tf1_recipes import requirements

MESSAGE = "this code needs %s, which is not installed: pip install 'tf1_recipes[run]'"
RAISED = "tf1_recipes.requirements.MissingExtraError: "

# What the extra brings, hidden from every Python below that folder.
HIDDEN = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in ("tf_slim", "tensorflow_estimator", "fissix"):
            raise ModuleNotFoundError("No module named %r" % name, name=name)

sys.meta_path.insert(0, Hidden())
"""
SLIM = """
import tensorflow as tf
print("begins")
tf.contrib.layers.fully_connected(tf.zeros([1, 2]), 3)
tf.contrib.slim.conv2d
"""
ESTIMATOR = """
import tensorflow as tf
tf.estimator.Estimator(None)
"""
PYTHON_2 = """
import tensorflow as tf
print 7 / 2
"""
NEEDS_NONE = """
import tensorflow as tf
w = tf.get_variable("w", initializer=[2.0])
step = tf.train.GradientDescentOptimizer(0.25).minimize(tf.reduce_sum(w * w))
cell = tf.contrib.rnn.LayerNormBasicLSTMCell(3)
likelihood = tf.contrib.crf.crf_log_likelihood
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(step)
    print(session.run(w))
"""


@pytest.fixture
def light(tmp_path):
    """Runs Python on a file, without what the extra brings; returns its output, errors, status."""
    (tmp_path / "sitecustomize.py").write_text(HIDDEN)
    path = os.pathsep.join([str(tmp_path), os.path.dirname(os.path.dirname(
        os.path.abspath(requirements.__file__)))])

    def run(text, *arguments, name="old.py"):
        (tmp_path / name).write_text(text)
        done = subprocess.run([sys.executable, *arguments], cwd=tmp_path, text=True,
                              capture_output=True, env=dict(os.environ, PYTHONPATH=path))
        return done.stdout.splitlines(), done.stderr.splitlines(), done.returncode
    return run


@pytest.mark.parametrize("command, text, package", [
    (("run", "old.py"), SLIM, "tf-slim"),
    (("run", "old.py"), ESTIMATOR, "tensorflow-estimator"),
    (("record", "old.py", "-o", "a.npz"), SLIM, "tf-slim"),
], ids=["slim", "estimator", "record"])
def test_a_script_stops_where_it_asks_for_what_is_missing(light, command, text, package):
    out, err, status = light(text, "-m", "tf1_recipes", *command)
    assert status == 1
    assert out == (["begins"] if text == SLIM else [])
    assert RAISED + MESSAGE % package in err
    line = 4 if text == SLIM else 3
    # Once for the script, however many of its names need it.
    assert [each for each in err if each.startswith("tf1-recipes: old.py, ")] == [
        "tf1-recipes: old.py, line %d: %s" % (line, MESSAGE % package)]


@pytest.mark.parametrize("command", [("run", "old.py"), ("record", "old.py", "-o", "a.npz")],
                         ids=["run", "record"])
def test_a_script_of_python_2_is_refused_before_it_begins(light, command):
    out, err, status = light(PYTHON_2, "-m", "tf1_recipes", *command)
    assert (out, err, status) == ([], ["tf1-recipes: " + MESSAGE % "fissix"], 2)


def test_a_notebook_of_python_2_is_refused_before_it_begins(light):
    text = json.dumps({"cells": [{"cell_type": "code", "source": "print 7 / 2"}], "nbformat": 4,
                       "metadata": {"language_info": {"name": "python"}}})
    out, err, status = light(text, "-m", "tf1_recipes", "run", "old.ipynb", name="old.ipynb")
    assert (out, err, status) == ([], ["tf1-recipes: " + MESSAGE % "fissix"], 2)


def test_an_activated_program_stops_there_too(light):
    out, err, status = light("import tf1_recipes.legacy.activate" + SLIM, "old.py")
    assert (out, status) == (["begins"], 1)
    assert RAISED + MESSAGE % "tf-slim" in err


@pytest.mark.parametrize("arguments", [
    ("-m", "tf1_recipes", "run", "old.py"),
    ("-m", "tf1_recipes", "record", "old.py", "-o", "a.npz"),
], ids=["run", "record"])
def test_a_script_that_needs_none_of_it_runs(light, arguments):
    out, err, status = light(NEEDS_NONE, *arguments)
    assert (out, status) == (["[1.]"], 0), err


def test_a_script_that_looks_for_the_library_itself_is_told_by_an_import_error(light):
    out, _, status = light("""
import tensorflow as tf
try:
    tf.contrib.layers.fully_connected
except ImportError as error:
    print(error)
""", "-m", "tf1_recipes", "run", "old.py")
    assert (out, status) == ([MESSAGE % "tf-slim"], 0)


def test_the_evidence_needs_none_of_it(light):
    out, err, status = light("", "-m", "tf1_recipes", "verify", "A3", "E4")
    assert status == 0, err
    assert out[-1].startswith("2 of 2 recipes hold on ")


def test_a_python_of_3_7_to_3_9_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(requirements.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr("platform.python_version", lambda: "3.9.18")
    with pytest.raises(requirements.Error) as error:
        requirements.need_python_3_10("run")
    assert str(error.value) == "run needs Python 3.10 or later (this is Python 3.9.18)"
