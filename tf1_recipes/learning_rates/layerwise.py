"""Learning rates per layer under any optimizer: one optimizer for each distinct rate."""
from __future__ import annotations

import inspect
from typing import Callable, List, Optional, Sequence, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Number, Optimizer, Scalar, Selector
from tf1_recipes.graph.variable_selection import title_of
from tf1_recipes.learning_rates.grouped import FROZEN, GroupedOptimizer
from tf1_recipes.learning_rates.multipliers import (
    Multiplier,
    Multipliers,
    declared,
    multipliers_by_variable,
)
from tf1_recipes.old_names import old_arguments
from tf1_recipes.schedules.learning_rates import Schedule
from tf1_recipes.v1 import refuse_eager_mode, tf


@old_arguments(rate="learning_rate")
def layerwise_optimizer(factory: Callable[[Scalar], Optimizer],
                        learning_rate: Union[Scalar, Schedule], multipliers: Multipliers = (),
                        default: Optional[Multiplier] = None,
                        name: str = "LayerwiseOptimizer") -> GroupedOptimizer:
    """An optimizer that trains each layer with a multiple of one learning rate.

        lr_w = multiplier_w * learning_rate
        w = update(w, g_w; lr_w)

    The learning rate is multiplied, not the gradient, so the ratio also holds for optimizers that
    divide by the gradient's own size. The distance moved with a multiplier of 0.1, over the
    distance with 1 (loss v^2 from v=5, learning rate 0.01, 20 steps); below it, the same for a
    gradient times 0.1:

        SGD    Momentum   Nesterov   Adagrad   Adadelta   RMSProp   Adam    Ftrl
        0.118  0.179      0.197      0.100     0.101      0.101     0.100   0.710
        0.118  0.179      0.197      0.986     1.000      0.706     1.000   6.757

    Equal multipliers share an optimizer. A variable that an optimizer has once, such as Adam's
    ``beta1_power``, exists once for each distinct multiplier, in the order in which they are given,
    with ``default`` last: ``beta1_power``, ``beta1_power_1``, ...

    Source: https://stackoverflow.com/questions/34945554

    Args:
        factory: function of a learning rate that returns a new ``tf.train.Optimizer``, such as
            ``tf.train.AdamOptimizer`` or ``lambda lr: tf.train.MomentumOptimizer(lr, 0.9)``. It is
            called once for each distinct multiplier, and once with ``learning_rate`` itself.
        learning_rate: number, scalar tensor (such as a placeholder), scalar variable, or a
            `Schedule`, which is computed at the graph's ``tf.train.get_or_create_global_step()``
            (give this step to ``minimize``, which moves it).
        multipliers: `LearningRateMultipliers`, dict, ``defaultdict``, or list of (selector,
            multiplier) pairs. A selector is a variable, a layer object, a layer's output, a
            pattern such as ``"hidden[12]"``, a predicate, or (in a list of pairs) a list of these.
            A multiplier is a number >= 0, a scalar tensor or variable, or ``"frozen"``. With 0 a
            variable stays but its slots change; ``"frozen"`` leaves both unchanged.
        default: multiplier of the variables that no selector matches; by default that of the
            `LearningRateMultipliers` or ``defaultdict``, else 1.
        name: str, the name of the train op.

    Returns:
        `GroupedOptimizer`.

    Raises:
        RecipeError: with all problems in one message, before any op is made: a factory that does
            not make an optimizer from a learning rate, a learning rate that is not one finite
            number, a multiplier that is negative or not finite. ``compute_gradients`` raises it for
            selectors, so that an optimizer can be made before the variables: one that matches
            nothing (with the closest names), two that match the same variable.

    Example:
        >>> kernel = tf.get_variable("hidden1/kernel", initializer=1.0)
        >>> outputs = tf.get_variable("outputs/kernel", initializer=1.0)
        >>> optimizer = layerwise_optimizer(tf.train.AdamOptimizer, 0.1, {"hidden.*": 0.01})
        >>> train_op = optimizer.minimize(kernel * outputs)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     ["%.3f" % value for value in session.run([kernel, outputs])]
        ['0.999', '0.900']
    """
    refuse_eager_mode()
    entries, default = declared(multipliers, default)
    problems = _factory_problems(factory, learning_rate)
    scheduled = isinstance(learning_rate, Schedule)
    wrong = None if scheduled else problem_with(learning_rate)
    if wrong:
        problems.append("the learning rate %s" % wrong)
    problems.extend(_multiplier_problems(entries, default))
    if scheduled and not problems:
        learning_rate = learning_rate(tf.train.get_or_create_global_step())
    # The optimizer for a multiplier of 1, which needs no op: it shows what the factory makes.
    made = {} if problems else {1.0: factory(learning_rate)}
    if made and not hasattr(made[1.0], "apply_gradients"):
        problems.append("the factory made %r: it must make a tf.train.Optimizer" % (made[1.0],))
    if problems:
        problems.extend(_selector_problems(entries))
        raise RecipeError("Cannot give layers their own learning rates", problems)

    def optimizer_of(multiplier):
        if _is_frozen(multiplier):
            return FROZEN
        key = _key(multiplier)
        if key not in made:
            optimizer = factory(_product(learning_rate, multiplier))
            if any(optimizer is other for other in made.values()):
                raise RecipeError("Cannot give layers their own learning rates", [
                    "the factory made the same %s from two learning rates: it must make a new one "
                    "each time"
                    % type(optimizer).__name__])
            made[key] = optimizer
        return made[key]

    # A group for each selector, though optimizers are shared, so that two that match are found.
    groups = [(optimizer_of(multiplier), selector) for selector, multiplier in entries]
    return GroupedOptimizer(groups, rest=optimizer_of(default), name=name)


