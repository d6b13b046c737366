"""A5 and A7: their NumPy models, and what the genuine traces say of the documented forms."""
import numpy as np
import pytest

from tests.test_reference import numerical_slope
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.evidence.recipes.A5_rate_multipliers import model as rate_multipliers
from tf1_recipes.evidence.recipes.A7_momentum_multipliers import model as momentum_multipliers
from tf1_recipes.traces import open_trace


def net(random, lower):
    return {lower + "/kernel": random.randn(3, 4), lower + "/bias": random.randn(4),
            "outputs/kernel": random.randn(4, 1), "outputs/bias": random.randn(1)}


def feeds_of(random):
    return {"features": random.randn(5, 3), "targets": random.randn(5, 1)}


def residuals(state, feeds, lower):
    hidden = np.maximum(feeds["features"] @ state[lower + "/kernel"] + state[lower + "/bias"], 0)
    return hidden @ state["outputs/kernel"] + state["outputs/bias"] - feeds["targets"]


def test_a5_descends_at_each_variable_s_multiple_of_the_rate():
    random = np.random.RandomState(4)
    state, feeds = net(random, "hidden"), feeds_of(random)
    updated = rate_multipliers.update(state, dict(feeds, learning_rate=np.float64(0.5)))

    def loss(at):
        return np.sum(residuals(at, feeds, "hidden") ** 2)

    for name, rate in (("hidden/kernel", 0.05), ("hidden/bias", 0.1), ("outputs/kernel", 0.5),
                       ("outputs/bias", 1.0)):
        np.testing.assert_allclose((state[name] - updated[name]) / rate,
                                   numerical_slope(loss, state, name), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("multiplier", [1, 2])
def test_a7_accumulates_the_layer_s_multiple_of_the_slope(multiplier):
    random = np.random.RandomState(5)
    weights, feeds = net(random, "dense"), feeds_of(random)
    accumulators = {name + "/Momentum": random.randn(*value.shape)
                    for name, value in weights.items()}
    state = dict(weights, global_step=np.int64(3), **accumulators)
    updated = momentum_multipliers.update(state, feeds, multiplier, rate=0.5, momentum=0.25)
    assert updated["global_step"] == 4

    def loss(at):
        return np.mean(residuals(at, feeds, "dense") ** 2)

    for name in weights:
        slope = numerical_slope(loss, weights, name)
        slope = multiplier * slope if name.startswith("dense") else slope
        accumulator = 0.25 * accumulators[name + "/Momentum"] + slope
        np.testing.assert_allclose(updated[name + "/Momentum"], accumulator, rtol=1e-5, atol=1e-8)
        np.testing.assert_allclose(updated[name], weights[name] - 0.5 * accumulator, rtol=1e-5)


@pytest.mark.parametrize("release", find(["A7"])[0].releases)
def test_a7_as_documented_had_no_effect_on_the_genuine_releases(release):
    steps = list(open_trace(find(["A7"])[0].trace_path(release)))
    documented, meant = (start.number + 1 for start in steps if start.facts.get("initial"))
    documented, meant = steps[documented].arrays("variables"), steps[meant].arrays("variables")
    # The first accumulator is the gradient as it was applied: times 2 to the bit, or not at all.
    for name in ("dense/kernel", "dense/bias"):
        np.testing.assert_array_equal(
            meant[name + "/Momentum"], 2 * documented[name + "/Momentum"])
    for name in ("outputs/kernel", "outputs/bias"):
        np.testing.assert_array_equal(meant[name + "/Momentum"], documented[name + "/Momentum"])
    kernel = steps[0].arrays("variables")["dense/kernel"]
    slope = documented["dense/kernel/Momentum"]
    np.testing.assert_array_equal(documented["dense/kernel"], kernel - np.float32(1e-3) * slope)
