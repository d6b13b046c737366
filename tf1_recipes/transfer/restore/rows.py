"""The rows of a restore plan: the variable, the stored tensor, and what happens to them."""
from __future__ import annotations

import collections
import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from tf1_recipes.graph.types import Graph, Selector, Variable
from tf1_recipes.graph.variable_selection import name_of, select, title_of
from tf1_recipes.transfer.restore.arrays import converts, fitting_transpose, transposed
from tf1_recipes.transfer.restore.checkpoints import SHARED_SLOT, Checkpoint, is_slot, owner_of
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.table import MISSING_VARIABLE, SLOT, WEIGHT, shape_text
from tf1_recipes.untrusted.closest_names import closest_names
from tf1_recipes.v1 import tf

RESTORED = "restored"
MISSING_TENSOR = "missing in the %s"  # checkpoint, or arrays
SHAPE_MISMATCH = "shape mismatch"
DTYPE_MISMATCH = "dtype mismatch"
BOTH_MISMATCH = "shape and dtype mismatch"
LEFT_OUT = "left out"
INITIALISED = "initialised"

# TensorFlow's own names of slots, by which the slots of untrainable variables are found.
_SLOT_NAME = re.compile(
    r"(Adadelta|Adagrad|Adam|ExponentialMovingAverage|Ftrl|Momentum|RMSProp)(_\d+)?$")

PlanRow = collections.namedtuple(
    "PlanRow",
    "variable_name tensor_name status role variable_shape tensor_shape variable_dtype tensor_dtype "
    "transpose")
_Target = collections.namedtuple("_Target", "name parts shape dtype role owner")


def flat(variables: Iterable[Variable]) -> List[Variable]:
    """Returns the variables, with the parts of each ``PartitionedVariable``."""
    return [part for variable in variables
            for part in (list(variable) if not hasattr(variable, "op") else [variable])]


def saver_name(variable: Variable) -> str:
    """Returns the name under which a ``Saver`` stores a variable; all partitions share one."""
    whole = _slice_info(variable)
    return whole.full_name if whole else name_of(variable)


def _slice_info(variable):
    return getattr(variable, "_get_save_slice_info", lambda: None)()


def slice_of(part: Variable) -> Any:
    """Returns the index of a partition's elements in the whole tensor; of all, for a variable."""
    info = _slice_info(part)
    return Ellipsis if info is None else tuple(
        slice(start, start + size) for start, size in zip(info.var_offset, info.var_shape))


def saved(target: Any) -> Any:
    """Returns the argument of ``Saver`` for a target."""
    return target.parts if _slice_info(target.parts[0]) else target.parts[0]


def targets_of(candidates: List[Variable], graph: Graph) -> Dict[str, Any]:
    """Returns {name: ``_Target``}; a target is stored as one tensor."""
    every = graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES) + candidates
    trainable = {saver_name(v) for v in every if getattr(v, "trainable", False)}
    trainable |= {saver_name(v) for v in graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)}
    names = {saver_name(variable) for variable in every}
    parts = collections.OrderedDict()
    for variable in candidates:
        members = parts.setdefault(saver_name(variable), collections.OrderedDict())
        members[name_of(variable)] = variable
    targets = collections.OrderedDict()
    for name in parts:
        role, owner = WEIGHT, None
        if name not in trainable:
            owner = owner_of(name, trainable) or (_SLOT_NAME.search(name) and owner_of(name, names))
            role = SLOT if owner or SHARED_SLOT.search(name) else WEIGHT
        members = list(parts[name].values())
        first = members[0]
        whole = _slice_info(first)
        shape = tf.TensorShape(whole.full_shape) if whole else first.shape
        targets[name] = _Target(name, members, shape, first.dtype.base_dtype, role, owner)
    return targets


def named(title: str, selector: Optional[Selector], candidates: List[Variable],
          targets: Mapping[str, Any], problems: List[str]) -> Set[str]:
    """Returns the names of the targets that a selector matches; adds its problems to the list."""
    if selector is None:
        return set()
    found = set()
    for item in selector if isinstance(selector, (list, tuple)) else [selector]:
        chosen, wrong = select(item, candidates)
        problems.extend("%s: %s" % (title, line) for line in wrong)
        counts = collections.Counter(map(saver_name, chosen))
        for name, count in sorted(counts.items()):
            if count < len(targets[name].parts):
                problems.append("%s: %r matches %d of the %d partitions of %r: select all or none"
                                % (title, item, count, len(targets[name].parts), name))
        found |= set(counts)
        if title == "include" and chosen and all(
                targets[saver_name(variable)].role == SLOT for variable in chosen):
            problems.append("include: %r matches optimizer slots only: restore them with their "
                            "variables, by slots=True" % (item,))
    return found


