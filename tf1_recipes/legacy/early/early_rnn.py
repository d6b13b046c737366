"""``tf.nn.rnn`` and the like of TensorFlow 0.12, with scope names in capitals.

Arguments and results are those of today's functions, which do the work where they can. These build
other ops: how many more or fewer the release built, before and after the cell's, is recorded for
the seeds that follow (measured on 0.12.1).
"""
import contextlib

from tf1_recipes.legacy.seeds import op_counts, seed_rules
from tf1_recipes.v1 import tf


def rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """``tf.nn.static_rnn`` in the scope "RNN"."""
    before = after = 0
    if sequence_length is not None:
        before = -7 if _size(inputs, 0) else -6
        after = 2 * _tensors(cell.state_size) * len(inputs) + 2
    with _built_otherwise(before, after):
        return tf.nn.static_rnn(
            cell, inputs, initial_state, dtype, sequence_length, scope or "RNN")


def state_saving_rnn(cell, inputs, state_saver, state_name, sequence_length=None, scope=None):
    """``tf.nn.static_state_saving_rnn`` in the scope "RNN"."""
    return tf.nn.static_state_saving_rnn(cell, inputs, state_saver, state_name, sequence_length,
                                         scope or "RNN")


def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None,
                parallel_iterations=None, swap_memory=False, time_major=False, scope=None):
    """``tf.nn.dynamic_rnn`` in the scope "RNN"."""
    states = _tensors(cell.state_size)
    before = after = 0
    if sequence_length is not None:
        after = states - 1
    if _size(inputs, 1 if time_major else 0):
        if not _size(inputs, 0 if time_major else 1):
            before = 11 + (states if initial_state is None else 0)
        else:
            before = 0 if initial_state is None else -states
            if sequence_length is not None:
                before, after = before - 2, after + 3
    with _built_otherwise(before, after):
        return tf.nn.dynamic_rnn(cell, inputs, sequence_length, initial_state, dtype,
                                 parallel_iterations, swap_memory, time_major, scope or "RNN")


def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """``tf.nn.raw_rnn`` in the scope "RNN"."""
    return tf.nn.raw_rnn(cell, loop_fn, parallel_iterations, swap_memory, scope or "RNN")


def bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None,
                      dtype=None, sequence_length=None, scope=None):
    """``tf.nn.static_bidirectional_rnn`` in the scopes "BiRNN/FW" and "BiRNN/BW"."""
    with tf.variable_scope(scope or "BiRNN"):
        with tf.variable_scope("FW") as forward:
            outputs_fw, state_fw = rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=forward)
        with tf.variable_scope("BW") as backward:
            outputs_bw, state_bw = rnn(
                cell_bw, _reversed(inputs, sequence_length), initial_state_bw, dtype,
                sequence_length, scope=backward)
    outputs_bw = _reversed(outputs_bw, sequence_length)
    outputs = [
        tf.nest.map_structure(lambda fw, bw: tf.concat([fw, bw], 1), *pair)
        for pair in zip(outputs_fw, outputs_bw)]
    return outputs, state_fw, state_bw


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None,
                              initial_state_fw=None, initial_state_bw=None, dtype=None,
                              parallel_iterations=None, swap_memory=False, time_major=False,
                              scope=None):
    """``tf.nn.bidirectional_dynamic_rnn`` in the scopes "BiRNN/FW" and "BiRNN/BW".

    In TensorFlow 0.12 ``sequence_length`` could not be left out.
    """
    axes = {"seq_axis": 0 if time_major else 1, "batch_axis": 1 if time_major else 0}
    options = {"dtype": dtype, "parallel_iterations": parallel_iterations,
               "swap_memory": swap_memory, "time_major": time_major}
    with tf.variable_scope(scope or "BiRNN"):
        with tf.variable_scope("FW") as forward:
            outputs_fw, state_fw = dynamic_rnn(
                cell_fw, inputs, sequence_length, initial_state_fw, scope=forward, **options)
        with tf.variable_scope("BW") as backward:
            outputs_bw, state_bw = dynamic_rnn(
                cell_bw, tf.reverse_sequence(inputs, sequence_length, **axes), sequence_length,
                initial_state_bw, scope=backward, **options)
    outputs_bw = tf.reverse_sequence(outputs_bw, sequence_length, **axes)
    return (outputs_fw, outputs_bw), (state_fw, state_bw)


def _size(inputs, axis):
    """One size of a tensor, or of the first in a list of them, or None."""
    shape = seed_rules.shape_of(tf.nest.flatten(inputs)[0])
    return shape.dims[axis].value if shape.ndims and shape.ndims > axis else None


def _tensors(sizes):
    return len(tf.nest.flatten(sizes))


@contextlib.contextmanager
def _built_otherwise(before, after):
    graph = tf.get_default_graph()
    op_counts.book(graph, before)
    yield
    op_counts.book(graph, after)


def _reversed(sequence, lengths):
    """A list by time of tensors, maybe nested, backwards: up to each one's length."""
    if lengths is None:
        return list(reversed(sequence))
    lengths = tf.cast(lengths, tf.int64)
    flat = []
    for steps in zip(*map(tf.nest.flatten, sequence)):
        steps_reversed = tf.unstack(tf.reverse_sequence(
            tf.stack(steps), lengths, seq_axis=0, batch_axis=1))
        for step in steps_reversed:
            step.set_shape(steps[0].shape)
        flat.append(steps_reversed)
    return [tf.nest.pack_sequence_as(sequence[0], parts) for parts in zip(*flat)]
