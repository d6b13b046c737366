"""Initializers whose values for a seed changed between the releases.

As of 1.7 ``tf.variance_scaling_initializer`` (``glorot_normal``, and Keras' ``he_normal`` and
``lecun_normal``, which are made of it) drew from a normal distribution truncated at two standard
deviations. By 1.15 it corrected the deviation for the truncation.
"""
from tf1_recipes.legacy.patch import patch

# The standard deviation of a normal distribution truncated at two.
_TRUNCATED = .87962566103423978


@patch("initializers of a truncated normal do not correct its deviation", after="tensorflow",
       until="1.7")
def initial_values(changes, tensorflow):
    from tensorflow.python.ops import init_ops

    changes.wrap(init_ops.VarianceScaling, "__call__")(uncorrected)


def uncorrected(call, self, shape, dtype=None, partition_info=None):
    """Draws what ``call`` draws, with the smaller deviation of before 1.15."""
    if self.distribution not in ("normal", "truncated_normal"):
        return call(self, shape, dtype, partition_info)
    scale = self.scale
    self.scale = scale * _TRUNCATED ** 2
    try:
        return call(self, shape, dtype, partition_info)
    finally:
        self.scale = scale
