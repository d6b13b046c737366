"""The output of frozen layers over a data set, computed once and kept in a file."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {"cache_outputs": "layer_cache"})
