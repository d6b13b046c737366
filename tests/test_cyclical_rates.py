import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule_checks import around, boundaries_of, initial_rates, periods, rates, ulps
from tf1_recipes.errors import RecipeError
from tf1_recipes.evidence.models import learning_rates as reference
from tf1_recipes.schedules import cyclical_rates
from tf1_recipes.schedules.cyclical_rates import cyclical

# Up from 1 to 3 in 4 steps and down again, from step 0 to 16.
UP_AND_DOWN = [1, 1.5, 2, 2.5, 3, 2.5, 2, 1.5]


@pytest.mark.parametrize("policy, gamma, expected", [
    ("triangular", 1, UP_AND_DOWN + UP_AND_DOWN + [1]),
    ("triangular2", 1, UP_AND_DOWN + [1, 1.25, 1.5, 1.75, 2, 1.75, 1.5, 1.25] + [1]),
    ("exp_range", 0.5, [1 + (rate - 1) * 0.5 ** step
                        for step, rate in enumerate(UP_AND_DOWN + UP_AND_DOWN + [1])]),
])
def test_two_cycles_by_hand(policy, gamma, expected):
    found = rates(cyclical(1, 3, 4, policy, gamma), range(17))
    np.testing.assert_array_equal(found, np.float32(expected))
    model = reference.cyclical(np.arange(17), 1, 3, 4, policy, gamma)
    np.testing.assert_array_equal(model, np.float32(expected))


@settings(max_examples=30, deadline=None)
@given(initial_rates, initial_rates, periods, st.sampled_from(cyclical_rates.POLICIES),
       st.floats(0.9, 1), st.data())
def test_graph_and_model_agree_to_1_ulp_around_every_turn(a, b, size, policy, gamma, data):
    arguments = (min(a, b), max(a, b), size, policy, gamma if policy == "exp_range" else 1.0)
    steps = data.draw(boundaries_of(size))
    found = rates(cyclical(*arguments), steps)
    assert ulps(found, reference.cyclical(steps, *arguments)) <= 1


@pytest.mark.parametrize("size", [7, 49, 107, 2000])
def test_no_turn_is_missed_at_large_steps(size):
    lowest = [2 * size * number for number in (1, 2, 3, 10 ** 6, 10 ** 9 // size)]
    steps = around(*lowest)
    found = rates(cyclical(0.0, 1.0, size), steps)
    place = np.array(steps) % (2 * size)
    assert ulps(found, np.float32(np.minimum(place, 2 * size - place) / size)) <= 1
    halved = rates(cyclical(0.0, 1.0, size, "triangular2"), [size, 3 * size, 5 * size, 41 * size])
    np.testing.assert_array_equal(halved, np.float32([1, 0.5, 0.25, 0.5 ** 20]))


def test_a_gamma_that_has_no_effect_is_refused():
    with pytest.raises(RecipeError, match="gamma is 0.9, but the policy is 'triangular'"):
        cyclical(0.1, 0.2, 10, gamma=0.9)
