"""Where attention stops that moves over a memory only forward (Raffel et al., 2017)."""
import numpy as np

from tf1_recipes.v1 import tf


def safe_cumprod(x, *args, **kwargs):
    """The cumulative product of numbers in 0 .. 1, by their logarithms."""
    with tf.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i, previous_attention, mode):
    """The probabilities of stopping at each time, from those of staying at one that is reached.

    Args:
        p_choose_i: tensor [batch, time].
        previous_attention: tensor [batch, time], where attention stopped before.
        mode: "recursive", exact; "parallel", with fewer steps; "hard", for probabilities that are
            0 or 1.
    """
    p = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    previous = tf.convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        batch = p.shape.dims[0].value or tf.shape(p)[0]
        passed = tf.concat([tf.ones((batch, 1)), 1 - p[:, :-1]], 1)
        reached = tf.scan(
            lambda last, now: tf.reshape(now[0] * last + now[1], (batch,)),
            [tf.transpose(passed), tf.transpose(previous)], tf.zeros((batch,)))
        return p * tf.transpose(reached)
    if mode == "parallel":
        passed = safe_cumprod(1 - p, axis=1, exclusive=True)
        return p * passed * tf.cumsum(previous / tf.clip_by_value(passed, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p *= tf.cumsum(previous, axis=1)
        return p * tf.cumprod(1 - p, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def monotonic_probabilities(score, previous_alignments, sigmoid_noise, mode, seed=None):
    """`monotonic_attention` of scores; noise that is added to them makes them decide."""
    if sigmoid_noise > 0:
        score += sigmoid_noise * tf.random_normal(tf.shape(score), dtype=score.dtype, seed=seed)
    p = tf.cast(score > 0, score.dtype) if mode == "hard" else tf.sigmoid(score)
    return monotonic_attention(p, previous_alignments, mode)
