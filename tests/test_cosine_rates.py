import math

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
from tf1_recipes.schedules import cosine_rates
from tf1_recipes.schedules.cosine_rates import (
    cosine_decay,
    cosine_decay_restarts,
    linear_cosine_decay,
    noisy_linear_cosine_decay,
)
from tf1_recipes.schedules.joined_rates import warm_up
from tf1_recipes.v1 import tf


@settings(max_examples=15, deadline=None)
@given(initial_rates, periods, st.floats(0, 1), st.data())
def test_cosine_and_model_agree_to_1_ulp_around_every_boundary(initial, period, alpha, data):
    steps = data.draw(boundaries_of(period)) + around(period / 2, period)
    found = rates(cosine_decay(initial, period, alpha), steps)
    assert ulps(found, reference.cosine_decay(steps, initial, period, alpha)) <= 1


@settings(max_examples=20, deadline=None)
@given(initial_rates, periods, st.sampled_from([1, 1.0, 1.1, 1.5, 2, 2.0, 3]),
       st.sampled_from([1.0, 0.5, 0.9]), st.floats(0, 1), st.data())
def test_restarts_and_model_agree_to_1_ulp_around_every_restart(
        initial, first, t_mul, m_mul, alpha, data):
    number = data.draw(st.integers(1, 12))
    start = first * number if t_mul == 1 else first * (t_mul ** number - 1) / (t_mul - 1)
    steps = data.draw(boundaries_of(first)) + around(round(start, 6))
    found = rates(cosine_decay_restarts(initial, first, t_mul, m_mul, alpha), steps)
    expected = reference.cosine_decay_restarts(steps, initial, first, t_mul, m_mul, alpha)
    assert ulps(found, expected) <= 1


def test_a_vector_of_rates_is_each_stage_s_own_schedule():
    steps = around(4, 12, 28)
    found = rates(cosine_decay_restarts([1e-7, 1e-4, 1e-2], 4), steps)
    assert found.shape == (len(steps), 3)
    for stage, initial in enumerate([1e-7, 1e-4, 1e-2]):
        np.testing.assert_array_equal(
            found[:, stage], rates(cosine_decay_restarts(initial, 4), steps))
    joined = rates(warm_up(cosine_decay_restarts(np.float32([0.5, 1.0]), 4), 4), [2, 4, 8])
    np.testing.assert_array_equal(joined, [[0.25, 0.5], [0.5, 1.0], [0.5, 1.0]])


@settings(max_examples=15, deadline=None)
@given(initial_rates, periods, st.sampled_from([0.5, 1.0, 2.5]), st.floats(0, 1),
       st.floats(1e-4, 1), st.data())
def test_linear_cosine_and_model_agree_to_1_ulp(initial, period, waves, alpha, beta, data):
    steps = data.draw(boundaries_of(period)) + around(period)
    expected = reference.linear_cosine_decay(steps, initial, period, waves, alpha, beta)
    for schedule in (
            linear_cosine_decay(initial, period, waves, alpha, beta),
            noisy_linear_cosine_decay(initial, period, 0.0, 0.55, waves, alpha, beta)):
        assert ulps(rates(schedule, steps), expected) <= 1


@pytest.mark.parametrize("waves", [0.5, 2.5])
@pytest.mark.parametrize("period", [10, 49, 820636])
def test_linear_cosine_ends_in_nothing_where_nothing_is_left(period, waves):
    # alpha keeps the line above 0: the cosine alone reaches it.
    found = rates(linear_cosine_decay(0.1, period, waves, 0.1, 0.0), [period, period + 1])
    np.testing.assert_array_equal(found, 0)


@pytest.mark.parametrize("name, rest, limit", [
    ("cosine_decay", (0.0,), 1),
    ("cosine_decay", (0.1,), 2),
    ("cosine_decay_restarts", (1.0, 0.9, 0.1), 6),
    ("cosine_decay_restarts", (2.0,), 3),
    ("linear_cosine_decay", (), 1),
    ("linear_cosine_decay", (2.0, 0.1, 0.01), 1),
])
def test_as_tf_train_s_own_at_small_steps(name, rest, limit):
    steps = around(*range(0, 10001, 500))
    found = rates(getattr(cosine_rates, name)(0.1, 1000, *rest), steps)
    own = rates(lambda step: getattr(tf.train, name)(0.1, step, 1000, *rest), steps)
    assert ulps_of(0.1, found, own) <= limit


def test_noise_is_tf_train_s_but_for_the_draw():
    # The mean and the deviation of 2,000 draws at step 3: 0.1 * e * wave, e ~ N(0, 1 / 4^0.55).
    def draws(schedule):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(1)
            step = tf.placeholder(tf.int64, [])
            rate = schedule(step)
            return np.array([session.run(rate, {step: 3}) for _ in range(2000)])

    wave = (1 + math.cos(math.pi * 0.3)) / 2
    mean, deviation = 0.1 * (0.7 * wave + 0.001), 0.1 * wave * 4 ** (-0.55 / 2)
    for found in (
            draws(noisy_linear_cosine_decay(0.1, 10)),
            draws(lambda step: tf.train.noisy_linear_cosine_decay(0.1, step, 10))):
        assert abs(found.mean() - mean) < 4 * deviation / math.sqrt(2000)
        assert abs(found.std() / deviation - 1) < 4 / math.sqrt(2 * 2000)


