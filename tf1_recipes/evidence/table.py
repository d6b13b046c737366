"""The tables of recipes in the Markdown pages, written from the recipes' declarations.

    python -m tf1_recipes.evidence.table README.md ...

writes each table between its marks, such as ``<!-- recipes table -->``, and ``<!-- end -->``. There
are a recipes, an evidence and a sources table.
"""
from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from tf1_recipes.evidence.catalogue import RECIPES
from tf1_recipes.traces.drafts import draft


def recipes_table() -> str:
    """The recipes in short: title, functions, the first trap, evidence."""
    return _table(["", "recipe", "function", "known trap of the documented form", "holds"], [
        [recipe.name, recipe.title, ", ".join("`%s`" % each for each in recipe.functions),
         recipe.trap.partition(";")[0], "within the bound" if recipe.sums else "to the bit"]
        for recipe in RECIPES])


def evidence_table() -> str:
    """What each recipe's traces were recorded from, and why they are evidence."""
    return _table(["recipe", "script", "releases", "what it trains, and why that is evidence"], [
        [recipe.name, "`%s`" % recipe.example, ", ".join(recipe.releases), recipe.problem]
        for recipe in RECIPES])


def sources_table() -> str:
    """Which document each recipe comes from."""
    return _table(["recipe", "document"], [
        [recipe.name, re.sub(r"(https://[^\s;]+)", r"<\1>", recipe.document)]
        for recipe in RECIPES])


TABLES = {"recipes table": recipes_table, "evidence table": evidence_table,
          "sources table": sources_table}


def written(page: str) -> str:
    """Returns the text of a page with its tables as they must be.

    >>> written("no marks, no tables")
    'no marks, no tables'
    """
    for name, table in TABLES.items():
        parts = re.split("(<!-- %s -->\n)(?s:.*?)(<!-- end -->)" % name, page)
        page = parts[0] + "".join(
            start + table() + end + rest
            for start, end, rest in zip(parts[1::3], parts[2::3], parts[3::3]))
    return page


def write(paths: Sequence[str]) -> None:
    """Writes the tables into pages; a page that has them is left alone."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if written(text) != text:
            with draft(path) as file:
                file.write(written(text))


def _table(titles, rows):
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


if __name__ == "__main__":
    write(sys.argv[1:])
