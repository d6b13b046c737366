"""Recurrent nets on genuine releases beside ``tf1-recipes run``, from the same values by formula.

Variables' names, shapes and what they begin with must be the same: old checkpoints restore. Results
and gradients may differ by rounding, measured in units in the last place of the largest result, or
gradient, of a case: a gradient that is a small difference of large ones has their rounding.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.genuine.environments import ROOT

SCRIPTS = Path(__file__).parent / "recurrent"

# (script, release, era, ULPs allowed); the worst seen is half of what is allowed, or less.
CASES = [
    ("cells.py", "1.15.5", "1.15", 20),
    ("cells.py", "1.7.1", "1.7", 36),
    ("conditional_random_fields.py", "1.15.5", "1.15", 4),
    ("legacy_seq2seq.py", "1.15.5", "1.15", 8),
    ("legacy_seq2seq.py", "1.7.1", "1.7", 12),
    ("legacy_seq2seq.py", "0.12.1", "0.12", 8),
    ("seq2seq.py", "1.15.5", "1.15", 8),
    ("early_cells.py", "0.12.1", "0.12", 12),
]


@pytest.mark.parametrize("script, release, era, limit", CASES)
def test_as_on_the_genuine_release(genuine, tmp_path, script, release, era, limit):
    then = measured([genuine(release)], script, tmp_path / "then.json")
    now = measured([sys.executable, "-m", "tf1_recipes", "run", "--as-of", era], script,
                   tmp_path / "now.json")

    problems, worst = differences(then, now)

    assert set(then) <= set(now)
    assert problems == []
    assert worst[0] <= limit, worst


def measured(command, script, path):
    """Runs a script and returns what it measured, by case."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT) if "-m" in command else "",
                       PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(command + [str(SCRIPTS / script), str(path)], env=environment,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(path.read_text())


def differences(then, now):
    """Returns what is not the same, and the largest of the other differences: (ULPs, where)."""
    problems, worst = [], (0, "nowhere")
    for case in sorted(set(then) & set(now)):
        before, after = then[case], now[case]
        problems += ["%s, %s: %s then, %s now" % (case, key, before[key], after[key])
                     for key in ("shapes", "initial") if before[key] != after[key]]
        for kind in ("values", "gradients"):
            first, second = _named(before[kind]), _named(after[kind])
            if set(first) != set(second):
                problems.append("%s, %s: %s then, %s now" % (
                    case, kind, sorted(first), sorted(second)))
                continue
            largest = max([0] + [_largest(value) for value in first.values()])
            for name in first:
                apart = ulps_apart(np.array(first[name]), np.array(second[name]), largest)
                if apart is None:
                    problems.append("%s, %s %s: %s then, %s now" % (
                        case, kind, name, first[name], second[name]))
                else:
                    worst = max(worst, (apart, "%s, %s %s" % (case, kind, name)))
    return problems, worst


def ulps_apart(first, second, largest):
    """The largest difference in ULPs of a number; None if the arrays cannot be compared."""
    if first.shape != second.shape or first.dtype.kind != second.dtype.kind:
        return None
    if first.dtype.kind != "f":
        return 0 if (first == second).all() else None
    finite = np.isfinite(first)
    if not np.array_equal(first[~finite], second[~finite], equal_nan=True):
        return None
    if not finite.any():
        return 0
    apart = np.abs(first[finite] - second[finite]).max()
    return round(float(apart / np.spacing(np.float32(largest))), 1)


def _largest(value):
    value = np.array(value)
    if value.dtype.kind != "f" or not np.isfinite(value).any():
        return 0
    return np.abs(value[np.isfinite(value)]).max()


def _named(values):
    return values if isinstance(values, dict) else dict(enumerate(values))
