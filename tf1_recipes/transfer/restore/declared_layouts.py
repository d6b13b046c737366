"""What the caller of a restore declares about the arrays' layout: transposes, rules, orders."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Set

from tf1_recipes.graph.types import Graph, Selector, Variable
from tf1_recipes.graph.variable_selection import title_of
from tf1_recipes.transfer.restore.arrays import transposed
from tf1_recipes.transfer.restore.flattened_images import FlattenedAxis, flattened_axes
from tf1_recipes.transfer.restore.layout_rules import Made, made_by_rules
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.targets import named, title_of_source, transposes_of

_ORDERS = ("channels_first", "channels_last")
# Changes that move numbers and do not change them.
_MOVES = ("transpose", "reshape", "split", "order", "concat")


class DeclaredLayouts(NamedTuple):
    """The layouts of the arrays, by the names of the variables.

    Attributes:
        transposes: dict of names to transposes. rules: dict of names to ``Made``.
        orders: dict of names to ``channels_first`` or ``channels_last``.
        axes: dict of the names of all variables with a flattened axis to ``FlattenedAxis``.
        ignored: set of the names of variables that rules ignore.
    """

    transposes: Dict[str, Transpose]
    rules: Dict[str, Made]
    orders: Dict[str, str]
    axes: Dict[str, FlattenedAxis]
    ignored: Set[str]

    @property
    def declared(self) -> Set[str]:
        """The names of the variables with a transpose or a rule."""
        return set(self.transposes) | set(self.rules)

    @property
    def open_axes(self) -> Dict[str, FlattenedAxis]:
        """The flattened axes whose order in the arrays nothing declares."""
        return {name: axis for name, axis in self.axes.items() if name not in self.orders and not (
            name in self.rules and any({"reshape", "order"} & set(change)
                                       for change in self.rules[name].changes))}

    def beside(self, moves: Mapping[str, List[str]], names: Mapping[str, Any],
               problems: List[str]) -> Dict[str, List[str]]:
        """Returns the moves by ``names`` and by rules; a rule takes precedence over a pattern."""
        found = {}
        for tensor, goals in moves.items():
            problems.extend("names and %s both give %r its value" % (self.rules[goal].where, goal)
                            for goal in goals if goal in self.rules and tensor in names)
            found[tensor] = [goal for goal in goals if goal not in self.rules]
        for name, made in self.rules.items():
            for tensor in made.tensors:
                found.setdefault(tensor, [])
            found[made.tensors[0]].append(name)
        return found

    def made(self, sources: Mapping[str, str], tensors: Mapping[str, Any],
             targets: Mapping[str, Any], wanted: Set[str]) -> Dict[str, Made]:
        """Returns {variable's name: ``Made``} by rules, and by the order of flattened images."""
        found = dict(self.rules)
        for name in wanted:
            owner = targets[name].owner
            if name not in found and owner in self.rules and name in sources and all(
                    set(_MOVES) & set(change) for change in self.rules[owner].changes):
                # A slot has the layout of its variable.
                found[name] = self.rules[owner]._replace(tensors=(sources[name],))
            if name in self.orders and name in sources and name in self.axes:
                shape = tensors[sources[name]].shape
                if name in self.transposes:
                    shape = transposed(shape, self.transposes[name])
                axis = self.axes[name]
                if shape is not None and len(shape) > axis.axis:
                    changes = axis.changes(shape, self.orders[name])
                    stored = axis.stored_order(self.orders[name])
                    found[name] = Made((sources[name],), tuple(changes), 0, "", (
                        "axis %d from %s" % (axis.axis, ", ".join(stored)),
                        "to %s" % ", ".join(axis.order)) if changes else ())
        return found


def declared_layouts(transpose: Mapping[Selector, Transpose], rules: Any,
                     flattened: Mapping[Selector, str], stored: Any, candidates: List[Variable],
                     targets: Mapping[str, Any], wanted: Set[str], graph: Graph,
                     problems: List[str]) -> DeclaredLayouts:
    """Checks what is declared; adds what is wrong to the problems.

    Args:
        transpose, rules, flattened: as `plan_restore` takes them.
        stored: ``Checkpoint`` or ``Arrays``. candidates: list of variables.
        targets: dict of names to ``Target``. wanted: set of the names to restore.
    """
    of_arrays = title_of_source(stored) == "arrays"
    for title in [title for title, given in (("rules", rules is not None),
                                             ("flattened", flattened)) if given and not of_arrays]:
        problems.append("%s: a checkpoint of TensorFlow has its own layout; give a dict of its "
                        "arrays, tf.train.NewCheckpointReader(path).get_tensor(name)" % title)
    made, ignored = made_by_rules(rules, stored.tensors, targets, problems) if (
        rules is not None and of_arrays) else ({}, [])
    transposes = transposes_of(transpose, stored, candidates, targets, wanted - set(made), problems)
    transposes = {name: order for name, order in transposes.items() if name not in made}
    axes = _axes(graph, targets) if of_arrays else {}
    orders = _orders_of(flattened, candidates, targets, wanted, made, axes, problems) if (
        of_arrays) else {}
    return DeclaredLayouts(transposes, made, orders, axes, set(ignored))


def _axes(graph, targets):
    """The flattened axes of targets, and of slots by their variables."""
    by_op = flattened_axes(graph)
    found = {name: by_op[part.op.name] for name, target in targets.items()
             for part in target.parts if part.op.name in by_op}
    for name, target in targets.items():
        if target.owner in found and target.shape.is_compatible_with(
                targets[target.owner].shape):
            found[name] = found[target.owner]
    return found


def _orders_of(flattened, candidates, targets, wanted, made, axes, problems):
    found = {}
    for selector, order in flattened.items():
        title = "flattened: %s" % title_of(selector)
        if order not in _ORDERS:
            problems.append("%s has %r: give 'channels_first' or 'channels_last'" % (title, order))
            continue
        meant = named("flattened", selector, candidates, targets, problems)
        along = {name for name in meant if name in axes and name not in made}
        if meant and not along & (wanted | {name for name in targets if targets[name].owner}):
            problems.append("%s matches no variable that is restored, without a rule, and that has "
                            "an axis along a flattened image" % title)
        for name in sorted(along):
            if None in axes[name].sizes:
                problems.append("%s: the sides of the image that %r flattens are not known, %s: "
                                "give a rule with a reshape for %r" % (
                                    title, axes[name].op, "x".join(
                                        "?" if size is None else str(size)
                                        for size in axes[name].sizes), name))
            elif found.setdefault(name, order) != order:
                problems.append("flattened: %r has two orders" % name)
    return found
