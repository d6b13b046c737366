"""The guide's page of versions: what ``tests/matrix.py`` makes of the runs."""
import re

from tests.matrix import HOLDS, PAGE, Environment, page
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
