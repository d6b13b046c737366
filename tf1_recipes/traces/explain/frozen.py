"""Variables that one side never updates."""
from __future__ import annotations

from typing import List, Set, Tuple

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.window import Window, named


def frozen(window: Window) -> Tuple[List[Diagnosis], Set[str]]:
    """Weights that one side never moves, from the step to the end, where the other does.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    found = {"A": [], "B": []}
    for update in window.updates.values():
        moves = bool(update.a.any()), bool(update.b.any())
        if moves[0] != moves[1] and update.signal > 2:
            found["B" if moves[0] else "A"].append(update)
    diagnoses, covered = [], set()
    last = window.samples.numbers[-1]
    for side, updates in found.items():
        if not updates:
            continue
        names = [update.name for update in updates]
        still = [name for name in names if _stays(window, name, "AB".index(side), last)]
        covered.update(names)
        other = "B" if side == "A" else "A"
        all_of_them = len(names) == len(window.updates) == len(window.roles.weights)
        diagnoses.append(Diagnosis(
            "Nothing is trained in %s" % side if all_of_them else "Frozen in %s" % side,
            "%s %s not updated in %s%s." % (
                named(names), "is" if len(names) == 1 else "are", side,
                ", nor at any later step" if len(still) == len(names) else ""),
            window.step, names,
            ["at step %d no element moves in %s; in %s they move by up to %.3g" % (
                window.step, side, other, max(float(np.max(np.abs(
                    update.a if side == "B" else update.b))) for update in updates)),
             "%d of them hold their value up to step %d" % (len(still), last)]
            + (["the others are updated on both sides"]
               if len(window.updates) > len(names) else []),
            HIGH if len(still) == len(names) and len(window.samples.numbers) > 2 else MEDIUM,
            {"variables": len(names), "never_updated": len(still)}))
    return diagnoses, covered


def _stays(window, name, side, last):
    old, new = (window.samples.pair(name, number) for number in (window.before, last))
    return old is not None and new is not None and np.array_equal(old[side], new[side])
