from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule_checks import around, initial_rates, rates, ulps
from tf1_recipes.evidence.models import learning_rates as reference
from tf1_recipes.schedules.cosine_rates import cosine_decay
from tf1_recipes.schedules.decaying_rates import exponential_decay, polynomial_decay
from tf1_recipes.schedules.joined_rates import join_schedules, warm_up
from tf1_recipes.schedules.learning_rates import increment_step, piecewise_constant
from tf1_recipes.v1 import tf


def test_each_part_counts_from_its_own_beginning():
    parts = [polynomial_decay(8.0, 8, 0.0), 0.5, piecewise_constant([1], [3.0, 4.0])]
    joined = join_schedules(parts, [4, 6])
    # 8, 7, 6, 5; the constant; then steps 0 and 1 at 3, and 4 from its step 2
    assert list(rates(joined, range(10))) == [8, 7, 6, 5, 0.5, 0.5, 3, 3, 4, 4]


def test_a_warm_up_by_hand():
    schedule = warm_up(exponential_decay(1.0, 2, 0.5, staircase=True), 4, start_learning_rate=0.5)
    assert list(rates(schedule, range(9))) == [0.5, 0.625, 0.75, 0.875, 1, 1, 0.5, 0.5, 0.25]
    assert list(rates(warm_up(2.0, 2), range(4))) == [0, 1, 2, 2]


def some_far_away(gaps, near):
    """The boundaries that lie these gaps apart, all but the first ``near`` beyond 10^9."""
    return [sum(gaps[:end]) + (10 ** 9 if end > near else 0) for end in range(1, len(gaps) + 1)]


starts = st.builds(some_far_away, st.lists(st.integers(1, 50), min_size=1, max_size=3),
                   st.integers(0, 3))


@settings(max_examples=15, deadline=None)
@given(starts, initial_rates)
def test_joined_graph_and_model_agree_to_1_ulp_around_every_boundary(boundaries, initial):
    parts = [(initial, 100), (initial / 2, 7), (initial * 2, 1000), (initial, 1)]
    parts = parts[:len(boundaries) + 1]
    steps = around(*boundaries)
    found = rates(join_schedules([cosine_decay(*part) for part in parts], boundaries), steps)
    models = [lambda step, part=part: reference.cosine_decay(step, *part) for part in parts]
    assert ulps(found, reference.join_schedules(steps, models, boundaries)) <= 1


@settings(max_examples=15, deadline=None)
@given(st.one_of(st.integers(1, 100), st.integers(10 ** 9, 10 ** 9 + 50)), initial_rates,
       st.integers(0, 1000).map(lambda thousandths: thousandths / 1000))
def test_warm_up_and_model_agree_to_1_ulp_around_its_end(steps, initial, start):
    at = around(0, steps // 2, steps)
    found = rates(warm_up(cosine_decay(initial, 1000), steps, start), at)
    expected = reference.warm_up(
        at, lambda step: reference.cosine_decay(step, initial, 1000), steps, start, initial)
    assert ulps(found, expected) <= 1


def test_joined_parts_of_joined_parts_and_advance():
    schedule = join_schedules([warm_up(1.0, 2), warm_up(3.0, 3)], [3])
    assert list(rates(schedule, range(7))) == [0, 0.5, 1, 0, 1, 2, 3]
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.get_or_create_global_step()
        advanced = increment_step(step, schedule)
        session.run(tf.global_variables_initializer())
        assert [session.run(advanced) for _ in range(4)] == [(1, 0.5), (2, 1), (3, 0), (4, 1)]
