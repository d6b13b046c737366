"""``tf.contrib.crf``: linear-chain conditional random fields (Lafferty et al., 2001).

A sequence's score is the sum of its tags' unary scores and of its transitions' binary ones; its
probability is the exponential of that over the sum for all sequences. Everywhere below

    inputs: tensor [batch, time, tags], the unary scores.
    tag_indices: integer tensor [batch, time].
    sequence_lengths: vector of the batch.
    transition_params: matrix [tags, tags], from row to column.
"""
import numpy as np

from tf1_recipes.v1 import tf

RNNCell = tf.nn.rnn_cell.RNNCell


def _if_one_step(inputs, single, several):
    """Sequences of one step have no transition; where their length is not known, a ``cond``."""
    time = inputs.shape.dims[1].value
    if time is not None:
        return single() if time == 1 else several()
    return tf.cond(tf.equal(tf.shape(inputs)[1], 1), single, several)


def _zero_if_empty(values, sequence_lengths):
    return tf.where(tf.less_equal(sequence_lengths, 0), tf.zeros_like(values), values)


def _mask(tag_indices, sequence_lengths):
    return tf.sequence_mask(sequence_lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)


def _lengths_but_first(sequence_lengths):
    return tf.maximum(tf.constant(0, dtype=sequence_lengths.dtype), sequence_lengths - 1)


def crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params):
    """Returns the score of each sequence of tags, a vector of the batch."""
    def single():
        batch = tf.range(tf.shape(inputs, out_type=tag_indices.dtype)[0])
        scores = tf.gather_nd(tf.squeeze(inputs, [1]),
                              tf.concat([tf.reshape(batch, [-1, 1]), tag_indices], axis=1))
        return _zero_if_empty(scores, sequence_lengths)

    def several():
        return crf_unary_score(tag_indices, sequence_lengths, inputs) + crf_binary_score(
            tag_indices, sequence_lengths, transition_params)

    return _if_one_step(inputs, single, several)


