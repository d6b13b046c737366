import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.learning_rates.layerwise import geometric_multipliers, layerwise_optimizer
from tf1_recipes.v1 import tf

train = tf.train
SGD = train.GradientDescentOptimizer


def momentum(rate):
    return train.MomentumOptimizer(rate, 0.9)


def nesterov(rate):
    return train.MomentumOptimizer(rate, 0.9, use_nesterov=True)


@settings(max_examples=10, deadline=None)
@given(multipliers=st.lists(
           st.sampled_from([0.0, 0.01, 0.1, 0.5, 1, 1.0, 3, "frozen"]), min_size=1, max_size=4),
       factory=st.sampled_from([SGD, nesterov, train.AdamOptimizer, train.RMSPropOptimizer]))
def test_each_variable_moves_as_if_it_were_alone(multipliers, factory):
    def alone(multiplier):
        with tf.Graph().as_default():
            v = variable("v", 5.0)
            train_op = factory(0.125 * multiplier).minimize(tf.square(v))
            return values_after(train_op, v, steps=3)

    expected = [5.0 if each == "frozen" else alone(each) for each in multipliers]
    with tf.Graph().as_default():
        variables = [variable("v%d" % i, 5.0) for i in range(len(multipliers))]
        rest = variable("rest", 5.0)
        optimizer = layerwise_optimizer(factory, 0.125, list(zip(variables, multipliers)))
        loss = tf.add_n([tf.square(each) for each in variables + [rest]])
        found = values_after(optimizer.minimize(loss), variables + [rest], steps=3)
        distinct = {float(each) for each in multipliers if each != "frozen"} | {1.0}
        assert len(optimizer.optimizers()) == len(distinct)
    assert found == expected + [alone(1.0)]


def test_rates_that_are_fed_or_follow_the_step():
    with tf.Graph().as_default():
        a, b, c = (variable(name, 0.0) for name in ("hidden1/w", "hidden2/w", "outputs/w"))
        step = tf.train.get_or_create_global_step()
        schedule = tf.train.piecewise_constant(step, [np.int64(0)], [8.0, 4.0])
        train_op = layerwise_optimizer(SGD, schedule, {"hidden1": 0.25, "hidden2": 2}).minimize(
            -(a + b + c), global_step=step)
        # The sum of both steps' rates is 8 + 4.
        assert values_after(train_op, [a, b, c, step], steps=2) == [3.0, 24.0, 12.0, 2]
    with tf.Graph().as_default():
        a, b, c = (variable(name, 0.0) for name in ("a", "b", "c"))
        fed, factor = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
        optimizer = layerwise_optimizer(SGD, fed, {"a": factor, "b": np.float32(0.5)}, default=2)
        train_op = optimizer.minimize(-(a + b + c))
        assert values_after(train_op, [a, b, c], feed={fed: 3.0, factor: 5.0}) == [15.0, 1.5, 6.0]


@both_kinds
def test_rates_and_multipliers_that_are_variables(use_resource):
    with tf.Graph().as_default():
        rate = tf.Variable(0.5, trainable=False, use_resource=use_resource)
        factor = tf.Variable(4.0, trainable=False, use_resource=use_resource)
        a, b, c = (variable(name, 0.0, use_resource) for name in ("a", "b", "c"))
        optimizer = layerwise_optimizer(SGD, rate, {"a": factor, "b": 0.5})
        assert values_after(optimizer.minimize(-(a + b + c)), [a, b, c]) == [2.0, 0.25, 0.5]


def test_a_whole_number_tensor_does_not_round_the_multipliers():
    with tf.Graph().as_default():
        w = variable("w", 0.0)
        train_op = layerwise_optimizer(SGD, tf.constant(2), {"w": 0.25}).minimize(-w)
        assert values_after(train_op, w) == 0.5


def test_equal_multipliers_share_an_optimizer_and_its_powers():
    with tf.Graph().as_default():
        variables = [variable(name, 1.0) for name in ("a", "b", "c", "d")]
        rates = []

        def adam(rate):
            rates.append(rate)
            return tf.train.AdamOptimizer(rate)

        optimizer = layerwise_optimizer(adam, 0.5, {"a": 0.5, "b": 1, "c": np.float64(0.5)})
        optimizer.minimize(tf.add_n(variables))
        assert rates == [0.5, 0.25]
        assert [each.op.name for each in tf.global_variables() if "power" in each.op.name] == [
            "beta1_power", "beta2_power", "beta1_power_1", "beta2_power_1"]


