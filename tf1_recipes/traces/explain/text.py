"""An explanation as text of at most 80 columns."""
import textwrap

from tf1_recipes.traces.trace import counted
from tf1_recipes.untrusted.visible import visible

_WIDTH = 80


def explanation_text(explanation):
    """Returns the lines that follow the table of ``tf1-recipes compare``; none for no cause."""
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
            lines += _wrapped("   - not told apart from: ", other, 5)
    if explanation.unexplained:
        lines += ["", *_wrapped("", "Unexplained: " + explanation.unexplained, 2)]
    elif explanation.diagnoses and explanation.later:
        lines += ["", "%s more differ%s; that follows from the above, or was not looked into." % (
            counted(explanation.later, "tensor"), "s" if explanation.later == 1 else "")]
    return lines


def _wrapped(lead, text, indent=None):
    return textwrap.wrap(visible(text), _WIDTH, initial_indent=lead, break_long_words=False,
                         break_on_hyphens=False,
                         subsequent_indent=" " * (len(lead) if indent is None else indent))
