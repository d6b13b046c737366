"""Helpers that feed the inputs they are given, all of them or some."""
from tf1_recipes.legacy.contrib.rnn.rnn import transpose_batch_time
from tf1_recipes.legacy.contrib.seq2seq.helper import (
    Helper,
    _ScalarIds,
    bernoulli_sample,
    categorical_sample,
    embedding_function,
)
from tf1_recipes.v1 import tf


def _by_time(inputs):
    return tf.TensorArray(dtype=inputs.dtype, size=tf.shape(inputs)[0],
                          element_shape=inputs.shape[1:]).unstack(inputs)


class TrainingHelper(_ScalarIds, Helper):
    """Feeds inputs as they are.

    Args:
        inputs: tensor [batch, time, ...] or, with ``time_major``, [time, batch, ...].
        sequence_length: int32 vector of the batch.
    """

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with tf.name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            self._inputs = inputs
            if not time_major:
                inputs = transpose_batch_time(inputs)
            self._array = _by_time(inputs)
            self._sequence_length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError("Expected sequence_length to be a vector, but received shape: "
                                 "%s" % self._sequence_length.shape)
            self._zero_inputs = tf.zeros_like(inputs[0, :])
            self._batch_size = tf.size(sequence_length)

    @property
    def inputs(self):
        return self._inputs

    @property
    def sequence_length(self):
        return self._sequence_length

    def initialize(self, name=None):
        with tf.name_scope(name, "TrainingHelperInitialize"):
            finished = tf.equal(0, self._sequence_length)
            return finished, self._read(finished, 0)

    def sample(self, time, outputs, name=None, **unused_kwargs):
        with tf.name_scope(name, "TrainingHelperSample", [time, outputs]):
            return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

    def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
        with tf.name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            time = time + 1
            finished = time >= self._sequence_length
            return finished, self._read(finished, time), state

    def _read(self, finished, time):
        return tf.cond(tf.reduce_all(finished), lambda: self._zero_inputs,
                       lambda: self._array.read(time))


def _mixed(sampled, inputs, rows, other_rows):
    """Sampled inputs in some rows and the given ones in the others."""
    shape = tf.shape(inputs)
    return tf.scatter_nd(rows, sampled, shape) + tf.scatter_nd(
        other_rows, tf.gather_nd(inputs, other_rows), shape)


def _rows(condition):
    return tf.cast(tf.where(condition), tf.int32)


def _probability(value):
    value = tf.convert_to_tensor(value, name="sampling_probability")
    if value.shape.ndims not in (0, 1):
        raise ValueError("sampling_probability must be either a scalar or a vector. saw shape: "
                         "%s" % value.shape)
    return value


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Feeds, with a probability, the embedding of an id drawn from the outputs instead.

    See Bengio et al., 2015, "Scheduled Sampling".

    Args:
        embedding: matrix, or function of a vector of ids.
        sampling_probability: scalar or vector of the batch.
        seed, scheduling_seed: of the ids' draws, and of those whether to use them.
    """

    def __init__(self, inputs, sequence_length, embedding, sampling_probability, time_major=False,
                 seed=None, scheduling_seed=None, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper",
                           [embedding, sampling_probability]):
            self._embedding_fn = embedding_function(embedding)
            self._sampling_probability = _probability(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs, sequence_length, time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, state]):
            chosen = bernoulli_sample(
                self._sampling_probability, tf.bool, self.batch_size, self._scheduling_seed)
            return tf.where(chosen, categorical_sample(outputs, seed=self._seed),
                            tf.fill([self.batch_size], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs",
                           [time, outputs, state, sample_ids]):
            finished, inputs, state = super().next_inputs(time, outputs, state, name)

            def mixed():
                rows, other_rows = _rows(sample_ids > -1), _rows(sample_ids <= -1)
                sampled = self._embedding_fn(tf.gather_nd(sample_ids, rows))
                return _mixed(sampled, inputs, rows, other_rows)

            return finished, tf.cond(tf.reduce_all(finished), lambda: inputs, mixed), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Feeds, with a probability, the outputs instead.

    Args:
        sampling_probability: scalar or vector of the batch.
        seed: of the draws whether to use them.
        next_inputs_fn: function of outputs that makes inputs of them.
        auxiliary_inputs: tensor as inputs, put beside them and the outputs.
    """

    def __init__(self, inputs, sequence_length, sampling_probability, time_major=False, seed=None,
                 next_inputs_fn=None, auxiliary_inputs=None, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelper"):
            self._sampling_probability = _probability(sampling_probability)
            self._auxiliary = None
            if auxiliary_inputs is not None:
                auxiliary_inputs = tf.convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = tf.concat((tf.convert_to_tensor(inputs), auxiliary_inputs), -1)
                self._auxiliary = _by_time(
                    auxiliary_inputs if time_major else transpose_batch_time(auxiliary_inputs))
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(inputs, sequence_length, time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(self._sampling_probability, tf.int32, self.batch_size,
                                    self._seed)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs",
                           [time, outputs, state, sample_ids]):
            finished, inputs, state = super().next_inputs(time, outputs, state, name)
            chosen = tf.cast(sample_ids, tf.bool)

            def mixed():
                if self._next_inputs_fn is None:
                    return tf.where(chosen, self._with_auxiliary(outputs, time + 1), inputs)
                rows, other_rows = _rows(chosen), _rows(tf.logical_not(chosen))
                sampled = self._next_inputs_fn(tf.gather_nd(outputs, rows))
                return _mixed(self._with_auxiliary(sampled, time + 1, rows), inputs, rows,
                              other_rows)

            none = tf.logical_or(tf.reduce_all(finished),
                                 tf.logical_not(tf.reduce_any(chosen)))
            return finished, tf.cond(none, lambda: inputs, mixed), state

    def _with_auxiliary(self, outputs, time, rows=None):
        if self._auxiliary is None:
            return outputs
        auxiliary = self._auxiliary.read(time)
        if rows is not None:
            auxiliary = tf.gather_nd(auxiliary, rows)
        return tf.concat((outputs, auxiliary), -1)
