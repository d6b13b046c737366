"""``tf1-recipes show``: the page of every recipe."""
import pytest

from tf1_recipes import cli
from tf1_recipes.evidence import catalogue, page

EACH = pytest.mark.parametrize("recipe", catalogue.RECIPES, ids=lambda recipe: recipe.name)


@EACH
def test_page_begins_with_code_to_paste_which_is_complete(recipe):
    title, first, *_ = page.page(recipe).split("\n", 2)
    assert title == "# %s: %s" % (recipe.name, recipe.title)
    assert page.page(recipe).startswith("%s\n%s" % (title, recipe.text("snippet")))
    assert first.split()[0] in ("import", "from")


@EACH
def test_page_holds_formula_sources_trap_evidence_and_code_old_and_new(recipe):
    text = page.page(recipe)
    head, _, code = text.partition("\nthe legacy example, ")
    facts = " ".join(head.split())
    for each in (recipe.formula, recipe.trap, recipe.problem, *recipe.sources, *recipe.functions):
        assert " ".join(str(each).split()) in facts
    for release in recipe.releases:
        assert "\n  TensorFlow %s, Python " % release in head
    assert recipe.documented.replace("\n", "\n  ").strip() in head
    assert "import tensorflow as tf" in code
    assert recipe.text("hardened").split("\n")[0] in code
    assert all(len(line) <= 80 or line.strip().startswith("https://")
               for line in head.splitlines())


def test_a_genuine_trace_outside_its_bound_is_reported(monkeypatch):
    first, other = (catalogue.find([name])[0] for name in ("A1", "A3"))
    path = type(first).trace_path
    monkeypatch.setattr(type(first), "trace_path", lambda self, release: path(
        other if release == "0.12.1" else self, release))
    assert "a genuine trace is outside its bound: step 0, " in " ".join(page.page(first).split())


def test_command_prints_the_page(capsys):
    assert cli.main(["show", "a4"]) == 0
    printed = capsys.readouterr().out
    assert "[0.51199996, 0.94119203, 1.1479864]" in printed
    assert "TensorFlow 0.12.1" not in printed  # tf.custom_gradient came with 1.7


def test_it_names_the_ports(capsys, monkeypatch):
    monkeypatch.chdir(catalogue.find(["A1"])[0].port_paths()["PyTorch"].partition("legacy_")[0])
    assert cli.main(["show", "A1"]) == 0
    assert "\nthe same today\n\n  PyTorch  legacy_examples/ports/pytorch/two_optimizers.py\n" in (
        capsys.readouterr().out)


def test_an_unknown_recipe_is_one_line(capsys):
    assert cli.main(["show", "A11"]) == 2
    assert capsys.readouterr().err.startswith("tf1-recipes: no recipe is called A11: perhaps A1")


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path, capsys):
    path = str(tmp_path / "none" / "a3.png")
    assert cli.main(["show", "A3", "--plot", path]) == 2
    assert capsys.readouterr().err == "tf1-recipes: cannot write %s: there is no folder %s\n" % (
        path, tmp_path / "none")
