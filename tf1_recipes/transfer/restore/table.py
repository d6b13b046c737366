"""The table that a restore plan prints, in 80 columns."""
from __future__ import annotations

import re
from typing import Any, Iterable, List, Optional, Sequence

MISSING_VARIABLE = "missing in the graph"
WEIGHT, SLOT = "weight", "slot"


def shape_text(shape: Optional[Sequence[Optional[int]]]) -> str:
    """Returns a shape as ``2x?``, ``scalar`` or, if it is not known, ``any``."""
    if shape is None:
        return "any"
    return "x".join("?" if size is None else str(size) for size in shape) or "scalar"


def table(rows: Iterable[Any], source: str = "checkpoint") -> List[str]:
    """Returns the lines of the table, 80 columns wide if the parts of the names fit.

    Args:
        rows: list of ``PlanRow``. source: str, the source of the tensors.
    """
    cells: List[Any] = []
    for row in rows:
        same = row.variable_name in (None, row.tensor_name)
        here, there = ([shape_text(shape), dtype.name] if dtype else None for shape, dtype in (
            (row.variable_shape, row.variable_dtype), (row.tensor_shape, row.tensor_dtype)))
        name = row.variable_name or row.tensor_name + (
            "" if row.status == MISSING_VARIABLE else " (in the %s)" % source)
        cells.append((row.role, name, here or there, row.status))
        if row.variable_name and row.tensor_name and not (
                same and here == there and not row.transpose):
            cells.append((row.role, "  from " + ("the " + source if same else row.tensor_name) + (
                ", transposed" if row.transpose else ""), there if there != here else ["", ""], ""))
    head = (None, "variable", ["shape", "dtype"], "status")
    shape, dtype, status = (max(len(column) for column in columns) for columns in zip(
        *((sides[0], sides[1], state) for _, _, sides, state in cells + [head])))
    width = max(24, 80 - shape - dtype - status - 6)
    lines, section = [], None
    for role, name, sides, state in [head] + cells:
        if role != section:
            section = role
            lines.append("-- %s " % {WEIGHT: "weights", SLOT: "optimizer slots"}[role])
            lines[-1] += "-" * (width + shape + dtype + status + 6 - len(lines[-1]))
        *start, end = _wrapped(name, width)
        lines.extend(start)
        lines.append("  ".join([end.ljust(width), sides[0].ljust(shape), sides[1].ljust(dtype),
                                state]).rstrip())
    return lines


def _wrapped(name, width):
    """Cuts a name after slashes into lines of at most ``width`` where it can."""
    lines = [""]
    for piece in re.findall(r"[^/]{0,%d}/|[^/]{1,%d}" % (width - 5, width - 4), name):
        if lines[-1] and len(lines[-1] + piece) > width:
            lines.append("    ")
        lines[-1] += piece
    return lines
