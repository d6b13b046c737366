"""``tf1-recipes show``: the page of every recipe."""
import pytest

from tf1_recipes import cli
from tf1_recipes.evidence import catalogue, page


@pytest.mark.parametrize("recipe", catalogue.RECIPES, ids=lambda recipe: recipe.name)
def test_page_holds_formula_trap_evidence_and_code(recipe):
    text = page.page(recipe)
    head, _, code = text.partition("legacy example, %s" % recipe.example)
    assert head.startswith("%s  %s\n" % (recipe.name, recipe.title))
    for release in recipe.releases:
        assert "%s-%s.json: TensorFlow %s, Python " % (
            recipe.name, release, release) in head
    assert "import tensorflow as tf" in code
    assert "def %s(sessions):" % recipe.hardened in code
    assert max(map(len, head.splitlines())) <= 80


def test_a_genuine_trace_outside_its_bound_is_said(monkeypatch):
    first, other = (catalogue.find([name])[0] for name in ("A1", "A3"))
    path = type(first).trace_path
    monkeypatch.setattr(type(first), "trace_path", lambda self, release: path(
        other if release == "0.12.1" else self, release))
    assert "a genuine trace does not lie within what is expected: step 0, " in " ".join(
        page.page(first).split())


def test_command_prints_the_page(capsys):
    assert cli.main(["show", "a4"]) == 0
    printed = capsys.readouterr().out
    assert "[0.51199996, 0.94119203, 1.1479864]" in printed
    assert "A4-0.12.1" not in printed  # tf.custom_gradient came with 1.7


def test_it_names_the_ports(capsys, monkeypatch):
    monkeypatch.chdir(catalogue.find(["A1"])[0].port_paths()["PyTorch"].partition("legacy_")[0])
    assert cli.main(["show", "A1"]) == 0
    assert "\nthe same today\n\n    PyTorch  legacy_examples/ports/pytorch/two_optimizers.py\n" in (
        capsys.readouterr().out)


def test_an_unknown_recipe_is_one_line(capsys):
    assert cli.main(["show", "A11"]) == 2
    assert capsys.readouterr().err.startswith("tf1-recipes: no recipe is called A11: perhaps A1")


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path, capsys):
    path = str(tmp_path / "none" / "a3.png")
    assert cli.main(["show", "A3", "--plot", path]) == 2
    assert capsys.readouterr().err == "tf1-recipes: cannot write %s: there is no folder %s\n" % (
        path, tmp_path / "none")
