"""What a person reads behind the table of ``tf1-recipes compare``, and what a program gets."""
import json
import textwrap

import numpy as np
import pytest

from tests.planted_trainings import Adam, Momentum, Sgd, explained, remade, train
from tf1_recipes import cli
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.explain import explain_traces
from tf1_recipes.traces.explain.diagnosis import Diagnosis, Explanation
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.text import explanation_text

LARGE = (400, 700)  # more elements than are looked at: blocks of it are


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two trainings that part by Nesterov's momentum, as files."""
    monkeypatch.chdir(tmp_path)
    for name, trace in (("a", train(Momentum())), ("b", train(Momentum(nesterov=True)))):
        _save(trace, name + ".npz")
    return tmp_path


def _save(trace, path):
    file = TraceFile(path, {})
    for step in trace:
        file.step(step.number, [(kind, name, tensor.read())
                                for (kind, name), tensor in step.tensors.items()], step.facts)
    file.close({})


def test_the_text_to_the_letter():
    found = Explanation([
        Diagnosis("Weight decay missing in B", "A decays its weights by 0.01 a step.", 3, ["w"],
                  ["A's update minus B's is -0.01 w, over 54 elements; 2.3e-06 of the difference "
                   "is left over"], "medium", {"decay": 0.01}, ["L2 in the loss"])], 3)
    assert "\n".join(explanation_text(found)) == textwrap.dedent("""\
        Why they differ:

        1. Weight decay missing in B (step 3, confidence medium)
           A decays its weights by 0.01 a step.
           - A's update minus B's is -0.01 w, over 54 elements; 2.3e-06 of the
             difference is left over
           - could also be: L2 in the loss

        Also different: 3 tensors; this follows from the above, or was not examined.""")
    assert explanation_text(Explanation()) == []
    assert explanation_text(Explanation(unexplained="At step 1, w differs.")) == [
        "Why they differ:", "", "Unexplained: At step 1, w differs."]


def test_compare_explains_unless_told_not_to(files, capsys):
    assert cli.main(["compare", "a.npz", "b.npz"]) == 1
    text = capsys.readouterr().out
    assert "\n\nWhy they differ:\n\n1. Nesterov momentum in B only (step 1, " in text
    assert max(map(len, text.splitlines())) <= 80
    assert cli.main(["compare", "a.npz", "b.npz", "--no-explain"]) == 1
    assert text.startswith(capsys.readouterr().out.rstrip("\n"))
    assert cli.main(["compare", "a.npz", "a.npz"]) == 0
    assert "Why" not in capsys.readouterr().out


def test_some_variables_alone_are_explained(files, capsys):
    assert cli.main(["compare", "a.npz", "b.npz", "--variables", "hidden"]) == 1
    assert "1. Nesterov momentum in B only" in capsys.readouterr().out


def test_json_holds_everything(files, capsys):
    assert cli.main(["compare", "a.npz", "b.npz", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    cause, = report["explanation"]["diagnoses"]
    assert cause["title"] == "Nesterov momentum in B only" and cause["confidence"] == "high"
    assert cause["figures"]["momentum"] == pytest.approx(0.9, rel=1e-5)
    assert cause["where"] == ["hidden/kernel", "output/kernel", "hidden/bias", "output/bias"]
    assert report["agrees"] is False and report["first_divergence"]["step"] == 1
    rows = {row["name"]: row for row in report["rows"]}
    assert rows["loss"]["first_step"] == 2 and rows["x"]["first_step"] is None
    assert report["a"] == {"path": "a.npz", "steps": 9, "manifest": {
        "format": "tf1_recipes trace", "format_version": 1}}
    assert cli.main(["compare", "a.npz", "b.npz", "--json", "--no-explain"]) == 1
    assert json.loads(capsys.readouterr().out)["explanation"] is None


def test_json_holds_infinities_as_strings(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, number in (("a", 3e38), ("b", -3e38)):
        file = TraceFile(name + ".npz", {})
        file.step(0, [("variables", "w", np.full(4, number, np.float32))], {})
        file.close({})
    cli.main(["compare", "a.npz", "b.npz", "--json"])
    assert json.loads(capsys.readouterr().out)["worst_absolute"] == "inf"


@pytest.mark.parametrize("factor", [2.0, 1.0 + 1e-4])
def test_of_large_tensors_blocks_are_read(tmp_path, factor):
    """The blocks reach from the first element to the last; clipping by norm is left open."""
    for name, rate in (("a", 0.1), ("b", 0.1 * factor)):
        weights = np.random.RandomState(0).normal(size=LARGE).astype(np.float32)
        file = TraceFile(str(tmp_path / name), {})
        for step in range(4):
            file.step(step, [("variables", "w", weights)], {})
            weights = weights - np.float32(rate) * np.tanh(weights + np.float32(0.5))
        file.close({})
    a, b = (open_trace(str(tmp_path / name)) for name in "ab")
    comparison = compare_traces(a, b)
    found, = explain_traces(a, b, comparison).diagnoses
    assert found.title == "Different learning rate"
    assert found.figures["factor"] == pytest.approx(factor, rel=1e-6)
    sample = Samples(a, b, comparison.rows).pair("w", 0)[0]
    whole = a[0].arrays("variables")["w"].reshape(-1)
    assert len(sample) == 16 * 4096 < whole.size
    assert (sample[0], sample[-1]) == (whole[0], whole[-1])


@pytest.mark.parametrize("pair", [
    (Sgd(), Sgd(0.2)), (Adam(), Adam(correct=False)), (Momentum(), Momentum(dampening=0.5))])
def test_names_of_any_length_stay_within_80_columns_where_they_can(pair):
    a, b = (remade(train(each), lambda step, kind, name, array: [
        (kind, "a/rather/long/scope/of/layers/" + name, array)]) for each in pair)
    assert max(map(len, explanation_text(explained(a, b)))) <= 80
