"""``tf.contrib.distributions``: normal vectors whose numbers depend on each other."""
import math

from tf1_recipes.v1 import tf

# Why not TensorFlow Probability's: see `distributions`.


class MultivariateNormalTriL(tf.distributions.Distribution):
    """Normal vectors, ``loc`` and a triangular matrix times independent normal numbers.

    Args:
        loc: tensor [..., k], by default 0.
        scale_tril: tensor [..., k, k], the lower triangle, by default the identity.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, loc=None, scale_tril=None, validate_args=False, allow_nan_stats=True,
                 name="MultivariateNormalTriL"):
        parameters = {"loc": loc, "scale_tril": scale_tril, "validate_args": validate_args,
                      "allow_nan_stats": allow_nan_stats, "name": name}
        if loc is None and scale_tril is None:
            raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
        with tf.name_scope(name) as scope:
            loc = None if loc is None else tf.convert_to_tensor(loc, name="loc")
            if scale_tril is None:
                self._tril = tf.eye(tf.shape(loc)[-1], dtype=loc.dtype)
            else:
                self._tril = tf.matrix_band_part(
                    tf.convert_to_tensor(scale_tril, name="scale_tril"), -1, 0)
            # All with the same batch.
            zeros = tf.zeros_like(self._tril[..., 0])
            self._loc = zeros if loc is None else loc + zeros
            self._tril += tf.zeros_like(self._loc)[..., tf.newaxis]
        super().__init__(
            dtype=self._tril.dtype,
            reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
            graph_parents=[self._loc, self._tril], name=scope)

    @property
    def loc(self):
        """The mean."""
        return self._loc

    @property
    def scale(self):
        """The triangular matrix, as an operator."""
        return tf.linalg.LinearOperatorLowerTriangular(self._tril, is_non_singular=True)

    def _batch_shape_tensor(self):
        return tf.shape(self._loc)[:-1]

    def _batch_shape(self):
        return self._loc.shape[:-1]

    def _event_shape_tensor(self):
        return tf.shape(self._loc)[-1:]

    def _event_shape(self):
        return self._loc.shape[-1:]

    def _sample_n(self, n, seed=None):
        numbers = tf.random_normal(tf.concat([[n], tf.shape(self._loc)], axis=0),
                                   dtype=self.dtype, seed=seed)
        tril = self._tril + tf.zeros_like(numbers)[..., tf.newaxis]
        return tf.matmul(tril, numbers[..., tf.newaxis])[..., 0] + self._loc

    def _log_prob(self, x):
        # -(d^2 + k log 2 pi) / 2 - log of the product of the diagonal
        distance = x - self._loc
        tril = self._tril + tf.zeros_like(distance)[..., tf.newaxis]
        solved = tf.matrix_triangular_solve(tril, distance[..., tf.newaxis])[..., 0]
        return tf.reduce_sum(-0.5 * tf.square(solved) - 0.5 * math.log(2.0 * math.pi), -1) \
            - self._log_determinant()

    def _log_determinant(self):
        return tf.reduce_sum(tf.log(tf.abs(tf.matrix_diag_part(self._tril))), -1)

    def _prob(self, x):
        return tf.exp(self._log_prob(x))

    def _entropy(self):
        size = tf.cast(tf.shape(self._loc)[-1], self.dtype)
        return 0.5 * size * (1.0 + math.log(2.0 * math.pi)) + self._log_determinant()

    def _mean(self):
        return tf.identity(self._loc)

    def _mode(self):
        return tf.identity(self._loc)

    def _covariance(self):
        return tf.matmul(self._tril, self._tril, adjoint_b=True)

    def _variance(self):
        return tf.reduce_sum(tf.square(self._tril), -1)

    def _stddev(self):
        return tf.sqrt(self._variance())


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Normal vectors with a covariance, a tensor [..., k, k]; else as `MultivariateNormalTriL`."""

    def __init__(self, loc=None, covariance_matrix=None, validate_args=False,
                 allow_nan_stats=True, name="MultivariateNormalFullCovariance"):
        super().__init__(
            loc, None if covariance_matrix is None else tf.cholesky(covariance_matrix),
            validate_args, allow_nan_stats, name)


@tf.distributions.RegisterKL(MultivariateNormalTriL, MultivariateNormalTriL)
def _kl(a, b, name=None):
    """(sum (B^-1 A)^2 + sum (B^-1 (b - a))^2 - k) / 2 + log |B| / |A|, for A, B the triangles."""
    with tf.name_scope(name, "kl_mvn"):
        size = tf.cast(tf.shape(a.loc)[-1], a.dtype)
        spread = tf.matrix_triangular_solve(b._tril, a._tril)
        shift = tf.matrix_triangular_solve(b._tril, (b.loc - a.loc)[..., tf.newaxis])
        return b._log_determinant() - a._log_determinant() + 0.5 * (
            tf.reduce_sum(tf.square(spread), [-2, -1])
            + tf.reduce_sum(tf.square(shift), [-2, -1]) - size)


class Poisson(tf.distributions.Distribution):
    """How often something happens that happens at a rate.

    Args:
        rate, log_rate: float tensor, one of them.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, rate=None, log_rate=None, validate_args=False, allow_nan_stats=True,
                 name="Poisson"):
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        with tf.name_scope(name) as scope:
            self.rate = tf.identity(rate) if log_rate is None else tf.exp(log_rate)
            self.log_rate = tf.log(self.rate) if log_rate is None \
                else tf.convert_to_tensor(log_rate)
        super().__init__(
            dtype=self.rate.dtype, reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats,
            parameters={"rate": rate, "log_rate": log_rate}, graph_parents=[self.rate], name=scope)

    def _batch_shape_tensor(self):
        return tf.shape(self.rate)

    def _batch_shape(self):
        return self.rate.shape

    def _event_shape_tensor(self):
        return tf.constant([], dtype=tf.int32)

    def _event_shape(self):
        return tf.TensorShape([])

    def _log_prob(self, x):
        return x * self.log_rate - tf.lgamma(1.0 + x) - self.rate

    def _cdf(self, x):
        return tf.igammac(1.0 + x, self.rate)

    def _log_cdf(self, x):
        return tf.log(self._cdf(x))

    def _mean(self):
        return tf.identity(self.rate)

    def _variance(self):
        return tf.identity(self.rate)

    def _mode(self):
        return tf.floor(self.rate)

    def _sample_n(self, n, seed=None):
        return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)
