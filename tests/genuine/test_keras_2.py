"""The recipes on models of the genuine Keras 2.2.4, the document's own library: `import keras`."""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_they_train_its_models(genuine):
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(
        [genuine("1.15.5"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", str(ROOT), "tests/genuine/keras_2_training.py"], cwd=str(ROOT),
        env=dict(environment, PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout and "skipped" not in done.stdout
