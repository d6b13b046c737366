"""Failures are red where a person sees them, and nowhere else."""
import io

import numpy as np
import pytest

from tf1_recipes import cli
from tf1_recipes.colour import coloured, marked
from tf1_recipes.recording.session_tap import TraceFile

RED = "\033[1;31m%s\033[0m"


class Terminal(io.StringIO):

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("stream, environment, expected", [
    (Terminal, {}, True),
    (io.StringIO, {}, False),
    (Terminal, {"TERM": "dumb"}, False),
    (Terminal, {"NO_COLOR": "1"}, False),
    (Terminal, {"NO_COLOR": ""}, True),
    (io.StringIO, {"FORCE_COLOR": "1"}, True),
    (io.StringIO, {"FORCE_COLOR": ""}, False),
    (io.StringIO, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    (Terminal, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
])
def test_colours_are_for_terminals_or_where_they_are_asked_for(
        monkeypatch, stream, environment, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert coloured(stream()) is expected


def test_only_the_words_of_failure_at_the_start_of_a_line_are_marked(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    report = "A  x.npz\n  DIFFERENT\nDIFFERENT: it differs.\nDIFFERENTLY\nAGREE"
    assert marked(report) == report.replace("\nDIFFERENT:", "\n%s:" % RED % "DIFFERENT")


@pytest.fixture
def traces(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, weight in (("a.npz", 1.0), ("b.npz", 2.0)):
        file = TraceFile(name, {})
        file.step(0, [("variables", "w", np.float32(weight))], {})
        file.close({})


@pytest.mark.parametrize("forced", [False, True])
def test_compare_marks_its_verdict(traces, monkeypatch, capsys, forced):
    if forced:
        monkeypatch.setenv("FORCE_COLOR", "1")
    assert cli.main(["compare", "a.npz", "b.npz"]) == 1
    printed = capsys.readouterr().out
    assert (RED % "DIFFERENT" in printed, "\nDIFFERENT: " in printed) == (forced, not forced)
    assert ("\033" in printed) == forced


@pytest.mark.parametrize("environment, red", [
    ({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)])
def test_verify_marks_what_fails(monkeypatch, capsys, environment, red):
    from tf1_recipes.evidence import report
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    report._console().print(report.FAILS)
    assert capsys.readouterr().out == (RED % "FAILS" if red else "FAILS") + "\n"
