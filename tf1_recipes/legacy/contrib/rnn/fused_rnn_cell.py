"""Cells that are called with a whole sequence, time major."""
import abc

from tf1_recipes.v1 import tf


class FusedRNNCell(abc.ABC):
    """Is called with inputs [time, batch, size], or a list by time, and gives as much."""

    @abc.abstractmethod
    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        """Returns (outputs, final state)."""


class FusedRNNCellAdaptor(FusedRNNCell):
    """Runs a cell by ``tf.nn.static_rnn``, or with ``use_dynamic_rnn`` by ``dynamic_rnn``."""

    def __init__(self, cell, use_dynamic_rnn=False):
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        is_list = isinstance(inputs, list)
        options = {"initial_state": initial_state, "dtype": dtype,
                   "sequence_length": sequence_length, "scope": scope}
        if self._use_dynamic_rnn:
            outputs, state = tf.nn.dynamic_rnn(
                self._cell, tf.stack(inputs) if is_list else inputs, time_major=True, **options)
            return tf.unstack(outputs) if is_list else outputs, state
        outputs, state = tf.nn.static_rnn(
            self._cell, inputs if is_list else tf.unstack(inputs), **options)
        return outputs if is_list else tf.stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Runs a fused cell from each sequence's end to its beginning."""

    def __init__(self, cell):
        self._cell = cell

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        outputs, state = self._cell(
            _reversed(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
            sequence_length=sequence_length, scope=scope)
        return _reversed(outputs, sequence_length), state


def _reversed(tensor, lengths):
    if isinstance(tensor, list):
        return tensor[::-1]
    if lengths is None:
        return tf.reverse(tensor, [0])
    return tf.reverse_sequence(tensor, lengths, 0, 1)
