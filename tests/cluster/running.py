"""Runs training.py alone or on a cluster, and compares its traces."""
import os
import subprocess
import sys
from pathlib import Path

from tests.cluster import models
from tests.cluster.training import RECIPES, STEPS
from tf1_recipes import open_trace
from tf1_recipes.evidence.agreement import agreement

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("training.py")
LIMIT = 500  # seconds, of all recipes together

# These make train ops from optimizers that they call without a global step, and
# SyncReplicasOptimizer needs one. `unfreezing_by_rates` trains the same stages as `unfreezing`.
# `decay_after` refuses a step whose updates another thread makes.
NOT_AVERAGED = {"unfreezing", "autoencoders", "decay_op"}
AVERAGED = [name for name in RECIPES if name not in NOT_AVERAGED]


def train_all(out, *options, python=None, names=()):
    """Trains recipes in the way that the folder for their traces is named after.

    Args:
        out: Path, which ends in "alone", "asynchronous" or "synchronous".
        *options: more of training.py's.
        python: str, another interpreter.
        names: the recipes, by default all.

    Returns:
        {recipe: trace}.
    """
    out.mkdir()
    workers = {"alone": 0, "asynchronous": 1, "synchronous": 2}[out.name]
    script = [str(SCRIPT), "--out", str(out), *["--sync"] * (workers == 2), *options]
    script += ["--recipes", *names] if names else []
    cluster = []
    if workers:
        cluster = ["-m", "tf1_recipes", "cluster", "--ps", "2", "--workers", str(workers),
                   "--timeout", str(LIMIT), *(["--python", python] if python else [])]
    done = subprocess.run(
        [sys.executable if cluster else python or sys.executable, *cluster, *script],
        env=dict(os.environ, PYTHONPATH=str(ROOT)), capture_output=True, text=True,
        timeout=LIMIT + 60)
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: open_trace(str(out / (name + ".npz"))) for name in names or RECIPES}


def check(name, alone, distributed):
    """Asserts that both trainings are within their bounds, and within twice that of each other."""
    expected = models.expected(name)
    assert sorted(expected) == list(range(STEPS + 1))
    found = agreement(expected, alone[name], distributed[name])
    assert found.holds, found.what
    assert found.share <= 1
    assert found.tensors == 2 * (STEPS + 1)
