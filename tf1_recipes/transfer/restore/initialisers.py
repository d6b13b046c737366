"""The initialisers of variables: what they read, and the order in which they must run."""
from __future__ import annotations

import collections
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Set, Tuple

from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.types import Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.transfer.restore.variable_ops import VARIABLE_OPS


def reads_of(variables: Iterable[Variable],
             feed_dict: Mapping[Any, Any]) -> Tuple[Dict[str, Set[str]], Dict[str, str]]:
    """Finds what initialisers read, and what they lack.

    Args:
        variables: list of variables.
        feed_dict: dict, whose keys are tensors or their names; a tensor that is fed is not read.

    Returns:
        A pair of dicts by the variables' names: the set of names of the variables that the
        initialiser reads; and, if it needs a placeholder, the message.
    """
    fed = {getattr(key, "name", key) for key in feed_dict}
    reads, lacking = {}, {}
    for variable in variables:
        seen = ancestors(variable.initializer, fed=fed)
        name = name_of(variable)
        reads[name] = {op.name for op in seen if op.type in VARIABLE_OPS} - {name}
        placeholders = sorted(op.name for op in seen if op.type == "Placeholder")
        if placeholders:
            lacking[name] = "the initialiser of %r needs the placeholder %s: feed it" % (
                name, ", ".join(map(repr, placeholders)))
    return reads, lacking


def in_order(variables: Iterable[Variable],
             reads: Mapping[str, Set[str]]) -> Iterator[List[Variable]]:
    """Yields lists of variables, each after the variables that its initialisers read."""
    left = collections.OrderedDict((name_of(variable), variable) for variable in variables)
    while left:
        # A set of names is small; to build one of all that are left, for each name, would not be.
        ready = [name for name in left if not any(read in left for read in reads[name])]
        yield [left.pop(name) for name in ready or list(left)]
