"""The figures that `tests/test_legacy_seeds.py` goes by are those of the genuine releases.

1.4.1 is not among the environments that are built here: its figures were written once, by
``python3.6 seed_cases.py fixtures/seeds/cases.txt fixtures/seeds/1.4.1.json``.
"""
import os
import subprocess

import pytest

from tests.test_legacy_seeds import FIGURES, HERE


@pytest.mark.parametrize("release", ["0.12.1", "1.7.1", "1.15.5"])
def test_figures(genuine, release, tmp_path):
    found = tmp_path / "found.json"
    # Set by a TensorFlow 2 in this process; 1.15 obeys it.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(
        [genuine(release), str(HERE / "seed_cases.py"), str(FIGURES / "cases.txt"), str(found)],
        capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert found.read_text() == (FIGURES / (release + ".json")).read_text()
