"""What is not a list of (gradient, variable) pairs is refused by whatever takes one."""
import pytest

import tf1_recipes
from tests.small_trainings import refused, values_after, variable
from tf1_recipes.v1 import tf


def sgd():
    return tf.train.GradientDescentOptimizer(0.5)


TAKERS = {
    "clip_gradients": lambda pairs: tf1_recipes.clip_gradients(pairs, "norm", 1.0),
    "multiply_gradients": lambda pairs: tf1_recipes.multiply_gradients(sgd(), pairs, {"w": 2}),
    "summarize_training": lambda pairs: tf1_recipes.summarize_training(pairs),
    "GroupedOptimizer": lambda pairs: tf1_recipes.GroupedOptimizer(
        [(sgd(), "w")]).apply_gradients(pairs),
    "layerwise_optimizer": lambda pairs: tf1_recipes.layerwise_optimizer(
        tf.train.GradientDescentOptimizer, 0.5, {"w": 0.5}).apply_gradients(pairs),
    "DecoupledWeightDecay": lambda pairs: tf1_recipes.DecoupledWeightDecay(
        sgd(), 0.5).apply_gradients(pairs),
    "MomentumWOptimizer": lambda pairs: tf1_recipes.MomentumWOptimizer(
        0.5, 0.5, 0.5).apply_gradients(pairs),
    "CaffeSGDOptimizer": lambda pairs: tf1_recipes.CaffeSGDOptimizer(
        0.5, weight_decay=0.5).apply_gradients(pairs),
}


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize("given, problems", [
    (None, ["grads_and_vars is None: it must be a list of (gradient, variable) pairs"]),
    (7, ["grads_and_vars is 7: it must be a list of (gradient, variable) pairs"]),
    ([3, ("g",)], ["3 is not a (gradient, variable) pair",
                   "('g',) is not a (gradient, variable) pair"]),
    ("w", ["'w' is not a (gradient, variable) pair"]),
])
def test_what_is_not_pairs_is_refused(graph, take, given, problems):
    variable("w", 1.0)
    found = refused(take, given)
    assert found[:len(problems)] == problems
    assert not [each for each in found if "pair" in each and each not in problems]


@pytest.mark.parametrize("use_resource", [False, True], ids=["ref", "resource"])
@pytest.mark.parametrize("take", [
    lambda pairs: sgd().apply_gradients(
        tf1_recipes.clip_gradients(pairs, "global_norm", 8.0).grads_and_vars),
    lambda pairs: sgd().apply_gradients(tf1_recipes.multiply_gradients(sgd(), pairs, {"w": 1})),
    lambda pairs: tf1_recipes.GroupedOptimizer([(sgd(), "w")]).apply_gradients(pairs),
    lambda pairs: tf1_recipes.DecoupledWeightDecay(sgd(), 0.0).apply_gradients(pairs),
    lambda pairs: tf1_recipes.CaffeSGDOptimizer(0.5).apply_gradients(pairs),
], ids=["clip_gradients", "multiply_gradients", "GroupedOptimizer", "DecoupledWeightDecay",
        "CaffeSGDOptimizer"])
def test_a_variable_may_stand_for_a_gradient(graph, take, use_resource):
    w, kept = variable("w", 1.0, use_resource), variable("kept", 4.0, use_resource)
    assert values_after(take([(kept, w)]), w) == -1.0  # 1 - 0.5 * 4
