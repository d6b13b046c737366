"""Multipliers declared while the network is built, under both functions that take them."""
import collections

import numpy as np
import pytest

from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.learning_rates.layerwise import layerwise_optimizer
from tf1_recipes.learning_rates.multipliers import LearningRateMultipliers
from tf1_recipes.schedules.learning_rates import piecewise_constant
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer

SGD = tf.train.GradientDescentOptimizer


def dense(x, name, **settings):
    return tf.layers.dense(x, 1, name=name, use_bias=False,
                           kernel_initializer=tf.constant_initializer(0.0), **settings)


def by_gradient(loss, multipliers, rate=1.0):
    optimizer = SGD(rate)
    return optimizer.apply_gradients(
        multiply_gradients(optimizer, optimizer.compute_gradients(loss), multipliers))


def by_rate(loss, multipliers, rate=1.0):
    return layerwise_optimizer(SGD, rate, multipliers).minimize(loss)


def by_caffe(loss, multipliers, rate=1.0):
    return CaffeSGDOptimizer(rate, lr_mult=multipliers).minimize(loss)


each_way = pytest.mark.parametrize("way", [by_gradient, by_rate, by_caffe])


@both_kinds
@each_way
def test_registered_by_output_variable_layer_and_scope(way, use_resource):
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        x = tf.ones([1, 1])
        multipliers = LearningRateMultipliers(default=5.0)
        by_output = multipliers.of(dense(x, "a", activation=tf.identity), 0.25)
        layer = multipliers.of(tf.layers.Dense(
            1, name="b", use_bias=False, kernel_initializer=tf.zeros_initializer()), 0.5)
        w = multipliers.of(variable("c", 0.0, use_resource), 2)
        multipliers.of("d[12]", 3.0)  # before there is any
        rest = [layer(x), w, dense(x, "d1"), dense(x, "d2"), dense(x, "e")]
        kernels = {each.op.name: each for each in tf.trainable_variables()}
        assert multipliers.by_variable() == {
            "a/kernel": 0.25, "b/kernel": 0.5, "c": 2, "d1/kernel": 3.0, "d2/kernel": 3.0,
            "e/kernel": 5.0}
        loss = -tf.add_n([tf.reduce_sum(each) for each in [by_output] + rest])
        after = values_after(way(loss, multipliers), kernels)
        assert {name: float(value.item()) for name, value in after.items()} == (
            multipliers.by_variable())


@each_way
def test_a_plain_mapping_and_a_defaultdict(way):
    for mapping, expected in (
            ({"a/w": 0.5}, [0.5, 1.0]),
            (collections.OrderedDict([("a", 0.5), (".*/v", 2)]), [0.5, 2.0]),
            (collections.defaultdict(lambda: 3.0, {"a/w": 0.5}), [0.5, 3.0]),
            (collections.defaultdict(None, {"a/w": 0.5}), [0.5, 1.0])):
        with tf.Graph().as_default():
            w, v = variable("a/w", 0.0), variable("b/v", 0.0)
            assert values_after(way(-(w + v), mapping), [w, v]) == expected
            assert set(mapping) <= {"a/w", "a", ".*/v"}  # a defaultdict that was asked would grow


def test_the_default_that_is_given_wins():
    with tf.Graph().as_default():
        w, v = variable("w", 0.0), variable("v", 0.0)
        mapping = collections.defaultdict(lambda: 3.0, w=0.5)
        optimizer = layerwise_optimizer(SGD, 1.0, mapping, default="frozen")
        assert values_after(optimizer.minimize(-(w + v)), [w, v]) == [0.5, 0.0]


@each_way
def test_the_documented_key_reaches_no_variable_and_is_an_error(way):
    with tf.Graph().as_default():
        hidden = tf.layers.dense(tf.ones([1, 1]), 1, name="dense")
        multipliers = collections.defaultdict(lambda: 1.0)
        multipliers[hidden.op.name] = 2.0
        with pytest.raises(RecipeError) as error:
            way(tf.reduce_sum(hidden), multipliers)
        problem, = error.value.problems
        assert "'dense/BiasAdd' matches no variable; the closest are 'dense/bias'" in problem


def test_outputs_as_keys_of_the_mapping_itself():
    with tf.Graph().as_default():
        a, b = dense(tf.ones([1, 1]), "a"), dense(tf.ones([1, 1]), "b")
        optimizer = layerwise_optimizer(SGD, 1.0, [(a, 0.5), (b, "frozen")])
        after = values_after(optimizer.minimize(-tf.reduce_sum(a + b)), tf.trainable_variables())
        assert [value.item() for value in after] == [0.5, 0.0]


