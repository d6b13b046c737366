"""``tensorflow.examples``, as far as scripts import it: the tutorials' MNIST."""
from tf1_recipes.legacy.examples import tutorials

__all__ = ["tutorials"]
