"""Finds why two traces differ, cause by cause, beginning with the one that explains the others.

What differs at a step follows from what differed before. So the start is looked at first, then
what was fed, then the step at which the weights part; a later cause is named only where the
earlier ones cannot have led to it, as with feeds and with statistics that no weight depends on.
"""
from __future__ import annotations

import numpy as np

from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.explain import (
    adam,
    batch_norm,
    feeds_and_start,
    first_values,
    layout,
    not_finite,
    optimizer_kind,
    rounding,
    slot_relations,
)
from tf1_recipes.traces.explain.causes import causes
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Explanation
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.window import Roles, Window, named
from tf1_recipes.traces.trace import Trace

_MOST_FOLLOWED = 32


def explain_traces(a: Trace, b: Trace, comparison: Comparison) -> Explanation:
    """Explains why trace ``b`` differs from trace ``a``.

    Args:
        a, b: traces, as `open_trace` returns them.
        comparison: `Comparison` of them, all kinds and variables.

    Returns:
        `Explanation`; without diagnoses if they agree.
    """
    if comparison.agrees:
        return Explanation()
    samples = Samples(a, b, comparison.rows)
    if not samples.numbers or not comparison.rows:
        return Explanation(unexplained="The traces have no tensor at any step in common.")
    return _Explaining(samples, comparison).explanation()


