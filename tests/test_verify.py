"""verify: every link of the chain can fail, and says so."""
import json
import os
import re
import shutil

import pytest

from tf1_recipes.evidence import catalogue, verify
from tf1_recipes.evidence.agreement import contracted, sessions_of
from tf1_recipes.evidence.report import verify_command
from tf1_recipes.traces import open_trace


@pytest.fixture
def evidence(tmp_path, monkeypatch):
    """A copy of A3's and E2's evidence that a test can damage."""
    for recipe in catalogue.find(["A3", "E2"]):
        shutil.copy(recipe.example_path(), tmp_path)
        shutil.copytree(recipe.folder, tmp_path / os.path.basename(recipe.folder))
    monkeypatch.setattr(catalogue.Recipe, "trace_path", lambda self, release: str(
        tmp_path / os.path.basename(self.folder) / (release + ".json")))
    monkeypatch.setattr(catalogue.Recipe, "example_path", lambda self: str(
        tmp_path / self.example))
    return tmp_path


def checks(name):
    row, = verify.verify(catalogue.find([name]))
    return row.checks


def test_the_whole_chain_of_every_recipe_holds():
    rows = verify.verify(list(catalogue.RECIPES))
    failures = ["%s %s: %s" % (row.recipe.name, link, check.what) for row in rows
                for link, check in row.checks.items() if check and not check.holds]
    assert failures == []
    for row in rows:
        assert row.worst_share == 0 if not row.recipe.sums and not contracted() else (
            0 < row.worst_share <= 1)
        releases = [link for link in catalogue.RELEASES if row.checks[link]]
        assert tuple(releases) == row.recipe.releases
        assert all(check.tensors for link, check in row.checks.items()
                   if check and link != "documented")


def test_a_missing_reference_trace_is_a_named_failure(evidence):
    (evidence / "A3_scaled_gradient/1.7.1.json").unlink()
    found = checks("A3")
    assert not found["1.7.1"].holds
    assert found["1.7.1"].what == "the reference trace A3_scaled_gradient/1.7.1.json is missing"
    assert found["1.15.5"].holds and found["documented"].holds


def test_without_the_newest_trace_model_and_recipe_fail_too(evidence):
    (evidence / "A3_scaled_gradient/1.15.5.json").unlink()
    found = checks("A3")
    assert [link for link, check in found.items() if not check.holds] == [
        "0.12.1", "1.7.1", "1.15.5", "NumPy", "hardened"]
    assert found["1.15.5"].what == "the reference trace A3_scaled_gradient/1.15.5.json is missing"
    assert found["NumPy"].what == found["1.7.1"].what == "there is no genuine trace to start from"


def test_a_damaged_reference_trace_is_a_named_failure(evidence):
    path = evidence / "A3_scaled_gradient/1.7.1.json"
    path.write_text(path.read_text()[:700])
    found = checks("A3")
    assert not found["1.7.1"].holds
    assert "A3_scaled_gradient/1.7.1.json is not a trace: it is not JSON" in found["1.7.1"].what


def test_a_changed_number_is_found_with_step_and_variable(evidence):
    path = evidence / "E2_weight_decay/0.12.1.json"
    text = path.read_text()
    assert text.count("1.4751") == 1
    path.write_text(text.replace("1.4751", "1.4752"))
    found = checks("E2")
    assert not found["0.12.1"].holds
    assert found["0.12.1"].what.startswith("step 2, variables/w: 1.4752 against 1.4751")
    assert found["1.15.5"].holds


def test_a_trace_of_another_version_of_the_script_is_refused(evidence):
    script = evidence / "scaled_gradient.py"
    script.write_text(script.read_text() + "# changed\n")
    found = checks("A3")
    assert not found["0.12.1"].holds
    assert "A3_scaled_gradient/0.12.1.json was recorded with script_crc32" in found["0.12.1"].what


def test_another_output_is_named_by_its_line(evidence):
    script = evidence / "weight_decay.py"
    script.write_text(script.read_text().replace("range(4)", "range(3)"))
    found = checks("E2")
    assert found["documented"].what == "line 4: documented '1.13071', printed ''"


def test_a_script_that_fails_fails_its_row_and_no_other(evidence):
    (evidence / "weight_decay.py").write_text("raise ValueError('no such thing')\n")
    rows = verify.verify(catalogue.find(["A3", "E2"]))
    assert [row.holds for row in rows] == [True, False]
    assert rows[1].checks["documented"].what.endswith(
        "weight_decay.py ended with status 1: ValueError: no such thing")


def test_a_recipe_that_raises_is_a_failure_of_its_row(monkeypatch):
    from tf1_recipes.evidence.recipes.A3_scaled_gradient import hardened

    def broken(sessions):
        raise RuntimeError("does not run")

    monkeypatch.setattr(hardened, "run", broken)
    found = checks("A3")
    assert found["hardened"].what == "RuntimeError: does not run"
    assert found["NumPy"].holds


def test_command_prints_the_table_and_returns_0(capsys):
    assert verify_command(["A3", "B2"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["documented", "0.12.1", "1.7.1", "1.15.5", "NumPy", "hardened",
                                  "worst", "time"]
    assert printed[1].split()[:8] == ["A3"] + ["same"] * 7
    assert printed[2].split()[:3] == ["B2", "-", "-"]
    assert re.fullmatch(r"\d+%", printed[2].split()[5])
    assert printed[-1].startswith("2 of 2 recipes hold on TensorFlow ")
    assert max(map(len, printed)) <= 80


def test_command_returns_1_and_names_the_failure(evidence, capsys):
    (evidence / "A3_scaled_gradient/1.7.1.json").unlink()
    assert verify_command(["A3"]) == 1
    printed = capsys.readouterr().out
    row = printed.splitlines()[1]
    assert row.split()[:8] == ["A3", "same", "same", "FAILS", "same", "same", "same", "FAILS"]
    assert "A3 1.7.1: the reference trace A3_scaled_gradient/1.7.1.json is missing" in printed
    assert "0 of 1 recipes hold" in printed


def test_command_prints_json(capsys):
    assert verify_command(["A4"], as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    row, = report["recipes"]
    assert row["name"] == "A4" and row["holds"] and row["worst_share"] == 0
    assert row["checks"]["0.12.1"] is None
    assert row["checks"]["documented"] == {"holds": True, "share": 0, "tensors": 0, "what": ""}
    assert row["checks"]["hardened"]["tensors"] == 12  # x0 and x1, at the start and after 5 steps


def test_json_has_no_number_for_a_share_that_is_infinite(evidence, capsys):
    path = evidence / "E2_weight_decay/0.12.1.json"
    path.write_text(path.read_text().replace("1.4751", "1.4752"))
    assert verify_command(["E2"], as_json=True) == 1
    printed = capsys.readouterr().out
    assert "Infinity" not in printed
    row, = json.loads(printed)["recipes"]
    check = row["checks"]["0.12.1"]
    assert not check["holds"] and (check["share"] is None or check["share"] > 1)


def test_sessions_of_a_trace_hold_initial_values_and_feeds():
    old, new = sessions_of(open_trace(catalogue.find(["B2"])[0].trace_path("1.15.5")))
    assert (old.number, [number for number, _ in old.steps]) == (0, [1, 2, 3])
    assert (new.number, [number for number, _ in new.steps]) == (4, [5, 6, 7, 8, 9])
    assert old.initial["hidden1/kernel"].shape == (8, 6)
    assert sorted(old.steps[0][1]) == ["X", "y"]
