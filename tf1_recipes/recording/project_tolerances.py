"""A project's own tolerances for ``trace_regression``, from its ``pyproject.toml``.

    [tool.tf1_recipes]
    ulp = 4

    [tool.tf1_recipes.tolerances]
    "dense/bias" = {rtol = 1e-6, atol = 1e-9}

``ulp``, ``rtol`` and ``atol`` are for all tensors, ``tolerances`` for those whose names a pattern
matches, as in `tf1_recipes.traces.regression.Tolerances`.
"""
from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Dict, List, Optional

from tf1_recipes.errors import Error
from tf1_recipes.traces.element_differences import Tolerance, tolerance_problem
from tf1_recipes.traces.regression import Tolerances
from tf1_recipes.untrusted.closest_names import closest_names

_SECTION = "[tool.tf1_recipes]"
_NUMBERS = ("ulp", "rtol", "atol")


def project_tolerances(path: Path) -> Optional[Tolerances]:
    """Returns the tolerances of a project, or None if its file has none.

    Args:
        path: of a ``pyproject.toml``.

    Raises:
        Error: the file is not valid TOML; or it has unknown keys, numbers < 0, or patterns that are
            not regular expressions: all of these in one line.
    """
    try:
        section = _parser().loads(path.read_text(encoding="utf-8")).get("tool", {}).get(
            "tf1_recipes")
    except ValueError as error:
        raise Error("%s is not valid TOML: %s" % (path, error)) from None
    if section is None:
        return None
    problems: List[str] = []
    patterns = section.get("tolerances", {}) if isinstance(section, dict) else {}
    default = _tolerance("", section, problems, ("tolerances",))
    if not isinstance(patterns, dict):
        problems.append("tolerances: it must be a table of patterns, not %r" % (patterns,))
        patterns = {}
    given = {pattern: _tolerance("tolerances.%r: " % pattern, numbers, problems)
             for pattern, numbers in patterns.items()}
    if problems:
        raise Error("%s, %s: %s" % (path, _SECTION, "; ".join(problems)))
    try:
        return Tolerances(given, Tolerances(default)) if given else Tolerances(default)
    except Error as error:
        raise Error("%s, %s: %s" % (path, _SECTION, error)) from None


def _tolerance(title: str, numbers: Any, problems: List[str], more: tuple = ()) -> Tolerance:
    """A `Tolerance` of a table's numbers; what is wrong with them is added to the problems."""
    if not isinstance(numbers, dict):
        problems.append("%sit must be a table such as {ulp = 4}, not %r" % (title, numbers))
        return Tolerance()
    found: Dict[str, Any] = {}
    for key, value in numbers.items():
        if key in more:
            continue
        problem = key in _NUMBERS and tolerance_problem(key, value)
        if key not in _NUMBERS:
            close = closest_names(key, _NUMBERS + more, 1)
            problems.append("%sthere is no key %r%s" % (
                title, key, "; did you mean %s?" % close[0] if close else
                ", but %s" % ", ".join(_NUMBERS + more)))
        elif problem:
            problems.append(title + problem)
        else:
            found[key] = value
    return Tolerance(**found)


def _parser() -> Any:
    try:
        return importlib.import_module("tomllib")
    except ImportError:  # Before Python 3.11; pytest requires it there.
        return importlib.import_module("tomli")
