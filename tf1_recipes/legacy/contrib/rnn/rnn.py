"""Layers of two-way recurrent nets on each other, each over both directions of the last."""
from tf1_recipes.v1 import tf

static_rnn = tf.nn.static_rnn
static_bidirectional_rnn = tf.nn.static_bidirectional_rnn
static_state_saving_rnn = tf.nn.static_state_saving_rnn


def stack_bidirectional_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None,
                            initial_states_bw=None, dtype=None, sequence_length=None, scope=None):
    """Layers of ``static_bidirectional_rnn``.

    Args:
        cells_fw, cells_bw: lists of cells, one for each layer.
        inputs: list by time of tensors [batch, size].
        initial_states_fw, initial_states_bw: lists of states, one for each layer.
        dtype: of the states, if none are given.
        sequence_length: vector of the batch.
        scope: of the variables, "stack_bidirectional_rnn" by default.

    Returns:
        (list by time of outputs, tuple of forward states, tuple of backward states).

    Raises:
        ValueError: lists that do not fit each other.
    """
    states = []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, layer in enumerate(
                _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with tf.variable_scope("cell_%d" % number) as cell_scope:
                inputs, *pair = tf.nn.static_bidirectional_rnn(
                    layer[0], layer[1], inputs, initial_state_fw=layer[2],
                    initial_state_bw=layer[3], sequence_length=sequence_length, dtype=dtype,
                    scope=cell_scope)
            states.append(pair)
    return (inputs,) + tuple(zip(*states))


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None,
                                    initial_states_bw=None, dtype=None, sequence_length=None,
                                    parallel_iterations=None, time_major=False, scope=None,
                                    swap_memory=False):
    """Layers of ``bidirectional_dynamic_rnn``; as `stack_bidirectional_rnn`, for one tensor.

    Args:
        inputs: tensor [batch, time, size], with ``time_major`` [time, batch, size].
        parallel_iterations, swap_memory: as for ``tf.nn.dynamic_rnn``.

    Returns:
        (tensor of outputs, tuple of forward states, tuple of backward states).
    """
    states = []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, layer in enumerate(
                _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with tf.variable_scope("cell_%d" % number):
                outputs, pair = tf.nn.bidirectional_dynamic_rnn(
                    layer[0], layer[1], inputs, initial_state_fw=layer[2],
                    initial_state_bw=layer[3], sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations, dtype=dtype,
                    swap_memory=swap_memory, time_major=time_major)
                inputs = tf.concat(outputs, 2)
            states.append(pair)
    return (inputs,) + tuple(zip(*states))


def _layers(cells_fw, cells_bw, states_fw, states_bw):
    """(forward cell, backward cell, their states or None) of each layer."""
    for title, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not isinstance(cells, list) or not cells:
            raise ValueError("%s must be a list of RNNCells (one per layer)." % title)
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    nothing = [None] * len(cells_fw)
    for title, states in (("initial_states_fw", states_fw), ("initial_states_bw", states_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(nothing)):
            raise ValueError("%s must be a list of state tensors (one per layer)." % title)
    return zip(cells_fw, cells_bw, states_fw or nothing, states_bw or nothing)


def transpose_batch_time(x):
    """Swaps a tensor's first two dimensions; one of fewer is given back."""
    if x.shape.ndims is not None and x.shape.ndims < 2:
        return x
    rank = tf.rank(x)
    swapped = tf.transpose(x, tf.concat([[1, 0], tf.range(2, rank)], 0))
    swapped.set_shape(tf.TensorShape(
        [x.shape.dims[1].value, x.shape.dims[0].value]).concatenate(x.shape[2:])
        if x.shape.ndims is not None else x.shape)
    return swapped


def best_effort_input_batch_size(flat_input):
    """The batch size of time major tensors: a number where one of them knows it, else a tensor."""
    for each in flat_input:
        if each.shape.ndims is None or each.shape.ndims < 2:
            raise ValueError("Expected inputs of 2 dimensions or more, saw shape: %s" % each.shape)
        if each.shape.dims[1].value is not None:
            return each.shape.dims[1].value
    return tf.shape(flat_input[0])[1]
