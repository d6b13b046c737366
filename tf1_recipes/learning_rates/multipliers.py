"""Multipliers of the learning rate: declared while the network is built, or as a mapping."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_outputs import is_output
from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.graph.variable_selection import (
    is_selector,
    name_of,
    no_selector,
    parts_of,
    select,
    title_of,
)
from tf1_recipes.learning_rates.grouped import FROZEN
from tf1_recipes.v1 import refuse_eager_mode, tf


class RateMultipliers:
    """Collects the layers' multipliers of the learning rate while the network is built.

        rate_w = multiplier_w * rate

    It is the dict keyed by ``var.op.name`` of the documents, and their ``defaultdict`` of
    multipliers, but for their trap: `of` may be given a layer's *output*, and finds the variables.
    As documented the factor is kept under the output's name, ``dense/BiasAdd``, and looked up under
    the variables', ``dense/kernel``: the default is used, silently.

    Both `layerwise_optimizer` (true rates) and `multiply_gradients` take it, and a dict or
    ``defaultdict`` with the same keys.

    Args:
        default: multiplier of the variables that no layer is registered for.

    Example:
        >>> from tf1_recipes import layerwise_optimizer
        >>> multipliers = RateMultipliers()
        >>> x = tf.placeholder(tf.float32, [None, 4])
        >>> hidden = multipliers.of(tf.layers.dense(x, 8, tf.tanh, name="hidden"), 0.1)
        >>> outputs = tf.layers.dense(hidden, 1, name="outputs")
        >>> multipliers.by_variable() == {"hidden/kernel": 0.1, "hidden/bias": 0.1,
        ...                               "outputs/kernel": 1.0, "outputs/bias": 1.0}
        True
        >>> optimizer = layerwise_optimizer(tf.train.AdamOptimizer, 1e-3, multipliers)
        >>> train_op = optimizer.minimize(tf.nn.l2_loss(outputs))
    """

    def __init__(self, default=1.0):
        problem = _problem_with(default)
        if problem:
            raise RecipeError("Cannot collect multipliers", ["the default multiplier " + problem])
        self.default = default
        self._entries = []

    def of(self, layer, multiplier):
        """Registers a layer's multiplier and returns the layer, to go on building with it.

        Args:
            layer: the output of a layer, with or without its activation, dropout or pooling, of
                which the layer's own variables are taken (`tf1_recipes.graph.layer_outputs` states
                the rule and its limits); a layer object; a variable; a pattern such as
                ``"hidden[12]"``; a predicate of a variable; or a list of these. Layer objects,
                patterns and predicates are asked for variables when the multipliers are used, and
                may be registered before there are any.
            multiplier: number, scalar tensor, or (for `layerwise_optimizer` only) ``"frozen"``.

        Returns:
            ``layer``, as it was given.

        Raises:
            RecipeError: with all problems in one message: a multiplier that is none, an output
                that reaches no variable, something that can mean no variable.
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

    def items(self):
        """The (selector, multiplier) pairs in the order in which they were registered."""
        return list(self._entries)

    def by_variable(self, variables=None):
        """Returns {variable's name: multiplier}, the default included.

        Args:
            variables: list of variables; by default the trainable ones.

        Raises:
            RecipeError: with all problems in one message: what reaches no variable, a variable
                that is named twice.
        """
        if variables is None:
            variables = tf.trainable_variables()
        multipliers, problems = multipliers_by_variable(self, variables, taken=(FROZEN,))
        if problems:
            raise RecipeError("Cannot give variables their multipliers", problems)
        return multipliers

    def __repr__(self):
        lines = ["%s: %s" % (title_of(selector), multiplier)
                 for selector, multiplier in self._entries]
        return "<RateMultipliers %s>" % ", ".join(lines + ["default: %s" % self.default])


def declared(multipliers, default=None):
    """Returns multipliers as a list of (selector, multiplier) pairs, and their default.

    Args:
        multipliers: `RateMultipliers`, dict, ``defaultdict``, or list of pairs.
        default: multiplier; by default the multipliers' own, and 1.0 if they have none.

    >>> declared({"hidden1/kernel": 0.1})
    ([('hidden1/kernel', 0.1)], 1.0)
    """
    entries = list(multipliers.items() if hasattr(multipliers, "items") else multipliers)
    if default is None and getattr(multipliers, "default_factory", None):
        default = multipliers.default_factory()
    if default is None:
        default = getattr(multipliers, "default", 1.0)
    return entries, default


def multipliers_by_variable(multipliers, variables, default=None, taken=()):
    """Returns {variable's name: multiplier} of all variables, and the list of problems.

    Args:
        multipliers: `RateMultipliers`, dict, ``defaultdict``, or list of (selector, multiplier)
            pairs.
        variables: list of variables to choose from.
        default: as in `declared`.
        taken: multipliers that are right though they are no number.
    """
    entries, default = declared(multipliers, default)
    factors, titles, problems = {}, {}, []
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
                    "%r is named twice, by %s and by %s" % (variable, titles[variable], title))
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
