"""Momentum's terminal speed, and the book's Nesterov beside TensorFlow's variable."""
from tf1_recipes.optimizers.momentum_figure import HEIGHT, paint

draw = paint
__all__ = ["HEIGHT", "draw"]
