"""The variables that a restore chooses from, and those that a selector means."""
from __future__ import annotations

import collections
import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set

from tf1_recipes.graph.types import Graph, Selector, Variable
from tf1_recipes.graph.variable_selection import name_of, select, title_of
from tf1_recipes.transfer.restore.checkpoints import SHARED_SLOT, Checkpoint, owner_of
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.table import SLOT, WEIGHT
from tf1_recipes.v1 import tf

# TensorFlow's own names of slots, by which the slots of untrainable variables are found.
_SLOT_NAME = re.compile(
    r"(Adadelta|Adagrad|Adam|ExponentialMovingAverage|Ftrl|Momentum|RMSProp)(_\d+)?$")

Target = collections.namedtuple("Target", "name parts shape dtype role owner")


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


def slice_text(part: Variable) -> str:
    """Returns a partition's slice as a ``RestoreV2`` op takes it; empty for a whole variable."""
    info = _slice_info(part)
    return "" if info is None else info.spec


def targets_of(candidates: List[Variable], graph: Graph) -> Dict[str, Any]:
    """Returns {name: ``Target``}; a target is stored as one tensor."""
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
        targets[name] = Target(name, members, shape, first.dtype.base_dtype, role, owner)
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


def title_of_source(stored: Any) -> str:
    """Returns the word for the source in messages."""
    return "checkpoint" if isinstance(stored, Checkpoint) else "arrays"
