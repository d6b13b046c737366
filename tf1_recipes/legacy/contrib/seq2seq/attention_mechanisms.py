"""How well each time of a memory fits a query: Luong's and Bahdanau's attention.

A mechanism is called with (query, state) and returns (alignments, next state), both [batch, time].
The alignments are probabilities of the scores, of which those behind a sequence's end are masked.
"""
import math

import numpy as np

from tf1_recipes.legacy.contrib.seq2seq.decoder import zeros_of
from tf1_recipes.legacy.contrib.seq2seq.monotonic_attention import monotonic_probabilities
from tf1_recipes.v1 import tf


class AttentionMechanism:
    """What `AttentionWrapper` attends by."""

    @property
    def alignments_size(self):
        raise NotImplementedError

    @property
    def state_size(self):
        raise NotImplementedError


class _BaseAttentionMechanism(AttentionMechanism):
    """Keeps a memory, and keys that queries are compared with.

    Args:
        query_layer, memory_layer: layers for queries and for the memory, or None.
        memory: tensor [batch, time, ...].
        probability_fn: function of (masked scores, previous alignments).
        memory_sequence_length: vector of the batch, or None.
        score_mask_value: number for scores behind the end, by default -inf.
        custom_key_value_fn: function of (keys, values) that returns what to use for them.
    """

    def __init__(self, query_layer, memory, probability_fn, memory_sequence_length=None,
                 memory_layer=None, check_inner_dims_defined=True, score_mask_value=None,
                 custom_key_value_fn=None, name=None):
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError("probability_fn must be callable, saw type: %s" % (
                type(probability_fn).__name__))
        if score_mask_value is None:
            score_mask_value = tf.as_dtype(self.dtype).as_numpy_dtype(-np.inf)
        self._probability_fn = lambda score, previous: probability_fn(
            _masked_score(score, memory_sequence_length, score_mask_value), previous)
        with tf.name_scope(name, "BaseAttentionMechanismInit", tf.nest.flatten(memory)):
            self._values = _masked_memory(memory, memory_sequence_length,
                                          check_inner_dims_defined)
            self._keys = memory_layer(self._values) if memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = self._keys.shape.dims[0].value or tf.shape(self._keys)[0]
            self._alignments_size = self._keys.shape.dims[1].value or tf.shape(self._keys)[1]

    memory_layer = property(lambda self: self._memory_layer)
    query_layer = property(lambda self: self._query_layer)
    values = property(lambda self: self._values)
    keys = property(lambda self: self._keys)
    batch_size = property(lambda self: self._batch_size)
    alignments_size = property(lambda self: self._alignments_size)
    state_size = property(lambda self: self._alignments_size)

    def initial_alignments(self, batch_size, dtype):
        """Zeros [batch_size, time]."""
        return zeros_of(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size, dtype):
        """The state before the first query: as the alignments."""
        return self.initial_alignments(batch_size, dtype)


def _masked_memory(memory, lengths, check_inner_dims_defined):
    """The memory, zero behind each sequence's end."""
    memory = tf.nest.map_structure(
        lambda each: tf.convert_to_tensor(each, name="memory"), memory)
    for each in tf.nest.flatten(memory):
        if check_inner_dims_defined and not each.shape[2:].is_fully_defined():
            raise ValueError("Expected memory %s to have fully defined inner dims, but saw shape: "
                             "%s" % (each.name, each.shape))
    if lengths is None:
        return memory
    first = tf.nest.flatten(memory)[0]
    mask = tf.sequence_mask(lengths, maxlen=tf.shape(first)[1], dtype=first.dtype)

    def masked(each):
        ones = tf.ones(each.shape.ndims - 2, dtype=tf.int32)
        return each * tf.reshape(mask, tf.concat((tf.shape(mask), ones), 0))
    return tf.nest.map_structure(masked, memory)


def _masked_score(score, lengths, value):
    if lengths is None:
        return score
    message = "All values in memory_sequence_length must be greater than zero."
    with tf.control_dependencies([tf.assert_positive(lengths, message=message)]):
        mask = tf.sequence_mask(lengths, maxlen=tf.shape(score)[1])
    return tf.where(mask, score, value * tf.ones_like(score))


def _dense(units, name, dtype):
    return tf.layers.Dense(units, name=name, use_bias=False, dtype=dtype)


def _score_weights(units, dtype):
    return tf.get_variable("attention_v", [units], dtype=dtype)


def _scale_variable(value, dtype):
    return tf.get_variable(
        "attention_g", dtype=dtype, shape=(), initializer=tf.constant_initializer(value))


