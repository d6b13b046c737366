"""The table of what a factor of 0.1 does to a gradient and to a rate, under eight optimizers.

Loss v^2 from v = 5, rate 0.01, 20 steps: the distance moved with the factor over that without.
Measured on TensorFlow 1.15.5 and 2.21; the same figures on both, for both kinds of variables.
"""
import pytest

from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.gradients import multiply
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.gradients.scale import scale_gradient
from tf1_recipes.learning_rates.layerwise import layerwise_optimizer
from tf1_recipes.v1 import tf

train = tf.train


def momentum(rate):
    return train.MomentumOptimizer(rate, 0.9)


def nesterov(rate):
    return train.MomentumOptimizer(rate, 0.9, use_nesterov=True)


TABLE = [
    # optimizer                     gradient  true rate
    (train.GradientDescentOptimizer, "0.118", "0.118"),
    (momentum,                       "0.179", "0.179"),
    (nesterov,                       "0.197", "0.197"),
    (train.AdagradOptimizer,         "0.986", "0.100"),  # 0.98644 by its formula in float64
    (train.AdadeltaOptimizer,        "1.000", "0.101"),
    (train.RMSPropOptimizer,         "0.706", "0.101"),
    (train.AdamOptimizer,            "1.000", "0.100"),
    (train.FtrlOptimizer,            "6.757", "0.710"),
]


def moved(step, use_resource):
    """The distance that a training moves v by; ``step`` makes a train op from v."""
    with tf.Graph().as_default():
        v = variable("v", 5.0, use_resource)
        return 5.0 - float(values_after(step(v), v, steps=20))


@both_kinds
@pytest.mark.parametrize("factory, gradient, true_rate", TABLE)
def test_a_factor_of_a_tenth(factory, gradient, true_rate, use_resource):
    def plain(v, rate=0.01):
        return factory(rate).minimize(tf.square(v))

    def slower(v):
        return plain(v, rate=0.001)

    def in_groups(v):
        return layerwise_optimizer(factory, 0.01, {"v": 0.1}).minimize(tf.square(v))

    def between_compute_and_apply(v):
        optimizer = factory(0.01)
        pairs = optimizer.compute_gradients(tf.square(v))
        return optimizer.apply_gradients(
            multiply_gradients(optimizer, pairs, {"v": 0.1}, allow_normalising=True))

    def in_the_backward_pass(v):
        return factory(0.01).minimize(tf.square(scale_gradient(v, 0.1)))

    def by_the_documented_mix(v):
        return factory(0.01).minimize(tf.square(0.1 * v + (1 - 0.1) * tf.stop_gradient(v)))

    whole = moved(plain, use_resource)
    for step in (between_compute_and_apply, in_the_backward_pass, by_the_documented_mix):
        assert "%.3f" % (moved(step, use_resource) / whole) == gradient, step.__name__
    for step in (slower, in_groups):
        assert "%.3f" % (moved(step, use_resource) / whole) == true_rate, step.__name__


def test_the_figures_in_the_error_are_the_table_s():
    undone = {factory.__name__: (float(gradient), float(true_rate))
              for factory, gradient, true_rate in TABLE if gradient != true_rate}
    assert undone == multiply._MEASURED
