"""A2: the same as A1: `GroupedOptimizer` computes the gradients once."""
from tf1_recipes.evidence.recipes.A1_two_optimizers.hardened import run  # noqa: F401
