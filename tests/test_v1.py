"""Each test is a process of its own: a process imports TensorFlow once, in one way."""
import os
import subprocess
import sys

import pytest

from tf1_recipes.v1 import tf

on_tf2 = pytest.mark.skipif(
    tf.__version__.startswith("1."), reason="TensorFlow 1 has no Keras 3 and runs no ops eagerly")

on_keras_3 = pytest.mark.skipif(
    tf.__version__.startswith(("1.", "2.15.")), reason="TensorFlow came without Keras 3 then")


def run(script, **environment):
    """Runs a script; returns its output and the last line of its errors."""
    kept = {name: value for name, value in os.environ.items() if name != "TF_USE_LEGACY_KERAS"}
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=dict(kept, TF_CPP_MIN_LOG_LEVEL="3", **environment),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    output, errors = process.communicate()
    return output.strip(), (errors.strip().splitlines() or [""])[-1]


def test_importing_the_package_imports_no_tensorflow():
    output, _ = run("import sys, tf1_recipes, tf1_recipes.v1, tf1_recipes.errors\n"
                    "print(sorted(name for name in sys.modules if name.startswith('tensorflow')))")
    assert output == "[]"


def test_the_public_names_are_listed_before_they_are_loaded():
    output, _ = run("import sys, tf1_recipes\n"
                    "print('GroupedOptimizer' in dir(tf1_recipes), 'tensorflow' in sys.modules)\n"
                    "print(tf1_recipes.RecipeError.__name__, 'tensorflow' in sys.modules)")
    assert output.splitlines() == ["True False", "RecipeError False"]
    _, error = run("import tf1_recipes\ntf1_recipes.nonsense")
    assert error == "AttributeError: module 'tf1_recipes' has no attribute 'nonsense'"


@on_tf2
def test_it_gives_graph_mode_and_the_layers():
    output, _ = run(
        "from tf1_recipes.v1 import tf\n"
        "import os\n"
        "print(tf.executing_eagerly(), hasattr(tf.layers, 'dense'))\n"
        "print(os.environ['TF_USE_LEGACY_KERAS'])\n"
        "print(type(tf.Variable(1.0)).__name__)\n")
    assert output.splitlines() == ["False True", "1", "RefVariable"]


@on_keras_3
def test_keras_3_imported_before_is_refused_with_the_remedy():
    output, error = run(
        "import tensorflow as tf\n"
        "tf.compat.v1.disable_v2_behavior()\n"
        "from tf1_recipes.v1 import tf\n")
    assert error == (
        "tf1_recipes.v1.TensorFlowImportError: TensorFlow was already imported with Keras 3, which "
        "has no tf.layers and no rnn cells: install tf-keras and set the environment variable "
        "TF_USE_LEGACY_KERAS=1 before TensorFlow is imported. Or import tf1_recipes.v1 first "
        "(`from tf1_recipes.v1 import tf`), which does both.")


@on_tf2
def test_eager_mode_is_refused_with_the_remedy():
    _, error = run("import tensorflow\nfrom tf1_recipes.v1 import tf\n", TF_USE_LEGACY_KERAS="1")
    assert error == (
        "tf1_recipes.v1.TensorFlowImportError: TensorFlow was already imported and runs eagerly: "
        "call tensorflow.compat.v1.disable_v2_behavior() right after its import, or work inside "
        "`with tensorflow.Graph().as_default():`. Or import tf1_recipes.v1 first "
        "(`from tf1_recipes.v1 import tf`), which does both.")


@on_keras_3
def test_both_are_refused_in_one_error():
    _, error = run("import tensorflow\nfrom tf1_recipes.v1 import tf\n")
    assert "with Keras 3" in error
    assert "and runs eagerly" in error


@on_tf2
def test_a_graph_around_the_import_will_do():
    output, _ = run(
        "import tensorflow\n"
        "with tensorflow.Graph().as_default():\n"
        "    from tf1_recipes.v1 import tf\n"
        "print(tf.train.AdamOptimizer.__name__, tensorflow.executing_eagerly())\n",
        TF_USE_LEGACY_KERAS="1")
    # Nothing about the user's TensorFlow was changed.
    assert output == "AdamOptimizer True"


def test_only_tf_is_to_be_had():
    _, error = run("from tf1_recipes import v1\nv1.keras")
    assert error == "AttributeError: module 'tf1_recipes.v1' has no attribute 'keras'"
