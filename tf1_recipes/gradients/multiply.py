"""Gradients multiplied per variable, between ``compute_gradients`` and ``apply_gradients``."""
from __future__ import annotations

from typing import Iterable, Tuple

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate, is_gated, wrapped_optimizers
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.scalars import as_tensor
from tf1_recipes.graph.types import Gradient, GradientPairs, Optimizer, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.learning_rates.multipliers import Multipliers, multipliers_by_variable
from tf1_recipes.v1 import refuse_eager_mode, tf

# Optimizers that divide by the gradient's own size, by the name of a class among their ancestors,
# since many of them cannot be imported everywhere. The figures (loss v^2 from v=5, learning rate
# 0.01, 20 steps): the distance moved with gradients times 0.1 over the distance with gradients as
# they are, and the same for a learning rate times 0.1. Both are 0.118 for SGD, 0.179 for Momentum
# and 0.197 for Nesterov.
_MEASURED = {
    "AdagradOptimizer": (0.986, 0.100),
    "AdadeltaOptimizer": (1.000, 0.101),
    "RMSPropOptimizer": (0.706, 0.101),
    "AdamOptimizer": (1.000, 0.100),
    "FtrlOptimizer": (6.757, 0.710),
}
_NORMALISING = frozenset(_MEASURED) | frozenset((
    "AdagradDAOptimizer", "ProximalAdagradOptimizer",
    # tf.contrib
    "AdaMaxOptimizer", "AdamGSOptimizer", "LazyAdamGSOptimizer", "NadamOptimizer",
    "GGTOptimizer", "ShampooOptimizer", "LARSOptimizer",
    # users' own, from the repositories where they are best known
    "AdamWeightDecayOptimizer", "LAMBOptimizer", "AdafactorOptimizer", "RAdamOptimizer",
    # tf.keras
    "Adagrad", "Adadelta", "RMSprop", "Adam", "Adamax", "Nadam", "Ftrl",
))


def multiply_gradients(optimizer: Optimizer, grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                       multipliers: Multipliers, allow_normalising: bool = False,
                       name: str = "multiply_gradients") -> GradientPairs:
    """Multiplies the gradients of chosen variables.

        g_w = multiplier_w * g_w

    Under gradient descent and momentum (and Nesterov's) this multiplies the variable's learning
    rate. Optimizers that divide by the gradient's own size (Adam, Adagrad, RMSProp, Adadelta, Ftrl
    and similar ones) cancel most or all of it: measured, a multiplier of 0.1 makes Adam's steps
    1.000 times as long and Ftrl's 6.757 times. With these it is an error. Use
    `layerwise_optimizer`, which takes the same multipliers, or `GroupedOptimizer`.

    Source: https://stackoverflow.com/questions/34945554

    Args:
        optimizer: the optimizer that will apply the gradients; it is not changed. In a
            `GroupedOptimizer` each variable's own optimizer counts.
        grads_and_vars: list of (gradient, variable) pairs from ``compute_gradients``; a gradient
            is a tensor, ``IndexedSlices`` (and stays so), or None (and is passed on).
        multipliers: `LearningRateMultipliers`, dict, ``defaultdict``, or list of (selector,
            multiplier) pairs. A selector is a variable, a layer object, a layer's output, a
            pattern such as ``"hidden[12]"``, a predicate, or (in a list of pairs) a list of these.
            A multiplier is a number or a scalar tensor. Variables that no selector matches have the
            default of the `LearningRateMultipliers` or ``defaultdict``, else 1.
        allow_normalising: bool, whether to multiply although the optimizer divides by the
            gradient's size.
        name: str, the name scope.

    Returns:
        List of (gradient, variable) pairs in the order given, for ``apply_gradients``. All
        gradients are computed before any of them is available. With 1 a gradient keeps its bits.

    Raises:
        RecipeError: with all problems in one message: a selector that matches no variable, two that
            match the same variable, a multiplier that is not one finite number, an optimizer that
            would cancel the multiplication.

    Example:
        >>> x = tf.Variable(1.0, name="x")
        >>> y = tf.Variable(0.0, name="y")
        >>> optimizer = tf.train.GradientDescentOptimizer(0.1)
        >>> pairs = optimizer.compute_gradients(tf.square(x - y))
        >>> train_op = optimizer.apply_gradients(
        ...     multiply_gradients(optimizer, pairs, {"y": 2.0}))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     ["%.1f" % value for value in session.run([x, y])]
        ['0.8', '0.4']
    """
    refuse_eager_mode()
    pairs, problems = checked_pairs(grads_and_vars)
    factors, wrong = multipliers_by_variable(multipliers, [variable for _, variable in pairs])
    problems += wrong
    if not allow_normalising:
        problems.extend(_refusals(optimizer, pairs, factors))
    if problems:
        raise RecipeError("Cannot multiply gradients", problems)

    with tf.name_scope(name):
        gradients = [gradient for gradient, _ in pairs]
        multiplied = [
            _multiplied(gradient, factors[name_of(variable)]) for gradient, variable in pairs
        ]
        # The gate comes after the multiplication, which is cheap on a gradient that was just
        # computed. A multiplier may be computed from a weight: it is read before the weight moves.
        if any(map(_is_tensor, factors.values())) or not is_gated(gradients):
            multiplied = gate(multiplied)
        return [(gradient, variable) for gradient, (_, variable) in zip(multiplied, pairs)]


