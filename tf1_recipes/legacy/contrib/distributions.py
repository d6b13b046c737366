"""``tf.contrib.distributions``: normal distributions of vectors, and parameters by softplus.

The univariate ones are those of ``tf.distributions``.
"""
import math

from tf1_recipes.v1 import tf

# These are not TensorFlow Probability's: from one seed its samples are not those of 1.15.5. With
# seed=3 OneHotCategorical, RelaxedOneHotCategorical, RelaxedBernoulli, Logistic and Poisson of its
# 0.25 differ. Only MultivariateNormalTriL agrees, but builds 128 ops for sample and log_prob, not
# 82, so that later op seeds would differ. It is not a dependency, and would add 58 MB.

Normal, Distribution = tf.distributions.Normal, tf.distributions.Distribution


class MultivariateNormalDiag(Distribution):
    """Independent normal numbers as one event, a vector.

    Args:
        loc: tensor [..., k], by default 0.
        scale_diag: tensor [..., k], the standard deviations, by default 1.
        scale_identity_multiplier: tensor [...], added to all of them.
        validate_args, allow_nan_stats: bool, kept.
        name: str.
    """

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None,
                 validate_args=False, allow_nan_stats=True, name="MultivariateNormalDiag"):
        parameters = {"loc": loc, "scale_diag": scale_diag,
                      "scale_identity_multiplier": scale_identity_multiplier,
                      "validate_args": validate_args, "allow_nan_stats": allow_nan_stats,
                      "name": name}
        given = [each for each in (loc, scale_diag) if each is not None]
        if not given:
            raise ValueError("MultivariateNormalDiag needs loc or scale_diag")
        with tf.name_scope(name) as scope:
            dtype = next((each.dtype for each in map(tf.convert_to_tensor, given)), tf.float32)
            if loc is not None:
                loc = tf.convert_to_tensor(loc, dtype=dtype, name="loc")
            if scale_diag is not None:
                scale = tf.convert_to_tensor(scale_diag, dtype=dtype, name="scale_diag")
            else:
                scale = tf.zeros_like(loc) if scale_identity_multiplier is not None \
                    else tf.ones_like(loc)
            if scale_identity_multiplier is not None:
                scale += tf.convert_to_tensor(
                    scale_identity_multiplier, dtype=dtype)[..., tf.newaxis]
            if loc is None:
                loc = tf.zeros_like(scale)
            self._normal = Normal(loc + tf.zeros_like(scale), scale + tf.zeros_like(loc))
        super().__init__(
            dtype=self._normal.dtype,
            reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
            graph_parents=[self._normal.loc, self._normal.scale], name=scope)

    @property
    def loc(self):
        """The mean."""
        return self._normal.loc

    @property
    def scale(self):
        """The matrix of the standard deviations, as an operator."""
        return tf.linalg.LinearOperatorDiag(self._normal.scale, is_non_singular=True)

    def _batch_shape_tensor(self):
        return self._normal.batch_shape_tensor()[:-1]

    def _batch_shape(self):
        return self._normal.batch_shape[:-1]

    def _event_shape_tensor(self):
        return self._normal.batch_shape_tensor()[-1:]

    def _event_shape(self):
        return self._normal.batch_shape[-1:]

    def _sample_n(self, n, seed=None):
        shape = tf.concat([[n], self._normal.batch_shape_tensor()], axis=0)
        numbers = tf.random_normal(shape, dtype=self.dtype, seed=seed)
        return numbers * self._normal.scale + self._normal.loc

    def _log_prob(self, x):
        # -(d^2 + k log 2 pi) / 2 - log of the product of the deviations
        distance = (x - self._normal.loc) / self._normal.scale
        return tf.reduce_sum(-0.5 * tf.square(distance) - 0.5 * math.log(2.0 * math.pi), -1) \
            - tf.reduce_sum(tf.log(tf.abs(self._normal.scale)), -1)

    def _prob(self, x):
        return tf.exp(self._log_prob(x))

    def _entropy(self):
        return tf.reduce_sum(self._normal.entropy(), -1)

    def _mean(self):
        return tf.identity(self._normal.loc)

    def _mode(self):
        return tf.identity(self._normal.loc)

    def _stddev(self):
        return tf.abs(self._normal.scale)

    def _variance(self):
        return tf.square(self._normal.scale)

    def _covariance(self):
        return tf.matrix_diag(tf.square(self._normal.scale))


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """`MultivariateNormalDiag` with the softplus of what is given for the deviations."""

    def __init__(self, loc, scale_diag, validate_args=False, allow_nan_stats=True,
                 name="MultivariateNormalDiagWithSoftplusScale"):
        super().__init__(loc, tf.nn.softplus(scale_diag), validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, name=name)


@tf.distributions.RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _kl(a, b, name=None):
    """sum of KL(N(a.loc, a.scale), N(b.loc, b.scale))."""
    with tf.name_scope(name, "kl_mvn"):
        return tf.reduce_sum(tf.distributions.kl_divergence(a._normal, b._normal), -1)


class NormalWithSoftplusScale(Normal):
    """``Normal`` with the softplus of what is given for the deviation."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True,
                 name="NormalWithSoftplusScale"):
        super().__init__(loc, tf.nn.softplus(scale), validate_args, allow_nan_stats, name)


def softplus_inverse(x, name=None):
    """``log(exp(x) - 1)``, of which ``x`` is the softplus."""
    with tf.name_scope(name, "softplus_inverse", [x]):
        x = tf.convert_to_tensor(x)
        return x + tf.log(-tf.expm1(-x))
