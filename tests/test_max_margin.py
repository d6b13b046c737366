import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.transfer.max_margin import max_margin_loss
from tf1_recipes.v1 import tf


def value_of(tensor, feed=None):
    with tf.Session() as session:
        return session.run(tensor, feed)


def test_several_bad_scores_to_each_good_one():
    with tf.Graph().as_default():
        good, bad = tf.constant([1.0, 0.0]), tf.constant([[0.0, 0.5, 2.5], [-9.0, 0.0, 1.0]])
        # 1 - 1 + (0, 0.5, 2.5) and 1 + (-9, 0, 1), nothing below 0
        assert value_of(max_margin_loss(good, bad)) == (0 + 0.5 + 2.5 + 0 + 1 + 2) / 6
        # [n, 1] to [n] is one bad score to each good one, not all to all.
        assert value_of(max_margin_loss(good, bad[:, 1:2], 2.0)) == (1.5 + 2) / 2


@settings(max_examples=25, deadline=None)
@given(shape=st.lists(st.integers(1, 4), max_size=3), extra=st.sampled_from([(), (1,), (3,)]),
       margin=st.sampled_from([0.25, 1, np.float32(2)]), known=st.booleans())
def test_the_formula_for_any_shape(shape, extra, margin, known):
    random = np.random.RandomState(0)
    scores = [np.asarray(random.randn(*size)) for size in (shape, tuple(shape) + extra)]
    expected = np.mean([max(0, float(margin) - scores[0][index[:len(shape)]] + scores[1][index])
                        for index in np.ndindex(scores[1].shape)])
    with tf.Graph().as_default():
        fed = [tf.placeholder(tf.float64, each.shape if known else [None] * each.ndim)
               for each in scores]
        found = value_of(max_margin_loss(*fed, margin=margin), dict(zip(fed, scores)))
    # Float64: two roundings in each term, and a sum in whatever order.
    sizes = abs(scores[0]).max() + abs(scores[1]).max() + float(margin)
    assert found == pytest.approx(expected, abs=(scores[1].size + 2) * 2.0 ** -53 * sizes)


def test_a_pair_that_is_apart_by_the_margin_has_no_gradient():
    with tf.Graph().as_default():
        good, bad = tf.constant([2.0, 1.0, 0.5, 0.0]), tf.zeros([4])
        gradients = tf.gradients(max_margin_loss(good, bad), [good, bad])
        np.testing.assert_array_equal(
            value_of(gradients), [[0, 0, -0.25, -0.25], [0, 0, 0.25, 0.25]])


@both_kinds
def test_two_scores_of_one_net_are_parted(use_resource):
    def run():
        with tf.Graph().as_default():
            random = np.random.RandomState(0)
            w = variable("w", np.float32(random.randn(300, 100) / 30), use_resource)
            v = variable("v", np.float32(random.randn(100, 1) / 10), use_resource)
            good, bad = (
                tf.matmul(tf.nn.relu(tf.matmul(tf.constant(data), w)), v)
                for data in np.float32(random.rand(2, 50, 300) * [[[1]], [[1.5]]]))
            loss = max_margin_loss(good, bad)
            optimizer = GroupedOptimizer([(tf.train.GradientDescentOptimizer(0.02), ".*")])
            train_op = optimizer.minimize(loss)
            right = tf.reduce_mean(tf.cast(good > bad, tf.float32))
            return (values_after(train_op, [loss, right], 0)
                    + values_after(train_op, [loss, right, w], 30))

    loss, right, loss_after, right_after, _ = run()
    assert loss_after < 0.1 < loss
    assert (right < 1, right_after) == (True, 1)
    # The same kernels: see `tests.rounding`.
    assert len({run()[-1].tobytes() for _ in range(4)}) == 1


def test_a_margin_that_is_fed():
    with tf.Graph().as_default():
        margin = tf.placeholder(tf.float32, [])
        loss = max_margin_loss(tf.constant([1.0]), tf.constant([1.0]), margin)
        assert value_of(loss, {margin: 0.5}) == 0.5


def test_a_score_that_is_not_a_number_shows():
    with tf.Graph().as_default():
        good = tf.constant([np.nan, 9.0])
        assert np.isnan(value_of(max_margin_loss(good, tf.zeros([2]))))


def test_scores_that_do_not_pair_up():
    with tf.Graph().as_default():
        column, row = tf.zeros([4, 1]), tf.zeros([4])
        assert refused(max_margin_loss, column, row) == [
            "the scores have the shapes (4, 1) and (4,): there must be a bad score for every good "
            "one, or several with one more axis"]
        assert len(refused(max_margin_loss, row, tf.zeros([3]))) == 1
        assert len(refused(max_margin_loss, row, tf.zeros([3, 4]))) == 1
        assert len(refused(max_margin_loss, row, tf.placeholder(tf.float32))) == 1
        good, bad = (tf.placeholder(tf.float32, [None]) for _ in range(2))
        loss = max_margin_loss(good, bad)
        with pytest.raises(tf.errors.InvalidArgumentError, match="a bad score for every good one"):
            value_of(loss, {good: [1.0, 2.0], bad: [1.0]})


def test_what_are_no_scores_is_refused():
    with tf.Graph().as_default():
        assert refused(max_margin_loss, tf.zeros([2]), tf.zeros([2], tf.int32), float("inf")) == [
            "the scores have the types float32 and int32: they must have the same floating type",
            "the margin is inf: it must be finite"]
        assert refused(max_margin_loss, [1.0], 3.0, tf.constant(-1.0)) == [
            "the good scores are [1.0]: they must be a tensor",
            "the bad scores are 3.0: they must be a tensor",
            "the margin is -1.0: it must be > 0"]