def transposes_of(transpose: Mapping[Selector, Transpose], stored: Any, candidates: List[Variable],
                  targets: Mapping[str, Any], wanted: Set[str],
                  problems: List[str]) -> Dict[str, Transpose]:
    """Returns {variable's name: transpose}; adds their problems to the list."""
    if transpose and title_of_source(stored) == "checkpoint":
        problems.append("transpose: a checkpoint cannot be transposed; give a dict of its arrays, "
                        "tf.train.NewCheckpointReader(path).get_tensor(name)")
    found = {}
    for selector, order in transpose.items():
        if order is not True and not (isinstance(order, (tuple, list)) and
                                      set(order) == set(range(len(order)))):
            problems.append("transpose: %s has %r: give True, or for each axis the one that it "
                            "comes from, such as (2, 3, 1, 0)"
                            % (title_of(selector), order))
            continue
        meant = named("transpose", selector, candidates, targets, problems)
        if meant and not meant & wanted:
            problems.append("transpose: %s matches no variable that is restored"
                            % title_of(selector))
        order = order if order is True else tuple(order)
        for name in sorted(meant):
            if found.setdefault(name, order) != order:
                problems.append("transpose: %r has two transposes, %r and %r"
                                % (name, found[name], order))
    return found


def sources_of(moves: Mapping[str, str], tensors: Mapping[str, Any],
               targets: Mapping[str, Any]) -> Dict[str, str]:
    """Returns {variable's name: the name of the tensor it is restored from}."""
    sources = {name: tensor for tensor, name in moves.items()}
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


def slots_of(wanted: Set[str], targets: Mapping[str, Any], sources: Mapping[str, str]) -> Set[str]:
    """Returns the slots of the restored variables, and the optimizer's own counters."""
    owned = {name for name, target in targets.items()
             if target.role == SLOT and target.owner in wanted and target.owner in sources}
    shared = {name for name, target in targets.items()
              if target.role == SLOT and target.owner is None}
    return owned | shared if owned else owned


def title_of_source(stored: Any) -> str:
    """Returns the word for the source in messages."""
    return "checkpoint" if isinstance(stored, Checkpoint) else "arrays"


def plan_rows(stored: Any, targets: Mapping[str, Any], wanted: Set[str], sources: Mapping[str, str],
              may_lack: Set[str],
              transposes: Mapping[str, Transpose]) -> Tuple[List[PlanRow], List[str]]:
    """Returns the rows of the plan, weights first, and its problems."""
    rows, problems, tensors, title = [], [], stored.tensors, title_of_source(stored)
    for name, target in targets.items():
        tensor_name = sources.get(name)
        shape, dtype = tensors.get(tensor_name, (None, None))
        transpose = transposes.get(name) if name in wanted and tensor_name else None
        if name not in wanted:
            status = LEFT_OUT if tensor_name else INITIALISED
        elif tensor_name is None:
            status = INITIALISED if name in may_lack else MISSING_TENSOR % title
        else:
            turned = shape if transpose is None else transposed(shape, transpose)
            # A checkpoint has the variable's type; arrays of other frameworks may have another.
            fits = (turned is not None and target.shape.is_compatible_with(turned),
                    (target.dtype == dtype if title == "checkpoint" else
                     converts(dtype, target.dtype)))
            status = {(True, True): RESTORED, (False, True): SHAPE_MISMATCH,
                      (True, False): DTYPE_MISMATCH, (False, False): BOTH_MISMATCH}[fits]
        row = PlanRow(name, tensor_name, status, target.role, _dimensions(target.shape), shape,
                      target.dtype, dtype, transpose)
        rows.append(row)
        problems.extend(_problems(row, tensors if len(problems) < 10 else [], title))
    for tensor_name in sorted(set(tensors) - set(sources.values())):
        status = LEFT_OUT if tensor_name in targets else MISSING_VARIABLE
        role = SLOT if is_slot(tensor_name, tensors) else WEIGHT
        shape, dtype = tensors[tensor_name]
        rows.append(PlanRow(None, tensor_name, status, role, None, shape, None, dtype, None))
    if not problems and not any(row.status == RESTORED for row in rows):
        problems.append("there is nothing to restore")
    return sorted(rows, key=lambda row: row.role == SLOT), problems


def _problems(row, tensors, title):
    """Returns what is wrong with a row. (The search for close names is slow in a large net.)"""
    if row.status == MISSING_TENSOR % title:
        near = closest_names(row.variable_name, list(tensors), scopes=False)
        return ["%r is missing in the %s%s" % (row.variable_name, title, (
            "; the closest names there are " + ", ".join(map(repr, near))) if near else "")]
    if row.status in (SHAPE_MISMATCH, DTYPE_MISMATCH, BOTH_MISMATCH):
        return ["%r is %s %s in the graph and %s %s in the %s%s" % (
            row.variable_name, shape_text(row.variable_shape), row.variable_dtype.name,
            shape_text(row.tensor_shape), row.tensor_dtype.name, title,
            _transpose_hint(row, title))]
    return []


def _transpose_hint(row, title):
    if row.status == DTYPE_MISMATCH or title == "checkpoint":
        return ""
    wanted, rank = tf.TensorShape(row.variable_shape), len(row.tensor_shape)
    if row.transpose is not None and transposed(row.tensor_shape, row.transpose) is None:
        return ", to which the transpose %r does not apply" % (row.transpose,) + (
            ": give the source of each of the %d axes" % rank if row.transpose is True else "")
    fitting = fitting_transpose(row.tensor_shape, wanted)
    if row.transpose is not None:
        told = ", transposed by %r" % (row.transpose,)
        if wanted.is_compatible_with(row.tensor_shape):
            return told + ": it fits as it is"
        return told + (": it fits by %r" % (fitting,) if fitting else "")
    return "; it fits transposed: transpose={%r: %r}" % (
        row.variable_name, fitting) if fitting else ""


def _dimensions(shape):
    return None if shape.ndims is None else tuple(shape.as_list())
