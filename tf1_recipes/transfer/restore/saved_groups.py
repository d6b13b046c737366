"""Which variables a checkpoint's optimizers trained: by the graph that is saved beside it."""
from __future__ import annotations

import os
from typing import Callable, List, Mapping, Set

from tf1_recipes.graph.types import Graph
from tf1_recipes.v1 import tf


def regrouped(prefix: str, found: Mapping[str, str], users: Mapping[str, Set[str]],
              users_in: Callable[[Graph, str], Set[str]]) -> List[str]:
    """Returns the powers that the checkpoint keeps for other variables than the graph, as problems.

    Args:
        prefix: str, of the checkpoint. Without a ``.meta`` file beside it nothing is known.
        found: dict {power's name in the graph: the stored one that it would continue}, of one kind:
            of beta1 or of beta2.
        users: dict {power's name in the graph: names of the variables' ops that it is for}.
        users_in: function of a graph and a power's name that returns the same of that graph.
    """
    saved = _saved(prefix, set(found.values()), users_in)
    problems = []
    for name, source in found.items():
        others = {each: own & users[name] for each, own in saved.items() if each != source}
        for other in sorted(each for each, shared in others.items() if shared):
            problems.append(
                "%r is for %s here, which %r is for in %s.meta, and not %r: the groups are in "
                "another order; give names={%r: %r}" % (
                    name, ", ".join(map(repr, sorted(others[other])[:3])), other, prefix, source,
                    other, name))
    return problems


def _saved(prefix, names, users_in):
    if not os.path.exists(prefix + ".meta"):
        return {}
    graph = tf.Graph()
    try:
        with graph.as_default():
            tf.train.import_meta_graph(prefix + ".meta", clear_devices=True)
        return {name: users_in(graph, name) for name in names}
    except (ValueError, KeyError, TypeError, OSError, tf.errors.OpError):
        return {}  # ops that are not here, or variables saved under other names
