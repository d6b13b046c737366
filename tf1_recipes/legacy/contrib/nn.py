"""``tf.contrib.nn``: cross entropies with their arguments as before 1.0, and SELU's dropout."""
import numbers

from tf1_recipes.v1 import tf

# -scale * alpha of SELU: what its output tends to.
_DROPPED = -1.7580993408473766


def alpha_dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Dropout that keeps mean 0 and variance 1, for SELU.

        y = a * (x where kept, else -1.758) + b
    """
    with tf.name_scope(name, "alpha_dropout", [x]):
        x = tf.convert_to_tensor(x, name="x")
        if isinstance(keep_prob, numbers.Real) and not 0 < keep_prob <= 1.0:
            raise ValueError("keep_prob must be a scalar tensor or a float in the range (0, 1], "
                             "got %g" % keep_prob)
        keep = tf.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        if tf.get_static_value(keep) == 1:
            return x
        chance = tf.random_uniform(
            tf.shape(x) if noise_shape is None else noise_shape, seed=seed, dtype=x.dtype)
        kept = tf.cast(tf.greater_equal(chance, 1 - keep), x.dtype)
        x = x * kept + _DROPPED * (1 - kept)
        a = (keep + keep * (1 - keep) * _DROPPED ** 2) ** -0.5
        return a * x + -a * _DROPPED * (1 - keep)


def scaled_softplus(x, alpha, clip=None, name=None):
    """``alpha * ln(1 + exp(x / alpha))``, at most ``clip``."""
    with tf.name_scope(name, "scaled_softplus", [x, alpha]):
        x = tf.convert_to_tensor(x, name="x")
        alpha = tf.convert_to_tensor(alpha, dtype=x.dtype, name="alpha")
        y = alpha * tf.nn.softplus(x / alpha)
        return y if clip is None else tf.minimum(y, clip)


def deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels, dim=-1, name=None):
    """``tf.nn.softmax_cross_entropy_with_logits`` with the logits first."""
    return tf.nn.softmax_cross_entropy_with_logits(
        labels=labels, logits=logits, dim=dim, name=name)


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(logits, labels, name=None):
    """``tf.nn.sparse_softmax_cross_entropy_with_logits`` with the logits first."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def deprecated_flipped_sigmoid_cross_entropy_with_logits(logits, targets, name=None):
    """``tf.nn.sigmoid_cross_entropy_with_logits`` with the logits first."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)
