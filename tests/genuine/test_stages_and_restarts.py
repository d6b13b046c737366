"""A8 and D2 together on the document's own library, the genuine Keras 2.2.4."""
import os
import subprocess

from tests.test_stages_and_restarts import SCRIPT, assert_printed


def test_it_trains_what_numpy_computes(genuine):
    done = subprocess.run([genuine("1.15.5"), "-W", "ignore", str(SCRIPT)], capture_output=True,
                          env=dict(os.environ, PYTHONPATH=str(SCRIPT.parents[1])), text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    assert_printed(done.stdout)
