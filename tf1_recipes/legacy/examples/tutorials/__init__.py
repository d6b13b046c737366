"""``tensorflow.examples.tutorials``."""
from tf1_recipes.legacy.examples.tutorials import mnist

__all__ = ["mnist"]
