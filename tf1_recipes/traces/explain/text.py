"""An explanation as text of at most 80 columns."""
from __future__ import annotations

import textwrap
from typing import List

from tf1_recipes.traces.explain.diagnosis import Explanation
from tf1_recipes.traces.trace import counted
from tf1_recipes.untrusted.visible import visible

_WIDTH = 80


def explanation_text(explanation: Explanation) -> List[str]:
    """Returns the lines that follow the table of ``tf1-recipes compare``; none without a cause."""
    if not (explanation.diagnoses or explanation.unexplained):
        return []
    lines = ["Why they differ:"]
    for number, each in enumerate(explanation.diagnoses, 1):
        lines += ["", *_wrapped("%d. " % number, "%s (step %d, confidence %s)" % (
            each.title, each.step, each.confidence))]
        lines += _wrapped("   ", each.what)
        for evidence in each.evidence:
            lines += _wrapped("   - ", evidence)
        for other in each.not_told_apart:
            lines += _wrapped("   - could also be: ", other, 5)
    if explanation.unexplained:
        lines += ["", *_wrapped("", "Unexplained: " + explanation.unexplained, 2)]
    elif explanation.diagnoses and explanation.later:
        lines += ["", "Also different: %s; this follows from the above, or was not examined." %
                  counted(explanation.later, "tensor")]
    return lines


def _wrapped(lead, text, indent=None):
    return textwrap.wrap(visible(text), _WIDTH, initial_indent=lead, break_long_words=False,
                         break_on_hyphens=False,
                         subsequent_indent=" " * (len(lead) if indent is None else indent))
