"""The fine-tuning of the question, unmodified, on genuine TensorFlow 1.15.5."""
import subprocess

from tests.test_fine_tuning import SCRIPT, assert_printed, numpy_fine_tuning


def test_it_trains_what_numpy_computes(genuine):
    done = subprocess.run([genuine("1.15.5"), "-W", "ignore", str(SCRIPT)], capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert_printed(done.stdout, numpy_fine_tuning())