def _multiplied(gradient, factor):
    if gradient is None or _is_one(factor):
        return gradient
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(
            _multiplied(gradient.values, factor), gradient.indices, gradient.dense_shape)
    return gradient * as_tensor(factor, gradient.dtype)


def _refusals(optimizer, pairs, factors):
    normalisers = _normalisers(optimizer, [variable for _, variable in pairs])
    return [_refusal(name, normalisers[name]) for _, variable in pairs
            for name in [name_of(variable)] if not _is_one(factors[name]) and normalisers[name]]


def _refusal(name, normaliser):
    evidence = "measured with Adam: 1.000 of the distance, a learning rate times 0.1 gives 0.100"
    if normaliser in _MEASURED:
        evidence = "measured: %.3f of the distance, a learning rate times 0.1 gives %.3f" % (
            _MEASURED[normaliser])
    return (
        "%r is trained by %s, which divides by the gradient's own size and cancels the multiplier "
        "(gradients times 0.1, %s); give it a learning rate of its own with "
        "layerwise_optimizer(factory, learning_rate, multipliers) or "
        "GroupedOptimizer([(optimizer, selector), ...]), or pass allow_normalising=True"
        % (name, normaliser, evidence))


def _normalisers(optimizer, variables, around=()):
    """Returns {variable's name: name of the class that divides by its gradient's size, or None}."""
    if isinstance(optimizer, GroupedOptimizer):
        found, own = dict.fromkeys(map(name_of, variables)), {}
        assigned = optimizer.assigned(variables)
        for variable in variables:
            own.setdefault(id(assigned.get(name_of(variable))), []).append(variable)
        for each in optimizer.optimizers():
            found.update(_normalisers(each, own.get(id(each), [])))
        return found
    classes = [ancestor.__name__ for ancestor in type(optimizer).__mro__]
    normaliser = next((name for name in classes if name in _NORMALISING), None)
    if normaliser:
        return dict.fromkeys(map(name_of, variables), normaliser)
    found = dict.fromkeys(map(name_of, variables))
    around += (optimizer,)
    for inner in wrapped_optimizers(optimizer):
        if inner not in around:  # it may know what it is wrapped in
            inside = _normalisers(inner, variables, around)
            found.update((name, each) for name, each in inside.items() if each)
    return found


def _is_one(factor):
    return not _is_tensor(factor) and factor == 1


def _is_tensor(factor):
    return isinstance(factor, tf.Tensor)
