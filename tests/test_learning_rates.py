import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule_checks import rates
from tests.small_trainings import both_kinds
from tf1_recipes.errors import RecipeError
from tf1_recipes.evidence.models import learning_rates as reference
from tf1_recipes.evidence.recipes.D1_piecewise_rate import model as piecewise_rate
from tf1_recipes.schedules.learning_rates import increment_step, piecewise_constant
from tf1_recipes.v1 import tf

both_types = pytest.mark.parametrize("dtype", [np.int32, np.int64])

BOUNDARIES, VALUES = [5, 10, 15], [0.1, 0.05, 0.01, 0.001]
# The documented output: the rate of each step from 1 to 20.
DOCUMENTED = ["0.100"] * 5 + ["0.050"] * 5 + ["0.010"] * 5 + ["0.001"] * 5


def step_variable(value=0, dtype=np.int64, use_resource=False):
    return tf.get_variable("global_step", initializer=dtype(value), trainable=False,
                           use_resource=use_resource)


@both_kinds
@both_types
def test_step_and_rate_are_the_documented_ones_in_every_run(use_resource, dtype):
    with tf.Graph().as_default(), tf.Session() as session:
        global_step = step_variable(dtype=dtype, use_resource=use_resource)
        advanced = increment_step(global_step, piecewise_constant(BOUNDARIES, VALUES))
        for _ in range(20):
            session.run(tf.global_variables_initializer())
            found = [session.run(advanced) for _ in range(20)]
            assert [step for step, _ in found] == list(range(1, 21))
            assert ["%.3f" % rate for _, rate in found] == DOCUMENTED
            assert session.run(global_step) == 20


@both_kinds
def test_what_is_returned_is_not_the_variable_s_own_memory(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        global_step = step_variable(use_resource=use_resource)
        advanced = increment_step(global_step, piecewise_constant([1], [0.5, 0.25]))
        with tf.control_dependencies(list(advanced)):
            later = tf.assign(global_step, 100)
        session.run(tf.global_variables_initializer())
        assert session.run([advanced, later]) == [(1, 0.5), 100]


@both_kinds
def test_fetching_either_adds_one_once(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        global_step = step_variable(use_resource=use_resource)
        step, rate = increment_step(global_step, piecewise_constant([2], [0.5, 0.25]))
        session.run(tf.global_variables_initializer())
        assert session.run(step) == 1
        assert session.run(rate) == 0.5
        assert session.run([rate, rate, step]) == [0.25, 0.25, 3]
        assert session.run(global_step) == 3


@both_kinds
def test_a_schedule_on_the_step_that_minimize_counts_is_read_before_it_moves(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        global_step = step_variable(use_resource=use_resource)
        w = tf.get_variable("w", initializer=0.0, use_resource=use_resource)
        rate = piecewise_constant([1], [1.0, 10.0])(global_step)
        train = tf.train.GradientDescentOptimizer(rate).minimize(-w, global_step)
        session.run(tf.global_variables_initializer())
        found = []
        for _ in range(3):
            session.run(train)
            found.append(session.run(w))
        assert found == [1, 2, 12]  # the steps were 0 and 1, then 2


@both_kinds
def test_a_variable_is_read_where_the_schedule_is_called(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        global_step = step_variable(use_resource=use_resource)
        with tf.control_dependencies([tf.assign_add(global_step, 1).op]):
            rate = piecewise_constant([1], [1.0, 10.0])(global_step)
        session.run(tf.global_variables_initializer())
        assert [session.run(rate) for _ in range(3)] == [1, 10, 10]


def test_any_function_of_the_step_will_do_as_a_schedule():
    with tf.Graph().as_default(), tf.Session() as session:
        advanced = increment_step(step_variable(6), lambda step: 1 / tf.cast(step + 1, tf.float32))
        session.run(tf.global_variables_initializer())
        assert session.run(advanced) == (7, 0.125)


@pytest.mark.parametrize("step", [0, 5, 2 ** 53, np.int32(5), np.int64(6)])
def test_a_number_as_the_step(step):
    with tf.Graph().as_default(), tf.Session() as session:
        rate = piecewise_constant(BOUNDARIES, VALUES)(step)
        assert rate.dtype == tf.float32 and rate.shape.as_list() == []
        assert session.run(rate) == reference.piecewise_constant(step, BOUNDARIES, VALUES)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_graph_model_and_tf_train_agree_around_every_boundary(data):
    boundaries = sorted(data.draw(st.sets(
        st.one_of(st.integers(0, 100), st.integers(10 ** 9 - 2, 10 ** 9 + 2),
                  st.integers(0, 2 ** 53)), min_size=1, max_size=5)))
    # Smaller than 1e-38 would be no normal float32, which TensorFlow computes with as 0.
    values = data.draw(st.lists(st.floats(1e-30, 1e3), min_size=len(boundaries) + 1,
                                max_size=len(boundaries) + 1))
    # 2^53 is the last step that a schedule counts to.
    steps = sorted({min(max(boundary + offset, 0), 2 ** 53)
                    for boundary in boundaries for offset in (-1, 0, 1)})

    found = rates(piecewise_constant(boundaries, values), steps)

    assert found.dtype == np.float32
    np.testing.assert_array_equal(
        found, [reference.piecewise_constant(step, boundaries, values) for step in steps])
    np.testing.assert_array_equal(found, rates(lambda step: tf.train.piecewise_constant(
        step, [np.int64(boundary) for boundary in boundaries], values), steps))


@pytest.mark.parametrize("step, rate", [(0, 0.1), (4, 0.1), (5, 0.05), (14, 0.01), (15, 0.001)])
def test_the_model_of_the_example_falls_by_the_rate_of_the_step_after(step, rate):
    state = piecewise_rate.update({"global_step": np.int64(step), "w": np.float32(1)}, {})
    assert state == {"global_step": step + 1, "w": np.float32(1) - np.float32(rate)}
    assert state["global_step"].dtype == np.int64 and state["w"].dtype == np.float32


def test_no_boundary_is_refused():
    with pytest.raises(RecipeError, match="there is no boundary"):
        piecewise_constant([], [0.1])


def test_a_step_that_cannot_count_is_refused():
    schedule = piecewise_constant(BOUNDARIES, VALUES)
    with tf.Graph().as_default():
        for step, problem in (
                (-1, "the step is -1: it must be a whole number from 0 to 2\\^53"),
                (1.5, "the step is 1.5"),
                (tf.constant(1.0), "the step is of type float32: it must be of an integer type"),
                (tf.constant([1]), r"the step has the shape \(1,\): it must be a scalar")):
            with pytest.raises(RecipeError, match=problem):
                schedule(step)


def test_advance_refuses_what_is_no_step_and_no_schedule():
    with tf.Graph().as_default() as graph:
        step = tf.constant(0)
        count = len(graph.get_operations())
        with pytest.raises(RecipeError) as raised:
            increment_step(step, 0.1)
        assert "it must be a variable" in raised.value.problems[0]
        assert raised.value.problems[1] == "0.1 is not a schedule"
        assert len(graph.get_operations()) == count
        with pytest.raises(RecipeError, match="of type float32: it must be of an integer type"):
            increment_step(step_variable(0, np.float32), piecewise_constant(BOUNDARIES, VALUES))
