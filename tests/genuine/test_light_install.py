"""The package as pip installs it: without extras, and on Python 3.7 beside TensorFlow 1.15."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ["setup.py", "pyproject.toml", "README.md", "LICENSE", "tf1_recipes", "legacy_examples"]

TRAINS = """
import tensorflow as tf
w = tf.get_variable("w", initializer=[2.0, 4.0])
step = tf.train.GradientDescentOptimizer(0.25).minimize(tf.reduce_sum(tf.square(w)))
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(2):
        session.run(step)
"""
# A rate per variable: low 2 - 0.25 * 4 = 1, high 4 - 0.125 * 8 = 3.
RECIPE = """
import tensorflow.compat.v1 as tf
import tf1_recipes
tf.disable_v2_behavior()
low, high = tf.get_variable("low", initializer=2.0), tf.get_variable("high", initializer=4.0)
optimizer = tf1_recipes.GroupedOptimizer([
    (tf.train.GradientDescentOptimizer(0.25), "low"),
    (tf.train.GradientDescentOptimizer(0.125), "high")])
step = optimizer.minimize(tf.square(low) + tf.square(high))
with tf1_recipes.record_sessions() as trace, tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(step)
print([(name, value.tolist()) for each in trace
       for name, value in sorted(each.arrays("variables").items())])
"""
# All but old code's, and programs.
IMPORTS = """
import importlib, pkgutil, tf1_recipes

def walk(package):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not module.name.endswith(("__main__", ".legacy", ".legacy_examples", ".snippet")):
            found = importlib.import_module(module.name)
            print(found.__name__)
            if module.ispkg:
                walk(found)
walk(tf1_recipes)
"""


class Installed:
    """An environment with the package in it.

    Attributes:
        before, after: dict {package: version}, before and after the installation.
    """

    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("PYTHONPATH", "TF2_BEHAVIOR", "TF_USE_LEGACY_KERAS")}
        self.environment.update(TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore")
        self.before = self._packages()
        checkout = folder / "checkout"
        checkout.mkdir()
        for name in INSTALLED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(str(ROOT / name), str(checkout / name))
        out, err, status = self.run("-m", "pip", "install", "-q", str(checkout))
        assert status == 0, (out, err)
        self.after = self._packages()

    def _packages(self):
        out, err, status = self.run("-m", "pip", "list", "--format", "json")
        assert status == 0, err
        return {each["name"]: each["version"] for each in json.loads("\n".join(out))}

    def run(self, *arguments):
        done = subprocess.run([self.python, *arguments], cwd=str(self.folder), text=True,
                              capture_output=True, env=self.environment)
        return done.stdout.splitlines(), done.stderr.splitlines(), done.returncode

    def command(self, *arguments):
        """Runs ``tf1-recipes``; returns its output, its errors without TensorFlow's, its status."""
        done = subprocess.run([str(Path(self.python).with_name("tf1-recipes")), *arguments],
                              cwd=str(self.folder), text=True, capture_output=True,
                              env=self.environment)
        return done.stdout.splitlines(), [line for line in done.stderr.splitlines()
                                          if line.startswith("tf1-recipes: ")], done.returncode


def environment(interpreter, folder, *settings):
    subprocess.run([interpreter, "-m", "venv", *settings, str(folder)], check=True)
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def on_3_7(genuine, tmp_path_factory):
    """The genuine environment is only looked into: what is installed lies beside it."""
    python, folder = genuine("1.15.5"), tmp_path_factory.mktemp("python37")
    beside = environment(python, folder / "environment", "--without-pip")
    site, = (folder / "environment" / "lib").glob("python3.7/site-packages")
    (site / "genuine.pth").write_text(
        "%s\n" % (Path(python).parents[1] / "lib" / "python3.7" / "site-packages"))
    return Installed(beside, folder)


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    folder = tmp_path_factory.mktemp("today")
    return Installed(environment(sys.executable, folder / "environment"), folder)


