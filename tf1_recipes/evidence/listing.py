"""What ``tf1-recipes list`` prints."""
from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import Any

from tf1_recipes.colour import console
from tf1_recipes.evidence.catalogue import RECIPES
from tf1_recipes.evidence.recipe import Recipe

_INDENT = " " * 4


def list_command(as_json: bool = False) -> None:
    """Prints every recipe: title, formula, functions and trap; with ``as_json`` all of it."""
    if as_json:
        print(json.dumps([as_dict(recipe) for recipe in RECIPES], indent=1))
        return
    from rich.text import Text

    out = console(highlight=False, soft_wrap=True)
    for recipe in RECIPES:
        out.print(Text(recipe.name.ljust(len(_INDENT)) + recipe.title, "bold"))
        for line in (*recipe.formula_lines(76), ", ".join(recipe.functions),
                     *textwrap.wrap("trap: " + recipe.trap, 76)):
            out.print(Text(_INDENT + line))
        out.print()
    out.print(Text("`tf1-recipes show A1` prints a recipe's code, sources and evidence."))


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """Returns a recipe as ``list --json`` has it.

    >>> as_dict(RECIPES[0])["functions"]
    ['GroupedOptimizer']
    """
    return {"name": recipe.name, "title": recipe.title, "formula": recipe.formula,
            "sources": [dataclasses.asdict(source) for source in recipe.sources],
            "functions": list(recipe.functions), "trap": recipe.trap, "problem": recipe.problem,
            "documented": recipe.documented, "sums": recipe.sums,
            "releases": list(recipe.releases), "example": recipe.example_path(),
            "ports": recipe.port_paths()}
