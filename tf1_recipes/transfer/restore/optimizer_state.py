"""What an optimizer keeps for several variables, and what belongs together in a restore.

Adam and its like correct the averages m and v of all variables of one optimizer by one pair of
``beta1_power`` and ``beta2_power``. An optimizer for each group of layers has a pair for each group
(``beta1_power_1`` ...), so that one stored power may feed several variables, and several stored
ones may have to agree.
"""
from __future__ import annotations

import collections
import re
from typing import Any, Callable, Dict, List, Mapping, Set, Tuple

from tf1_recipes.graph.types import Graph
from tf1_recipes.transfer.restore.checkpoints import SHARED_SLOT
from tf1_recipes.transfer.restore.saved_groups import regrouped
from tf1_recipes.transfer.restore.table import INITIALISED, LEFT_OUT, RESTORED
from tf1_recipes.transfer.restore.variable_ops import variable_handed_on
from tf1_recipes.v1 import tf

_NUMBER = re.compile(r"_\d+$")


def _updated_by(graph, name):
    """The variables that ops update which compute with a variable's value."""
    found, seen = set(), {name}
    waiting = [graph.get_operation_by_name(name)]
    while waiting:
        for output in waiting.pop().outputs:
            for op in output.consumers():
                if op.name in seen:
                    continue
                seen.add(op.name)
                target = _written(op)
                if target is None:
                    waiting.append(op)
                elif target != name:
                    found.add(target)
    return found


def _written(op):
    """The name of the variable that an op writes, or None."""
    if op.type != "ReadVariableOp" and op.inputs and re.search("Apply|Assign|Scatter", op.type):
        return variable_handed_on(op.inputs[0])
    return None


def _by_stem(found):
    """The powers of beta1 and of beta2 apart."""
    kinds = collections.defaultdict(dict)
    for name, source in found.items():
        kinds[_NUMBER.sub("", name)][name] = source
    return list(kinds.values())


def power_sources(needed: List[str], powers: List[str], stored: List[str],
                  named: Set[str], value_of: Callable[[str], Any]
                  ) -> Tuple[Dict[str, str], List[str]]:
    """Finds the stored power that each power continues.

    Args:
        needed: list of the names of powers to restore, of ``powers``, all of the graph's.
        stored: list of the names of stored powers.
        named: set of the powers whose sources the caller gave.
        value_of: function of a stored power's name that reads it.

    Returns:
        A pair: dict {power's name: stored name}, and the list of problems (str).
    """
    found, problems = {}, []
    families = collections.defaultdict(list)
    for name in stored:
        families[_NUMBER.sub("", name)].append(name)
    for family in families.values():
        family.sort(key=lambda name: (len(name), name))
    own = collections.defaultdict(set)
    for name in powers:
        own[_NUMBER.sub("", name)].add(name)
    known, equal = set(stored), {}
    values: Dict[str, Dict[str, Any]] = {}
    for name in needed:
        stem = _NUMBER.sub("", name)
        family = families.get(stem, [])
        if name in named or not family:
            continue
        if len(own[stem]) == len(family) and own[stem] == set(family):
            found[name] = name
            continue
        if stem not in values:
            values[stem] = {each: value_of(each) for each in family}
            equal[stem] = len(set(map(float, values[stem].values()))) == 1
        if equal[stem]:
            found[name] = name if name in known else family[0]
        else:
            problems.append(
                "%r: the graph has %d of these and the source %d that differ, %s: give the one "
                "that it continues, names={%r: %r}, for example" % (
                    name, len(own[stem]), len(family), ", ".join("%s = %.6g" % (repr(each), value)
                                                            for each, value in sorted(
                                                                values[stem].items())),
                    family[0], name))
    return found, problems


