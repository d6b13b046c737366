"""The hardened recipes on genuine TensorFlow 1.15.5: their traces, and their own tests."""
import os
import subprocess
from pathlib import Path

import pytest

from tf1_recipes.evidence.agreement import agreement, expected
from tf1_recipes.evidence.catalogue import RECIPES
from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace

ROOT = Path(__file__).resolve().parents[2]
MODULES = ["numpy_optimizers", "reference_optimizers",
           "optimizer_groups", "gradient_multipliers", "gradient_scaling", "weight_decay",
           "caffe_sgd", "decoupled_optimizers", "l2_losses", "decay_relations",
           "pretraining", "max_margin", "pretrain_digits", "rbm", "rbm_digits", "choosing_layers",
           "book_momentum", "hands_on_digits", "auxiliary_digits",
           "gradient_clipping", "partial_restore", "restore_arrays", "frozen_layers",
           "variable_selection", "learning_rates",
           "decaying_rates", "cosine_rates", "cyclical_rates", "joined_rates",
           "which_keras", "keras_callbacks", "keras_article", "keras_adam_composition",
           "rate_range", "training_plots",
           "layer_rates", "rate_multipliers", "layer_outputs", "scaling_against_true_rates",
           "training_summaries",
           "layer_cache", "layer_cache_rows", "layer_cache_row_proof", "layer_cache_row_rules",
           "keras_adam", "train_step", "scalars", "schedule_steps", "gated_updates",
           "member_gradients",
           "session_recording", "recording_hook",
           "traces_compare", "traces_explain_updates", "traces_layouts", "traces_propose",
           "traces_writer"]
# What is held to all of them together.
CONTRACT = ["optimizer_contract", "optimizer_compositions", "optimizer_surroundings", "eager_mode"]

DRIVER = """
import collections, json, sys
import numpy as np
sys.path.insert(0, %(root)r)
from tf1_recipes.evidence.models import Session
from tf1_recipes.evidence.recipes.%(folder)s import hardened

def arrays(step, kind):
    return {name: np.array(values, dtype).reshape(shape)
            for name, (dtype, shape, values) in step.get(kind, {}).items()}

sessions = collections.OrderedDict()
for step in json.load(open(%(trace)r))["steps"]:
    number = step["facts"]["session"]
    if step["facts"].get("initial"):
        sessions[number] = Session(step["step"], arrays(step, "variables"), [])
    else:
        sessions[number].steps.append((step["step"], arrays(step, "feeds")))
hardened.run(list(sessions.values()))
"""


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.name for recipe in RECIPES])
def test_on_1_15_5_the_hardened_recipe_trains_what_the_documented_form_does(
        genuine, recipe, tmp_path):
    python = genuine("1.15.5")
    comparison = hardened_beside(recipe.trace_path("1.15.5"), recipe, python, tmp_path)
    if not comparison.agrees:
        # The committed one comes from a processor whose kernels may add in another order than here.
        # On one processor both forms go through the same kernels.
        here = str(tmp_path / "documented.json")
        assert record(recipe.example_path(), [], here, python=python) == 0
        comparison = hardened_beside(here, recipe, python, tmp_path)
    assert comparison.agrees, comparison.first
    found = agreement(expected(recipe, open_trace(recipe.trace_path("1.15.5"))),
                      open_trace(str(tmp_path / "hardened.npz")))
    assert found.holds, found.what


def hardened_beside(documented, recipe, python, folder):
    """Compares a trace of the documented form with the hardened one, from the same starts."""
    driver, hardened = folder / "driver.py", str(folder / "hardened.npz")
    driver.write_text(DRIVER % {
        "root": str(ROOT), "trace": documented, "folder": "%s_%s" % (recipe.name, recipe.stem)})
    assert record(str(driver), [], hardened, python=python) == 0
    return compare_traces(open_trace(documented), open_trace(hardened), kinds=("variables",))


@pytest.mark.parametrize("modules", [MODULES] + [[each] for each in CONTRACT],
                         ids=["modules"] + CONTRACT)
def test_the_recipes_own_tests_pass_on_1_15_5(genuine, modules):
    python = genuine("1.15.5")
    files = ["tests/test_%s.py" % module for module in modules]
    # Today's TensorFlow, where it is imported, sets TF2_BEHAVIOR, which 1.15 would heed.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", str(ROOT)] + files,
        cwd=str(ROOT), env=dict(environment, PYTHONPATH=str(ROOT)), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, universal_newlines=True)
    assert done.returncode == 0, done.stdout[-4000:]
