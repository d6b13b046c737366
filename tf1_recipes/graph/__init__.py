"""The base of all recipes: gated steps, selectors of variables, outputs of layers, scalars."""
