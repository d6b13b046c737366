"""The two drawings of the HTML report, as SVG: divergence over steps, and a map tensor by step.

Both are drawn twice, by absolute difference and by ULPs; the page shows one of them. Colours are
classes, so that the page's style decides on them, in light and in dark.
"""
from __future__ import annotations

import math
from typing import Any, List, Optional

import numpy as np

from tf1_recipes.traces.divergence import ABSENT, APART, NOT_FINITE, Divergence
from tf1_recipes.untrusted.html_text import escape

MOST_COLUMNS = 240
MOST_LINES = 40
MOST_ROWS = 100
COLOURED_LINES = 8
LEVELS = 9
_WIDTH = 960


class Grid:
    """The curves of all tensors, over few enough columns to be drawn.

    Args:
        divergence: `tf1_recipes.traces.divergence.Divergence`.
        rows: list of `TensorRow`, the tensors in the order of the map.
        measure: ``"absolute"`` or ``"ulp"``.

    Attributes:
        starts: list of int, the first step of each column.
        width: int, how many compared steps a column covers.
        state, values: arrays, a row per tensor; of a column's steps the worst.
    """

    def __init__(self, divergence: Divergence, rows: List[Any], measure: str) -> None:
        each = -(-len(divergence.starts) // MOST_COLUMNS) or 1
        edges = np.arange(0, len(divergence.starts), each)
        self.starts = divergence.starts[::each]
        self.width = divergence.width * each
        self.measure = measure
        curves = [divergence.curve((row.kind, row.name)) for row in rows]
        self.state = _worst([curve.state for curve in curves], edges)
        values = _worst([getattr(curve, measure) for curve in curves], edges)
        self.values = np.minimum(values, np.finfo(np.float64).max)

    @property
    def limits(self) -> Any:
        """The exponents of ten below the smallest difference and above the largest; None if none.
        """
        positive = self.values[self.values > 0]
        if not positive.size:
            return None
        low, high = math.floor(math.log10(positive.min())), math.ceil(math.log10(positive.max()))
        return low, max(high, low + 1)


def _worst(arrays, edges):
    if not arrays or not len(edges):
        return np.zeros([len(arrays), 0])
    return np.array([np.maximum.reduceat(array, edges) for array in arrays])


def draw_lines(grid: Grid, rows: List[Any], names: List[str]) -> str:
    """Returns a chart of differences over steps, its scale logarithmic, the worst tensors coloured.

    Args:
        grid: `Grid`.
        rows: list of int, which of its rows, the worst first.
        names: list of str, the tensors' names, by row.
    """
    left, right, top, bottom, height = 92, 12, 14, 46, 340
    limits = grid.limits or (-1, 0)
    columns = len(grid.starts)
    broken = bool((grid.state >= NOT_FINITE).any())
    ceiling = top + (22 if broken else 0)
    floor = height - bottom - 18

    def across(column):
        return left + (_WIDTH - left - right) * (column + 0.5) / max(columns, 1)

    def up(value):
        if not value > 0:
            return height - bottom
        return floor - (floor - ceiling) * (math.log10(value) - limits[0]) / (limits[1] - limits[0])

    parts = [_svg(height, "%s over steps, logarithmic" % _TITLES[grid.measure], grid.measure)]
    apart = -(-(limits[1] - limits[0]) // 9)
    for exponent in range(limits[0], limits[1] + 1, apart):
        y = up(10.0 ** exponent) if exponent > -308 else floor
        parts.append(_rule(left, y, _WIDTH - right))
        parts.append(_text(left - 8, y + 4, "1e%d" % exponent, "end"))
    parts.append(_rule(left, height - bottom, _WIDTH - right))
    parts.append(_text(left - 8, height - bottom + 4, "0", "end"))
    if broken:
        parts.append(_text(left - 8, top + 4, "NaN, shape", "end"))
    parts += _steps(grid, across, height - bottom)
    for rank, row in reversed(list(enumerate(rows[:MOST_LINES]))):
        kind = "s%d" % rank if rank < COLOURED_LINES else "other"
        parts.append('<g class="%s"><title>%s</title>%s</g>' % (
            kind, escape(names[row]), _line(grid, row, across, up, top, columns <= 60)))
    return "".join(parts) + "</svg>"


def _line(grid, row, across, up, broken_at, marked):
    path, marks, pen, last = [], [], "M", ABSENT
    for column, (state, value) in enumerate(zip(grid.state[row].tolist(),
                                                grid.values[row].tolist())):
        if state == ABSENT:
            pen = "M"
            continue
        x, y = across(column), broken_at if state >= NOT_FINITE else up(value)
        path.append("%s%.1f %.1f" % (pen, x, y))
        if marked or state >= NOT_FINITE > last:
            marks.append('<circle cx="%.1f" cy="%.1f" r="2.5"/>' % (x, y))
        pen, last = "L", state
    return '<path d="%s"/>%s' % ("".join(path), "".join(marks))


def draw_map(grid: Grid, rows: List[Any], names: List[str], titles: List[str],
             first_steps: List[Optional[int]]) -> str:
    """Returns a map: a row per tensor, a column per step, the darker the further apart.

    Args:
        grid: `Grid`.
        rows: list of int, which of its rows, from the top.
        names, titles: lists of str, by row: the label, and what pointing at the row shows.
        first_steps: list of int or None, by row: from which step on the tensor differs.
    """
    left, right, size = 300, 12, 15 if len(rows) <= 40 else 12
    columns = max(len(grid.starts), 1)
    height = size * len(rows) + 44
    wide = (_WIDTH - left - right) / columns
    parts = [_svg(height, "Map of tensors and steps by %s" % _TITLES[grid.measure].lower(),
                  grid.measure)]
    for place, row in enumerate(rows):
        y = place * size + 3
        parts.append('<g><title>%s</title>%s' % (
            escape(titles[row]), _text(left - 8, y + size - 4, _short(names[row]), "end")))
        parts.append('<rect class="equal" x="%d" y="%d" width="%.1f" height="%d"/>' % (
            left, y, wide * columns, size - 1))
        # In units of columns, which keeps the page small.
        parts.append('<g transform="translate(%d %d) scale(%.4f 1)">' % (left, y, wide))
        parts += ['<path class="%s" d="%s"/>' % (kind, "".join(
            "M%d 0h%dv%dh-%dz" % (start, length, size - 1, length) for start, length in runs))
            for kind, runs in _runs(grid, row).items()]
        parts.append("</g>")
        if first_steps[row] is not None:
            column = int(np.searchsorted(grid.starts, first_steps[row], side="right")) - 1
            parts.append('<path class="first" d="M%.1f %dv%d"/>' % (
                left + wide * column, y, size - 1))
        parts.append("</g>")
    parts += _steps(grid, lambda column: left + wide * (column + 0.5), size * len(rows))
    return "".join(parts) + "</svg>"


def _runs(grid, row):
    """Returns ``{class: [(first column, columns)]}``; equal columns have no class."""
    runs, last = {}, (None, None)
    low, high = grid.limits or (0, 1)
    for column, (state, value) in enumerate(zip(grid.state[row].tolist(),
                                                grid.values[row].tolist())):
        if state >= NOT_FINITE:
            kind = "broken"
        elif state == ABSENT:
            kind = "absent"
        elif value > 0:
            share = (math.log10(value) - low) / (high - low)
            kind = "l%d" % min(LEVELS - 1, max(0, int(share * LEVELS)))
        else:  # Whole numbers have no ULPs, but may be apart.
            kind = "l0" if state == APART else None
        if kind is not None:
            found = runs.setdefault(kind, [])
            if last == (kind, column - 1):
                found[-1] = found[-1][0], found[-1][1] + 1
            else:
                found.append((column, 1))
        last = kind, column
    return runs


def legend_of_map(grid: Grid) -> str:
    """Returns what the map's colours mean, as HTML."""
    if grid.limits is None:
        return ""
    low, high = grid.limits
    steps = "".join('<i class="l%d"></i>' % level for level in range(LEVELS))
    return '<p class="legend by-%s">1e%d %s 1e%d</p>' % (grid.measure, low, steps, high)


_TITLES = {"absolute": "Largest difference", "ulp": "Largest distance in ULPs"}


def _svg(height, label, measure):
    return '<svg class="by-%s" viewBox="0 0 %d %d" role="img" aria-label="%s">' % (
        measure, _WIDTH, height, escape(label))


def _rule(left, y, right):
    return '<path class="rule" d="M%d %.1fH%d"/>' % (left, y, right)


def _text(x, y, text, anchor):
    return '<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>' % (x, y, anchor, escape(text))


def _steps(grid, across, y):
    """Round numbers of steps, along the bottom."""
    if not grid.starts:
        return []
    first, last = grid.starts[0], grid.starts[-1]
    apart = next(size for size in (base * 10 ** power for power in range(18) for base in (1, 2, 5))
                 if size * 10 >= last - first)
    ticks = range(-(-first // apart) * apart, last + 1, apart)
    columns = np.interp(ticks, grid.starts, range(len(grid.starts))).tolist()
    parts = [_text(across(column), y + 18, "%d" % tick, "middle")
             for tick, column in zip(ticks, columns)]
    return parts + [_text(across((len(grid.starts) - 1) / 2), y + 36, "step", "middle")]


def _short(name, most=44):
    return name if len(name) <= most else "%s…%s" % (name[:most // 3], name[-(2 * most // 3 - 1):])
