"""The tap on the genuine releases: the same scripts, the same recordings worked out by hand."""
import pytest

from tests.tap_scripts import SCRIPTS, as_expected
from tf1_recipes.evidence.catalogue import RELEASES
from tf1_recipes.recording.command import record
from tf1_recipes.traces import open_trace


def version(text):
    return [int(part) for part in text.split(".")]


CASES = [(release, script) for release in RELEASES for script in SCRIPTS
         if version(script.since) <= version(release)]


@pytest.mark.parametrize("release, script", CASES,
                         ids=["%s-%s" % (release, script.name) for release, script in CASES])
def test_a_script_is_recorded_as_worked_out_by_hand(genuine, release, script, tmp_path):
    path, out = tmp_path / "train.py", str(tmp_path / "run.npz")
    path.write_text(script.text)
    status = record(str(path), [], out, python=genuine(release))
    if not script.expected:
        assert status == 1  # nothing was recorded
        return
    assert status == 0
    trace = open_trace(out)
    assert as_expected(trace) == script.expected
    assert sorted(trace.end["not_recorded"]) == script.not_recorded
    assert trace.end["notes"] == script.notes
    assert trace.manifest["tensorflow"] == release