def geometric_multipliers(layers: Sequence[Selector], lowest: Number,
                          highest: Number) -> List[Tuple[Selector, float]]:
    """Multipliers that rise by one factor from layer to layer, for `layerwise_optimizer`.

        m_i = lowest^(1 - i / (n - 1)) * highest^(i / (n - 1))     for i = 0 ... n - 1

    Source: Howard and Ruder, Universal Language Model Fine-tuning
    (https://arxiv.org/abs/1801.06146), whose discriminative learning rates fall by a factor of 2.6
    from each layer to the one below.

    Args:
        layers: list of selectors, from the layer next to the input to the last one.
        lowest: number > 0, the multiplier of the first layer.
        highest: number >= ``lowest``, the multiplier of the last layer.

    Returns:
        List of (layer, multiplier) pairs.

    Raises:
        RecipeError: with all problems in one message.

    Example:
        >>> geometric_multipliers(["hidden1", "hidden2", "outputs"], 0.01, 1)
        [('hidden1', 0.01), ('hidden2', 0.1), ('outputs', 1.0)]
    """
    problems = []
    if isinstance(layers, str) or not isinstance(layers, (list, tuple)):
        problems.append("the layers are %r: they must be a list" % (layers,))
    elif not layers:
        problems.append("there are no layers")
    bounds = [("lowest", lowest), ("highest", highest)]
    wrong = ["%s %s" % (title, problem) for title, problem in (
        (title, _bound_problem(bound)) for title, bound in bounds) if problem]
    problems.extend(wrong)
    if not wrong and lowest > highest:
        problems.append("lowest is %s: it must be <= highest, which is %s" % (lowest, highest))
    elif not problems and len(layers) == 1 and lowest != highest:
        problems.append("one layer cannot have two multipliers, %s and %s" % (lowest, highest))
    if problems:
        raise RecipeError("Cannot spread multipliers over layers", problems)

    lowest, highest = float(lowest), float(highest)
    if lowest == highest:
        return [(layer, lowest) for layer in layers]
    last = float(len(layers) - 1)
    return [(layer, lowest ** (1 - i / last) * highest ** (i / last))
            for i, layer in enumerate(layers)]


def _factory_problems(factory, rate):
    if hasattr(factory, "apply_gradients") and not isinstance(factory, type):
        title = type(factory).__name__
        return ["the factory is an optimizer, whose learning rate is fixed: give the class, %s, or "
                "lambda learning_rate: %s(learning_rate, ...)" % (title, title)]
    if not callable(factory):
        return ["the factory is %r: it must be a function of a learning rate, such as "
                "tf.train.AdamOptimizer" % (factory,)]
    try:
        inspect.signature(factory).bind(rate)
    except TypeError as error:
        title = getattr(factory, "__name__", repr(factory))
        return ["the factory %s does not take a learning rate alone (%s): give "
                "lambda learning_rate: %s(learning_rate, ...)" % (title, error, title)]
    except ValueError:  # a function that has no signature to look at
        pass
    return []


def _multiplier_problems(entries, default):
    problems = [] if entries else ["there are no multipliers"]
    for entry in entries:
        if not _is_pair(entry):
            problems.append("%r is not a (selector, multiplier) pair" % (entry,))
            continue
        wrong = _multiplier_problem(entry[1])
        if wrong:
            problems.append("the multiplier of %s %s" % (title_of(entry[0]), wrong))
    wrong = _multiplier_problem(default)
    return problems + (["the default multiplier %s" % wrong] if wrong else [])


def _multiplier_problem(multiplier):
    if _is_frozen(multiplier):
        return None
    if isinstance(multiplier, str):
        return 'is %r: it must be a number, a scalar tensor or "frozen"' % multiplier
    return problem_with(multiplier, low=0)


def _bound_problem(bound):
    if hasattr(bound, "op"):
        return "is a tensor: it must be a number"
    return problem_with(bound, above=0)


def _selector_problems(entries):
    """What is wrong with the selectors, if there are variables yet."""
    candidates = tf.trainable_variables()
    pairs = [(entry[0], 1.0) for entry in entries if _is_pair(entry)]
    return multipliers_by_variable(pairs, candidates)[1] if candidates and pairs else []


def _product(rate, multiplier):
    tensors = [each for each in (rate, multiplier) if hasattr(each, "op")]
    if not tensors:
        return float(rate) * float(multiplier)
    # In the learning rate's type, unless that is an integer type, as of a step.
    dtype = tensors[0].dtype.base_dtype
    dtype = dtype if dtype.is_floating else tf.float32
    with tf.name_scope("layer_rate"):
        return as_tensor(rate, dtype) * as_tensor(multiplier, dtype)


def _key(multiplier):
    """The same for equal multipliers: their value, or a tensor's name."""
    return multiplier.name if hasattr(multiplier, "op") else float(multiplier)


def _is_frozen(multiplier):
    return isinstance(multiplier, str) and multiplier == FROZEN


def _is_pair(entry):
    return isinstance(entry, (tuple, list)) and len(entry) == 2