def crf_multitag_sequence_score(inputs, tag_bitmap, sequence_lengths, transition_params):
    """Returns the log of the summed exponentials of all scores that a bitmap of tags allows.

    Args:
        tag_bitmap: bool tensor [batch, time, tags].
    """
    allowed = tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))
    return _if_one_step(
        inputs, lambda: tf.reduce_logsumexp(allowed, axis=[1, 2]),
        lambda: crf_log_norm(allowed, sequence_lengths, transition_params))


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """Returns the log of the sum over all sequences of tags, by the forward algorithm."""
    first = tf.squeeze(inputs[:, :1], [1])

    def single():
        return _zero_if_empty(tf.reduce_logsumexp(first, [1]), sequence_lengths)

    def several():
        _, alphas = tf.nn.dynamic_rnn(
            CrfForwardRnnCell(transition_params), inputs[:, 1:],
            sequence_length=_lengths_but_first(sequence_lengths), initial_state=first,
            dtype=tf.float32)
        return _zero_if_empty(tf.reduce_logsumexp(alphas, [1]), sequence_lengths)

    return _if_one_step(inputs, single, several)


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """Returns the log of each sequence's probability and the transitions.

    Without ``transition_params`` they are a variable of the scope, "transitions".
    """
    if transition_params is None:
        tags = inputs.shape.dims[2].value
        transition_params = tf.get_variable("transitions", [tags, tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """Returns the sum of the tags' unary scores, a vector of the batch."""
    batch, time, tags = tf.unstack(tf.shape(inputs))
    offsets = tf.expand_dims(tf.range(batch) * time * tags, 1)
    offsets += tf.expand_dims(tf.range(time) * tags, 0)
    places = tf.reshape(tf.cast(offsets, tag_indices.dtype) + tag_indices, [-1])
    scores = tf.reshape(tf.gather(tf.reshape(inputs, [-1]), places), [batch, time])
    return tf.reduce_sum(scores * _mask(tag_indices, sequence_lengths), 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """Returns the sum of the transitions' scores, a vector of the batch."""
    tags = transition_params.shape.dims[0].value
    places = tag_indices[:, :-1] * tags + tag_indices[:, 1:]
    scores = tf.gather(tf.reshape(transition_params, [-1]), places)
    return tf.reduce_sum(scores * _mask(tag_indices, sequence_lengths)[:, 1:], 1)


class _CrfCell(RNNCell):
    """A step over unary scores, with a transition from each tag of the last step to each."""

    def __init__(self, transition_params):
        super().__init__()
        self._transitions = tf.expand_dims(transition_params, 0)
        self._tags = transition_params.shape.dims[0].value

    @property
    def state_size(self):
        return self._tags

    @property
    def output_size(self):
        return self._tags


class CrfForwardRnnCell(_CrfCell):
    """The forward algorithm's step: the log of the sum over the ways to each tag."""

    def __call__(self, inputs, state, scope=None):
        alphas = inputs + tf.reduce_logsumexp(tf.expand_dims(state, 2) + self._transitions, [1])
        return alphas, alphas


class CrfDecodeForwardRnnCell(_CrfCell):
    """Viterbi's step: the best way to each tag; its output is the tag that it comes from."""

    def __call__(self, inputs, state, scope=None):
        scores = tf.expand_dims(state, 2) + self._transitions
        return tf.cast(tf.argmax(scores, 1), tf.int32), inputs + tf.reduce_max(scores, [1])


class CrfDecodeBackwardRnnCell(RNNCell):
    """Follows the tags that `CrfDecodeForwardRnnCell` gave, one step back."""

    def __init__(self, num_tags):
        super().__init__()
        self._tags = num_tags

    @property
    def state_size(self):
        return 1

    @property
    def output_size(self):
        return 1

    def __call__(self, inputs, state, scope=None):
        places = tf.stack([tf.range(tf.shape(inputs)[0]), tf.squeeze(state, axis=[1])], axis=1)
        tags = tf.expand_dims(tf.gather_nd(inputs, places), axis=-1)
        return tags, tags


def crf_decode(potentials, transition_params, sequence_length):
    """Returns the best sequence of tags, int32 [batch, time], and its score, by Viterbi."""
    def single():
        scores = tf.squeeze(potentials, [1])
        tags = tf.expand_dims(tf.argmax(scores, axis=1), 1)
        return tf.cast(tags, tf.int32), tf.reduce_max(scores, axis=1)

    def several():
        lengths = _lengths_but_first(sequence_length)
        origins, scores = tf.nn.dynamic_rnn(
            CrfDecodeForwardRnnCell(transition_params), potentials[:, 1:],
            sequence_length=lengths, initial_state=tf.squeeze(potentials[:, :1], axis=[1]),
            dtype=tf.int32)
        origins = tf.reverse_sequence(origins, lengths, seq_axis=1)
        last = tf.expand_dims(tf.cast(tf.argmax(scores, axis=1), tf.int32), axis=-1)
        tags, _ = tf.nn.dynamic_rnn(
            CrfDecodeBackwardRnnCell(potentials.shape.dims[2].value), origins,
            sequence_length=lengths, initial_state=last, dtype=tf.int32)
        tags = tf.concat([last, tf.squeeze(tags, axis=[2])], axis=1)
        return (tf.reverse_sequence(tags, sequence_length, seq_axis=1),
                tf.reduce_max(scores, axis=1))

    return _if_one_step(potentials, single, several)


def viterbi_decode(score, transition_params):
    """Decodes one sequence in NumPy.

    Args:
        score: array [time, tags].
        transition_params: array [tags, tags].

    Returns:
        (list of tags, score of the sequence).
    """
    best = np.zeros_like(score)
    origins = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for time in range(1, len(score)):
        ways = best[time - 1][:, np.newaxis] + transition_params
        best[time] = score[time] + ways.max(0)
        origins[time] = ways.argmax(0)
    tags = [np.argmax(best[-1])]
    for origin in origins[:0:-1]:
        tags.append(origin[tags[-1]])
    return tags[::-1], best[-1].max()