class OptimizerState(object):
    """The slots and powers of a graph beside those of a source.

    Attributes:
        users: dict of a power's name to the names of the variables' ops that it is for.
    """

    def __init__(self, graph: Graph, targets: Mapping[str, Any], stored: Any,
                 named: Set[str]) -> None:
        self._graph, self._targets, self._stored, self._named = graph, targets, stored, named
        self._powers = [name for name, target in targets.items()
                        if target.role == "slot" and target.owner is None]
        self.users = {name: set().union(*(
            _updated_by(graph, part.op.name) for part in targets[name].parts))
            for name in self._powers}

    def with_powers(self, sources: Dict[str, str],
                    wanted: Set[str]) -> Tuple[Dict[str, str], List[str]]:
        """Returns the sources with that of each power that is restored, and what is wrong."""
        found, problems = power_sources(
            [name for name in self._powers if name in wanted], self._powers,
            [name for name in self._stored.tensors if SHARED_SLOT.search(name)], self._named,
            self._value)
        if hasattr(self._stored, "prefix"):
            for kind in _by_stem(found):
                if len({float(self._value(source)) for source in kind.values()}) > 1:
                    problems += regrouped(self._stored.prefix, kind, self.users, _updated_by)
        return dict(sources, **found), problems

    def _value(self, name):
        if hasattr(self._stored, "values"):
            return self._stored.values[name]()
        return tf.train.NewCheckpointReader(self._stored.prefix).get_tensor(name)

    def torn(self, rows: List[Any]) -> List[str]:
        """Returns the problems of state of which one part is restored and another is not.

        Args:
            rows: list of ``PlanRow``.
        """
        status = {row.variable_name: row.status for row in rows if row.variable_name}
        if not any(each == RESTORED and self._targets[name].role == "slot"
                   for name, each in status.items()):
            return []
        problems = []
        for name, slots in _companions(self._graph, self._targets):
            restored = [slot for slot in slots if status[slot] == RESTORED]
            # What is missing or misfits has a problem of its own.
            lacking = [slot for slot in slots if status[slot] in (INITIALISED, LEFT_OUT)]
            if restored and lacking:
                problems.append("%s of %r would be restored and %s would not: they belong together"
                                % (_listed(restored), name, _listed(lacking)))
        return problems + self._too_many(rows) + self._anew(status)

    def _too_many(self, rows):
        """Slots of which the source has more than the graph: their names do not say which are
        meant."""
        counts = collections.Counter(_NUMBER.sub("", name) for name in self._stored.tensors)
        groups = collections.OrderedDict()
        for row in rows:
            name = row.variable_name
            if name and row.tensor_name and self._targets[name].owner and name not in self._named:
                groups.setdefault(_NUMBER.sub("", row.tensor_name), []).append(row)
        return ["the source has %d slots %r, of which the graph has %s alone: they are of an "
                "optimizer of another kind or with other settings; names= says which is which"
                % (counts[stem], stem, _listed([row.variable_name for row in found]))
                for stem, found in groups.items() if counts[stem] > len(found)
                and any(row.status == RESTORED for row in found)]

    def _anew(self, status):
        """Powers that would start anew beside the restored averages that they correct."""
        by_op = {part.op.name: name for name, target in self._targets.items()
                 for part in target.parts}
        slots = collections.defaultdict(list)
        for name, target in self._targets.items():
            if target.owner and status[name] == RESTORED:
                slots[target.owner].append(name)
        problems = []
        for power, ops in self.users.items():
            corrected = [slot for op in sorted(ops) for slot in slots[by_op.get(op)]]
            if corrected and status[power] in (INITIALISED, LEFT_OUT):
                problems.append("%r would start anew beside %s, which it corrects and which are "
                                "restored: names= says which stored power it continues"
                                % (power, _listed(corrected)))
        return problems


def _companions(graph, targets):
    """Yields pairs of a variable and its slots that one op updates, or that one optimizer names."""
    by_op = {part.op.name: name for name, target in targets.items() for part in target.parts}
    slots = {name for name, target in targets.items() if target.owner}
    if not slots:
        return
    done = set()
    for op in graph.get_operations():
        if "Apply" in op.type and len(op.inputs) > 3:
            inputs = [by_op.get(variable_handed_on(each)) for each in op.inputs]
            together = [name for name in inputs if name in slots]
            if len(together) > 1 and not done.issuperset(together):
                done.update(together)
                yield targets[together[0]].owner, together
    groups = collections.OrderedDict()
    for name in targets:
        if name in slots and name not in done:
            groups.setdefault((targets[name].owner, _NUMBER.sub("", name)), []).append(name)
    for (owner, _), together in groups.items():
        if len(together) > 1:
            yield owner, together


def _listed(names):
    return ", ".join(map(repr, names[:3])) + (" and %d more" % (len(names) - 3)
                                               if len(names) > 3 else "")
