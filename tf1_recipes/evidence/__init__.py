"""What shows that the recipes hold: catalogue, models, reference traces, verification."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "RECIPES": "catalogue",
    "Recipe": "recipe",
    "Source": "sources",
    "find": "catalogue",
})
