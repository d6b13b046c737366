"""The cells of TensorFlow 0.12 that are made of cells."""
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import dtype_of_state, embedding_initializer
from tf1_recipes.legacy.early.early_cells import RNNCell, _linear
from tf1_recipes.v1 import tf


class _Wrapper(RNNCell):
    """A cell around a cell, with that one's sizes."""

    def __init__(self, cell):
        if not isinstance(cell, RNNCell):
            raise TypeError("The parameter cell is not RNNCell.")
        self._cell = cell

    @property
    def state_size(self):
        return self._cell.state_size

    @property
    def output_size(self):
        return self._cell.output_size


class OutputProjectionWrapper(_Wrapper):
    """Maps a cell's outputs to ``output_size`` columns."""

    def __init__(self, cell, output_size):
        super().__init__(cell)
        if output_size < 1:
            raise ValueError("Parameter output_size must be > 0: %d." % output_size)
        self._output_size = output_size

    @property
    def output_size(self):
        return self._output_size

    def __call__(self, inputs, state, scope=None):
        output, state = self._cell(inputs, state)
        with self._scope(scope):
            return _linear(output, self._output_size, True), state


class InputProjectionWrapper(_Wrapper):
    """Maps a cell's inputs to ``num_proj`` columns first."""

    def __init__(self, cell, num_proj, input_size=None):
        super().__init__(cell)
        self._num_proj = num_proj

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope):
            projected = _linear(inputs, self._num_proj, True)
        return self._cell(projected, state)


class DropoutWrapper(_Wrapper):
    """Drops some of a cell's inputs and of its outputs."""

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, seed=None):
        super().__init__(cell)
        for title, keep in (("input_keep_prob", input_keep_prob),
                            ("output_keep_prob", output_keep_prob)):
            if isinstance(keep, float) and not 0.0 <= keep <= 1.0:
                raise ValueError("Parameter %s must be between 0 and 1: %s" % (title, keep))
        self._input_keep_prob = input_keep_prob
        self._output_keep_prob = output_keep_prob
        self._seed = seed

    def __call__(self, inputs, state, scope=None):
        output, state = self._cell(self._dropped(inputs, self._input_keep_prob), state, scope)
        return self._dropped(output, self._output_keep_prob), state

    def _dropped(self, values, keep):
        if isinstance(keep, float) and keep >= 1:
            return values
        return tf.nn.dropout(values, keep, seed=self._seed)


class EmbeddingWrapper(_Wrapper):
    """Looks a cell's integer inputs up in an embedding."""

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None):
        super().__init__(cell)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError("Both embedding_classes and embedding_size must be > 0: %d, %d." % (
                embedding_classes, embedding_size))
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope), tf.device("/cpu:0"):
            embedding = tf.get_variable(
                "embedding", self._shape, dtype=dtype_of_state(state),
                initializer=embedding_initializer(self._initializer))
            embedded = tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1]))
        return self._cell(embedded, state)


class MultiRNNCell(RNNCell):
    """Cells on each other, each in a scope "Cell<i>" of its own."""

    def __init__(self, cells, state_is_tuple=True):
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not state_is_tuple and any(tf.nest.is_nested(cell.state_size) for cell in cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is "
                             "not set.  State sizes are: %s" % [
                                 cell.state_size for cell in cells])
        self._cells = cells
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self):
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        return self._cells[-1].output_size

    def __call__(self, inputs, state, scope=None):
        with self._scope(scope):
            if self._state_is_tuple and not tf.nest.is_nested(state):
                raise ValueError("Expected state to be a tuple of length %d, but received: %s" % (
                    len(self._cells), state))
            states, column = [], 0
            for number, cell in enumerate(self._cells):
                with tf.variable_scope("Cell%d" % number):
                    if self._state_is_tuple:
                        old_state = state[number]
                    else:
                        old_state = tf.slice(state, [0, column], [-1, cell.state_size])
                        column += cell.state_size
                    inputs, new_state = cell(inputs, old_state)
                states.append(new_state)
            return inputs, tuple(states) if self._state_is_tuple else tf.concat(states, 1)
