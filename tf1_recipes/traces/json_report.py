"""What ``tf1-recipes compare --json`` prints: the whole comparison and its explanation."""
from __future__ import annotations

import dataclasses
import json
import math
from typing import Optional, Tuple

from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.explain.diagnosis import Explanation
from tf1_recipes.traces.trace import Trace

_OF_A_ROW = ("kind", "name", "name_in_b", "steps", "differing_steps", "first_step", "ulp",
             "absolute", "not_finite", "not_finite_step", "mismatch")


def json_report(comparison: Comparison, a: Tuple[str, Trace], b: Tuple[str, Trace],
                explanation: Optional[Explanation] = None) -> str:
    """Returns the report as JSON.

    Args:
        comparison: `Comparison`.
        a, b: pairs of a path and its trace.
        explanation: `tf1_recipes.traces.explain.Explanation` or None.
    """
    report = {
        "agrees": comparison.agrees,
        "tolerance": dataclasses.asdict(comparison.tolerance),
        "first_divergence": {"step": comparison.first_step, "text": comparison.first},
        "steps": comparison.steps, "tensors": len(comparison.rows),
        "worst_ulp": comparison.worst_ulp, "worst_absolute": comparison.worst_absolute,
        "rows": [{name: getattr(row, name) for name in _OF_A_ROW} for row in comparison.rows],
        "only_in_a": comparison.only_in_a, "only_in_b": comparison.only_in_b,
        "steps_only_in_a": comparison.steps_only_in_a,
        "steps_only_in_b": comparison.steps_only_in_b,
        "explanation": explanation}
    for letter, (path, trace) in (("a", a), ("b", b)):
        report[letter] = {"path": path, "manifest": trace.manifest, "steps": len(trace)}
    text = json.dumps(_plain(report), indent=1, sort_keys=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # the one control character that json lets through


def _plain(what):
    """Dataclasses as dicts, and numbers that JSON lacks as strings."""
    if dataclasses.is_dataclass(what):
        what = {each.name: getattr(what, each.name) for each in dataclasses.fields(what)}
    if isinstance(what, dict):
        return {str(key): _plain(value) for key, value in what.items()}
    if isinstance(what, (list, tuple, set)):
        return [_plain(each) for each in what]
    if hasattr(what, "item"):
        what = what.item()
    if isinstance(what, float) and not math.isfinite(what):
        return str(what)
    return what
