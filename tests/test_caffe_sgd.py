import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer


@both_kinds
def test_the_history_keeps_the_rate_that_its_steps_had(use_resource):
    def moved(make_optimizer):
        with tf.Graph().as_default():
            w = variable("w", 0.0, use_resource)
            rate = tf.placeholder(tf.float32, [])
            train_op = make_optimizer(rate).minimize(w)
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                session.run(train_op, {rate: 1.0})
                session.run(train_op, {rate: 0.0})
                return session.run(w)

    assert moved(lambda rate: tf.train.MomentumOptimizer(rate, 0.5)) == -1.0
    assert moved(lambda rate: CaffeSGDOptimizer(rate, 0.5)) == -1.5


@both_kinds
def test_a_rate_that_follows_the_step_is_read_before_it_moves(use_resource):
    with tf.Graph().as_default():
        w = variable("w", 0.0, use_resource)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [0], [1.0, 0.25])
        train_op = CaffeSGDOptimizer(rate).minimize(w, global_step=step)
        assert values_after(train_op, [w, step]) == [-1.0, 1]
        assert values_after(train_op, [w, step], 2) == [-1.25, 2]


@both_kinds
def test_numbers_computed_from_a_weight_are_read_before_the_step(use_resource):
    with tf.Graph().as_default():
        w = variable("w", tf.ones([100000]), use_resource)
        mean = tf.reduce_mean(w)
        train_op = CaffeSGDOptimizer(
            mean, weight_decay=mean, lr_mult={"w": mean}, decay_mult={"w": 2.0 * mean}
        ).minimize(tf.reduce_sum(w))
        for _ in range(5):
            assert set(values_after(train_op, w)) == {1.0 - (1.0 + 2.0)}


@both_kinds
def test_sparse_gradients_move_and_decay_the_touched_rows_once(use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.fill([4, 2], 4.0), use_resource)
        ids = tf.placeholder(tf.int64, [None])
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids))
        optimizer = CaffeSGDOptimizer(0.5, 0.5, 0.25, lr_mult={"table": 2})
        train_op = optimizer.minimize(loss)
        moved, history = values_after(
            train_op, [table, optimizer.get_slot(table, "momentum")], feed={ids: [1, 3, 1]})
        np.testing.assert_array_equal(history, [[0, 0], [3, 3], [0, 0], [2, 2]])
        np.testing.assert_array_equal(moved, [[4, 4], [1, 1], [4, 4], [2, 2]])


@settings(max_examples=20, deadline=None)
@given(ids=st.lists(st.integers(0, 5), min_size=1, max_size=12), use_resource=st.booleans())
def test_sparse_rows_move_as_dense_ones(ids, use_resource):
    start = np.linspace(-1, 1, 18).reshape(6, 3)
    with tf.Graph().as_default():
        table = variable("table", start, use_resource)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids))
        moved = values_after(CaffeSGDOptimizer(0.125, 0.9, 0.25).minimize(loss), table, steps=2)
    counts = np.bincount(ids, minlength=6)[:, None]
    dense, history = start, 0
    for _ in range(2):
        history = 0.9 * history + 0.125 * (counts + 0.25 * dense)
        dense = dense - history
    np.testing.assert_allclose(moved, np.where(counts > 0, dense, start), rtol=1e-14, atol=1e-14)


@both_kinds
def test_a_variable_frozen_by_its_multiplier_stays(use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", 1.0, use_resource), variable("v", 1.0, use_resource)
        train_op = CaffeSGDOptimizer(0.5, 0.9, 0.5, lr_mult=[(v, 0)]).minimize(w + v)
        assert values_after(train_op, [w, v], 3)[1] == 1.0


def test_float64_keeps_the_numbers_digits():
    with tf.Graph().as_default():
        w = variable("w", np.float64(0.0))
        assert values_after(CaffeSGDOptimizer(0.1, 0.9).minimize(w), w, 2) == -(0.1 + (0.09 + 0.1))


def test_in_a_group_of_optimizers():
    with tf.Graph().as_default():
        w, v = variable("w", 4.0), variable("v", 1.0)
        train_op = GroupedOptimizer([
            (CaffeSGDOptimizer(0.5, 0.5, 0.25), "w"),
            (tf.train.GradientDescentOptimizer(1.0), "v")]).minimize(w + v)
        assert values_after(train_op, [w, v]) == [3.0, 0.0]


def test_multipliers_of_no_decay_are_refused():
    with pytest.raises(RecipeError) as error:
        CaffeSGDOptimizer(0.1, decay_mult={"b": 0})
    assert error.value.problems == ["decay_mult has no effect with a weight decay of 0"]


def test_a_variable_without_gradient_may_stay_undecayed():
    with tf.Graph().as_default():
        w, unused = variable("w", 1.0), variable("unused", 1.0)
        train_op = CaffeSGDOptimizer(1.0, weight_decay=1.0, decay_mult={"unused": 0}).minimize(w)
        assert values_after(train_op, [w, unused]) == [-1.0, 1.0]
