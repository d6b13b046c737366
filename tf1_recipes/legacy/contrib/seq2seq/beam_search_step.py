"""One step of beam search: which beams go on, and with which ids."""
from collections import namedtuple

from tf1_recipes.legacy.contrib.seq2seq.attention_wrapper import AttentionWrapperState
from tf1_recipes.v1 import tf


class BeamSearchDecoderState(namedtuple(
        "BeamSearchDecoderState",
        "cell_state log_probs finished lengths accumulated_attention_probs")):
    """The state of a `BeamSearchDecoder`; all [batch, beams, ...]."""


class BeamSearchDecoderOutput(namedtuple(
        "BeamSearchDecoderOutput", "scores predicted_ids parent_ids")):
    """What a step gives; all [batch, beams]."""


def beam_search_step(logits, next_cell_state, beam_state, batch_size, beam_width, end_token,
                     length_penalty_weight, coverage_penalty_weight):
    """Chooses the best of all ways to go on.

    Args:
        logits: tensor [batch, beams, ids].
        next_cell_state: the cell's state for each beam as it is.
        beam_state: `BeamSearchDecoderState` before.

    Returns:
        (`BeamSearchDecoderOutput`, `BeamSearchDecoderState`).
    """
    finished = beam_state.finished
    going_on = tf.logical_not(finished)
    ids = logits.shape.dims[-1].value or tf.shape(logits)[-1]
    total = tf.expand_dims(beam_state.log_probs, 2) + _only_the_end(
        tf.nn.log_softmax(logits), end_token, finished)

    # An end token does not make a sequence longer, nor does anything behind it.
    longer = tf.one_hot(
        tf.fill([batch_size, beam_width], end_token), depth=ids,
        on_value=tf.constant(0, tf.int64), off_value=tf.constant(1, tf.int64), dtype=tf.int64)
    longer *= tf.expand_dims(tf.cast(going_on, tf.int64), 2)
    accumulated = None
    attended = attention_probs(next_cell_state, coverage_penalty_weight)
    if attended is not None:
        attended *= tf.expand_dims(tf.cast(going_on, tf.float32), 2)
        accumulated = beam_state.accumulated_attention_probs + attended
    scores = _scores(total, longer + tf.expand_dims(beam_state.lengths, 2), length_penalty_weight,
                     coverage_penalty_weight, finished, accumulated)

    best, places = tf.nn.top_k(tf.reshape(scores, [batch_size, -1]), k=beam_width)
    static_batch = tf.get_static_value(batch_size)
    best.set_shape([static_batch, beam_width])
    places.set_shape([static_batch, beam_width])
    next_ids = tf.cast(tf.floormod(places, ids), tf.int32)
    parents = tf.cast(tf.floordiv(places, ids), tf.int32)

    def of_parents(value, shape=(-1,)):
        return _gathered(value, parents, batch_size, beam_width, list(shape))

    by_beam = [batch_size * beam_width, -1]
    finished = of_parents(finished)
    state = BeamSearchDecoderState(
        cell_state=tf.nest.map_structure(
            lambda each: each if _is_shared(each) else of_parents(each, by_beam),
            next_cell_state),
        log_probs=_gathered(total, places, batch_size, beam_width * ids, [-1]),
        lengths=of_parents(beam_state.lengths) + tf.cast(tf.logical_not(finished), tf.int64),
        finished=tf.logical_or(finished, tf.equal(next_ids, end_token)),
        accumulated_attention_probs=() if accumulated is None else of_parents(
            accumulated, by_beam))
    return BeamSearchDecoderOutput(best, next_ids, parents), state


def attention_probs(cell_state, coverage_penalty_weight):
    """The mean of what each attention of a state aligned to; None without a coverage penalty."""
    if coverage_penalty_weight == 0.0:
        return None
    states = [cell_state] if isinstance(cell_state, AttentionWrapperState) else [
        each for each in cell_state if isinstance(each, AttentionWrapperState)] \
        if isinstance(cell_state, tuple) else []
    if not states:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    probabilities = [_mean(each.alignments) if isinstance(each.alignments, tuple)
                     else each.alignments for each in states]
    return probabilities[0] if len(states) == 1 else _mean(probabilities)


def _mean(tensors):
    return tf.reduce_mean(tf.concat([tf.expand_dims(each, -1) for each in tensors], -1), -1)


def _only_the_end(log_probs, end_token, finished):
    """Finished beams go on with the end token, for nothing."""
    ids = tf.shape(log_probs)[2]
    row = tf.one_hot(end_token, ids, dtype=log_probs.dtype,
                     on_value=tf.convert_to_tensor(0.0, dtype=log_probs.dtype),
                     off_value=log_probs.dtype.min)
    rows = tf.tile(tf.reshape(row, [1, 1, -1]), tf.concat([tf.shape(finished), [1]], 0))
    return tf.where(tf.tile(tf.expand_dims(finished, 2), [1, 1, ids]), rows, log_probs)


def _scores(log_probs, lengths, length_penalty_weight, coverage_penalty_weight, finished,
            accumulated):
    """Log probabilities over the length penalty, plus the coverage penalty where finished."""
    scores = log_probs / tf.cast(_length_penalty(lengths, length_penalty_weight), log_probs.dtype)
    weight = tf.convert_to_tensor(coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.shape.ndims != 0:
        raise ValueError("coverage_penalty_weight should be a scalar, but saw shape: %s" % (
            weight.shape,))
    if tf.get_static_value(weight) == 0.0:
        return scores
    covered = tf.where(tf.equal(accumulated, 0.0), tf.ones_like(accumulated), accumulated)
    penalty = tf.reduce_sum(tf.log(tf.minimum(covered, 1.0)), 2)
    penalty *= tf.cast(finished, tf.float32)
    return scores + tf.expand_dims(penalty * weight, 2)


def _length_penalty(lengths, factor):
    """``((5 + length) / 6) ** factor``."""
    factor = tf.convert_to_tensor(factor, name="penalty_factor")
    factor.set_shape(())
    static = tf.get_static_value(factor)
    if static is not None and static == 0:
        return tf.constant(1.0)
    return ((5.0 + tf.cast(lengths, tf.float32)) ** factor) / ((5.0 + 1.0) ** factor)


def _is_shared(value):
    if isinstance(value, tf.TensorArray):
        return True
    if value.shape.ndims is None:
        raise ValueError("Expected tensor (%s) to have known rank, but ndims == None." % value)
    return value.shape.ndims < 2


def _gathered(value, indices, batch_size, range_size, shape):
    """Rows of each batch entry, of ``range_size`` each; ``shape`` makes rows of the value."""
    starts = tf.expand_dims(tf.range(batch_size) * range_size, 1)
    places = tf.reshape(indices + starts, [-1])
    output = tf.reshape(tf.gather(tf.reshape(value, shape), places),
                        tf.shape(value)[:1 + len(shape)])
    output.set_shape(tf.TensorShape([tf.get_static_value(batch_size)]).concatenate(
        value.shape[1:1 + len(shape)]))
    return output
