import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule_checks import (
    around,
    boundaries_of,
    initial_rates,
    periods,
    rates,
    ulps,
    ulps_of,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.evidence.models import learning_rates as reference
from tf1_recipes.schedules import decaying_rates
from tf1_recipes.schedules.decaying_rates import (
    exponential_decay,
    inverse_time_decay,
    natural_exp_decay,
    polynomial_decay,
)
from tf1_recipes.v1 import tf

MILLIARD = 10 ** 9


def twins(name, *arguments):
    """The rates at some steps: of the schedule, of the NumPy model, of tf.train's own function."""
    def at(steps):
        initial, rest = arguments[0], arguments[1:]
        return (rates(getattr(decaying_rates, name)(*arguments), steps),
                getattr(reference, name)(steps, *arguments),
                rates(lambda step: getattr(tf.train, name)(initial, step, *rest), steps))
    return at


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_graph_and_model_agree_to_1_ulp_around_every_boundary(data):
    name = data.draw(st.sampled_from(
        ["exponential_decay", "natural_exp_decay", "inverse_time_decay", "polynomial_decay"]))
    initial, period = data.draw(initial_rates), data.draw(periods)
    flag = data.draw(st.booleans())
    if name == "polynomial_decay":
        rest = (data.draw(st.floats(0, 1)), data.draw(st.sampled_from([0.5, 1, 2.0, 3])), flag)
    else:
        rest = (data.draw(st.floats(0.5, 1)), flag)
    steps = data.draw(boundaries_of(period))

    found = rates(getattr(decaying_rates, name)(initial, period, *rest), steps)
    assert ulps(found, getattr(reference, name)(steps, initial, period, *rest)) <= 1


@pytest.mark.parametrize("name, rest, limit", [
    ("exponential_decay", (0.96, False), 2),
    ("exponential_decay", (0.96, True), 2),
    ("natural_exp_decay", (0.5, False), 1),
    ("natural_exp_decay", (0.5, True), 1),
    ("inverse_time_decay", (0.5, False), 1),
    ("inverse_time_decay", (0.5, True), 1),
    ("polynomial_decay", (0.001, 1.0, False), 1),
    # Its 1 - t / T is off by 2^-24, which a square root near 0 makes much of.
    ("polynomial_decay", (0.001, 0.5, False), 16),
])
def test_as_tf_train_s_own_at_small_steps(name, rest, limit):
    steps = around(*range(0, 10001, 500))
    found, model, own = twins(name, 0.1, 1000, *rest)(steps)
    assert ulps(found, model) <= 1
    assert ulps_of(0.1, found, own) <= limit


@pytest.mark.parametrize("period", [3, 10, 49, 98, 103, 107, 161, 187, 1000])
def test_no_stair_and_no_cycle_is_missed(period):
    # In float64 x * (1 / x) is less than 1 for 49, 98, 103, 107, 161 and 187; in float32 for 107.
    numbers = np.arange(1, 40)
    for make, stairs in (
            (exponential_decay(1.0, period, 0.5, True), 0.5 ** np.float64(numbers)),
            (natural_exp_decay(1.0, period, 0.5, True), np.exp(-0.5 * numbers)),
            (inverse_time_decay(1.0, period, 0.5, True), 1 / (1 + 0.5 * numbers)),
            (polynomial_decay(1.0, period, 0.25, cycle=True), np.full(39, 0.25))):
        assert ulps(rates(make, numbers * period), np.float32(stairs)) <= 1


def test_tf_train_s_own_misses_stairs_and_cycles():
    # Should this fail one day, TensorFlow has been mended: the docstrings say what it does.
    own = rates(lambda step: tf.train.exponential_decay(1.0, step, 107, 0.5, True), [106, 107, 108])
    assert list(own) == [1, 1, 0.5]
    own = rates(lambda step: tf.train.polynomial_decay(0.1, step, 1000, 0.001, 1.0, True),
                [1000, 2000, 3000, 6000, 7000])
    np.testing.assert_allclose(own, [0.001, 0.001, 0.02575, 0.015142856, 0.013375], rtol=1e-6)


def test_stairs_come_at_their_step_where_tf_train_s_come_32_steps_early():
    # The factor and the rate are powers of two, and 10,000 stairs of 100,000 steps the 10^9.
    steps = [MILLIARD - 33, MILLIARD - 32, MILLIARD - 1, MILLIARD, MILLIARD + 99999]
    before, after = 1 / (1 + 9999.0), 1 / (1 + 10000.0)
    found, model, own = twins("inverse_time_decay", 1.0, 100000, 1.0, True)(steps)
    expected = np.float32([before, before, before, after, after])
    assert ulps(found, expected) == 0
    assert ulps(model, expected) == 0
    assert ulps(own, np.float32([before, after, after, after, after])) <= 1


@pytest.mark.parametrize("name, factor, expected", [
    ("exponential_decay", 1 - 1e-8, 0.1 * np.exp(-10 - 5e-8)),  # log(1 - x) = -x - x^2 / 2
    ("natural_exp_decay", 1e-8, 0.1 * np.exp(-10)),
])
def test_a_slow_decay_decays_where_tf_train_s_does_not(name, factor, expected):
    found, model, own = twins(name, 0.1, 1, factor)([MILLIARD])
    # log(1 - 1e-8) itself is known to 2e-9 of its size only, in float64
    np.testing.assert_allclose([found[0], model[0]], expected, rtol=2e-7)
    assert own == np.float32(0.1)


def test_polynomial_cycles_at_their_step():
    found, model, own = twins("polynomial_decay", 0.1, 1000, 0.0, 1.0, True)(
        [MILLIARD - 1, MILLIARD, MILLIARD + 1])
    # 10^9 steps are a million cycles: 0.1 / 10^9 is left, nothing, and 0.1 * 999 / (10^9 + 1000)
    expected = np.float32([0.1 / 1e9, 0, 0.1 * 999 / (1e9 + 1000)])
    assert ulps(found, expected) == 0
    assert ulps(model, expected) == 0
    assert ulps_of(0.1, own, expected) > 1  # tf.train's does not tell these steps apart
    assert len(set(own)) == 1


def test_a_tensor_is_no_number_here():
    problem = "initial_learning_rate is a tensor: it must be a number"
    with tf.Graph().as_default(), pytest.raises(RecipeError, match=problem):
        inverse_time_decay(tf.constant(0.1), 10, 0.5)
