import pytest

from tests.tap_scripts import SCRIPTS, as_expected
from tf1_recipes.legacy.runner import run_captured
from tf1_recipes.session_tap import Tap
from tf1_recipes.traces import MemoryTrace


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_recorded_as_worked_out_by_hand(script, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(script.text)
    trace = MemoryTrace()
    tap = Tap(trace)
    run_captured(str(path), tap)
    assert as_expected(trace) == script.expected
    assert trace.numbers == list(range(len(script.expected)))
    assert sorted(tap.summary()["not_recorded"]) == script.not_recorded
    assert tap.summary()["notes"] == script.notes
