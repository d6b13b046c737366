"""The catalogue is complete: every recipe has its example, its traces, its model and its row."""
import importlib
import os
import re
from pathlib import Path

import pytest

import tf1_recipes
from tf1_recipes.errors import Error
from tf1_recipes.evidence import catalogue

ROOT = Path(__file__).resolve().parents[1]
EACH = pytest.mark.parametrize("recipe", catalogue.RECIPES,
                               ids=[recipe.name for recipe in catalogue.RECIPES])


@EACH
def test_evidence_is_there(recipe):
    assert os.path.exists(recipe.example_path())
    for release in recipe.releases:
        assert os.path.exists(recipe.trace_path(release)), release
    assert callable(importlib.import_module("tf1_recipes.evidence.models." + recipe.model).model)
    assert recipe.function in tf1_recipes.__all__


@EACH
def test_example_is_in_the_documents_own_style(recipe):
    source = Path(recipe.example_path()).read_text(encoding="ascii")
    assert "import tensorflow as tf" in source
    assert "tf1_recipes" not in source
    assert "from __future__ import print_function" in source  # Python 2 runs it, too


@EACH
def test_the_readme_s_table_has_its_row(recipe):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- recipes table -->")[1].split("<!-- end -->")[0]
    assert re.search(r"^\| %s \| %s \| `%s` \| .+ \|$" % (
        recipe.name, re.escape(recipe.title), recipe.function), table, re.M)


def test_what_is_recorded_again_to_the_byte_is_what_has_no_sums():
    stated = "A3, A4, C, D1 to D3, E1 to E5 and F"
    names = [recipe.name for recipe in catalogue.RECIPES if not recipe.sums]
    assert names == ["A3", "A4", "C", "D1", "D2", "D3", "E1", "E2", "E3", "E4", "E5", "F"]
    for page in ("tf1_recipes/guide/bounds.md",
                 "tf1_recipes/evidence/reference_traces/README.md"):
        assert stated in (ROOT / page).read_text(encoding="utf-8")


def test_no_reference_trace_belongs_to_no_recipe():
    known = {os.path.basename(recipe.trace_path(release))
             for recipe in catalogue.RECIPES for release in recipe.releases}
    folder = ROOT / "tf1_recipes" / "evidence" / "reference_traces"
    assert {path.name for path in folder.glob("*.json")} == known


def test_find_takes_names_in_any_case_and_keeps_the_catalogue_s_order():
    assert [recipe.name for recipe in catalogue.find(["e2", "A1"])] == ["A1", "E2"]
    assert catalogue.find([]) == list(catalogue.RECIPES)


def test_find_names_all_unknown_recipes():
    with pytest.raises(Error, match=r"no recipe is called B9, X: perhaps B\d, B\d, B\d; "
                                    r"`tf1-recipes list`"):
        catalogue.find(["B9", "A1", "X"])
