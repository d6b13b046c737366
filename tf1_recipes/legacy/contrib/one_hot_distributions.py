"""``tf.contrib.distributions``: one of several classes as a vector, exactly and relaxed.

Maddison, Mnih and Teh, "The concrete distribution", and Jang, Gu and Poole, "Categorical
reparameterization with Gumbel-Softmax", 2016.
"""
import numpy as np
from tensorflow.python.ops.distributions import util

from tf1_recipes.v1 import tf

# Why not TensorFlow Probability's: see `distributions`.

_RELAXED = tf.distributions.FULLY_REPARAMETERIZED


class _Classes(tf.distributions.Distribution):
    """Vectors of as many numbers as there are classes."""

    def __init__(self, logits, probs, dtype, kind, validate_args, allow_nan_stats, name):
        parameters = {"logits": logits, "probs": probs, "dtype": dtype, "name": name,
                      "validate_args": validate_args, "allow_nan_stats": allow_nan_stats}
        with tf.name_scope(name) as scope:
            self._logits, self._probs = util.get_logits_and_probs(
                name=scope, logits=logits, probs=probs, validate_args=validate_args,
                multidimensional=True)
        super().__init__(
            dtype=dtype or self._logits.dtype, reparameterization_type=kind,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
            graph_parents=[self._logits, self._probs], name=scope)

    @property
    def logits(self):
        """The logarithms of the classes' probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self):
        """The chances of the classes."""
        return self._probs

    @property
    def event_size(self):
        """The number of classes."""
        return tf.shape(self._logits)[-1]

    def _batch_shape_tensor(self):
        return tf.shape(self._logits)[:-1]

    def _batch_shape(self):
        return self._logits.shape[:-1]

    def _event_shape_tensor(self):
        return tf.shape(self._logits)[-1:]

    def _event_shape(self):
        return self._logits.shape.with_rank_at_least(1)[-1:]

    def _rows(self, x):
        """Values and logits as rows, and the shape that their results have."""
        logits = tf.ones_like(x, dtype=self._logits.dtype) * self._logits
        x = tf.ones_like(logits, dtype=x.dtype) * x
        return [tf.reshape(each, [-1, self.event_size]) for each in (x, logits)] + [
            tf.shape(logits)[:-1]]


class OneHotCategorical(_Classes):
    """A 1 for the class that is drawn, and 0 for the others.

    Args:
        logits, probs: tensor [..., classes], one of them.
        dtype: of the values.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, logits=None, probs=None, dtype=tf.int32, validate_args=False,
                 allow_nan_stats=True, name="OneHotCategorical"):
        super().__init__(logits, probs, dtype, tf.distributions.NOT_REPARAMETERIZED,
                         validate_args, allow_nan_stats, name)

    def _sample_n(self, n, seed=None):
        drawn = tf.multinomial(tf.reshape(self._logits, [-1, self.event_size]), n, seed=seed)
        values = tf.one_hot(tf.transpose(drawn), self.event_size, dtype=self.dtype)
        return tf.reshape(values, tf.concat([[n], tf.shape(self._logits)], 0))

    def _log_prob(self, x):
        x, logits, shape = self._rows(x)
        return tf.reshape(-tf.nn.softmax_cross_entropy_with_logits(
            labels=x, logits=logits), shape)

    def _entropy(self):
        return -tf.reduce_sum(tf.nn.log_softmax(self._logits) * self._probs, axis=-1)

    def _mode(self):
        mode = tf.one_hot(tf.argmax(self._logits, axis=-1), self.event_size, dtype=self.dtype)
        mode.set_shape(self._logits.shape)
        return mode

    def _variance(self):
        return self._probs * (1.0 - self._probs)

    def _covariance(self):
        product = -tf.matmul(self._probs[..., None], self._probs[..., None, :])
        return tf.matrix_set_diag(product, self._variance())


@tf.distributions.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl(a, b, name=None):
    with tf.name_scope(name, "kl_categorical_categorical"):
        return tf.reduce_sum(tf.nn.softmax(a.logits) * (
            tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)), axis=-1)


class ExpRelaxedOneHotCategorical(_Classes):
    """The logarithm of a relaxed one-hot vector: log softmax((logits + Gumbel) / temperature).

    Args:
        temperature: float or scalar tensor; the lower, the closer to one class.
        logits, probs: tensor [..., classes], one of them.
        dtype: of the values, by default that of the logits.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False,
                 allow_nan_stats=True, name="ExpRelaxedOneHotCategorical"):
        super().__init__(logits, probs, dtype, _RELAXED, validate_args, allow_nan_stats, name)
        self._temperature = tf.cast(temperature, self.dtype)

    @property
    def temperature(self):
        """The temperature."""
        return self._temperature

    def _sample_n(self, n, seed=None):
        shape = tf.concat([[n], tf.shape(self._logits)], 0)
        logits = tf.reshape(self._logits * tf.ones(shape, dtype=self.dtype), [
            -1, self.event_size])
        uniform = tf.random_uniform(
            tf.shape(logits), minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.0,
            dtype=self.dtype, seed=seed)
        noisy = tf.div(-tf.log(-tf.log(uniform)) + logits,
                       tf.reshape(self._temperature, [-1, 1]))
        return tf.reshape(tf.nn.log_softmax(noisy), shape)

    def _log_prob(self, x):
        # lgamma(k) + (k - 1) log t + sum of log softmax(logits - t x)
        x, logits, shape = self._rows(x)
        k = tf.cast(self.event_size, x.dtype)
        norm = tf.lgamma(k) + (k - 1.0) * tf.log(self._temperature)
        chances = tf.nn.log_softmax(logits - x * tf.reshape(self._temperature, [-1, 1]))
        return tf.reshape(norm + tf.reduce_sum(chances, [-1]), shape)


class RelaxedOneHotCategorical(ExpRelaxedOneHotCategorical):
    """A vector of shares that is close to a one-hot vector; see `ExpRelaxedOneHotCategorical`."""

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False,
                 allow_nan_stats=True, name="RelaxedOneHotCategorical"):
        super().__init__(temperature, logits, probs, dtype, validate_args, allow_nan_stats, name)

    def _sample_n(self, n, seed=None):
        return tf.exp(super()._sample_n(n, seed))

    def _log_prob(self, x):
        logarithm = tf.log(x)
        return super()._log_prob(logarithm) - tf.reduce_sum(logarithm, -1)
