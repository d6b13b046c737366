"""The base of all recipes: gated steps, selectors of variables, outputs of layers, scalars."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "gate": "gating",
    "is_gated": "gating",
    "select": "variable_selection",
    "variables_behind": "layer_variables",
    "variables_of_output": "layer_outputs",
})
