"""Two traces made comparable by the rules of a map: renamed, laid out alike, ignored tensors gone.

`map_traces` checks the rules against the names and shapes of both traces, and gives two traces
whose tensors are changed when they are read, one rule's at a time.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Tuple

from tf1_recipes.traces.map_file import Rule, read_map, rules_of_renames
from tf1_recipes.traces.map_plan import Plan
from tf1_recipes.traces.trace import Step, Trace, check_traces


def map_traces(a: Trace, b: Trace, rules: List[Rule],
               title: str = "map") -> Tuple[Trace, Trace, Callable[[str, str], str]]:
    """Returns both traces as the rules change them, and their names as `compare_traces` takes them.

    Args:
        a, b: traces.
        rules: list of `tf1_recipes.traces.map_file.Rule`.
        title: str, the first line of an error.

    Raises:
        Error: ``a`` or ``b`` is not a trace.
        RecipeError: a rule matches nothing, two take one tensor, or one does not fit the shapes;
            all such in one message.
    """
    check_traces(a=a, b=b)
    plan = Plan(a, b, rules, title)
    return MappedTrace(plan, "a"), MappedTrace(plan, "b"), _Names(plan)


def map_by_files(a: Trace, b: Trace, paths: Iterable[str],
                 names: Dict[str, str]) -> Tuple[Trace, Trace, Callable[[str, str], str]]:
    """`map_traces` by the rules of map files, then by ``{old: new}`` renames."""
    rules = [rule for path in paths for rule in read_map(path)]
    known = {name for number in a.numbers[:2] + a.numbers[-1:] for _, name in a[number].tensors}
    return map_traces(a, b, rules + rules_of_renames(names, known), ", ".join(paths))


class _Names:
    """Renames results of the first side to those of the second; the rules are checked already."""

    names = ()

    def __init__(self, plan):
        self._plan = plan

    def __call__(self, kind, name):
        return self._plan.names.get((kind, name), name)


class MappedTrace(Trace):
    """A trace that a map changes; see `tf1_recipes.traces.trace`."""

    def __init__(self, plan: Plan, side: str) -> None:
        self._plan = plan
        self._side = side
        self._trace = plan.traces[side]

    def __getattr__(self, name: str) -> Any:  # manifest, notes, path, close ...
        return getattr(self._trace, name)

    @property
    def numbers(self) -> List[int]:
        return self._trace.numbers

    def __getitem__(self, number: int) -> Step:
        step = self._plan.step(self._side, number)
        return Step(number, step.facts, self._plan.tensors(self._side, step))
