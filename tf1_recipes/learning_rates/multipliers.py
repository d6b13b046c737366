"""Multipliers of the learning rate: declared while the network is built, or as a mapping."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_outputs import is_output
from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.graph.types import Selector, Variable
from tf1_recipes.graph.variable_selection import (
    Candidates,
    is_selector,
    name_of,
    no_selector,
    parts_of,
    select,
    title_of,
)
from tf1_recipes.learning_rates.grouped import FROZEN
from tf1_recipes.v1 import refuse_eager_mode, tf

Multiplier = Any  # a Scalar, or "frozen"


class LearningRateMultipliers:
    """Collects multipliers of the learning rate per layer, while the network is built.

        lr_w = multiplier_w * learning_rate

    It replaces the dict keyed by ``var.op.name`` of the documents, and their ``defaultdict``. These
    have a trap: the multiplier is stored under the name of the layer's output, ``dense/BiasAdd``,
    and looked up under the variable's, ``dense/kernel``, so that the default is used. Here `of`
    takes a layer's *output* and finds its variables.

    `layerwise_optimizer` (learning rates) and `multiply_gradients` (gradients) take it, and also a
    dict or ``defaultdict`` with the same keys.

    Source: https://stackoverflow.com/questions/34945554

    Args:
        default: multiplier of the variables of all layers that are not registered: a number, scalar
            tensor, or (for `layerwise_optimizer` only) ``"frozen"``.

    Raises:
        RecipeError: the default is not a multiplier.

    Example:
        >>> from tf1_recipes import layerwise_optimizer
        >>> multipliers = LearningRateMultipliers()
        >>> x = tf.placeholder(tf.float32, [None, 4])
        >>> hidden = multipliers.of(tf.layers.dense(x, 8, tf.tanh, name="hidden"), 0.1)
        >>> outputs = tf.layers.dense(hidden, 1, name="outputs")
        >>> multipliers.by_variable() == {"hidden/kernel": 0.1, "hidden/bias": 0.1,
        ...                               "outputs/kernel": 1.0, "outputs/bias": 1.0}
        True
        >>> optimizer = layerwise_optimizer(tf.train.AdamOptimizer, 1e-3, multipliers)
        >>> train_op = optimizer.minimize(tf.nn.l2_loss(outputs))
    """

    def __init__(self, default: Multiplier = 1.0) -> None:
        problem = _problem_with(default)
        if problem:
            raise RecipeError("Cannot collect multipliers", ["the default multiplier " + problem])
        self.default = default
        self._entries = []

    def of(self, layer: Selector, multiplier: Multiplier) -> Any:
        """Registers a layer's multiplier and returns the layer, for use in the next layer.

        Args:
            layer: the output of a layer, with or without its activation, dropout or pooling, which
                stands for the layer's own variables (`tf1_recipes.graph.layer_outputs` states the
                rule and its limits); a layer object; a variable; a pattern such as
                ``"hidden[12]"``; a predicate of a variable; or a list of these. Layer objects,
                patterns and predicates are resolved when the multipliers are used, so they may be
                registered before there are variables.
            multiplier: number, scalar tensor, or (for `layerwise_optimizer` only) ``"frozen"``.

        Returns:
            ``layer``, as it was given.

        Raises:
            RecipeError: with all problems in one message: something that is not a
                multiplier, an output without variables, something that cannot select variables.
        """
        refuse_eager_mode()
        problem = _problem_with(multiplier)
        problems = ["the multiplier of %s %s" % (title_of(layer), problem)] if problem else []
        selector = []
        for part in parts_of(layer):
            if is_output(part):
                variables, wrong = select(part, tf.trainable_variables())
                selector.extend(variables)
                problems.extend(wrong)
            elif is_selector(part):
                selector.append(part)
            else:
                problems.append(no_selector(part))
        if not selector and not problems:
            problems.append("the selector %s is empty" % title_of(layer))
        if problems:
            raise RecipeError("Cannot register a multiplier", problems)
        # A layer that is called twice registers the same variables twice.
        if not any(_same(entry, (selector, multiplier)) for entry in self._entries):
            self._entries.append((selector, multiplier))
        return layer

    def items(self) -> List[Tuple[Selector, Multiplier]]:
        """Returns the (selector, multiplier) pairs in the order of registration."""
        return list(self._entries)

    def by_variable(self, variables: Optional[List[Variable]] = None) -> Dict[str, Multiplier]:
        """Returns {variable's name: multiplier}, the default included.

        Args:
            variables: list of variables; by default the trainable ones.

        Raises:
            RecipeError: with all problems in one message: a selector that matches no
                variable, a variable that two selectors match.
        """
        if variables is None:
            variables = tf.trainable_variables()
        multipliers, problems = multipliers_by_variable(self, variables, taken=(FROZEN,))
        if problems:
            raise RecipeError("Cannot give variables their multipliers", problems)
        return multipliers

    def __repr__(self) -> str:
        lines = ["%s: %s" % (title_of(selector), multiplier)
                 for selector, multiplier in self._entries]
        return "<LearningRateMultipliers %s>" % ", ".join(lines + ["default: %s" % self.default])


Multipliers = Union[
    LearningRateMultipliers, Mapping[Selector, Multiplier], Sequence[Tuple[Selector, Multiplier]]]


def declared(multipliers: Multipliers,
             default: Optional[Multiplier] = None) -> Tuple[List[Any], Multiplier]:
    """Returns multipliers as a list of (selector, multiplier) pairs, and their default.

    Args:
        multipliers: `LearningRateMultipliers`, dict, ``defaultdict``, or list of pairs.
        default: multiplier; by default that of ``multipliers``, or 1.0 if they have none.

    >>> declared({"hidden1/kernel": 0.1})
    ([('hidden1/kernel', 0.1)], 1.0)
    """
    given = multipliers.items() if hasattr(multipliers, "items") else multipliers
    is_list = hasattr(given, "__iter__") and not isinstance(given, str)
    entries = list(given) if is_list else [given]
    make_default = getattr(multipliers, "default_factory", None)
    if default is None:
        default = make_default() if make_default else getattr(multipliers, "default", 1.0)
    return entries, default


def multipliers_by_variable(multipliers: Multipliers, variables: List[Variable],
                            default: Optional[Multiplier] = None,
                            taken: Sequence[str] = ()) -> Tuple[Dict[str, Multiplier], List[str]]:
    """Returns {variable's name: multiplier} of all variables, and the list of problems.

    Args:
        multipliers: `LearningRateMultipliers`, dict, ``defaultdict``, or list of (selector,
            multiplier) pairs.
        variables: list of variables to choose from.
        default: as in `declared`.
        taken: str that are allowed as multipliers, such as ``("frozen",)``.
    """
    entries, default = declared(multipliers, default)
    factors, titles, problems = {}, {}, []
    variables = Candidates(variables)
    for entry in entries:
        if not isinstance(entry, (tuple, list)) or len(entry) != 2:
            problems.append("%r is not a (selector, multiplier) pair" % (entry,))
            continue
        selector, factor = entry
        chosen, unmatched = select(selector, variables)
        problems.extend(unmatched)
        title = title_of(selector)
        if not chosen and not unmatched:
            problems.append("the selector %s is empty" % title)
        wrong = None if _is_one_of(taken, factor) else problem_with(factor)
        if wrong:
            problems.append("the multiplier of %s %s" % (title, wrong))
        for variable in map(name_of, chosen):
            if variable in titles:
                problems.append(
                    "%r is matched twice, by %s and by %s" % (variable, titles[variable], title))
                continue
            titles[variable] = title
            factors[variable] = _read(factor)
    if not entries:
        problems.append("there are no multipliers")
    wrong = None if _is_one_of(taken, default) else problem_with(default)
    if wrong:
        problems.append("the default multiplier " + wrong)
    return {name: factors.get(name, _read(default)) for name in map(name_of, variables)}, problems


def _problem_with(multiplier):
    if not isinstance(multiplier, str):
        return problem_with(multiplier)
    return None if multiplier == FROZEN else (
        'is %r: it must be a number, a scalar tensor or "frozen"' % multiplier)


def _same(entry, other):
    """Whether two entries give the same variables the same multiplier."""
    (variables, multiplier), (other_variables, other_multiplier) = entry, other
    return (all(hasattr(each, "op") for each in variables + other_variables)
            and list(map(name_of, variables)) == list(map(name_of, other_variables))
            and (multiplier is other_multiplier
                 or not hasattr(multiplier, "op") and not hasattr(other_multiplier, "op")
                 and multiplier == other_multiplier))


def _is_one_of(known, multiplier):
    return isinstance(multiplier, str) and multiplier in known


def _read(multiplier):
    return tf.convert_to_tensor(multiplier) if hasattr(multiplier, "op") else multiplier