def test_python_3_7_keeps_its_tensorflow_and_all_else(on_3_7):
    assert {name: on_3_7.after[name] for name in on_3_7.before} == on_3_7.before
    assert on_3_7.before["tensorflow"] == "1.15.5"
    # rich and what rich needs.
    assert set(on_3_7.after) - set(on_3_7.before) == {
        "tf1-recipes", "rich", "Pygments", "markdown-it-py", "mdurl"}
    assert on_3_7.run("-m", "pip", "check")[::2] == (["No broken requirements found."], 0)


def test_every_file_is_installed_and_no_other(on_3_7):
    site, = (on_3_7.folder / "environment" / "lib").glob("python3.7/site-packages")
    examples = {"legacy_examples" / name for name in files_under(ROOT / "legacy_examples")}
    assert files_under(site / "tf1_recipes") == files_under(ROOT / "tf1_recipes") | examples


def files_under(folder):
    return {path.relative_to(folder) for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"}


def test_python_3_7_imports_all_but_what_runs_old_code(on_3_7):
    out, err, status = on_3_7.run("-c", IMPORTS)
    assert status == 0, err
    assert {"tf1_recipes.learning_rates.grouped", "tf1_recipes.recording.command",
            "tf1_recipes.traces.explain.engine", "tf1_recipes.evidence.verify"} <= set(out)


def test_python_3_7_uses_and_records_a_recipe(on_3_7):
    out, err, status = on_3_7.run("-c", RECIPE)
    assert (out, status) == (
        ["[('high', 4.0), ('low', 2.0), ('high', 3.0), ('low', 1.0)]"], 0), err


def test_python_3_7_has_the_commands_for_traces(on_3_7):
    records_and_compares(on_3_7)


@pytest.mark.parametrize("command", [("show", "E2"), ("guide", "races"), ("help", "record")],
                         ids=lambda command: command[0])
def test_python_3_7_has_the_pages(on_3_7, command):
    out, err, status = on_3_7.command(*command)
    assert (len(out) > 10, err, status) == (True, [], 0)


@pytest.mark.parametrize("command", [("run", "old.py"), ("verify",)],
                         ids=lambda command: command[0])
def test_python_3_7_is_told_what_needs_a_later_one(on_3_7, command):
    out, err, status = on_3_7.command(*command)
    assert (out, status) == ([], 2)
    assert len(err) == 1
    assert err[0].startswith("tf1-recipes: %s needs Python 3.10 or later (this is Python 3.7." % (
        command[0]))


def test_python_3_7_cannot_be_activated(on_3_7):
    _, err, status = on_3_7.run("-c", "import tf1_recipes.legacy.activate")
    assert status == 1
    assert err[-1].startswith("tf1_recipes.errors.Error: tf1_recipes.legacy.activate needs Python ")


def test_today_the_base_alone_verifies_records_and_compares(today):
    assert not {"tf-slim", "tf_slim", "tensorflow-estimator", "fissix"} & set(today.after)
    out, err, status = today.command("verify")
    assert (out[-1][:25], status) == ("25 of 25 recipes hold on ", 0), (out, err)
    out, _, status = today.command("show", "E2")
    assert status == 0
    assert any("1.13071" in line for line in out)
    records_and_compares(today)


def records_and_compares(installed):
    (installed.folder / "old.py").write_text(TRAINS)
    for trace in ("a.npz", "b.json"):
        _, err, status = installed.command("record", "old.py", "-o", trace)
        assert (err[-1], status) == (
            "tf1-recipes: 2 steps of 1 variable recorded in %s" % trace, 0)
    out, _, status = installed.command("compare", "a.npz", "b.json")
    assert (out[-1], status) == ("AGREE: 1 tensor at 3 steps; every element is equal.", 0)
    out, _, status = installed.command("map", "a.npz", "b.json")
    assert (out, status) == (["1 tensor alike in both, 0 rules"], 0)
    out, _, status = installed.command("list")
    assert status == 0
    assert any("GroupedOptimizer" in line for line in out)
