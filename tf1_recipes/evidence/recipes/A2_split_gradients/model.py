"""A2: the model of A1; the two differ in how the gradients are computed, not in what they are."""
from tf1_recipes.evidence.recipes.A1_two_optimizers.model import model  # noqa: F401
