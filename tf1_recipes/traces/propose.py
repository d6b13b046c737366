"""Proposes the rules of a map from two traces: by values where these prove it, then by names.

A rule is proposed only where nothing else fits; whatever fits more than once is listed, with its
candidates, and left to a person.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from tf1_recipes.traces.tensor_search import TensorSearch, listed
from tf1_recipes.traces.trace import KINDS, Trace


@dataclass
class Proposal:
    """The result.

    Attributes:
        rules: list of dicts, the entries of a map file, each with its ``evidence``.
        same: list of (kind, name, evidence) of the tensors with the same name and layout on both
            sides.
        unsettled: list of dicts: ``kind``, ``a`` or ``b``, the name; ``candidates``, a list of
            texts; ``why``.
    """

    rules: list = field(default_factory=list)
    same: list = field(default_factory=list)
    unsettled: list = field(default_factory=list)


def propose_map(a: Trace, b: Trace) -> Proposal:
    """Returns the `Proposal` for two traces, from the first arrays of each name."""
    proposal = Proposal()
    for kind in KINDS:
        moved = _after_the_first_step(a, b) if kind == "variables" else ({}, {})
        ours, theirs = _first_arrays(a, b, kind)
        search = TensorSearch(kind, ours, theirs, moved)
        search.run()
        proposal.rules += search.rules
        proposal.same += search.same
        proposal.unsettled += search.unsettled()
    ambiguous = {name for kind in KINDS for name in _names(proposal, kind)
                 if sum(name in _names(proposal, each) for each in KINDS) > 1}
    for rule in proposal.rules:
        if not ambiguous.intersection(listed(rule["a"]) + listed(rule["b"])):
            del rule["kind"]
    return proposal


def _names(proposal, kind):
    names = [name for each, name, _ in proposal.same if each == kind]
    for rule in proposal.rules + proposal.unsettled:
        if rule["kind"] == kind:
            names += listed(rule.get("a", [])) + listed(rule.get("b", []))
    return names


def _first_arrays(a, b, kind):
    """The arrays of the first common step that has them; of other steps, those that it lacks."""
    found = ({}, {})
    common = sorted(set(a.numbers) & set(b.numbers))
    for number in common[:2] + common[-1:]:
        for arrays, trace in zip(found, (a, b)):
            for (each, name), tensor in trace[number].tensors.items():
                if each == kind and name not in arrays:
                    arrays[name] = tensor.read()
    return found


def _after_the_first_step(a, b):
    """Both sides' variables then, ``{name: Tensor}``; nothing where there is no step."""
    numbers = sorted(set(a.numbers) & set(b.numbers))[:2]
    if len(numbers) < 2:
        return {}, {}
    return tuple({name: tensor for (kind, name), tensor in trace[numbers[1]].tensors.items()
                  if kind == "variables"} for trace in (a, b))