class _Explaining:
    def __init__(self, samples, comparison):
        self.samples, self.comparison = samples, comparison
        self.start = samples.numbers[0]
        self.first_steps = {(row.kind, row.name): row.first_step for row in comparison.rows
                            if row.differs}
        self.found = []
        self.unexplained = ""
        self.roles = Roles(samples, samples.variables)

    def explanation(self):
        self.slot_kinds = optimizer_kind.slot_kinds(self.comparison, self.roles)
        kinds = optimizer_kind.by_slots(self.slot_kinds, self.roles)
        apart = [name for kind, name in self.first_steps
                 if kind == "variables" and self.first_steps[kind, name] == self.start]
        found, self.layouts, ended = first_values.look(
            self.samples, self.roles, self.comparison, apart)
        self.found += found
        if not ended:
            self._steps()
        if self.layouts:
            layout.outcome(self.layouts, self.samples.numbers[-1], not self.unexplained)
            self.unexplained = ""
        self._independent(ended)
        # In a step, a NaN comes last.
        self.found.sort(key=lambda each: each.step)
        self.found += not_finite.first_not_finite(self.samples)
        self.found.sort(key=lambda each: each.step)
        if any(each.title != "Rounding" for each in self.found):
            # Slots that one side lacks may just not be recorded: a cause is better evidence.
            kinds = [each for each in kinds if each.confidence == HIGH]
        if self.found and kinds:
            kinds[0].step = self.found[0].step
        self.found = kinds + self.found
        if any(each.title != "Rounding" for each in self.found):
            # Rounding beside a cause is not a separate cause.
            for each in self.found:
                if each.title == "Rounding":
                    self.found[0].evidence.append("apart from that the weights differ by rounding: "
                                                  + each.evidence[0])
            self.found = [each for each in self.found if each.title != "Rounding"]
        self._join_equal_ones()
        covered = {name for each in self.found for name in each.where}
        later = sum(1 for row in self.comparison.rows if row.differs and row.name not in covered)
        if not self.found and not self.unexplained:
            self._beside_the_weights()
        return Explanation(self.found, later, self.unexplained)

    def _join_equal_ones(self):
        """Joins diagnoses of one cause that shows twice, such as in Adam's powers and updates."""
        joined = {}
        for each in self.found:
            first = joined.setdefault((each.title, each.step), each)
            if first is not each:
                first.where = first.where + each.where
                first.evidence = first.evidence + [each.what] + each.evidence
                first.figures = {**each.figures, **first.figures}
        self.found = list(joined.values())

    def _beside_the_weights(self):
        """Examines what differs though no weight does: slots, statistics, fetches."""
        if not self.first_steps:
            return  # They differ in what only one of them has; the report lists it.
        names = ["%s/%s" % key for key in self.first_steps]
        first = min(self.first_steps.values())
        units = max(rounding.units_of(self.samples, *key, step)
                    for key, step in self.first_steps.items())
        if units <= rounding.LIMIT:
            self.found.append(rounding.beside_the_weights(
                first, [name for _, name in self.first_steps], units))
        else:
            self.unexplained = "%s differ%s from step %d on, and no weight does." % (
                named(names), "s" if len(names) == 1 else "", first)

    # --- The steps ---

    def _steps(self):
        self._counters()
        weights = self._first("variables", self.roles.weights)
        fed = self._first_feed()
        if weights is not None and weights == self.start:
            numbers = self.samples.numbers
            weights = numbers[1] if len(numbers) > 1 else None
        statistic = self._first("variables", self.roles.statistics)
        notes = []
        if fed is not None:
            diagnoses, notes = feeds_and_start.feeds(self.samples, fed)
            self.samples.fed_alike_until = fed if diagnoses else None
            if diagnoses and (weights is None or fed <= weights):
                self.found += diagnoses
                return
        if statistic is not None and statistic != self.start and (
                weights is None or statistic <= weights):
            self._statistics(statistic)
        if weights is not None:
            self._weights(weights, fed, notes)

    def _first(self, kind, names):
        steps = [self.first_steps[kind, name] for name in names if (kind, name) in self.first_steps]
        return min(steps, default=None)

    def _first_feed(self):
        return min((step for (kind, _), step in self.first_steps.items() if kind == "feeds"),
                   default=None)

    def _counters(self):
        step = self._first("variables", self.roles.counters + self.roles.powers)
        if step is not None and step != self.start:
            self.found += adam.counters(Window(self.samples, self.roles, step))

    def _statistics(self, step):
        names = [name for name in self.roles.statistics
                 if self.first_steps.get(("variables", name)) == step]
        diagnoses, covered = batch_norm.statistics(self.samples, names, step)
        self.found += diagnoses

    def _slots(self):
        """Examines the slots after the first step; returns whether they explain the rest."""
        numbers = self.samples.numbers
        if len(numbers) < 2 or self._first("variables", self.roles.slots) is None:
            return False
        units, starts = slot_relations.first_slots(
            Window(self.samples, self.roles, numbers[1], self.slot_kinds))
        self.found += units + starts
        return bool(starts)

    def _weights(self, first, fed, notes):
        if (fed is None or fed > self.samples.numbers[1]) and self._slots():
            return
        window = Window(self.samples, self.roles, first, self.slot_kinds)
        diagnoses, rest = causes(window)
        if diagnoses:
            self._add(diagnoses, window, notes)
            self._remains(rest, window)
            return
        growth = rounding.Growth(self.samples, self._farthest(), first)
        if growth.jump is None:
            if growth.series and any(units for _, units, _ in growth.series):
                diagnosis = rounding.growth_of(growth)
                diagnosis.evidence += notes
                diagnosis.where = [name for name in self.roles.weights
                                   if ("variables", name) in self.first_steps]
                self.found.append(diagnosis)
            return
        if fed is not None and first < fed <= growth.jump:
            diagnoses, _ = feeds_and_start.feeds(self.samples, fed)
            if diagnoses:
                self.found += diagnoses
                return
        if growth.jump != first:
            window = Window(self.samples, self.roles, growth.jump, self.slot_kinds)
            diagnoses, rest = causes(window)
        if diagnoses:
            self._add(diagnoses, window, notes)
        elif not rest:
            rest = window.apart
        self._remains(rest, window)

    def _farthest(self):
        """The weights that are farthest apart, and the first to diverge: they show a jump."""
        weights = set(self.roles.weights)
        rows = [row for row in self.comparison.rows if row.kind == "variables"
                and row.name in weights and (row.differs or row.name in self.samples.undo)]
        rows.sort(key=lambda row: (-row.absolute, -row.ulp))
        earliest = sorted(rows, key=lambda row: row.first_step or 0)
        return list(dict.fromkeys(
            row.name for row in rows[:_MOST_FOLLOWED] + earliest[:_MOST_FOLLOWED]))

    def _add(self, diagnoses, window, notes):
        if window.skipped:
            for each in diagnoses:
                each.evidence.append("the traces lack %d steps between step %d and this one: the "
                                     "relation is that of all together" % (
                                         window.skipped, window.before))
                each.confidence = MEDIUM if each.confidence == HIGH else LOW
        if diagnoses:
            diagnoses[0].evidence += notes
        self.found += diagnoses

    def _remains(self, updates, window):
        if not updates:
            return
        a, b = (np.concatenate([part(update) for update in updates]) for part in (
            lambda each: each.a, lambda each: each.b))
        norms = [float(np.linalg.norm(each)) for each in (a, b)]
        cosine = float(a @ b / (norms[0] * norms[1])) if all(norms) else 0.0
        text = "At step %d, from equal weights, the updates of %s have no known relation: B's " \
               "are %.4g times as long, at a cosine of %.6g (%d elements)" % (
                   window.step, named([update.name for update in updates]),
                   norms[1] / norms[0] if norms[0] else float("inf"), cosine, len(a))
        zeros = [int(np.count_nonzero(each == 0)) for each in (a, b)]
        if zeros[0] != zeros[1]:
            text += "; %d of them are 0 in A, %d in B, as where dropout has another mask" % (
                *zeros,)
        if not any(kind == "feeds" for kind, _ in self.samples.rows):
            text += ". The traces have no feeds, which would show different data"
        self.unexplained = text + "."

    # --- What no earlier cause explains ---

    def _independent(self, ended):
        """Feeds do not depend on the weights: if they diverge too, that is reported as well."""
        fed = self._first_feed()
        if fed is None or any(each.title == "Different feeds" for each in self.found):
            return
        diagnoses, _ = feeds_and_start.feeds(self.samples, fed)
        self.found += diagnoses
