"""``tf.contrib`` on genuine 1.15.5 and as a script finds it here: the same names and numbers."""
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parent / "contrib_scripts"


def rows(*command):
    # Today's TensorFlow, where it is imported, sets TF2_BEHAVIOR, which 1.15 would heed.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))


def differences(genuine, ours):
    """Returns what is not the same in two results of a case, as a list of text."""
    if isinstance(genuine, str) or isinstance(ours, str):
        return [] if genuine == ours else ["%.300s, but here %.300s" % (genuine, ours)]
    names, results, variables = genuine
    found = ["%s: %s, but here %s" % (key, names[key], ours[0][key])
             for key in names if names[key] != ours[0][key]]
    found += ["shapes %s, but here %s" % pair for pair in [
        ([shape for shape, _ in results], [shape for shape, _ in ours[1]])] if pair[0] != pair[1]]
    pairs = list(zip([each for _, each in results], [each for _, each in ours[1]]))
    for old, new in pairs + list(zip(variables, ours[2])):
        if old and isinstance(old[0], str):
            same = old == new
        else:
            old, new = np.array(old), np.array(new)
            # Sums of a layer are added in another order by another release's kernels.
            same = old.shape == new.shape and np.allclose(
                old, new, rtol=1e-5, atol=1e-6 * max(1.0, abs(old).max(initial=0)))
        if not same:
            found.append("%s, but here %s" % (str(old)[:200], str(new)[:200]))
    return found


def compared(genuine, release, script):
    """Returns {case: (genuine result, ours)} of a script of `SCRIPTS`."""
    path = str(SCRIPTS / (script + ".py"))
    expected = rows(genuine(release), "-W", "ignore", path)
    ours = rows(sys.executable, "-m", "tf1_recipes", "run", "--as-of", release[:4], path)
    assert len(expected) >= 5 and sorted(ours) == sorted(expected)
    return {name: (expected[name], ours[name]) for name in expected}


@pytest.mark.parametrize("script", sorted(
    path.stem for path in SCRIPTS.glob("*.py") if path.stem not in ("cases", "as_of_0_12")))
def test_names_outputs_gradients_and_updates(genuine, script):
    apart = {name: differences(*pair) for name, pair in compared(
        genuine, "1.15.5", script).items()}
    assert not {name: found for name, found in apart.items() if found}


def test_as_of_0_12(genuine):
    # It made beta before gamma, named its updates as tensors, and losses by the weights' names.
    apart = {}
    for name, pair in compared(genuine, "0.12.1", "as_of_0_12").items():
        for names, _, _ in pair:
            for key in ("update_ops", "regularization_losses"):
                names[key] = len(names[key])
            for key in ("variables", "trainable_variables", "model_variables"):
                names[key].sort()
        apart[name] = differences(*pair)
    assert not {name: found for name, found in apart.items() if found}
