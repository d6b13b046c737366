"""What decays, and by how much: the arguments that the decays share, checked."""
from __future__ import annotations

from typing import Any, List, Optional, Tuple

from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.graph.types import Selector, Variable
from tf1_recipes.graph.variable_selection import name_of, select


def variables_to_decay(variables: List[Variable], include: Optional[Selector],
                       exclude: Optional[Selector]) -> Tuple[List[Variable], List[str]]:
    """Returns the variables to decay, and the list of problems."""
    chosen, problems = (variables, []) if include is None else select(include, variables)
    left_alone, more_problems = ([], []) if exclude is None else select(exclude, variables)
    problems = ["include: " + line for line in problems]
    problems.extend("exclude: " + line for line in more_problems)
    names = set(map(name_of, left_alone))
    chosen = [variable for variable in chosen if name_of(variable) not in names]
    if not chosen and not problems:
        problems.append("no variable is left to decay")
    return chosen, problems


def number_problems(title: str, number: Any) -> List[str]:
    """Returns what is wrong with a weight decay, or another number that must be >= 0.

    >>> number_problems("the weight decay", -1)
    ['the weight decay is -1: it must be >= 0']
    """
    problem = problem_with(number, low=0)
    return ["%s %s" % (title, problem)] if problem else []
