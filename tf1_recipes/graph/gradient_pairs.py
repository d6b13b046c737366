"""What ``compute_gradients`` returns, checked before a recipe takes it."""
from __future__ import annotations

import collections
from typing import Any, List, Tuple

from tf1_recipes.graph.types import GradientPairs, Variable
from tf1_recipes.graph.variable_selection import is_variable, name_of
from tf1_recipes.v1 import tf


def checked_pairs(grads_and_vars: Any) -> Tuple[GradientPairs, List[str]]:
    """Returns the (gradient, variable) pairs in what a recipe was given, and what is wrong with it.

    Args:
        grads_and_vars: a list of pairs, or whatever was given in its place.

    Returns:
        The list of those that are pairs, and a list of problems, one for each that is not.

    Example:
        >>> checked_pairs(None)
        ([], ['grads_and_vars is None: it must be a list of (gradient, variable) pairs'])
    """
    try:
        given = list(grads_and_vars)
    except TypeError:
        return [], ["grads_and_vars is %r: it must be a list of (gradient, variable) pairs"
                    % (grads_and_vars,)]
    pairs = [(_as_gradient(pair[0]), pair[1]) for pair in given if _is_pair(pair)]
    return pairs, ["%r is not a (gradient, variable) pair" % (each,)
                   for each in given if not _is_pair(each)]


def given_twice(variables: List[Variable]) -> List[str]:
    """Returns a problem for each variable that is in two pairs."""
    counts = collections.Counter(map(name_of, variables))
    return ["%r is in two pairs" % name for name, count in counts.items() if count > 1]


def _is_pair(given):
    return isinstance(given, (tuple, list)) and len(given) == 2 and hasattr(given[1], "op")


def _as_gradient(given):
    """A variable's value, where a variable stands for a gradient, as in ``tf.train.Optimizer``."""
    return tf.convert_to_tensor(given) if is_variable(given) else given
