"""Every decay keeps to a variable's ``constraint=``, as TensorFlow's own optimizers do.

The loss is (w - 1)^2 / 2 from w = 2, the learning rate 0.01 and the decay 0.1. Without a constraint
a step ends at 1.99 * 0.9 = 1.791 (decay last) or at 1.8 - 0.01 = 1.79 (decay first).
"""
import collections

import numpy as np
import pytest

from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes import (
    AdamWOptimizer,
    CaffeSGDOptimizer,
    DecoupledWeightDecay,
    GroupedOptimizer,
    MomentumWOptimizer,
    decay_after,
    extend_with_decoupled_weight_decay,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

RATE, DECAY = 0.01, 0.1


def sgd():
    return tf.train.GradientDescentOptimizer(RATE)


def extended(order):
    return extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer, order)(
        DECAY, RATE)


# Each by itself, within and around another, as a function of the loss and the variables.
DECAYS = collections.OrderedDict([
    ("after", lambda loss, _: DecoupledWeightDecay(sgd(), DECAY).minimize(loss)),
    ("before", lambda loss, _: DecoupledWeightDecay(sgd(), DECAY, "before_update").minimize(loss)),
    ("decay_after", lambda loss, each: decay_after(sgd().minimize(loss), DECAY, variables=each)),
    ("extended, after", lambda loss, _: extended("after_update").minimize(loss)),
    ("extended, before", lambda loss, _: extended("before_update").minimize(loss)),
    ("AdamW", lambda loss, _: AdamWOptimizer(DECAY, RATE).minimize(loss)),
    ("MomentumW", lambda loss, _: MomentumWOptimizer(DECAY, RATE, 0.9).minimize(loss)),
    ("Caffe", lambda loss, _: CaffeSGDOptimizer(RATE, 0.9, 10.0).minimize(loss)),
    ("around a group", lambda loss, _: DecoupledWeightDecay(
        GroupedOptimizer([(sgd(), "w")]), DECAY).minimize(loss)),
    ("in a group", lambda loss, _: GroupedOptimizer(
        [(DecoupledWeightDecay(sgd(), DECAY), "w")]).minimize(loss)),
    ("twice", lambda loss, _: DecoupledWeightDecay(
        DecoupledWeightDecay(sgd(), DECAY), DECAY).minimize(loss)),
    ("caffe behind a step", lambda loss, each: decay_after(
        CaffeSGDOptimizer(RATE).minimize(loss), DECAY, variables=each)),
])
every_decay = pytest.mark.parametrize("decay", DECAYS)


def at_least(low):
    return lambda weights: tf.clip_by_value(weights, low, 10.0)


def trained(decay, use_resource, steps=1, **settings):
    with tf.Graph().as_default():
        w = variable("w", np.full([4], 2.0, np.float32), use_resource, **settings)
        loss = tf.reduce_sum(tf.square(tf.convert_to_tensor(w) - 1.0)) / 2.0
        return values_after(DECAYS[decay](loss, tf.trainable_variables()), w, steps)


@every_decay
@both_kinds
@pytest.mark.parametrize("steps", [1, 3])
def test_a_weight_stays_in_its_range(decay, use_resource, steps):
    assert trained(decay, use_resource, steps, constraint=at_least(1.95)).tolist() == [
        np.float32(1.95)] * 4


@every_decay
@both_kinds
def test_a_constraint_that_holds_anyway_changes_nothing(decay, use_resource):
    plain = trained(decay, use_resource, steps=3)
    assert 0 < plain[0] < 1.95
    np.testing.assert_array_equal(
        trained(decay, use_resource, steps=3, constraint=at_least(0.0)), plain)


@every_decay
@both_kinds
def test_a_constraint_of_each_part_of_a_variable(decay, use_resource):
    with tf.Graph().as_default():
        w = tf.get_variable("w", [4], use_resource=use_resource, constraint=at_least(1.95),
                            initializer=tf.constant_initializer(2.0),
                            partitioner=tf.fixed_size_partitioner(2))
        loss = tf.reduce_sum(tf.square(tf.convert_to_tensor(w) - 1.0)) / 2.0
        train_op = DECAYS[decay](loss, tf.trainable_variables())
        for part in values_after(train_op, list(w)):
            assert part.tolist() == [np.float32(1.95)] * 2


@both_kinds
@pytest.mark.parametrize("caching_device", [None, "/cpu:0"])
def test_the_constraint_sees_the_weight_that_was_just_written(use_resource, caching_device):
    # The update, 2 - 0.01, is halved by TensorFlow's call, and decayed; and that is halved by ours.
    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource, constraint=lambda weight: weight / 2.0,
                     caching_device=caching_device)
        loss = tf.square(w - 1.0) / 2.0
        train_op = decay_after(tf.assign(w, tf.stop_gradient(0.995 + 0.0 * loss)), DECAY)
        assert abs(values_after(train_op, w) - 0.995 * 0.9 / 2.0) < 1e-7


@both_kinds
def test_decay_first_is_constrained_once_as_in_contrib(use_resource):
    # 2 * 0.9 + 0.2 = 2 stays; were 1.8 brought back to 1.95 before the update, it would be 2.15.
    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource, constraint=at_least(1.95))
        optimizer = DecoupledWeightDecay(
            tf.train.GradientDescentOptimizer(0.2), DECAY, "before_update")
        assert abs(values_after(optimizer.minimize(-1.0 * w), w) - 2.0) < 1e-6


@both_kinds
@pytest.mark.parametrize("order", ["after_update", "before_update"])
@pytest.mark.parametrize("sparse", ["touched_rows", "whole_variable"])
def test_a_sparse_gradient_of_a_constrained_variable_is_refused(use_resource, order, sparse):
    # TensorFlow raises RuntimeError: Cannot use a constraint function on a sparse variable.
    with tf.Graph().as_default():
        table = variable("table", np.ones([4, 2]), use_resource, constraint=at_least(0.5))
        other = variable("other", np.ones([2]), use_resource, constraint=at_least(0.5))
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3, 1]) * other)
        optimizer = DecoupledWeightDecay(sgd(), DECAY, order, sparse=sparse)
        with pytest.raises(RecipeError) as error:
            optimizer.minimize(loss)
        assert error.value.problems == [
            "'table' has a constraint and a sparse gradient: TensorFlow constrains dense updates "
            "only; make the gradient dense with tf.convert_to_tensor, or exclude the variable"]
        pairs = [(tf.convert_to_tensor(gradient), each)
                 for gradient, each in optimizer.compute_gradients(loss)]
        moved = values_after(optimizer.apply_gradients(pairs), table)
        assert moved.min() > 0.8
