"""The guide's page of versions: what ``tests/matrix.py`` makes of the runs."""
import re
import sys

import pytest

from tests import matrix
from tests.matrix import HOLDS, PAGE, Environment, merged, page, parsed
from tf1_recipes.evidence.catalogue import RECIPES

ALL_HOLD = {recipe.name: HOLDS for recipe in RECIPES}


def rows(text):
    cells = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in cells}


def test_a_cell_names_the_pythons_or_the_reason():
    text = page([Environment("1.15.5", "3.7.16", "1.18.5", dict(ALL_HOLD, A4="no `tf.x`")),
                 Environment("2.21.0", "3.11.7", "1.26.4", ALL_HOLD),
                 Environment("2.21.1", "3.13.0", "2.1.0", dict(ALL_HOLD, A4="no `tf.x`"))])
    found = rows(text)
    assert found[""] == ["0.12.1 to 1.7.1", "1.15.5", "2.15 to 2.20", "2.21"]
    assert found["A1"] == ["not run", "3.7", "not run", "3.11, 3.13"]
    assert found["A4"] == ["not run", "no (1)", "not run", "3.11, no (1)"]
    assert text.endswith("\n1. `no 'tf.x'`\n")
    assert "| 2.21.1 | 3.13.0 | 2.1.0 | %d of %d |" % (len(RECIPES) - 1, len(RECIPES)) in text


def test_2_2_is_not_2_21():
    assert not Environment("2.21.0", "3.11.7", "1.26.4").is_of("2.2")


def test_what_was_not_run_at_all_shares_a_column():
    assert rows(page([]))["A1"] == ["not run"]


def test_the_page_has_every_recipe_and_says_where_it_was_run():
    found = rows(PAGE.read_text(encoding="utf-8"))
    assert set(found) >= {recipe.name for recipe in RECIPES}
    reasons = len(re.findall(r"^\d+\. ", PAGE.read_text(encoding="utf-8"), re.M))
    stated = {int(number) for row in found.values() for cell in row
              for number in re.findall(r"no \((\d+)\)", cell)}
    assert stated == set(range(1, reasons + 1))


def test_a_page_is_read_as_it_was_written():
    environments = [Environment("1.4.1", "3.6.15", "1.16.6", dict(ALL_HOLD, C="no `tf.x`", F="b")),
                    Environment("2.21.0", "3.11.7", "1.26.4", ALL_HOLD),
                    Environment("2.21.0", "3.13.0", "2.1.0", dict(ALL_HOLD, A4="a" * 200))]
    found = parsed(page(environments))
    assert [(each.tensorflow, each.python, each.numpy) for each in found] == [
        ("1.4.1", "3.6.15", "1.16.6"), ("2.21.0", "3.11.7", "1.26.4"),
        ("2.21.0", "3.13.0", "2.1.0")]
    assert found[0].outcomes == dict(ALL_HOLD, C="no 'tf.x'", F="b")
    assert found[1].outcomes == ALL_HOLD
    assert found[2].outcomes == dict(ALL_HOLD, A4="a" * 157 + "...")
    assert page(found) == page(environments)


def test_a_recipe_that_is_newer_than_a_run_was_not_run_there():
    older = {name: HOLDS for name in ALL_HOLD if name != "F"}
    text = page([Environment("2.21.0", "3.11.7", "1.26.4", older),
                 Environment("2.21.0", "3.13.0", "2.1.0", ALL_HOLD)])
    assert rows(text)["F"] == ["not run", "not run, 3.13"]
    assert [each.outcomes for each in parsed(text)] == [older, ALL_HOLD]


def test_the_guide_s_page_is_kept_where_nothing_is_run():
    text = PAGE.read_text(encoding="utf-8")
    assert page(parsed(text)) == text


def test_a_run_replaces_that_on_the_same_release_and_python_only():
    old = [Environment("2.21.0", "3.11.7", "1.26.4"), Environment("2.21.0", "3.13.0", "2.1.0")]
    new = [Environment("2.21.1", "3.11.9", "2.0.0"), Environment("1.15.5", "3.7.16", "1.18.5")]
    assert merged(old, new) == [new[1], new[0], old[1]]


@pytest.fixture
def out(tmp_path, monkeypatch):
    """A page of two runs, and a command line that would run no genuine release."""
    path = tmp_path / "versions.md"
    path.write_text(page([Environment("2.15.1", "3.10.13", "1.26.4", ALL_HOLD),
                          Environment("2.21.0", "3.13.0", "2.1.0", ALL_HOLD)]), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["matrix.py", "--genuine", "--out", str(path)])
    return path


def test_what_is_not_asked_for_keeps_its_place(out, monkeypatch):
    monkeypatch.setattr(matrix, "verified", lambda python: Environment(
        "2.16.2", "3.12.1", "1.26.4", ALL_HOLD))
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--python", sys.executable])
    before = rows(out.read_text(encoding="utf-8"))
    assert matrix.main() == 0
    after = rows(out.read_text(encoding="utf-8"))
    assert "2.16" not in before[""] and "2.16" in after[""]
    for name in ALL_HOLD:
        cells = dict(zip(after[""], after[name]))
        assert cells.pop("2.16") == "3.12"
        for column, cell in zip(before[""], before[name]):
            assert cells.get(column, "not run") == cell


@pytest.mark.parametrize("python, reason", [
    ("no/python", "cannot be run: No such file or directory"),
    ("true", "is not a Python interpreter")])
def test_an_interpreter_that_cannot_be_run_is_refused_before_any_run(
        out, monkeypatch, capsys, python, reason):
    monkeypatch.setattr(matrix, "verified", lambda python: pytest.fail("it ran"))
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--python", sys.executable, python])
    before = out.read_text(encoding="utf-8")
    assert matrix.main() == 2
    assert capsys.readouterr() == ("", "matrix.py: --python %s %s\n" % (python, reason))
    assert out.read_text(encoding="utf-8") == before
