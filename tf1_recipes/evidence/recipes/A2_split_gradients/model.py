"""A2: the model of A1. The two compute the gradients differently; the gradients are the same."""
from tf1_recipes.evidence.recipes.A1_two_optimizers.model import model  # noqa: F401
