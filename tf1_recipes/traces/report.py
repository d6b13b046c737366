"""What ``tf1-recipes compare`` prints: the verdict, the first divergence, the worst tensors."""
from __future__ import annotations

from typing import Any, Iterable, List, Tuple

from tf1_recipes.traces.trace import Trace, counted
from tf1_recipes.untrusted.visible import visible_lines

_WORST = 10


def text_report(comparison: Any, a: Tuple[str, Trace], b: Tuple[str, Trace]) -> str:
    """Returns the report as text of at most 80 columns, long names aside.

    Args:
        comparison: `Comparison`.
        a, b: pairs of a path and its trace.
    """
    lines = [*_heading("A", *a), *_heading("B", *b), "Tolerance: %s" % comparison.tolerance]
    if comparison.first:
        place, _, what = comparison.first.partition(": ")
        lines += ["", "First divergence: %s" % place, "  %s" % what]
    differing = worst_first(comparison)
    if differing:
        lines += ["", "Tensors that differ, the worst first:",
                  "  from step     ULP  difference  tensor"]
        for row in differing[:_WORST]:
            first, *more = _row(row)
            lines += ["  %9d %s" % (row.first_step, first), *more]
        lines += _rest(differing)
    for title, found in on_one_side(comparison):
        if found:
            lines += ["", title + ":"] + ["  %s" % each for each in found[:_WORST]] + _rest(found)
    return visible_lines(lines + ["", verdict(comparison, len(differing))])


def worst_first(comparison: Any) -> List[Any]:
    """Returns the rows of the tensors that differ."""
    return sorted((row for row in comparison.rows if row.differs), key=lambda row: (
        not row.mismatch, -row.not_finite, -row.ulp, -row.absolute))


def on_one_side(comparison: Any) -> List[Tuple[str, List[str]]]:
    """Returns pairs of a title and the texts of what only one side has."""
    return [("Steps only in A", ranges(comparison.steps_only_in_a)),
            ("Steps only in B", ranges(comparison.steps_only_in_b)),
            ("Tensors only in A", comparison.only_in_a),
            ("Tensors only in B", comparison.only_in_b)]


def _rest(found):
    return ["  and %d more" % (len(found) - _WORST)] if len(found) > _WORST else []


def _row(row):
    name = "%s/%s" % (row.kind, row.name)
    if row.mismatch:
        return ["%7s  %10s  %s" % ("-", "-", name), "%34s%s" % ("", row.mismatch)]
    if row.not_finite:
        return ["%7s  %10s  %s" % ("NaN/inf", "-", name)]
    return ["%7s  %10.3g  %s" % (ulp_text(row.ulp), row.absolute, name)]


def ulp_text(ulp: float) -> str:
    """A distance in ULPs as text: ``12``, or ``1.5e+08``."""
    return "%d" % ulp if ulp < 10 ** 7 else "%.1e" % ulp


def _heading(letter, path, trace):
    facts = [("%s %s" % (name, trace.manifest[key])).strip() for name, key in (
        ("", "framework"), ("TensorFlow", "tensorflow"), ("Python", "python"), ("NumPy", "numpy"))
        if key in trace.manifest]
    return ["%s  %s" % (letter, path), "   %s" % ", ".join(facts + [counted(len(trace), "step")])]


def ranges(numbers: Iterable[int]) -> List[str]:
    """Returns increasing numbers as texts of ranges: [3, 5, 6, 7] as ['3', '5 to 7']."""
    found: List[List[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ["%d" % a if a == b else "%d to %d" % (a, b) for a, b in found]


def verdict(comparison: Any, differing: int) -> str:
    """Returns the last line of the report: ``AGREE: ...`` or ``DIFFERENT: ...``.

    Args:
        comparison: `Comparison`.
        differing: int, how many of its tensors differ.
    """
    compared = "%s at %s" % (counted(len(comparison.rows), "tensor"),
                             counted(comparison.steps, "step"))
    if comparison.agrees:
        apart = "every element is equal"
        if comparison.worst_ulp or comparison.worst_absolute:
            apart = "no two elements are more than %d ULP or %.3g apart" % (
                comparison.worst_ulp, comparison.worst_absolute)
        return "AGREE: %s; %s." % (compared, apart)
    reasons = ["%d of %s differ%s" % (differing, compared, "s" if differing == 1 else "")
               ] if differing else []
    if not comparison.tensors:
        reasons = ["the traces have nothing in common"]
    for where, tensors, steps in (
            ("A", comparison.only_in_a, comparison.steps_only_in_a),
            ("B", comparison.only_in_b, comparison.steps_only_in_b)):
        missing = [counted(len(found), what) for found, what in (
            (tensors, "tensor"), (steps, "step")) if found]
        if missing:
            reasons.append("only in %s: %s" % (where, " and ".join(missing)))
    return "DIFFERENT: %s." % "; ".join(reasons)
