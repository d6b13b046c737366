"""``tf1-recipes list``: every recipe, as text of 80 columns or as JSON."""
import json

from tf1_recipes import cli
from tf1_recipes.evidence import catalogue


def test_it_prints_every_recipe_in_80_columns(capsys):
    assert cli.main(["list"]) == 0
    printed = capsys.readouterr().out
    blocks = printed.split("\n\n")
    assert blocks[0] == """\
A1  A learning rate per layer: two optimizers, grouped
    w_low -= r1 dL/dw_low,  w_high -= r2 dL/dw_high
    GroupedOptimizer
    trap: a data race: one optimizer overwrites weights that the other one's
    backward pass has yet to read"""
    assert ("\n    c = c + 1, and 0 where it is n, then n = cycle_mult n;"
            "\n    rate = max (1 + cos(pi c / n)) / 2\n") in printed  # broken between the parts
    for block, recipe in zip(blocks, catalogue.RECIPES):
        assert block.startswith(recipe.name.ljust(4) + recipe.title)
        assert " ".join(recipe.trap.split()) in " ".join(block.split())
        assert all(function in block for function in recipe.functions)
    assert blocks[-1] == "`tf1-recipes show A1` prints a recipe's code, sources and evidence.\n"
    assert len(blocks) == len(catalogue.RECIPES) + 1
    assert max(map(len, printed.splitlines())) <= 80


def test_colours_are_those_of_every_report(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for forbidden in ("", "1"):
        monkeypatch.setenv("NO_COLOR", forbidden)
        assert cli.main(["list"]) == 0
        assert ("\033" in capsys.readouterr().out) == (not forbidden)


def test_json_has_every_recipe_with_sources_and_files(capsys):
    assert cli.main(["list", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert list(listed) == [recipe.name for recipe in catalogue.RECIPES]
    assert listed["A4"]["functions"] == ["scale_gradient"]
    assert listed["A4"]["releases"] == ["1.7.1", "1.15.5"]
    assert listed["A4"]["documented"].startswith("[0.8, 0.98, 1.6004001]\n")
    assert listed["A4"]["sources"] == [{
        "title": "How to set layer-wise learning rate in Tensorflow?",
        "site": "Stack Overflow question 34945554", "year": "2016 to 2018",
        "address": "https://stackoverflow.com/q/34945554",
        "place": "the answer with custom_gradient"}]
    assert listed["A4"]["example"].endswith("lr_mult.py")
    assert sorted(listed["A4"]["ports"]) == ["JAX", "Keras 3", "PyTorch"]
