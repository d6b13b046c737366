"""Every recipe with the optimizers that its users have, and with every other recipe.

The expected values are the optimizers' formulas in float64, put together as the optimizers are. All
numbers are sums of powers of 2, so that most are compared to the bit.
"""
import numpy as np
import pytest

from tests.graph_order import ancestors, races
from tests.optimizer_rows import (
    RECIPES,
    STEPS,
    Step,
    Training,
    V,
    W,
    run,
    wrapper_of,
)
from tests.optimizers_of_users import LEAVES, WRAPPERS
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

OURS = [wrapper_of(each) for each in RECIPES if each.settings["around"] or each.settings["train"]]
OUR_LEAVES = [wrapper_of(each) for each in RECIPES if each.settings["leaf"]]
MOMENTUM = LEAVES[0]

# {outer: {inner: words of the refusal}}
REFUSED = {
    "multiply_gradients": {"AdamWOptimizer": "divides by the gradient's own size"},
}

# ((outers, inners, what is wrong)): each must fail until it is mended.
FAULTS = [
    (("GroupedOptimizer", "layerwise_optimizer", "unfreeze_on_schedule", "layerwise_autoencoders"),
     ("compute_gradients of its own", "averages over workers"),
     "a group never calls its optimizer's compute_gradients"),
    (("unfreeze_on_schedule",), ("variables made in apply_gradients",),
     "each stage lets the optimizers of all stages before it apply gradients once more"),
]

use_resource = pytest.mark.parametrize("use_resource", [
    # of w and v; the other way round all the same goes wrong, but for the order of two names
    pytest.param((False, True), id="ref and resource"),
    pytest.param((True, False), id="resource and ref", marks=pytest.mark.long)])


def pairs_of(outers, inners):
    return pytest.mark.parametrize("outer,inner", [
        pytest.param(outer, inner, id="%s of %s" % (outer.name, inner.name),
                     marks=faults_of(outer.name, inner.name))
        for outer in outers for inner in inners])


def faults_of(outer, inner):
    return [pytest.mark.xfail(strict=True, reason=reason)
            for outers, inners, reason in FAULTS if outer in outers and inner in inners]


def trained(outer, inner, leaf, use_resource):
    """The values of w, v and the step after some steps by ``outer(inner(leaf))``.

    That no order is left open is proven, but for a dynamic loss scale, whose branches the proof
    does not know.
    """
    w, v = (tf.get_variable(name, initializer=tf.constant(value, tf.float32), use_resource=kind)
            for name, value, kind in zip("wv", (W, V), use_resource))
    step = tf.train.get_or_create_global_step()
    training = Training(w, v, lambda w, v: tf.reduce_sum(w * v), None, step, None)

    def make(rate):
        return leaf.around(None, rate)

    def make_inner(rate):
        return inner.around(make, rate) if inner else make(rate)

    train_op = outer.train(make_inner, training)
    branches = [op for op in ancestors(train_op) if op.type == "Merge"]
    if len(branches) <= 1:
        assert races(train_op) == []
    return run(train_op, [w, v, step])


def expected(outer, inner, leaf, steps=STEPS):
    """The same, in NumPy."""
    values, memory = {"w": W, "v": V}, {}
    levels = [each for each in (outer, inner) if each]

    def update(step, level=0):
        if level == len(levels):
            return leaf.update(memory, step)
        return levels[level].update(lambda inner_step: update(inner_step, level + 1), step)

    for t in range(1, steps + 1):
        gradients = {"w": values["v"], "v": values["w"]}
        for each in [leaf] + levels[::-1]:
            gradients = {name: each.computed(value) for name, value in gradients.items()}
        values = {name: update(Step(name, values[name], gradients[name], 0.25, t))
                  for name in "wv"}
    return [values["w"], values["v"], steps]


def check(outer, inner, leaf, use_resource):
    innermost = inner.name if inner else leaf.name
    with tf.Graph().as_default():
        refusal = REFUSED.get(outer.name, {}).get(innermost)
        if refusal:
            with pytest.raises(RecipeError, match=refusal):
                trained(outer, inner, leaf, use_resource)
            return
        found = trained(outer, inner, leaf, use_resource)
    right = expected(outer, inner, leaf)
    for value, wanted in zip(found, right):
        bound = leaf.rounds * 2.0 ** -24 * np.abs(wanted).max() * (2 ** STEPS - 1)
        np.testing.assert_allclose(value, wanted, rtol=0, atol=bound)


@pairs_of(OURS, LEAVES + OUR_LEAVES)
@use_resource
def test_an_optimizer_in_a_recipe(outer, inner, use_resource):
    check(outer, None, inner, use_resource)


@pairs_of(WRAPPERS, OUR_LEAVES)
@use_resource
def test_an_optimizer_of_ours_in_a_wrapper_of_users(outer, inner, use_resource):
    check(outer, None, inner, use_resource)


@pairs_of(OURS, WRAPPERS)
@use_resource
def test_a_wrapper_of_users_in_a_recipe(outer, inner, use_resource):
    check(outer, inner, MOMENTUM, use_resource)


@pairs_of(WRAPPERS, [each for each in OURS if each.around])
@use_resource
def test_a_recipe_in_a_wrapper_of_users(outer, inner, use_resource):
    check(outer, inner, MOMENTUM, use_resource)


@pairs_of(OURS, [each for each in OURS if each.around])
@use_resource
def test_a_recipe_in_another(outer, inner, use_resource):
    check(outer, inner, MOMENTUM, use_resource)
