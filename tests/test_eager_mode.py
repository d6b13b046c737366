"""Every public function that makes or takes graph tensors, in eager mode and within functions.

A process of its own for each way; `tests.tensorflow_first` has the calls.
"""
import functools
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tensorflow_first import GRAPH_CALLS, KERAS_CALLS, SCHEDULES, calls_of_eager_mode

ROOT = Path(__file__).resolve().parents[1]

EAGER = (
    "RecipeError: TensorFlow runs eagerly, and this needs a graph:\n"
    "  - call tensorflow.compat.v1.disable_v2_behavior() right after TensorFlow is imported, or "
    "import tf1_recipes.v1 before it (`from tf1_recipes.v1 import tf`), and enable nothing later; "
    "or work inside `with tensorflow.Graph().as_default():`")
FUNCTION = (
    "RecipeError: 'traced' traces a function, and this needs a graph of sessions:\n"
    "  - call it outside of tf.function, Dataset.map and the like")
# What makes no tensor and takes none, or refuses a model that runs eagerly when it is trained.
ELSEWHERE = {
    "geometric_multipliers", "cache_outputs", "record_sessions", "numpy_optimizer",
    "BatchLearningRateScheduler", "LearningRateRecorder", "WarmRestarts", "Adam_dlr", "LR_Cycle",
    "LR_Updater", "terminal_speed", "choose_layers_to_reuse",
    "select",  # which only compares names
}


@functools.lru_cache(None)
def errors(mode):
    # `DiscriminativeAdam` cannot even be imported beside Keras 3, which is another error.
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", TF_USE_LEGACY_KERAS="1")
    environment.pop("TF2_BEHAVIOR", None)
    done = subprocess.run([sys.executable, "-m", "tests.tensorflow_first", mode], env=environment,
                          cwd=str(ROOT), stdout=subprocess.PIPE, universal_newlines=True,
                          check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_every_public_name_is_called_or_is_elsewhere():
    folders = ("learning_rates", "gradients", "schedules", "keras", "transfer", "weight_decay",
               "optimizers", "recording", "graph")
    names = {name for folder in folders
             for name in importlib.import_module("tf1_recipes." + folder).__all__}
    assert names == {*calls_of_eager_mode(), *SCHEDULES, *ELSEWHERE} - {"schedules"}
    assert set(calls_of_eager_mode()).issuperset({*KERAS_CALLS, *GRAPH_CALLS})


@pytest.mark.parametrize("name", sorted(calls_of_eager_mode()))
@pytest.mark.parametrize("mode,error", [
    ("eager", EAGER), ("late", EAGER), ("function", FUNCTION), ("graph-function", FUNCTION),
], ids=["eager", "enabled after the import", "tf.function", "tf.function in a graph"])
def test_it_is_refused_with_one_clear_error(name, mode, error):
    assert errors(mode)["call " + name] == error
