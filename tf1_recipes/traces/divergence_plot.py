"""``tf1-recipes compare --plot FILE.png``: divergence over steps, drawn with matplotlib."""
from __future__ import annotations

import math
from typing import List, Tuple

from tf1_recipes.traces import report
from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.divergence import ABSENT, NOT_FINITE
from tf1_recipes.traces.pictures import pyplot, save_picture
from tf1_recipes.traces.trace import Trace
from tf1_recipes.untrusted.visible import visible

_COLOURED = 8
_MOST = 40


def plot_divergence(path: str, comparison: Comparison, a: Tuple[str, Trace],
                    b: Tuple[str, Trace]) -> None:
    """Draws the largest absolute difference of each tensor at each step, on a logarithmic scale.

    Equal steps lie on the line marked 0; NaNs, infinities and other shapes at the top, from a cross
    on.
    The eight worst tensors are named, the next 32 are grey.

    Args:
        path: str, the picture's file; its ending says which format.
        comparison: `tf1_recipes.traces.compare.Comparison`.
        a, b: pairs of a path and its trace.

    Raises:
        Error: matplotlib is missing, or does not know the format; the file cannot be written.
    """
    plt = pyplot()
    divergence = comparison.divergence
    rows = report.worst_first(comparison)
    rows += sorted((row for row in comparison.rows if not row.differs),
                   key=lambda row: -row.absolute)
    curves = [(row, divergence.curve((row.kind, row.name))) for row in rows[:_MOST]]
    positive = [value for _, curve in curves for value in curve.absolute.tolist()
                if 0 < value < math.inf]
    low, high = (math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
                 ) if positive else (-1, 0)
    high = max(high, low + 1)
    zero, broken = low - 0.08 * (high - low), high + 0.08 * (high - low)

    figure, axis = plt.subplots(figsize=(10, 5), layout="constrained")
    for rank, (row, curve) in reversed(list(enumerate(curves))):
        heights = [
            math.nan if state == ABSENT else broken if state >= NOT_FINITE
            else min(math.log10(value), high) if value > 0 else zero
            for state, value in zip(curve.state.tolist(), curve.absolute.tolist())]
        named = rank < _COLOURED
        line, = axis.plot(
            divergence.starts, heights, linewidth=1.6 if named else 0.8,
            color="C%d" % rank if named else "0.75", marker="." if len(heights) <= 60 else None,
            # matplotlib's legend omits labels that begin with an underscore.
            label="%s/%s" % (row.kind, row.name) if named else "_")
        if broken in heights:
            axis.plot([divergence.starts[heights.index(broken)]], [broken], "x",
                      color=line.get_color())
    every = -(-(high - low) // 10)
    ticks: List[float] = list(range(low, high + 1, every))
    labels = ["$10^{%d}$" % tick for tick in ticks]
    if any(curve.state.max(initial=0) >= NOT_FINITE for _, curve in curves):
        ticks.append(broken)
        labels.append("NaN, shape")
    axis.set_yticks([zero, *ticks], ["0", *labels])
    axis.grid(alpha=0.3)
    axis.set_xlabel("step" if divergence.width == 1 else
                    "step (each point is the worst of %d)" % divergence.width)
    axis.set_ylabel("largest absolute difference")
    title = report.verdict(comparison, sum(row.differs for row in rows))
    # matplotlib sets text between two dollar signs as a formula.
    axis.set_title("%s against %s\n%s" % tuple(
        visible(text).replace("$", r"\$") for text in (a[0], b[0], title)), fontsize=9, loc="left")
    if curves:
        for text in axis.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0),
                                frameon=False, reverse=True).get_texts():
            text.set_parse_math(False)
    save_picture(figure, path)
