"""Gradients multiplied, scaled and clipped on their way to the optimizer (A3, A4, A6, C)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "clip_gradients": "clip",
    "multiply_gradients": "multiply",
    "scale_gradient": "scale",
})
