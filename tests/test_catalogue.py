"""The catalogue is complete: every recipe has a folder with its declaration and its evidence."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tf1_recipes
from tf1_recipes.errors import Error
from tf1_recipes.evidence import catalogue, recipes, sources, table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(recipes.__file__).parent
PAGES = [ROOT / "README.md", FOLDER / "README.md",
         *sorted(Path(tf1_recipes.__file__).parent.glob("guide/**/*.md"))]
EACH = pytest.mark.parametrize("recipe", catalogue.RECIPES,
                               ids=[recipe.name for recipe in catalogue.RECIPES])


def test_the_recipes_are_in_the_documents_order():
    assert " ".join(recipe.name for recipe in catalogue.RECIPES) == (
        "A1 A2 A3 A4 A5 A6 A7 A8 B1 B2 B3 B4 B5 B6 B7 C D1 D2 D3 E1 E2 E3 E4 E5 F")


@EACH
def test_a_folder_holds_what_belongs_to_the_recipe_and_nothing_else(recipe):
    assert recipe.folder == str(FOLDER / ("%s_%s" % (recipe.name, recipe.stem)))
    assert {path.name for path in Path(recipe.folder).iterdir()} - {"__pycache__"} == {
        "__init__.py", "recipe.py", "model.py", "hardened.py", "snippet.py",
        *(release + ".json" for release in recipe.releases),
        *(["figures.py"] if recipe.name in ("A8", "D2", "F") else [])}
    assert set(recipe.releases) <= set(catalogue.RELEASES)
    assert callable(recipe.module("model").model)
    assert set(recipe.functions) <= set(tf1_recipes.__all__)


@EACH
def test_example_is_in_the_documents_own_style(recipe):
    source = Path(recipe.example_path()).read_text(encoding="ascii")
    assert "import tensorflow as tf" in source
    assert "tf1_recipes" not in source
    assert "from __future__ import print_function" in source  # Python 2 runs it, too


def test_every_port_belongs_to_a_recipe():
    ports = {path for recipe in catalogue.RECIPES for path in recipe.port_paths().values()}
    there = {str(path) for folder in catalogue.PORTS.values()
             for path in (ROOT / "legacy_examples" / "ports" / folder).glob("*.py")}
    assert {os.path.basename(path) for path in there - ports} <= {"optimizers_in_numbers.py"}


@EACH
def test_its_sources_can_be_looked_up(recipe):
    assert recipe.sources
    for source in recipe.sources:
        assert source.title and source.site
        assert re.fullmatch(r"(from )?\d{4}( to \d{4})?", source.year)
        # A book, a magazine's article and a contest's have no address that lasts.
        assert source.address.startswith("https://") or source.at("") in (
            sources.BOOK, sources.KERAS_RATES, sources.PIECEWISE.at(""))


@EACH
def test_what_stands_in_a_table_s_cell_does_not_end_it(recipe):
    assert "|" not in recipe.formula + recipe.title + recipe.trap + recipe.problem
    assert "`" not in recipe.formula + recipe.title + recipe.trap


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_tables_of_recipes_in_a_page_are_the_declarations(page):
    text = page.read_text(encoding="utf-8")
    assert text == table.written(text), (
        "run: python -m tf1_recipes.evidence.table %s" % page.relative_to(ROOT))


def test_every_table_stands_in_a_page():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name, made in table.TABLES.items():
        assert "<!-- %s -->\n%s<!-- end -->" % (name, made()) in text


def test_the_recipes_table_has_a_row_for_each_recipe():
    rows = table.recipes_table().splitlines()
    assert len(rows) == 2 + 25 and {row.count("|") for row in rows} == {6}
    assert rows[2 + 8 + 7 + 1] == (  # below the titles, behind A, B and C
        "| D1 | A learning rate that drops at steps: piecewise_constant on the global step "
        "| `piecewise_constant`, `increment_step` | the step is fetched beside the op that changes "
        "it: with a resource variable it is the old one, or either at random | to the bit |")


def test_tables_are_written_between_their_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- recipes table -->\nold\n<!-- end -->\nbehind\n<!-- end -->\n"
                    "<!-- other table -->\n<!-- end -->\n")
    table.write([str(page)])
    assert page.read_text() == (
        "before\n<!-- recipes table -->\n%s<!-- end -->\nbehind\n<!-- end -->\n"
        "<!-- other table -->\n<!-- end -->\n" % table.recipes_table())


def test_what_is_recorded_again_to_the_byte_is_what_has_no_sums():
    stated = "A3, A4, C, D1 to D3, E1 to E5 and F"
    names = [recipe.name for recipe in catalogue.RECIPES if not recipe.sums]
    assert names == ["A3", "A4", "C", "D1", "D2", "D3", "E1", "E2", "E3", "E4", "E5", "F"]
    for page in (FOLDER / "README.md", Path(tf1_recipes.__file__).parent / "guide" / "bounds.md"):
        assert stated in page.read_text(encoding="utf-8"), page


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"]])
def test_listing_imports_neither_tensorflow_nor_numpy(arguments):
    code = ("import sys\nfrom tf1_recipes.cli import main\nassert main(sys.argv[1:]) == 0\n"
            "assert not {'numpy', 'tensorflow'} & set(sys.modules)")
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_find_takes_names_in_any_case_and_keeps_the_catalogue_s_order():
    assert [recipe.name for recipe in catalogue.find(["e2", "A1"])] == ["A1", "E2"]
    assert catalogue.find([]) == list(catalogue.RECIPES)


def test_find_names_all_unknown_recipes():
    with pytest.raises(Error, match=r"no recipe is called B9, X: perhaps B\d, B\d, B\d; "
                                    r"`tf1-recipes list`"):
        catalogue.find(["B9", "A1", "X"])
