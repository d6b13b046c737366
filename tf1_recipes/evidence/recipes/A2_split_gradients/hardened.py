"""A2: what A1 runs; `GroupedOptimizer` computes the gradients once anyway."""
from tf1_recipes.evidence.recipes.A1_two_optimizers.hardened import run  # noqa: F401
