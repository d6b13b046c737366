"""The guide's page of recipes, made of the catalogue."""
from tf1_recipes.evidence import catalogue


def recipes_page() -> str:
    """Returns the page as Markdown: for each recipe what the catalogue says of it.

    Example:
        >>> print(recipes_page().splitlines()[0])
        # Recipes
    """
    return "\n\n".join(["# Recipes", _HEAD, *map(_section, catalogue.RECIPES)]) + "\n"


def _section(recipe):
    rows = [("formula", "`%s`" % recipe.formula), ("document", recipe.document),
            ("functions", ", ".join("`%s`" % each for each in recipe.functions)),
            ("trap", recipe.trap),
            ("genuine releases", ", ".join(recipe.releases)),
            ("documented script", "`legacy_examples/%s`" % recipe.example)]
    return "\n".join(["## %s: %s" % (recipe.name, recipe.title), ""] +
                     ["* %s: %s" % row for row in rows])


_HEAD = """`tf1-recipes show A1` prints a recipe's evidence, and the old code beside the new.
`tf1-recipes verify` checks it."""
