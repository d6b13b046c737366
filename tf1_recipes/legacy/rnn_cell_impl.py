"""What ``tensorflow.python.ops.rnn_cell_impl`` had until 1.15 and no longer has."""
import importlib

from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell, _Linear, _linear

_cells = importlib.import_module(RNNCell.__module__)

__all__ = ["_Linear", "_like_rnncell", "_linear"]


def _like_rnncell(cell):
    """Whether something can be used for a cell (1.2 to 1.6)."""
    return all(hasattr(cell, name) for name in ("output_size", "state_size", "zero_state")) \
        and callable(cell)


def __getattr__(name):
    return getattr(_cells, name)
