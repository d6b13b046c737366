"""Decoding step by step until all sequences are finished."""
import contextlib

from tf1_recipes.legacy.contrib.rnn.rnn import transpose_batch_time
from tf1_recipes.v1 import tf

_transpose_batch_time = transpose_batch_time


class Decoder:
    """What `dynamic_decode` runs."""

    @property
    def batch_size(self):
        """The number of sequences, an int or a scalar tensor."""
        raise NotImplementedError

    @property
    def output_size(self):
        """The shapes of a step's outputs without the batch, structured as they are."""
        raise NotImplementedError

    @property
    def output_dtype(self):
        """The types of a step's outputs, structured as they are."""
        raise NotImplementedError

    def initialize(self, name=None):
        """Returns (finished, inputs, state) to begin with."""
        raise NotImplementedError

    def step(self, time, inputs, state, name=None):
        """Returns (outputs, state, next inputs, finished) of a step."""
        raise NotImplementedError

    def finalize(self, outputs, final_state, sequence_lengths):
        """Returns the outputs and the state to give to the user; need not be there."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self):
        """Whether a sequence that was finished can be unfinished again, as with beams."""
        return False


def zeros_of(size, batch_size, dtype):
    """Zeros [batch_size] + size; ``size`` is an int, a `tf.TensorShape` or a tensor."""
    from tf_keras.src.layers.rnn import legacy_cells

    return legacy_cells._zero_state_tensors(size, batch_size, dtype)


def zero_outputs(decoder):
    """Zeros in the place of a decoder's outputs."""
    return tf.nest.map_structure(
        lambda size, dtype: zeros_of(size, decoder.batch_size, dtype),
        decoder.output_size, decoder.output_dtype)


def dynamic_decode(decoder, output_time_major=False, impute_finished=False,
                   maximum_iterations=None, parallel_iterations=32, swap_memory=False, scope=None,
                   **kwargs):
    """Decodes in a ``tf.while_loop``.

    Args:
        decoder: `Decoder`.
        output_time_major: bool, outputs [time, batch, ...] instead of [batch, time, ...].
        impute_finished: bool, zeros for the outputs of finished sequences, whose states stay.
        maximum_iterations: int or scalar tensor.
        parallel_iterations, swap_memory: as for ``tf.while_loop``.
        scope: of the variables, by default "decoder".

    Returns:
        (outputs, final state, sequence lengths).
    """
    if not isinstance(decoder, Decoder):
        raise TypeError("Expected decoder to be type Decoder, but saw: %s" % type(decoder))
    with tf.variable_scope(scope, "decoder") as scope:
        if scope.caching_device is None and tf.get_default_graph()._get_control_flow_context() \
                is None:
            scope.set_caching_device(lambda op: op.device)
        if maximum_iterations is not None:
            maximum_iterations = tf.convert_to_tensor(
                maximum_iterations, dtype=tf.int32, name="maximum_iterations")
            if maximum_iterations.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize()
        zeros = zero_outputs(decoder)
        if maximum_iterations is not None:
            finished = tf.logical_or(finished, maximum_iterations <= 0)
        batch = tf.get_static_value(tf.convert_to_tensor(decoder.batch_size, name="batch_size"))
        arrays = tf.nest.map_structure(
            lambda size, dtype: tf.TensorArray(dtype, size=0, dynamic_size=True,
                                               element_shape=_element_shape(batch, size)),
            decoder.output_size, decoder.output_dtype)

        def body(time, arrays, state, inputs, finished, lengths):
            outputs, next_state, next_inputs, now_finished = decoder.step(time, inputs, state)
            if not decoder.tracks_own_finished:
                now_finished = tf.logical_or(now_finished, finished)
            lengths = tf.where(tf.logical_not(finished), tf.fill(tf.shape(lengths), time + 1),
                               lengths)
            for before, after in ((state, next_state), (arrays, outputs), (inputs, next_inputs)):
                tf.nest.assert_same_structure(before, after)
            if impute_finished:
                outputs = tf.nest.map_structure(
                    lambda new, zero: tf.where(finished, zero, new), outputs, zeros)
                next_state = tf.nest.map_structure(
                    lambda new, old: _kept(finished, old, new), next_state, state)
            arrays = tf.nest.map_structure(
                lambda array, new: array.write(time, new), arrays, outputs)
            return time + 1, arrays, next_state, next_inputs, now_finished, lengths

        _, arrays, state, _, _, lengths = tf.while_loop(
            lambda time, arrays, state, inputs, finished, lengths: tf.logical_not(
                tf.reduce_all(finished)),
            body, (tf.constant(0), arrays, state, inputs, finished,
                   tf.zeros_like(finished, dtype=tf.int32)),
            parallel_iterations=parallel_iterations, maximum_iterations=maximum_iterations,
            swap_memory=swap_memory)
        outputs = tf.nest.map_structure(lambda array: array.stack(), arrays)
        with contextlib.suppress(NotImplementedError):  # a decoder need not have it
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = tf.nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


def _element_shape(batch, size):
    if not isinstance(size, tf.TensorShape) or size.ndims == 0:
        return None
    return tf.TensorShape([batch]).concatenate(size)


def _kept(finished, old, new):
    """The old state where it is finished; what has no batch is passed on."""
    if isinstance(old, tf.TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else tf.where(finished, old, new)
