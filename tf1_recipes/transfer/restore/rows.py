"""The rows of a restore plan: the variable, the stored tensor, and what happens to them."""
from __future__ import annotations

import collections
from typing import Any, Dict, List, Mapping, Set, Tuple

import numpy as np

from tf1_recipes.graph.types import DType
from tf1_recipes.transfer.restore.arrays import converts, transposed
from tf1_recipes.transfer.restore.checkpoints import is_slot
from tf1_recipes.transfer.restore.layout_rules import Made
from tf1_recipes.transfer.restore.row_problems import row_problems
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.table import (
    BOTH_MISMATCH,
    DTYPE_MISMATCH,
    INITIALISED,
    LEFT_OUT,
    MISSING_TENSOR,
    MISSING_VARIABLE,
    RESTORED,
    SHAPE_MISMATCH,
    SLOT,
    WEIGHT,
    shape_text,
)
from tf1_recipes.transfer.restore.targets import title_of_source

PlanRow = collections.namedtuple(
    "PlanRow",
    "variable_name tensor_name status role variable_shape tensor_shape variable_dtype tensor_dtype "
    "transpose made")


def sources_of(moves: Mapping[str, List[str]], tensors: Mapping[str, Any],
               targets: Mapping[str, Any]) -> Dict[str, str]:
    """Returns {variable's name: the name of the tensor it is restored from}.

    Args:
        moves: dict of tensors' names to the list of the variables that they go to.
    """
    sources = {name: tensor for tensor, names in moves.items() for name in names}
    for name, target in targets.items():
        if target.owner in sources and name not in sources:
            start = ("/%s/" % name).index("/%s/" % target.owner)
            end = start + len(target.owner)
            sources[name] = name[:start] + sources[target.owner] + name[end:]
    moved = set(moves) | set(sources.values())
    for name in targets:
        if name not in moved:
            sources.setdefault(name, name)
    return {name: tensor for name, tensor in sources.items() if tensor in tensors}


def slots_of(wanted: Set[str], targets: Mapping[str, Any], sources: Mapping[str, str],
             users: Mapping[str, Set[str]]) -> Set[str]:
    """Returns the slots of the restored variables, and the optimizer's own counters.

    Args:
        users: dict of a counter's name to the names of the variables' ops that it is for.
    """
    owned = {name for name, target in targets.items()
             if target.role == SLOT and target.owner in wanted and target.owner in sources}
    ops = {part.op.name for name in owned if name in sources
           for part in targets[targets[name].owner].parts}
    shared = {name for name, target in targets.items() if target.role == SLOT
              and target.owner is None and (not users.get(name) or users[name] & ops)}
    return owned | shared if owned else owned


def widens(dtype: Any, wanted: DType) -> bool:
    """Whether every integer of one type is one of another, too: int32 in int64.

    >>> from tf1_recipes.v1 import tf
    >>> widens(tf.int32, tf.int64), widens(tf.int64, tf.int32)
    (True, False)
    """
    return dtype.is_integer and wanted.is_integer and np.can_cast(
        dtype.as_numpy_dtype, wanted.as_numpy_dtype, "safe")


def plan_rows(stored: Any, targets: Mapping[str, Any], wanted: Set[str], sources: Mapping[str, str],
              may_lack: Set[str], transposes: Mapping[str, Transpose],
              made: Mapping[str, Made]) -> Tuple[List[PlanRow], List[str]]:
    """Returns the rows of the plan, weights first, and its problems.

    Args:
        made: dict of the names of variables with a layout rule, or another order, to it.
    """
    rows, problems, tensors, title = [], [], stored.tensors, title_of_source(stored)
    for name, target in targets.items():
        tensor_name = sources.get(name)
        shape, dtype = tensors.get(tensor_name, (None, None))
        chosen = name in wanted and tensor_name is not None
        transpose = transposes.get(name) if chosen else None
        how = made.get(name, Made((str(tensor_name),))) if chosen else Made(())
        fault = None
        if name not in wanted:
            status = LEFT_OUT if tensor_name else INITIALISED
        elif tensor_name is None:
            status = INITIALISED if name in may_lack else MISSING_TENSOR % title
        else:
            turned, fault = _shape(how, shape, transpose, tensors)
            if turned and how.changes:
                fault = "%s makes it %s" % (how.where or "its order", shape_text(turned))
            # A checkpoint has the variable's type; arrays of other frameworks may have another.
            fits = (turned is not None and target.shape.is_compatible_with(turned),
                    (target.dtype == dtype or widens(dtype, target.dtype)
                     if title == "checkpoint" else converts(dtype, target.dtype)))
            status = {(True, True): RESTORED, (False, True): SHAPE_MISMATCH,
                      (True, False): DTYPE_MISMATCH, (False, False): BOTH_MISMATCH}[fits]
        row = PlanRow(name, tensor_name, status, target.role, _dimensions(target.shape), shape,
                      target.dtype, dtype, transpose, how)
        rows.append(row)
        problems.extend(row_problems(row, tensors if len(problems) < 10 else {}, title, fault))
    used = set(sources.values()).union(*(how.tensors for how in made.values()))
    for tensor_name in sorted(set(tensors) - used):
        status = LEFT_OUT if tensor_name in targets else MISSING_VARIABLE
        role = SLOT if is_slot(tensor_name, tensors) else WEIGHT
        shape, dtype = tensors[tensor_name]
        rows.append(PlanRow(
            None, tensor_name, status, role, None, shape, None, dtype, None, Made(())))
    if not problems and not any(row.status == RESTORED for row in rows):
        problems.append("there is nothing to restore")
    return sorted(rows, key=lambda row: row.role == SLOT), problems


def _shape(how, shape, transpose, tensors):
    """The shape that a variable is given, and why there is none, if a rule does not fit."""
    if transpose is not None:
        turned = transposed(shape, transpose)
        if turned is None or not how.changes:
            return turned, None
        # Behind a transpose come the changes of one tensor.
        return how.fit({how.tensors[0]: tensors[how.tensors[0]]._replace(shape=turned)})
    return how.fit(tensors) if how.changes or len(how.tensors) > 1 else (shape, None)


def _dimensions(shape):
    return None if shape.ndims is None else tuple(shape.as_list())
