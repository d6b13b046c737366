"""The transfer story on genuine 1.15.5 and on today's TensorFlow, from the same initial values."""
from pathlib import Path

import pytest

from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.element_differences import Tolerance

SCRIPT = str(Path(__file__).resolve().parents[2] / "legacy_examples" / "transfer_digits.py")

# 700 steps of small relu nets. Matrix products are added in another order, which parts the first
# step by one rounding (1e-8); every later step carries that on and adds its own. Measured at the
# end: 4.2e-7 in the weights, 1.4e-6 in the losses; the tolerance leaves room for other processors.
TOLERANCE = Tolerance(atol=1e-5)


def test_700_steps_agree_within_the_stated_tolerance(genuine, tmp_path, capfd):
    pytest.importorskip("sklearn")
    old, new = str(tmp_path / "genuine.npz"), str(tmp_path / "today.npz")

    assert record(SCRIPT, [], old, python=genuine("1.15.5")) == 0
    printed_then = capfd.readouterr().out
    assert record(SCRIPT, [], new, init_from=old) == 0
    printed_now = capfd.readouterr().out

    comparison = compare_traces(open_trace(old), open_trace(new), TOLERANCE)
    assert comparison.agrees, comparison.first
    assert comparison.steps == 703  # 300 + 200 + 200 steps and three starts
    assert printed_now.splitlines()[-1] == printed_then.splitlines()[-1]
