"""``tensorflow.examples.tutorials.mnist``."""
from tf1_recipes.legacy.examples.tutorials.mnist import input_data, mnist

__all__ = ["input_data", "mnist"]
