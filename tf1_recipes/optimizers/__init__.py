"""The optimizers' own arithmetic, each with a NumPy twin (F)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "numpy_optimizer": "numpy_optimizers",
})
