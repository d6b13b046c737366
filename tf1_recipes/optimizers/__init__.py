"""The optimizers' own arithmetic, each with a NumPy twin (F)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "BookMomentumOptimizer": "book_momentum",
    "numpy_optimizer": "numpy_optimizers",
    "terminal_speed": "book_formulas",
})
