"""Whole seeded scripts on the genuine release and on the runner: the numbers that both print.

The largest relative difference of any, over 20 steps or so, is 3e-7.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.genuine.environments import ROOT

SCRIPTS = Path(__file__).parent / "seeded_scripts"
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")

# (script, release, largest relative difference allowed); measured: 1e-7 to 3e-7.
CASES = [
    ("softmax_regression.py", "0.12.1", 1e-6),
    ("char_rnn.py", "0.12.1", 1e-6),
    ("mlp_with_dropout.py", "1.4.1", 1e-6),
    ("lstm_classifier.py", "1.4.1", 1e-6),
    ("adversarial_networks.py", "1.4.1", 1e-6),
    ("convolutions.py", "1.7.1", 1e-6),
    ("variational_autoencoder.py", "1.7.1", 1e-6),
    ("word_vectors.py", "1.7.1", 1e-6),
    ("batch_normalization.py", "1.15.5", 1e-6),
    ("autoencoder.py", "1.15.5", 1e-6),
    ("sequence_to_sequence.py", "1.4.1", 1e-6),
    ("attention.py", "1.7.1", 1e-6),
    ("attention.py", "1.15.5", 1e-6),
    ("linear_estimator.py", "1.15.5", 1e-6),
    ("keras_sequential.py", "1.15.5", 1e-6),
]


@pytest.mark.parametrize("script, release, limit", CASES)
def test_same_numbers(genuine, tmp_path, script, release, limit):
    then = printed([genuine(release)], script, tmp_path)
    now = printed([sys.executable, "-m", "tf1_recipes", "run", "--as-of", release], script,
                  tmp_path)

    assert NUMBER.sub("", then) == NUMBER.sub("", now)
    largest = difference(then, now)
    print("%s: %.1e" % (script, largest))
    assert largest <= limit


def printed(command, script, folder):
    environment = dict(os.environ, PYTHONPATH=str(ROOT) if "-m" in command else "",
                       PYTHONDONTWRITEBYTECODE="1", TF_CPP_MIN_LOG_LEVEL="3")
    environment.pop("TF2_BEHAVIOR", None)
    done = subprocess.run(command + [str(SCRIPTS / script)], env=environment, cwd=folder,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def difference(then, now):
    """The largest relative difference of the numbers of two texts."""
    first, second = (np.array([float(each) for each in NUMBER.findall(text)])
                     for text in (then, now))
    apart = np.abs(first - second)
    return float((apart / np.maximum(np.abs(first), 1e-30))[apart > 0].max(initial=0))
