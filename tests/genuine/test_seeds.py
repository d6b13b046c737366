"""The figures that `tests/test_legacy_seeds.py` goes by are those of the genuine releases."""
import json
import os
import subprocess

import numpy as np
import pytest

from tests.test_legacy_seeds import FIGURES, HERE, ROUNDING, check_trainings


def run(interpreter, *arguments):
    # Set by a TensorFlow 2 in this process; 1.15 obeys it.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run([interpreter, *map(str, arguments)], capture_output=True, text=True,
                          env=environment)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("release", ["0.12.1", "1.4.1", "1.7.1", "1.15.5"])
def test_figures(genuine, release, tmp_path):
    found = tmp_path / "found.json"
    run(genuine(release), HERE / "seed_cases.py", FIGURES / "cases.txt", found)
    assert found.read_text() == (FIGURES / (release + ".json")).read_text()


@pytest.mark.parametrize("release", ["0.12.1", "1.4.1", "1.7.1", "1.15.5"])
def test_trainings(genuine, release, tmp_path):
    found = tmp_path / "found.json"
    run(genuine(release), HERE / "seeded_trainings.py", found)
    found = json.loads(found.read_text())
    figures = json.loads((FIGURES / ("trainings-%s.json" % release)).read_text())
    assert set(found) == set(figures)
    for name in found:
        exact = name in ("draws", "initial_values", "shuffled")
        np.testing.assert_allclose(found[name], figures[name], atol=0, err_msg=name,
                                   rtol=0 if exact else ROUNDING)


@pytest.mark.parametrize("era", ["1.4", "1.7"])
def test_the_other_eras(tmp_path, run_script, era):
    check_trainings(run_script, tmp_path, era)
