"""What a decoder is fed: the first inputs, the ids sampled from its outputs, the next inputs."""
import abc

from tf1_recipes.v1 import tf


class Helper(abc.ABC):
    """Feeds a decoder."""

    @property
    @abc.abstractmethod
    def batch_size(self):
        """The number of sequences, a scalar tensor."""

    @property
    @abc.abstractmethod
    def sample_ids_shape(self):
        """The shape of a sequence's id."""

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self):
        """The type of ids."""

    @abc.abstractmethod
    def initialize(self, name=None):
        """Returns (finished, inputs)."""

    @abc.abstractmethod
    def sample(self, time, outputs, state, name=None):
        """Returns the ids sampled from outputs."""

    @abc.abstractmethod
    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Returns (finished, next inputs, next state)."""


class _ScalarIds:
    @property
    def batch_size(self):
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return tf.TensorShape([])

    @property
    def sample_ids_dtype(self):
        return tf.int32


class CustomHelper(Helper):
    """Does what functions say.

    Args:
        initialize_fn: function that returns (finished, inputs).
        sample_fn: function of (time, outputs, state) that returns ids.
        next_inputs_fn: function of (time, outputs, state, sample_ids) that returns (finished, next
            inputs, next state).
        sample_ids_shape, sample_ids_dtype: by default scalars of int32.
    """

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None,
                 sample_ids_dtype=None):
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = None
        self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or tf.int32

    @property
    def batch_size(self):
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self):
        return self._sample_ids_dtype

    def initialize(self, name=None):
        with tf.name_scope(name, "%sInitialize" % type(self).__name__):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = tf.size(finished)
        return finished, inputs

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "%sSample" % type(self).__name__, (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "%sNextInputs" % type(self).__name__, (time, outputs, state)):
            return self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids)


def embedding_function(embedding):
    """A function of ids: the one that is given, or a look-up in what is given."""
    return embedding if callable(embedding) else \
        lambda ids: tf.nn.embedding_lookup(embedding, ids)


class GreedyEmbeddingHelper(_ScalarIds, Helper):
    """Feeds the embedding of the most likely id back.

    Args:
        embedding: matrix, or function of a vector of ids.
        start_tokens: int32 vector of the batch.
        end_token: int32 scalar; a sequence is finished by it.
    """

    def __init__(self, embedding, start_tokens, end_token):
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens = tf.convert_to_tensor(
            start_tokens, dtype=tf.int32, name="start_tokens")
        self._end_token = tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(start_tokens)
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name=None):
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        return tf.argmax(_tensor(outputs), axis=-1, output_type=tf.int32)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        finished = tf.equal(sample_ids, self._end_token)
        inputs = tf.cond(tf.reduce_all(finished), lambda: self._start_inputs,
                         lambda: self._embedding_fn(sample_ids))
        return finished, inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds the embedding of an id drawn from the outputs, logits, back.

    Args:
        softmax_temperature: divides the logits, if it is given.
        seed: int, of the draws.
    """

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time, outputs, state, name=None):
        logits = _tensor(outputs)
        if self._softmax_temperature is not None:
            logits = logits / self._softmax_temperature
        return categorical_sample(logits, seed=self._seed)


class InferenceHelper(Helper):
    """Feeds back what a function samples from the outputs.

    Args:
        sample_fn: function of outputs that returns ids.
        sample_shape, sample_dtype: of a sequence's id.
        start_inputs: tensor, the first inputs.
        end_fn: function of ids that returns whether each is the last.
        next_inputs_fn: function of ids that returns the next inputs, by default the ids.
    """

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn,
                 next_inputs_fn=None):
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = tf.TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = tf.shape(start_inputs)[0]
        self._start_inputs = tf.convert_to_tensor(start_inputs, name="start_inputs")

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return self._sample_shape

    @property
    def sample_ids_dtype(self):
        return self._sample_dtype

    def initialize(self, name=None):
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        return self._sample_fn(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), inputs, state


def _tensor(outputs):
    if not isinstance(outputs, tf.Tensor):
        raise TypeError("Expected outputs to be a single Tensor, got: %s" % type(outputs))
    return outputs


def categorical_sample(logits, dtype=tf.int32, seed=None):
    """Draws an id for each row of logits [batch, ids]."""
    draws = tf.multinomial(logits, 1, seed=seed, output_dtype=tf.int64 if logits.dtype.size > 4
                           else tf.int32)
    return tf.cast(tf.squeeze(draws, axis=[1]), dtype)


def bernoulli_sample(probs, dtype=tf.int32, sample_shape=(), seed=None):
    """Draws ``sample_shape`` times whether a uniform number is below the probability."""
    shape = tf.concat([tf.reshape(sample_shape, [-1]), tf.shape(probs)], 0)
    uniform = tf.random_uniform(shape, seed=seed, dtype=probs.dtype)
    return tf.cast(tf.less(uniform, probs), dtype)