def _luong_score(query, keys, scale):
    depth, units = query.shape[-1], keys.shape[-1]
    if depth != units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  Query (%s) has "
            "units: %s.  Keys (%s) have units: %s.  Perhaps you need to set num_units to the "
            "keys' dimension (%s)?" % (query, depth, keys, units, units))
    score = tf.squeeze(tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if scale is None else scale * score


def _bahdanau_score(query, keys, v, g=None, b=None):
    query = tf.expand_dims(query, 1)
    if g is None:
        return tf.reduce_sum(v * tf.tanh(keys + query), [2])
    v = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
    return tf.reduce_sum(v * tf.tanh(keys + query + b), [2])


class LuongAttention(_BaseAttentionMechanism):
    """``query * keys``, scaled by a variable on request (Luong et al., 2015)."""

    _SCOPE = "luong_attention"

    def __init__(self, num_units, memory, memory_sequence_length=None, scale=False,
                 probability_fn=None, score_mask_value=None, dtype=None, custom_key_value_fn=None,
                 name="LuongAttention"):
        probability_fn = probability_fn or tf.nn.softmax
        super().__init__(
            None, memory, lambda score, _: probability_fn(score), memory_sequence_length,
            _dense(num_units, "memory_layer", dtype or tf.float32),
            score_mask_value=score_mask_value, custom_key_value_fn=custom_key_value_fn, name=name)
        self._scale = scale

    def __call__(self, query, state):
        with tf.variable_scope(None, self._SCOPE, [query]):
            scale = _scale_variable(1.0, query.dtype) if self._scale else None
            score = self._biased(_luong_score(query, self._keys, scale), query.dtype)
        alignments = self._probability_fn(score, state)
        return alignments, alignments

    def _biased(self, score, dtype):
        return score


class BahdanauAttention(_BaseAttentionMechanism):
    """``v * tanh(keys + W query)``, v normalized on request (Bahdanau et al., 2014)."""

    _SCOPE = "bahdanau_attention"

    def __init__(self, num_units, memory, memory_sequence_length=None, normalize=False,
                 probability_fn=None, score_mask_value=None, dtype=None, custom_key_value_fn=None,
                 name="BahdanauAttention"):
        probability_fn = probability_fn or tf.nn.softmax
        dtype = dtype or tf.float32
        super().__init__(
            _dense(num_units, "query_layer", dtype), memory,
            lambda score, _: probability_fn(score), memory_sequence_length,
            _dense(num_units, "memory_layer", dtype), score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn, name=name)
        self._num_units = num_units
        self._normalize = normalize

    def __call__(self, query, state):
        with tf.variable_scope(None, self._SCOPE, [query]):
            processed = self.query_layer(query) if self.query_layer else query
            units, dtype, g, b = self._num_units, query.dtype, None, None
            v = _score_weights(units, dtype)
            if self._normalize:
                g = _scale_variable(math.sqrt(1.0 / units), dtype)
                b = tf.get_variable("attention_b", [units], dtype=dtype,
                                    initializer=tf.zeros_initializer())
            score = _bahdanau_score(processed, self._keys, v, g, b)
            score = self._biased(score, processed.dtype)
        alignments = self._probability_fn(score, state)
        return alignments, alignments

    def _biased(self, score, dtype):
        return score


class _Monotonic:
    """Attention that only moves forward, and begins at the first time (Raffel et al., 2017)."""

    def _set_up(self, sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode):
        self._score_bias_init = score_bias_init
        masked = self._probability_fn
        self._probability_fn = lambda score, previous: monotonic_probabilities(
            masked(score, previous), previous, sigmoid_noise, mode, sigmoid_noise_seed)

    def _biased(self, score, dtype):
        return score + tf.get_variable(
            "attention_score_bias", dtype=dtype, initializer=self._score_bias_init)

    def initial_alignments(self, batch_size, dtype):
        """All at the first time."""
        return tf.one_hot(tf.zeros((batch_size,), dtype=tf.int32), self._alignments_size,
                          dtype=dtype)


class LuongMonotonicAttention(_Monotonic, LuongAttention):
    """`LuongAttention` that only moves forward; ``mode`` as of `monotonic_attention`."""

    _SCOPE = "luong_monotonic_attention"

    def __init__(self, num_units, memory, memory_sequence_length=None, scale=False,
                 score_mask_value=None, sigmoid_noise=0.0, sigmoid_noise_seed=None,
                 score_bias_init=0.0, mode="parallel", dtype=None,
                 name="LuongMonotonicAttention"):
        super().__init__(num_units, memory, memory_sequence_length, scale, tf.identity,
                         score_mask_value, dtype, name=name)
        self._set_up(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)


class BahdanauMonotonicAttention(_Monotonic, BahdanauAttention):
    """`BahdanauAttention` that only moves forward; ``mode`` as of `monotonic_attention`."""

    _SCOPE = "bahdanau_monotonic_attention"

    def __init__(self, num_units, memory, memory_sequence_length=None, normalize=False,
                 score_mask_value=None, sigmoid_noise=0.0, sigmoid_noise_seed=None,
                 score_bias_init=0.0, mode="parallel", dtype=None,
                 name="BahdanauMonotonicAttention"):
        super().__init__(num_units, memory, memory_sequence_length, normalize, tf.identity,
                         score_mask_value, dtype, name=name)
        self._set_up(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
