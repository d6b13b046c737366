"""What a plan must be told, since an array fits in shape either way: orders and transposes.

Nothing here guesses a layout. Where there is evidence that the arrays are another framework's, and
where an array fits in more than one layout, what the caller has not declared is a problem.
"""
from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Set

from tf1_recipes.graph.types import Graph
from tf1_recipes.transfer.restore.arrays import CONVOLUTIONS, transposed
from tf1_recipes.transfer.restore.flattened_images import FlattenedAxis
from tf1_recipes.transfer.restore.recurrent_gates import undeclared_gates
from tf1_recipes.transfer.restore.table import shape_text
from tf1_recipes.transfer.restore.variable_ops import variable_handed_on

# TensorFlow's own nets have variables named weight, too, in scopes, not behind a dot.
_PYTORCH = re.compile(r"(\.weight|^weight|(^|[./])(running_mean|running_var|num_batches_tracked|"
                      r"(weight|bias)_(ih|hh)(_l\d+)?(_reverse)?))$")
_CHANNELS_FIRST = [list(order) for order in CONVOLUTIONS] + [[2, 3, 0, 1]]
_STATISTICS = {"mean": re.compile(r"mean$"), "variance": re.compile(r"var(iance)?$")}
_GATHERS = frozenset(("Gather", "GatherV2", "ResourceGather", "ResourceGatherNd", "GatherNd"))


def evidence_of_layout(rows: List[Any], stored: Any) -> Optional[str]:
    """Returns what shows that arrays are laid out as PyTorch's and the like are, or None.

    Args:
        rows: list of ``PlanRow`` that are restored. stored: ``Arrays``.
    """
    for row in rows:
        turns = [change["transpose"] for change in row.made.changes if "transpose" in change
                 ] + ([row.transpose] if row.transpose else [])
        for turn in turns:
            if len(row.variable_shape or ()) > 2 and turn is not True and (
                    list(turn) in _CHANNELS_FIRST):
                return "%r is transposed by %r" % (row.variable_name, tuple(turn))
    for row in rows:
        if len(row.tensor_shape) == 2 and (row.transpose in (True, (1, 0)) or any(
                change.get("transpose") in (True, [1, 0]) for change in row.made.changes)):
            return "%r is transposed" % row.variable_name
    named = [name for name in stored.tensors if _PYTORCH.search(name)]
    if named:
        return "%r is a name of PyTorch's" % named[0]
    images = {name: each.shape for name, each in stored.tensors.items() if len(each.shape) == 4}
    first = [name for name, shape in images.items()
             if shape[2] == shape[3] and shape[0] != shape[1]]
    last = [name for name, shape in images.items()
            if shape[0] == shape[1] and shape[2] != shape[3]] + [
        row.tensor_name for row in rows if len(row.tensor_shape) == 4
        and row.transpose is None and not row.made.changes and not _fits_both_ways(row)]
    if first and not last:
        return "%r, %s, has its channels first" % (first[0], shape_text(images[first[0]]))
    return None


def undeclared(rows: List[Any], stored: Any, graph: Graph, declared: Set[str],
               flattened: Mapping[str, FlattenedAxis]) -> List[str]:
    """Returns what the arrays' layout leaves open, and how to declare it.

    Args:
        rows: list of ``PlanRow`` that are restored.
        stored: ``Arrays``.
        graph: ``tf.Graph``.
        declared: set of the names of variables whose transpose or rule the caller gave.
        flattened: dict of variables' names to their ``FlattenedAxis`` whose order nothing declares.
    """
    problems = undeclared_gates(rows, stored.tensors) + _swapped_statistics(rows)
    evidence = evidence_of_layout(rows, stored)
    if evidence is None:
        return problems
    for row in rows:
        axis = flattened.get(row.variable_name)
        if axis is not None and not axis.same_either_way():
            problems.append(_order_question(row.variable_name, axis, evidence))
    candidates = [row for row in rows if row.role == "weight"
                  and row.variable_name not in declared and _fits_both_ways(row)]
    gathered = _gathered(graph) if candidates else set()
    problems.extend(
        "%r, %s, fits as it is and transposed, and %s: declare transpose={%r: %s}, or %r for as it "
        "is" % (row.variable_name, shape_text(row.tensor_shape), evidence, row.variable_name,
                _other_way(row), tuple(range(len(row.tensor_shape))))
        for row in candidates if row.variable_name not in gathered)
    return problems


def _order_question(name: str, axis: FlattenedAxis, evidence: str) -> str:
    sides = "x".join("?" if size is None else str(size) for size in axis.sizes)
    return ("%r: its axis %d is %s (%s), flattened by %r, which other frameworks flatten from "
            "%s, and %s: declare the array's order, flattened={%r: 'channels_first'} (PyTorch's) "
            "or 'channels_last'" % (
                name, axis.axis, ", ".join(axis.order), sides, axis.op,
                ", ".join(axis.stored_order("channels_first")), evidence, name))


def _other_way(row):
    return next((True if order == (1, 0) else order for order in [(1, 0)] + CONVOLUTIONS
                 if len(order) == len(row.tensor_shape)), None)


def _fits_both_ways(row):
    order = _other_way(row)
    return (order is not None and max(row.tensor_shape) > 1
            and transposed(row.tensor_shape, order) == row.tensor_shape)


def _gathered(graph: Graph) -> Set[str]:
    """The names of variables that are embeddings, which no framework transposes."""
    return {variable_handed_on(op.inputs[0]) or "" for op in graph.get_operations()
            if op.type in _GATHERS}


def _swapped_statistics(rows: List[Any]) -> List[str]:
    """Means that would go to variances, and variances to means, by the ends of their names."""
    kinds: Dict[str, str] = {"moving_mean": "variance", "moving_variance": "mean"}
    return ["%r would take %r: these are a mean and a variance" % (
        row.variable_name, row.tensor_name) for row in rows
        for end, other in kinds.items()
        if row.variable_name.endswith(end) and _STATISTICS[other].search(row.tensor_name)]
