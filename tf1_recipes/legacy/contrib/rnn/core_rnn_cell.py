"""A cell's affine map, and cells that map what another one takes or gives.

The variables have the names of TensorFlow 1.15 (those of 0.12 are in `legacy.early_cells`).
"""
import importlib
import math

from tf1_recipes.v1 import tf

RNNCell = tf.nn.rnn_cell.RNNCell
LayerRNNCell = importlib.import_module(RNNCell.__module__).LayerRNNCell
_WEIGHTS_VARIABLE_NAME = "kernel"
_BIAS_VARIABLE_NAME = "bias"


class _Linear:
    """``concat(args) * kernel + bias``, with variables of the scope in which it is made.

    Args:
        args: 2-D tensor or list of them, as the map is to be called with.
        output_size: int, columns of the result.
        build_bias: bool.
        bias_initializer, kernel_initializer: by default zeros, and what the scope says.
    """

    def __init__(self, args, output_size, build_bias, bias_initializer=None,
                 kernel_initializer=None):
        args = _as_list(args)
        dtype = args[0].dtype
        with tf.variable_scope(tf.get_variable_scope()) as scope:
            self._weights = tf.get_variable(
                _WEIGHTS_VARIABLE_NAME, [columns_of(args), output_size], dtype=dtype,
                initializer=kernel_initializer)
            self._biases = None
            if build_bias:
                with tf.variable_scope(scope) as inner:
                    inner.set_partitioner(None)
                    self._biases = tf.get_variable(
                        _BIAS_VARIABLE_NAME, [output_size], dtype=dtype,
                        initializer=bias_initializer or tf.constant_initializer(0.0, dtype=dtype))

    def __call__(self, args):
        product = tf.matmul(joined(_as_list(args)), self._weights)
        return product if self._biases is None else tf.nn.bias_add(product, self._biases)


def _linear(args, output_size, bias, bias_initializer=None, kernel_initializer=None):
    """`_Linear`, made and called at once."""
    return _Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)


def sharded_variable(name, shape, dtype, shards):
    """A matrix kept in ``shards`` variables of nearly the same number of rows.

    Each is named ``<name>_<i>``; more than one are joined once for a graph.
    """
    if shards > shape[0]:
        raise ValueError("Too many shards: shape=%s, num_shards=%d" % (shape, shards))
    rows, more = divmod(shape[0], shards)
    parts = [tf.get_variable("%s_%d" % (name, i), [rows + (i < more)] + shape[1:], dtype=dtype)
             for i in range(shards)]
    if shards == 1:
        return parts[0]
    full = "%s/%s/concat" % (tf.get_variable_scope().name, name)
    for value in tf.get_collection(tf.GraphKeys.CONCATENATED_VARIABLES):
        if value.op.name == full:
            return value
    value = tf.concat(parts, 0, name=name + "/concat")
    tf.add_to_collection(tf.GraphKeys.CONCATENATED_VARIABLES, value)
    return value


def joined(args):
    """A list of 2-D tensors beside each other."""
    return args[0] if len(args) == 1 else tf.concat(args, 1)


def columns_of(args):
    """How many columns a list of 2-D tensors has together.

    Raises:
        ValueError: one is not 2-D, or does not know its columns.
    """
    shapes = [each.shape for each in args]
    if any(shape.ndims != 2 or shape.dims[1].value is None for shape in shapes):
        raise ValueError("linear is expecting 2D arguments of known width: %s" % (shapes,))
    return sum(shape.dims[1].value for shape in shapes)


def width_of(inputs_shape):
    """The columns of inputs of a 2-D shape, for a cell to be built.

    Raises:
        ValueError: they are not known.
    """
    columns = tf.TensorShape(inputs_shape).with_rank(2).dims[1].value
    if columns is None:
        raise ValueError("Expected inputs.shape[-1] to be known, saw shape: %s" % (inputs_shape,))
    return columns


def _as_list(args):
    if args is None or tf.nest.is_nested(args) and not args:
        raise ValueError("`args` must be specified")
    return list(args) if tf.nest.is_nested(args) else [args]


class CellWrapper(RNNCell):
    """A cell around a cell, with that one's sizes and zero state."""

    def __init__(self, cell, **options):
        super().__init__(**options)
        self._cell = cell

    @property
    def state_size(self):
        return self._cell.state_size

    @property
    def output_size(self):
        return self._cell.output_size

    def zero_state(self, batch_size, dtype):
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(CellWrapper):
    """Looks a cell's integer inputs up in an embedding.

    Without an initializer, of its own or the scope's, the embedding has variance 1.
    """

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError("Both embedding_classes and embedding_size must be > 0: %d, %d." % (
                embedding_classes, embedding_size))
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    def call(self, inputs, state):
        with tf.device("/cpu:0"):
            embedding = tf.get_variable(
                "embedding", self._shape, dtype=dtype_of_state(state),
                initializer=embedding_initializer(self._initializer))
            embedded = tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1]))
            return self._cell(embedded, state)


def embedding_initializer(own):
    """An embedding's own initializer, else the scope's, else a uniform one of variance 1."""
    limit = math.sqrt(3)
    return own or tf.get_variable_scope().initializer or tf.random_uniform_initializer(
        -limit, limit)


def dtype_of_state(state):
    """The type of a state, or of the first part of it."""
    return state[0].dtype if isinstance(state, tuple) else state.dtype


class InputProjectionWrapper(CellWrapper):
    """Maps a cell's inputs to ``num_proj`` columns first."""

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        self._num_proj = num_proj
        self._activation = activation
        self._linear = None

    def call(self, inputs, state):
        if self._linear is None:
            self._linear = _Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        if self._activation:
            projected = self._activation(projected)
        return self._cell(projected, state)


class OutputProjectionWrapper(CellWrapper):
    """Maps a cell's outputs to ``output_size`` columns."""

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        if output_size < 1:
            raise ValueError("Parameter output_size must be > 0: %d." % output_size)
        self._output_size = output_size
        self._activation = activation
        self._linear = None

    @property
    def output_size(self):
        return self._output_size

    def call(self, inputs, state):
        output, new_state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = _Linear(output, self._output_size, True)
        projected = self._linear(output)
        if self._activation:
            projected = self._activation(projected)
        return projected, new_state
