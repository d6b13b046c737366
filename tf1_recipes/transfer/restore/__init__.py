"""Taking weights over from a checkpoint or from arrays, by a plan that is checked in full."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {"plan_restore": "partial_restore"})
