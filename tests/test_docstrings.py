"""Each recipe's docstring has what a reader looks for, in one order."""
import importlib
import inspect
import re

import pytest

PACKAGES = ["learning_rates", "gradients", "schedules", "transfer", "weight_decay", "optimizers"]
RECIPES = [(package, name) for package in PACKAGES
           for name in importlib.import_module("tf1_recipes." + package).__all__]


@pytest.mark.parametrize("package, name", RECIPES)
def test_sections(package, name):
    recipe = getattr(importlib.import_module("tf1_recipes." + package), name)
    text = inspect.getdoc(recipe)
    sections = ["Source", "Args:", "Returns:", "Raises:", ">>> "]
    if inspect.isclass(recipe):
        sections.remove("Returns:")
    places = [re.search("^ *" + section, text, re.M) for section in sections]
    assert [section for section, place in zip(sections, places) if not place] == []
    assert [place.start() for place in places] == sorted(place.start() for place in places)


@pytest.mark.parametrize("package, name", RECIPES)
def test_the_first_paragraph_is_one_sentence_and_a_formula_follows(package, name):
    text = inspect.getdoc(getattr(importlib.import_module("tf1_recipes." + package), name))
    first, second = text.split("\n\n")[:2]
    assert re.fullmatch(r"[^.]*(?:\.[^. ][^.]*)*\.", first)
    assert second.startswith("    ")
