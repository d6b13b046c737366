"""Initialisers whose values changed between the releases, for the same seed.

As of 1.7 ``tf.variance_scaling_initializer`` (``glorot_normal``, and Keras' ``he_normal`` and
``lecun_normal``, which are made of it) drew from a normal distribution truncated at two standard
deviations; by 1.15 it made up for what truncation takes from the deviation.
"""
import functools

# The standard deviation of a normal distribution truncated at two.
_TRUNCATED = .87962566103423978


def restore(release):
    """Puts initialisers in place that draw what a release's drew.

    Args:
        release: tuple of numbers, such as (1, 7).
    """
    from tensorflow.python.ops import init_ops

    if release < (1, 15):
        init_ops.VarianceScaling.__call__ = uncorrected(init_ops.VarianceScaling.__call__)


def uncorrected(call):
    """Returns a method that draws what ``call`` draws, with the smaller deviation of before."""
    @functools.wraps(call)
    def __call__(self, shape, dtype=None, partition_info=None):
        if self.distribution not in ("normal", "truncated_normal"):
            return call(self, shape, dtype, partition_info)
        scale = self.scale
        self.scale = scale * _TRUNCATED ** 2
        try:
            return call(self, shape, dtype, partition_info)
        finally:
            self.scale = scale
    return __call__
