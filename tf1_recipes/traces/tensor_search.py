"""The search behind a proposed map: which tensor of one trace corresponds to which of the other.

By values where they prove it, of slots by their values after a step, then by names and shapes; what
is settled has siblings, which are looked at next.
"""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.layout_proofs import (
    fingerprint,
    fused,
    layouts_between,
    proven_layouts,
    same,
    telling,
)
from tf1_recipes.traces.layouts import changed
from tf1_recipes.traces.name_likeness import likeness, same_numbers, same_role, scope
from tf1_recipes.traces.slot_pairs import slot_pairs

_CLEARLY = 0.15  # how much better than the next one a name must fit


def listed(names: Any) -> List[str]:
    """Returns a name, or a list of names, as a list."""
    return names if isinstance(names, list) else [names]


class TensorSearch:
    """The tensors of one kind that have no partner yet, and the rules found so far.

    Args:
        kind: str, such as "variables".
        a, b: dicts of the arrays of both sides, by name.
        moved: two dicts ``{name: Tensor}`` after the first step, which tell slots apart.
    """

    def __init__(self, kind: str, a: Any, b: Any, moved: Any = ({}, {})) -> None:
        self.kind = kind
        self.moved = moved
        self.all = {"a": a, "b": b}
        self.open = {"a": dict(a), "b": dict(b)}
        self.rules, self.same = [], []

    def run(self) -> Any:
        """Settles what can be settled."""
        self._same_name(lambda a, b: same(a, b), "same name, equal values")
        self._equal_values()
        self._fused("b", "a")
        self._fused("a", "b")
        self._gate_biases()
        self._slots()
        self._same_name(lambda a, b: a.shape == b.shape, "same name and shape; the values differ")
        left = None
        while left != len(self.open["a"]):  # Tensors that names settle have siblings, too.
            left = len(self.open["a"])
            self._siblings()
            self._joined_siblings()
            self._slots()
            self._names()

    # --- By values ---

    def _same_name(self, fits, evidence):
        for name in list(self.open["a"]):
            if name in self.open["b"] and fits(self.open["a"][name], self.open["b"][name]):
                layouts = proven_layouts(self.open["a"][name], self.open["b"][name])
                if [] in layouts or not layouts:
                    self.same.append((self.kind, name, evidence))
                    self._close([name], [name])

    def _equal_values(self):
        groups = {}
        for side in "ab":
            for name, array in self.open[side].items():
                if telling(array):
                    groups.setdefault(fingerprint(array), {"a": [], "b": []})[side].append(name)
        for group in groups.values():
            fits = {(a, b): proven_layouts(self.all["a"][a], self.all["b"][b])
                    for a in group["a"] for b in group["b"]}
            for (a, b), layouts in fits.items():
                rivals = [pair for pair, found in fits.items()
                          if found and (pair[0] == a) != (pair[1] == b)]
                if len(layouts) == 1 and not rivals:
                    self._settle([a], [b], layouts[0], "the values are equal" + (
                        ", so laid out" if layouts[0] else ""))

    def _fused(self, side, other):
        for name in list(self.open[side]):
            whole = self.open[side].get(name)
            if whole is None or not telling(whole):
                continue
            pieces = {each: array for each, array in self.open[other].items() if telling(array)}
            found = fused(whole, pieces)
            if not found:
                continue
            names, axis, axes, order = found
            if side == "b":
                changes = _transpose(axes) + [{"concat": axis}]
                if order:  # found on the whole as it is in B, from which A's is put in order
                    changes.append({"order": [order[0].index(each) for each in range(
                        len(order[0]))], "axis": order[1]})
                self._settle(names, [name], changes, "the values of all %d are in it" % len(names))
            else:
                pieces = [self.open["b"][each].transpose(axes) for each in names]
                changes = [{"order": list(order[0]), "axis": order[1]}] if order else []
                changes.append({"split": [each.shape[axis] for each in pieces], "axis": axis})
                changes += _transpose(np.argsort(axes).tolist())
                self._settle([name], names, changes, "it has the values of all %d" % len(names))

    def _gate_biases(self):
        """Biases beside fused kernels whose gates are in another order: LSTMs' and GRUs'."""
        for rule in list(self.rules):
            order = next((each["order"] for each in rule.get("change_a", []) if "order" in each),
                         None)
            if not order or len(listed(rule["a"])) != 1:
                continue
            for a in self._beside(rule["a"], "a"):
                bias = self.open["a"][a]
                if bias.ndim != 1 or bias.size % len(order) or bias.dtype.kind != "f":
                    continue
                named = [b.replace("weight", "bias") for b in listed(rule["b"])]
                candidates = [b for b in self._beside(listed(rule["b"])[0], "b")
                              if self.open["b"][b].shape == bias.shape
                              and self.open["b"][b].dtype == bias.dtype]
                if all(name in candidates for name in named):  # of one layer of several
                    candidates = named
                changes = self._gates(bias, candidates, order) if candidates else None
                if changes is not None:
                    self._settle([a], candidates, changes, "gates as in its kernel; the values "
                                 "are equal", [{"sum": True}] if len(candidates) > 1 else [])

    def _gates(self, bias, names, order):
        total = changed([{"sum": True}], [self.open["b"][name] for name in names])[0]
        changes = [{"order": order, "axis": 0}]
        ordered = changed(changes, [bias])[0]
        apart = (total - ordered).reshape(len(order), -1)
        if apart.any():
            numbers = [float(np.round(each[0], 6)) for each in apart]
            changes.append({"add": numbers, "axis": 0})
        return changes if same(changed(changes, [bias])[0], total) else None

    def _slots(self):
        layouts = {name: [] for _, name, _ in self.same}
        for rule in self.rules:
            if isinstance(rule["a"], str) and isinstance(rule["b"], str):
                layouts[rule["a"]] = rule.get("change_a", []) if "transpose" not in rule else [
                    {"transpose": rule["transpose"]}]
        for a, b, changes, evidence in slot_pairs(self.open["a"], self.open["b"], layouts,
                                                  self.moved):
            self._settle([a], [b], changes, evidence)

    # --- By names and shapes ---

    def _beside(self, name, side):
        """The open tensors in the layer of a name: all with its scope."""
        return [each for each in self.open[side] if scope(each) == scope(name)]

    def _siblings(self):
        """In a layer of which one tensor is settled: the only other one that fits, or of its role.
        """
        for rule in list(self.rules):
            if isinstance(rule["a"], str) and isinstance(rule["b"], str):
                self._pair_off(self._beside(rule["a"], "a"), self._beside(rule["b"], "b"),
                               "beside %s" % rule["a"])

    def _joined_siblings(self):
        """The biases of layers whose kernels are joined: in the same order, if they fit."""
        for rule in list(self.rules):
            joined = [each for each in rule.get("change_a", []) if "concat" in each]
            if not joined or not isinstance(rule["b"], str):
                continue
            for first in self._beside(rule["a"][0], "a"):
                last = first[len(scope(first)):]
                names = [scope(each) + last for each in rule["a"]]
                if not all(name in self.open["a"] for name in names):
                    continue
                arrays = [self.open["a"][name] for name in names]
                if {array.ndim for array in arrays} != {1}:
                    continue
                whole = np.concatenate(arrays)
                for b in self._beside(rule["b"], "b"):
                    if same(whole, self.open["b"][b]):
                        self._settle(names, [b], [{"concat": 0}],
                                     "joined as %s; the values are equal" % rule["a"][0])
                        break

    def _names(self):
        self._pair_off(list(self.open["a"]), list(self.open["b"]), None)

    def _pair_off(self, names_a, names_b, where):
        """Settles those that have one candidate in both directions: of all, or by role or name."""
        candidates = {a: [b for b in names_b if self._may_be(a, b)] for a in names_a}
        for narrow, reason in ((lambda a, b: True, "the only one of its shape"),
                               (same_role, "the only one of its shape and role"),
                               (same_numbers, "the only one of its shape, role and number")):
            chosen = {a: [b for b in found if narrow(a, b)] for a, found in candidates.items()}
            self._settle_mutual(chosen, reason if where is None else "%s %s" % (reason, where))
            candidates = {a: [b for b in found if b in self.open["b"]]
                          for a, found in candidates.items() if a in self.open["a"]}
        if where is None:
            self._settle_by_likeness(candidates)

    def _settle_mutual(self, chosen, reason):
        for a, found in chosen.items():
            if len(found) == 1 and sum(found[0] in each for each in chosen.values()) == 1:
                self._settle_by_name(a, found[0], reason)

    def _settle_by_likeness(self, candidates):
        for a, found in candidates.items():
            ranked = sorted(((likeness(a, b), b) for b in found), reverse=True)
            if not ranked:
                continue
            best, b = ranked[0]
            rivals = [each for each, _ in ranked[1:]] + [
                likeness(other, b) for other, theirs in candidates.items()
                if other != a and b in theirs]
            if best - max(rivals, default=0.0) >= _CLEARLY and b in self.open["b"]:
                self._settle_by_name(a, b, "the name fits best (%.2f; the next %.2f)" % (
                    best, max(rivals, default=0.0)))

    def _settle_by_name(self, a, b, reason):
        x, y = self.all["a"][a], self.all["b"][b]
        layouts = layouts_between(x, y)
        proven = [changes for changes in layouts if same(changed(changes, [x])[0], y)]
        values = "the values are equal" if proven else "the values differ"
        layouts = proven or layouts
        if len(layouts) == 1:  # else it could be transposed, or not
            self._settle([a], [b], layouts[0], "%s; %s" % (reason, values))

    def _may_be(self, a, b):
        x, y = self.all["a"][a], self.all["b"][b]
        if x.dtype.kind != y.dtype.kind or not layouts_between(x, y):
            return False
        # Where both hold one value throughout, it is the same.
        return telling(x) or telling(y) or x.size == 0 or x.size == 1 or bool(
            x.reshape(-1)[0] == y.reshape(-1)[0])

    # --- The results ---

    def _settle(self, a, b, changes, evidence, change_b=()):
        if a == b and not changes:
            self.same.append((self.kind, a[0], evidence))
        else:
            rule = {"a": a if len(a) > 1 else a[0], "b": b if len(b) > 1 else b[0],
                    "kind": self.kind}
            if len(changes) == 1 and "transpose" in changes[0]:
                rule["transpose"] = changes[0]["transpose"]
            elif changes:
                rule["change_a"] = changes
            if change_b:
                rule["change_b"] = list(change_b)
            self.rules.append(dict(rule, evidence=evidence))
        self._close(a, b)

    def _close(self, a, b):
        for side, names in (("a", a), ("b", b)):
            for name in names:
                del self.open[side][name]

    def unsettled(self) -> Any:
        """Returns what is left, with its candidates: entries of a map file."""
        found = []
        for side, other in (("a", "b"), ("b", "a")):
            for name in self.open[side]:
                fits = [each for each in self.open[other]
                        if self._may_be(*((name, each) if side == "a" else (each, name)))]
                fits.sort(key=lambda each: -likeness(name, each))
                texts = [self._described(name, each, side) for each in fits]
                why = "several fit" if len(fits) > 1 else "nothing else tells its layout" if (
                    fits) else "nothing of its shape is left in %s" % other.upper()
                found.append({"kind": self.kind, side: name, "candidates": texts, "why": why})
        return found

    def _described(self, name, other, side):
        pair = (name, other) if side == "a" else (other, name)
        count = len(layouts_between(self.all["a"][pair[0]], self.all["b"][pair[1]]))
        return other + (" (in %d layouts)" % count if count > 1 else "")


def _transpose(axes):
    if list(axes) == list(range(len(axes))):
        return []
    return [{"transpose": True if list(axes) == list(range(len(axes)))[::-1] else list(axes)}]