def test_the_seed_is_the_noise_s():
    def first(seed):
        return rates(noisy_linear_cosine_decay(0.1, 10, seed=seed), [3])[0]

    assert first(1) == first(1) != first(2)


def test_every_restart_is_taken_where_tf_train_misses_the_13th_and_the_15th():
    # Periods of 10, 20, 40 ...: restart k is at step 10 (2^k - 1).
    steps = [10 * (2 ** number - 1) for number in range(1, 40)]
    found = rates(cosine_decay_restarts(0.1, 10), steps)
    np.testing.assert_array_equal(found, np.float32(0.1))
    np.testing.assert_array_equal(reference.cosine_decay_restarts(steps, 0.1, 10), np.float32(0.1))
    own = rates(lambda step: tf.train.cosine_decay_restarts(0.1, step, 10), steps[:15])
    assert [number + 1 for number, rate in enumerate(own) if rate < 0.01] == [13, 15]


def test_a_period_that_grows_by_a_tenth_restarts_at_10_and_21():
    found = rates(cosine_decay_restarts(0.1, 10, 1.1), [10, 20, 21])
    assert found[0] == found[2] == np.float32(0.1)
    assert found[1] < 0.003
    own = rates(lambda step: tf.train.cosine_decay_restarts(0.1, step, 10, 1.1), [10, 20, 21])
    assert own[2] == 0  # the end of the old period, in place of the beginning of the new


def test_the_number_of_a_restart_is_not_left_to_a_quotient():
    # The graph optimizer computes t / 49 as t * (1 / 49), which at 49 is less than 1.
    assert rates(cosine_decay_restarts(1.0, 49, 1.0, m_mul=0.5), [0, 49, 98]).tolist() == [
        1.0, 0.5, 0.25]


def test_a_ratio_counts_as_it_is_written():
    # Periods of 1000, 1100, 1210 and 1331 steps; 1.1 as a float is a little more than 11 / 10.
    found = rates(cosine_decay_restarts(1.0, 1000, 1.1), [1000, 2100, 3310, 4641])
    assert found.tolist() == [1.0, 1.0, 1.0, 1.0]


def test_at_10_to_the_9_the_period_is_at_its_end_where_tf_train_s_is_at_its_beginning():
    found = rates(cosine_decay_restarts(0.1, 1000, 1.0), [10 ** 9 - 1, 10 ** 9])
    # one of 1,000 steps is left: 0.1 * sin(pi / 2000)^2
    assert ulps(found, np.float32([0.1 * math.sin(math.pi / 2000) ** 2, 0.1])) <= 1
    own = rates(lambda step: tf.train.cosine_decay_restarts(0.1, step, 1000, 1.0), [10 ** 9 - 1])
    assert own > 0.099


def test_the_model_is_the_textbook_formula():
    steps = np.arange(0, 1001)
    textbook = 0.1 * (0.9 * (1 + np.cos(np.pi * steps / 1000)) / 2 + 0.1)
    assert ulps(reference.cosine_decay(steps, 0.1, 1000, 0.1), np.float32(textbook)) <= 1
    line = 0.1 * ((0.2 + 1 - steps / 1000) * (1 + np.cos(6 * np.pi * steps / 1000)) / 2 + 0.001)
    found = reference.linear_cosine_decay(steps, 0.1, 1000, 3, 0.2)
    assert ulps(found, np.float32(line)) <= 1


def test_what_is_no_schedule_is_refused_and_the_graph_is_untouched():
    with tf.Graph().as_default() as graph:
        with pytest.raises(RecipeError, match=r"learning_rate\[1\] is 'b': it must be a number"):
            cosine_decay_restarts([0.1, "b"], 10)
        with pytest.raises(RecipeError, match="initial_learning_rate is empty"):
            cosine_decay_restarts([], 10)
        with pytest.raises(RecipeError, match="initial_learning_rate"):
            cosine_decay_restarts([[0.1]], 10)
        with pytest.raises(RecipeError, match="more than 4096 restarts"):
            cosine_decay_restarts(0.1, 1, 1.0001)
        with pytest.raises(RecipeError, match="decay_steps is -1: it must be > 0"):
            cosine_decay(0.1, -1)
        with pytest.raises(RecipeError, match="beta is nan"):
            linear_cosine_decay(0.1, 10, beta=float("nan"))
        with pytest.raises(RecipeError, match="initial_variance is -1"):
            noisy_linear_cosine_decay(0.1, 10, initial_variance=-1)
        assert graph.get_operations() == []
