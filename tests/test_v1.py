"""Each test is a process of its own: a process imports TensorFlow once, in one way."""
import functools
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tensorflow_first import CALLS, EXAMPLES, NEED_LAYERS
from tf1_recipes.v1 import tf

ROOT = Path(__file__).resolve().parents[1]

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


KERAS_3 = (
    "TensorFlowImportError: tf.%s needs legacy Keras, and TensorFlow was already imported with "
    "Keras 3: install tf-keras and set the environment variable TF_USE_LEGACY_KERAS=1 before "
    "TensorFlow is imported. Or import tf1_recipes.v1 first (`from tf1_recipes.v1 import tf`), "
    "which does both.")
EAGER = (
    "RecipeError: TensorFlow runs eagerly, and this needs a graph:\n"
    "  - call tensorflow.compat.v1.disable_v2_behavior() right after TensorFlow is imported, or "
    "import tf1_recipes.v1 before it (`from tf1_recipes.v1 import tf`), and enable nothing later; "
    "or work inside `with tensorflow.Graph().as_default():`")


@pytest.mark.parametrize("name", ["layers", "keras", "nn.rnn_cell"])
@on_keras_3
def test_beside_keras_3_what_needs_legacy_keras_is_refused_with_the_remedy(name):
    output, error = run(
        "import tensorflow as tf\n"
        "tf.compat.v1.disable_v2_behavior()\n"
        "from tf1_recipes.v1 import tf\n"
        "print(tf.nn.relu.__name__, tf.Session().run(tf.constant(3)), 'layers' in dir(tf))\n"
        "tf.%s\n" % name)
    assert (output, error) == ("relu 3 True", "tf1_recipes.v1." + KERAS_3 % name)


@on_tf2
def test_eager_mode_is_refused_with_the_remedy_until_it_is_left():
    output, error = run(
        "import tensorflow\n"
        "from tf1_recipes.v1 import tf\n"
        "try:\n"
        "    tf.constant(3)\n"
        "except ValueError as error:\n"
        "    print(error)\n"
        "print(tf.executing_eagerly())\n"
        "tf.disable_v2_behavior()\n"
        "print(tf.Session().run(tf.constant(3)))\n")
    assert output == EAGER.partition(": ")[2] + "\nTrue\n3", error


@functools.lru_cache(None)
def tensorflow_first(mode):
    """What each recipe raised, or None, where TensorFlow was imported before it."""
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    environment.pop("TF_USE_LEGACY_KERAS", None)
    done = subprocess.run([sys.executable, "-m", "tests.tensorflow_first", mode], env=environment,
                          cwd=ROOT, stdout=subprocess.PIPE, universal_newlines=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_every_recipe_is_tried_so():
    folders = ("learning_rates", "gradients", "schedules", "keras", "transfer", "weight_decay",
               "optimizers", "recording")
    assert sorted(name for folder in folders for name in importlib.import_module(
        "tf1_recipes." + folder).__all__) == EXAMPLES


@on_keras_3
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("mode", ["v1", "v2"])
def test_a_recipe_works_where_tensorflow_was_imported_before(mode, name):
    assert tensorflow_first(mode)["call " + name] is None


@on_keras_3
@pytest.mark.parametrize("name", EXAMPLES)
def test_so_do_its_examples_but_for_those_that_need_legacy_keras(name):
    expected = name in NEED_LAYERS and [KERAS_3 % each for each in ("layers", "keras")]
    assert tensorflow_first("v1")["example " + name] in (expected or [None])


@on_tf2
def test_documented_scripts_do_not_run_in_somebody_elses_eager_tensorflow():
    output, error = run(
        "import tensorflow\n"
        "from tf1_recipes.legacy.runner import run_captured\n"
        "try:\n"
        "    run_captured('no.py', None)\n"
        "finally:\n"
        "    print(tensorflow.executing_eagerly())\n")
    assert (output, error) == ("True", EAGER.splitlines()[1].rstrip())


@on_tf2
def test_a_graph_around_the_import_will_do():
    output, _ = run(
        "import tensorflow\n"
        "with tensorflow.Graph().as_default():\n"
        "    from tf1_recipes.v1 import tf\n"
        "print(tf.train.AdamOptimizer.__name__, tf.layers.dense.__name__,\n"
        "      tensorflow.executing_eagerly())\n",
        TF_USE_LEGACY_KERAS="1")
    # Nothing about the user's TensorFlow was changed.
    assert output == "AdamOptimizer dense True"


def test_only_tf_is_to_be_had():
    _, error = run("from tf1_recipes import v1\nv1.keras")
    assert error == "AttributeError: module 'tf1_recipes.v1' has no attribute 'keras'"
