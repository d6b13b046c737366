"""The catalogue: every recipe in `tf1_recipes.evidence.recipes`, in order.

Reading it imports neither TensorFlow nor NumPy.
"""
from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from tf1_recipes.errors import Error
from tf1_recipes.evidence import recipes
from tf1_recipes.evidence.recipe import PORTS, RELEASES, Recipe
from tf1_recipes.untrusted.closest_names import closest_names

__all__ = ["PORTS", "RECIPES", "RELEASES", "Recipe", "find"]

RECIPES: tuple[Recipe, ...] = tuple(
    importlib.import_module("%s.%s.recipe" % (recipes.__name__, folder.name)).RECIPE
    for folder in pkgutil.iter_modules(recipes.__path__))


def find(names: Iterable[str]) -> list[Recipe]:
    """Returns the recipes of these names, all if there are none, in the catalogue's order.

    Args:
        names: such as ["A1", "e2"], in any case.

    Raises:
        Error: names that no recipe has, all of them, with the closest ones.

    >>> [recipe.title for recipe in find(["c"])]
    ['Gradient clipping']
    """
    names = list(names)
    known = {recipe.name.lower(): recipe for recipe in RECIPES}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        nearest = closest_names(unknown[0].upper(), [recipe.name for recipe in RECIPES])
        raise Error("no recipe is called %s%s; `tf1-recipes list` shows them all" % (
            ", ".join(unknown), ": perhaps %s" % ", ".join(nearest) if nearest else ""))
    wanted = {name.lower() for name in names} or set(known)
    return [recipe for key, recipe in known.items() if key in wanted]