def test_groups_take_outputs_and_layers_too():
    with tf.Graph().as_default():
        x = tf.ones([1, 1])
        a = dense(x, "a")
        layer = tf.layers.Dense(1, use_bias=False, name="b")
        loss = -tf.reduce_sum(a + layer(x) + dense(x, "c"))
        a_kernel, b_kernel, c_kernel = tf.trainable_variables()
        optimizer = GroupedOptimizer([(SGD(0.5), a), ("frozen", layer), (SGD(2.0), c_kernel)])
        pairs = optimizer.compute_gradients(loss)
        assert [each for _, each in pairs] == [a_kernel, c_kernel]
        assert optimizer.optimizer_of(b_kernel) == "frozen"
        assert [value.item() for value in values_after(
            optimizer.apply_gradients(pairs), [a_kernel, c_kernel])] == [0.5, 2.0]


def test_a_layer_called_twice_is_one_registration():
    with tf.Graph().as_default():
        multipliers = LearningRateMultipliers()
        once = multipliers.of(dense(tf.ones([1, 1]), "a"), 0.5)
        again = multipliers.of(dense(once, "a", reuse=True), 0.5)
        assert len(multipliers.items()) == 1
        multipliers.of(again, 0.25)
        assert refused(multipliers.by_variable) == [
            "'a/kernel' is matched twice, by ['a/kernel'] and by ['a/kernel']"]


def test_a_fed_rate_a_schedule_and_multipliers_that_are_tensors():
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        multipliers = LearningRateMultipliers()
        factor = tf.placeholder(tf.float32, [])
        w, v = multipliers.of(variable("w", 0.0), 0.5), multipliers.of(variable("v", 0.0), factor)
        schedule = piecewise_constant([0], [8.0, 4.0])
        optimizer = layerwise_optimizer(SGD, schedule, multipliers)
        train_op = optimizer.minimize(-(w + v), global_step=step)
        # 8 at step 0 and 4 at step 1
        assert values_after(train_op, [w, v], steps=2, feed={factor: 0.25}) == [6.0, 3.0]
    with tf.Graph().as_default():
        rate = tf.placeholder(tf.float32, [])
        multipliers = LearningRateMultipliers()
        w = multipliers.of(variable("w", 0.0), 0.5)
        for way in (by_gradient, by_rate):
            assert values_after(way(-w, multipliers, rate), w, feed={rate: 3.0}) == 1.5


def test_frozen_is_for_rates_and_no_factor_of_a_gradient():
    with tf.Graph().as_default():
        multipliers = LearningRateMultipliers(default="frozen")
        w, v = multipliers.of(variable("w", 0.0), 2), variable("v", 0.0)
        assert multipliers.by_variable() == {"w": 2, "v": "frozen"}
        assert values_after(by_rate(-(w + v), multipliers), [w, v]) == [2.0, 0.0]
        with pytest.raises(RecipeError) as error:
            by_gradient(-(w + v), multipliers)
        assert error.value.problems == [
            "the default multiplier is 'frozen': it must be a number or a scalar tensor"]


def test_a_default_counts_as_a_factor_under_an_optimizer_that_normalises():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        adam = tf.train.AdamOptimizer()
        with pytest.raises(RecipeError) as error:
            multiply_gradients(adam, adam.compute_gradients(w),
                               collections.defaultdict(lambda: 0.1, {"w": 0.1}))
        assert error.value.problems[0].startswith("'w' is trained by AdamOptimizer")


def test_what_cannot_be_registered():
    with tf.Graph().as_default():
        multipliers = LearningRateMultipliers()
        x = tf.placeholder(tf.float32, [1, 1], name="x")
        assert refused(multipliers.of, [x, "later"], np.nan) == [
            "the multiplier of ['x', 'later'] is nan: it must be finite",
            "the output 'x' depends on no variable"]
        assert refused(multipliers.of, "later", "forzen") == [
            "the multiplier of 'later' is 'forzen': it must be a number, a scalar tensor or "
            '"frozen"']
        assert refused(multipliers.of, None, 2) == [
            "None is not a variable, layer, pattern or predicate"]
        assert refused(multipliers.of, [], 2) == ["the selector [] is empty"]
        assert multipliers.items() == []
        assert refused(LearningRateMultipliers, [1.0]) == [
            "the default multiplier is [1.0]: it must be a number or a scalar tensor"]


def test_what_reaches_nothing_is_found_when_the_multipliers_are_used():
    with tf.Graph().as_default():
        variable("hidden1/w", 0.0)
        multipliers = LearningRateMultipliers()
        multipliers.of("hidden2", 0.1)
        multipliers.of(tf.layers.Dense(1, name="unused"), 0.1)
        assert refused(multipliers.by_variable) == [
            "'hidden2' matches no variable; the closest are 'hidden1', 'hidden1/w'",
            "layer 'unused' has no variables: it is not built yet, or has none"]
        assert refused(LearningRateMultipliers().by_variable) == ["there are no multipliers"]


def test_what_was_registered_can_be_read():
    with tf.Graph().as_default():
        multipliers = LearningRateMultipliers()
        multipliers.of(dense(tf.ones([1, 1]), "a"), 0.5)
        multipliers.of("b", "frozen")
        assert repr(multipliers) == (
            "<LearningRateMultipliers ['a/kernel']: 0.5, ['b']: frozen, default: 1.0>")
