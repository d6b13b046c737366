"""The pretraining story on genuine 1.15.5 and on today's TensorFlow."""
from pathlib import Path

import pytest

from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.element_differences import Tolerance

SCRIPT = str(Path(__file__).resolve().parents[2] / "legacy_examples" / "pretrain_digits.py")
EVERY = 20  # what the steps between do is in what comes after them

# 8,000 steps of small elu nets. Matrix products are added in another order, exponentials and roots
# are rounded otherwise, and Adam divides by the roots. Measured at the worst: 6.2e-6, in a weight;
# the tolerance leaves room for other processors.
TOLERANCE = Tolerance(atol=1e-4)


def test_8000_steps_agree_within_the_stated_tolerance(genuine, tmp_path, capfd):
    pytest.importorskip("sklearn")
    old, new = str(tmp_path / "genuine.npz"), str(tmp_path / "today.npz")

    assert record(SCRIPT, [], old, python=genuine("1.15.5"), every=EVERY) == 0
    printed_then = capfd.readouterr().out
    assert record(SCRIPT, [], new, every=EVERY) == 0
    printed_now = capfd.readouterr().out

    comparison = compare_traces(open_trace(old), open_trace(new), TOLERANCE)
    assert comparison.agrees, comparison.first
    assert comparison.steps == 467  # 4 x 400 + 64 x 100, each 20th, and 67 starts
    assert printed_now.splitlines()[-5:] == printed_then.splitlines()[-5:]
