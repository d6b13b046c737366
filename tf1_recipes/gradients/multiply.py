"""Gradients multiplied between ``compute_gradients`` and ``apply_gradients``, per variable."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate, is_gated, wrapped_optimizers
from tf1_recipes.graph.scalars import as_tensor
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.learning_rates.multipliers import multipliers_by_variable
from tf1_recipes.v1 import refuse_eager_mode, tf

# Optimizers that divide by the gradient's own size, by the name of a class among their ancestors,
# for many of them cannot be imported everywhere. For those measured (loss v^2 from v=5, rate 0.01,
# 20 steps): the distance moved with gradients times 0.1 over that with gradients as they are, and
# beside it the same for a rate times 0.1. For SGD both are 0.118, Momentum 0.179, Nesterov 0.197.
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


def multiply_gradients(optimizer, grads_and_vars, multipliers, allow_normalising=False,
                       name="multiply_gradients"):
    """Multiplies the gradients of chosen variables.

        g_w = multiplier_w * g_w

    Under gradient descent and momentum (Nesterov's too) this is a learning rate of
    multiplier * rate for the variable. Optimizers that divide by the gradient's own size (Adam,
    Adagrad, RMSProp, Adadelta, Ftrl and their relatives) take most or all of the factor out again:
    measured, a factor of 0.1 leaves Adam's steps at 1.000 of their length and Ftrl's at 6.757.
    There it is an error; `layerwise_optimizer`, which takes the same multipliers, and
    `GroupedOptimizer` give such variables a true rate of their own.

    Args:
        optimizer: the optimizer that will apply the gradients. It is only looked at. In a
            `GroupedOptimizer` each variable's own optimizer counts.
        grads_and_vars: list of (gradient, variable) pairs from ``compute_gradients``; a gradient
            is a tensor, ``IndexedSlices`` (and stays so), or None (and is passed on).
        multipliers: `RateMultipliers`, dict, ``defaultdict``, or list of (selector, multiplier)
            pairs. A selector is a variable, a layer object, a layer's output, a pattern such as
            ``"hidden[12]"``, a predicate, or (in a list of pairs) a list of these. A multiplier is
            a number or a scalar tensor. Variables that no selector names have the default of the
            `RateMultipliers` or ``defaultdict``, else 1.
        allow_normalising: bool, multiply in spite of an optimizer that normalises.
        name: str, the name scope.

    Returns:
        List of (gradient, variable) pairs in the order given, for ``apply_gradients``. All
        gradients are computed before any of them is available. Those times 1 keep their bits.

    Raises:
        RecipeError: with all problems in one message: a selector that matches no variable, a
            variable named by two selectors, a multiplier that is not one finite number, an
            optimizer that would undo the multiplication.

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
    pairs = list(grads_and_vars)
    factors, problems = multipliers_by_variable(multipliers, [variable for _, variable in pairs])
    if not allow_normalising:
        problems.extend(_refusals(optimizer, pairs, factors))
    if problems:
        raise RecipeError("Cannot multiply gradients", problems)

    with tf.name_scope(name):
        gradients = [gradient for gradient, _ in pairs]
        multiplied = [
            _multiplied(gradient, factors[name_of(variable)]) for gradient, variable in pairs
        ]
        # Behind the multiplication, which is cheap on a gradient that was just computed. A
        # multiplier that is a tensor may be computed from a weight: it is read before that moves.
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
    problems = []
    for _, variable in pairs:
        name = name_of(variable)
        if _is_one(factors[name]):
            continue
        normaliser = _normaliser(optimizer, variable, [other for _, other in pairs])
        if normaliser:
            problems.append(_refusal(name, normaliser))
    return problems


def _refusal(name, normaliser):
    evidence = "measured on its relatives, Adam: 1.000 of the distance, a true rate 0.100"
    if normaliser in _MEASURED:
        evidence = "measured: %.3f of the distance, where a rate times 0.1 gives %.3f" % (
            _MEASURED[normaliser])
    return (
        "%r is trained by %s, which divides by the gradient's own size and takes the factor out "
        "again (gradients times 0.1, %s); give it a rate of its own with "
        "layerwise_optimizer(factory, rate, multipliers) or "
        "GroupedOptimizer([(optimizer, selector), ...]), or pass allow_normalising=True"
        % (name, normaliser, evidence))


def _normaliser(optimizer, variable, variables):
    """The name of the class that normalises a variable's gradient, or None."""
    if isinstance(optimizer, GroupedOptimizer):
        return _normaliser(optimizer.optimizer_of(variable, variables), variable, variables)
    for ancestor in type(optimizer).__mro__:
        if ancestor.__name__ in _NORMALISING:
            return ancestor.__name__
    inner = [_normaliser(each, variable, variables) for each in wrapped_optimizers(optimizer)]
    return next(filter(None, inner), None)


def _is_one(factor):
    return not _is_tensor(factor) and factor == 1


def _is_tensor(factor):
    return isinstance(factor, tf.Tensor)
