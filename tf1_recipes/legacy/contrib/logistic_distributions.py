"""``tf.contrib.distributions``: the logistic one, and a number between 0 and 1 close to a bit."""
import numpy as np
from tensorflow.python.ops.distributions import util

from tf1_recipes.v1 import tf

# Why not TensorFlow Probability's: see `distributions`.


class Logistic(tf.distributions.Distribution):
    """The distribution whose cumulative function is the sigmoid of (x - loc) / scale.

    Args:
        loc, scale: float tensors.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Logistic"):
        with tf.name_scope(name) as scope:
            self.loc = tf.identity(loc, name="loc")
            self.scale = tf.identity(scale, name="scale")
        super().__init__(
            dtype=self.scale.dtype, reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats,
            parameters={"loc": loc, "scale": scale}, graph_parents=[self.loc, self.scale],
            name=scope)

    def _batch_shape_tensor(self):
        return tf.broadcast_dynamic_shape(tf.shape(self.loc), tf.shape(self.scale))

    def _batch_shape(self):
        return tf.broadcast_static_shape(self.loc.shape, self.scale.shape)

    def _event_shape_tensor(self):
        return tf.constant([], dtype=tf.int32)

    def _event_shape(self):
        return tf.TensorShape([])

    def _sample_n(self, n, seed=None):
        uniform = tf.random_uniform(
            tf.concat([[n], self.batch_shape_tensor()], 0),
            minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.0, dtype=self.dtype,
            seed=seed)
        return (tf.log(uniform) - tf.log1p(-uniform)) * self.scale + self.loc

    def _log_prob(self, x):
        z = self._z(x)
        return -z - 2.0 * tf.nn.softplus(-z) - tf.log(self.scale)

    def _cdf(self, x):
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x):
        return -tf.nn.softplus(-self._z(x))

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _entropy(self):
        return 2.0 + tf.log(self.scale) * tf.ones_like(self.loc)

    def _mean(self):
        return self.loc * tf.ones_like(self.scale)

    def _mode(self):
        return self._mean()

    def _stddev(self):
        return self.scale * tf.ones_like(self.loc) * (np.pi / np.sqrt(3.0))


class RelaxedBernoulli(Logistic):
    """The sigmoid of a logistic number, of the mean logits / temperature and scale 1 / temperature.

    Args:
        temperature: float or tensor; the lower, the closer to 0 or 1.
        logits, probs: float tensor, one of them.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, temperature, logits=None, probs=None, validate_args=False,
                 allow_nan_stats=True, name="RelaxedBernoulli"):
        self.temperature = tf.convert_to_tensor(temperature)
        self.logits, self.probs = util.get_logits_and_probs(
            logits=logits, probs=probs, validate_args=validate_args)
        super().__init__(self.logits / self.temperature, 1.0 / self.temperature, validate_args,
                         allow_nan_stats, name)

    def _sample_n(self, n, seed=None):
        return tf.sigmoid(super()._sample_n(n, seed))

    def _log_prob(self, x):
        return super()._log_prob(tf.log(x) - tf.log1p(-x)) - tf.log(x) - tf.log1p(-x)

    def _cdf(self, x):
        return super()._cdf(tf.log(x) - tf.log1p(-x))

    def _log_cdf(self, x):
        return super()._log_cdf(tf.log(x) - tf.log1p(-x))

    def _entropy(self):
        raise NotImplementedError("entropy is not implemented: RelaxedBernoulli")

    def _mean(self):
        raise NotImplementedError("mean is not implemented: RelaxedBernoulli")

    def _stddev(self):
        raise NotImplementedError("stddev is not implemented: RelaxedBernoulli")