def test_zero_moves_the_slots_and_frozen_nothing():
    with tf.Graph().as_default():
        a, b, c = (variable(name, 1.0) for name in ("a", "b", "c"))
        optimizer = layerwise_optimizer(momentum, 0.5, {"a": 0, "b": 1}, default="frozen")
        train_op = optimizer.minimize(a + b + c)
        slot = optimizer.get_slot(a, "momentum")
        assert values_after(train_op, [a, b, c, slot]) == [1.0, 0.5, 1.0, 1.0]
        assert optimizer.get_slot(c, "momentum") is None


def test_rates_that_rise_from_layer_to_layer():
    with tf.Graph().as_default():
        layers = ["hidden1", "hidden2", "outputs"]
        variables = [variable(layer + "/kernel", 0.0) for layer in layers]
        optimizer = layerwise_optimizer(
            SGD, 100.0, geometric_multipliers(layers, 0.01, 1), default="frozen")
        assert values_after(optimizer.minimize(-tf.add_n(variables)), variables) == [1, 10, 100]


@settings(deadline=None)
@given(count=st.integers(2, 50), lowest=st.floats(1e-9, 1.0), ratio=st.floats(1.0, 1e9))
def test_geometric_multipliers_rise_by_one_factor_between_the_bounds(count, lowest, ratio):
    highest = lowest * ratio
    multipliers = [each for _, each in geometric_multipliers(["w"] * count, lowest, highest)]
    assert (multipliers[0], multipliers[-1]) == (lowest, highest)
    factors = np.divide(multipliers[1:], multipliers[:-1])
    np.testing.assert_allclose(factors, ratio ** (1.0 / (count - 1)), rtol=1e-13)


def test_geometric_multipliers_of_one_layer_or_between_equal_bounds():
    assert geometric_multipliers(["w"], 0.1, 0.1) == [("w", 0.1)]
    assert geometric_multipliers(("a", ["b", "c"], "d"), 0.3, 0.3) == [
        ("a", 0.3), (["b", "c"], 0.3), ("d", 0.3)]


@pytest.mark.parametrize("arguments, problems", [
    (([], 1, 0.1), ["there are no layers", "lowest is 1: it must be <= highest, which is 0.1"]),
    ((["w"], 0.1, 1), ["one layer cannot have two multipliers, 0.1 and 1"]),
])
def test_geometric_multipliers_that_cannot_be(arguments, problems):
    with pytest.raises(RecipeError) as error:
        geometric_multipliers(*arguments)
    assert error.value.problems == problems


def test_no_multipliers_are_refused():
    with tf.Graph().as_default():
        assert refused(layerwise_optimizer, SGD, 0.1, {}) == ["there are no multipliers"]


def test_a_factory_that_is_none():
    with tf.Graph().as_default():
        rate = tf.placeholder(tf.float32, [])
        assert refused(layerwise_optimizer, SGD(0.1), rate, {"w": 0.1}) == [
            "the factory is an optimizer, whose learning rate is fixed: give the class, "
            "GradientDescentOptimizer, or lambda learning_rate: "
            "GradientDescentOptimizer(learning_rate, ...)"]
        problem, = refused(layerwise_optimizer, train.MomentumOptimizer, rate, {"w": 0.1})
        assert problem == (
            "the factory MomentumOptimizer does not take a learning rate alone (missing a required "
            "argument: 'momentum'): give lambda learning_rate: "
            "MomentumOptimizer(learning_rate, ...)")
        assert refused(layerwise_optimizer, lambda given: "adam", rate, {"w": 0.1}) == [
            "the factory made 'adam': it must make a tf.train.Optimizer"]
        shared = SGD(0.1)
        with pytest.raises(RecipeError) as error:
            layerwise_optimizer(lambda given: shared, 0.1, {"w": 0.1})
        assert error.value.problems == [
            "the factory made the same GradientDescentOptimizer from two learning rates: it must "
            "make a new one each time"]


def test_selectors_are_matched_when_gradients_are_computed():
    with tf.Graph().as_default():
        optimizer = layerwise_optimizer(
            train.AdamOptimizer, 0.1, [("hidden3", 0.1), ("hidden1", 0.1), ("hidden.*", 0.1)])
        w, v = variable("hidden1/w", 1.0), variable("hidden2/w", 1.0)
        with pytest.raises(RecipeError) as error:
            optimizer.minimize(w * v)
        assert error.value.problems == [
            "group 0 (AdamOptimizer): 'hidden3' matches no variable; the closest are 'hidden2', "
            "'hidden1', 'hidden2/w'",
            "'hidden1/w' is in group 1 (AdamOptimizer) and in group 2 (AdamOptimizer)"]
