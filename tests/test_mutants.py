import ast
import os

import pytest

from tests import mutants
from tests.mutants import MUTANTS, Mutant


def test_each_row_still_fits_its_file():
    problems = []
    for mutant in MUTANTS:
        try:
            ast.parse(mutants.mutated(mutant))
        except (ValueError, SyntaxError) as error:
            problems.append(str(error))
        if not os.path.exists(os.path.join(mutants.ROOT, mutant.tests.split()[0])):
            problems.append("%s: there is no %s" % (mutant.name, mutant.tests))
    assert problems == []


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len(MUTANTS) >= 60
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


SUM = Mutant("sums-1", "sums.py", "a + b", "a - b", "tests/test_sums.py", "")


@pytest.fixture
def small_tree(tmp_path, monkeypatch):
    """A package of one function, with a test that looks at it once."""
    for folder in (mutants.PACKAGE, mutants.PACKAGE + "/recording", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    # Where the package is installed, pytest loads the plugin that it names.
    (tmp_path / mutants.PACKAGE / "recording" / "pytest_plugin.py").write_text("")
    (tmp_path / mutants.PACKAGE / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    (tmp_path / "tests" / "test_sums.py").write_text(
        "from %s.sums import add\n\n\ndef test_add():\n    assert add(2, 0) == 2\n"
        % mutants.PACKAGE)
    monkeypatch.setattr(mutants, "ROOT", str(tmp_path))
    monkeypatch.setattr(mutants, "_COPIED", (mutants.PACKAGE, "tests"))
    return tmp_path


def lines_of(monkeypatch, capsys, *rows):
    monkeypatch.setattr(mutants, "MUTANTS", list(rows))
    status = mutants.main([])
    return status, capsys.readouterr().out.splitlines()


def test_a_survivor_is_told_from_what_was_killed(small_tree, monkeypatch, capsys):
    killed = SUM._replace(name="sums-2", new="b - a")
    status, lines = lines_of(monkeypatch, capsys, SUM, killed)
    assert lines == [
        "SURVIVED  sums-1                   a + b -> a - b",
        "killed    sums-2                   a + b -> b - a",
        "2 mutants: 1 killed, 1 survived"]
    assert status == 1
    assert (small_tree / mutants.PACKAGE / "sums.py").read_text().endswith("return a + b\n")


def test_a_survivor_may_have_a_reason(small_tree, monkeypatch, capsys):
    status, lines = lines_of(monkeypatch, capsys, SUM._replace(new="b + a", reason="it commutes"))
    assert lines[0] == "SURVIVED  sums-1                   a + b -> b + a: it commutes"
    assert status == 0


def test_tests_that_fail_anyway_or_cannot_run_kill_nothing(small_tree, monkeypatch, capsys):
    status, lines = lines_of(monkeypatch, capsys, SUM._replace(new="a +"))
    assert lines[0].startswith("pytest ended with 2: ")
    assert status == 2
    (small_tree / "tests" / "test_sums.py").write_text("def test_add():\n    assert False\n")
    status, lines = lines_of(monkeypatch, capsys, SUM)
    assert lines == ["tests/test_sums.py fail without a mutant (1)"]
    assert status == 2


def test_a_row_that_no_longer_fits(small_tree):
    with pytest.raises(ValueError) as error:
        mutants.mutated(SUM._replace(old="a * b"), str(small_tree))
    assert str(error.value) == "sums-1: sums.py has 'a * b' 0 times, not once: write the row anew"


def test_a_name_that_no_mutant_has(capsys):
    with pytest.raises(SystemExit):
        mutants.main(["nothing"])
    assert "no mutant has such a name; the first is gating-1" in capsys.readouterr().err
