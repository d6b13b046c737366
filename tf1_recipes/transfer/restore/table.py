"""The table that a restore plan prints, in 80 columns."""
from __future__ import annotations

import collections
import re
from typing import Any, Iterable, List, Mapping, Optional, Sequence

RESTORED = "restored"
MISSING_TENSOR = "missing in the %s"  # checkpoint, or arrays
MISSING_VARIABLE = "missing in the graph"
SHAPE_MISMATCH = "shape mismatch"
DTYPE_MISMATCH = "dtype mismatch"
BOTH_MISMATCH = "shape and dtype mismatch"
LEFT_OUT = "left out"
INITIALISED = "initialised"
WEIGHT, SLOT = "weight", "slot"


def shape_text(shape: Optional[Sequence[Optional[int]]]) -> str:
    """Returns a shape as ``2x?``, ``scalar`` or, if it is not known, ``any``."""
    if shape is None:
        return "any"
    return "x".join("?" if size is None else str(size) for size in shape) or "scalar"


def takers_of(rows: Iterable[Any]) -> Mapping[str, int]:
    """Returns how many variables each whole stored tensor is restored into."""
    return collections.Counter(
        row.tensor_name for row in rows
        if row.variable_name and row.status == RESTORED and not row.made.where)


def told_source(row: Any, takers: int = 1) -> List[str]:
    """Returns what a row's variable is made of, and what is done to it.

    Args:
        row: ``PlanRow``. takers: int, how many variables the stored tensor goes to.
    """
    if not row.tensor_name:
        return []
    told = [" + ".join(row.made.tensors or (row.tensor_name,))]
    if row.transpose is not None:
        plain = row.transpose is True or row.transpose != tuple(range(len(row.transpose)))
        told.append("transposed" + ("" if row.transpose in (True, (1, 0)) else " by " + ", ".join(
            map(str, row.transpose))) if plain else "as it is")
    told.extend(row.made.words)
    if row.status == RESTORED and row.variable_dtype != row.tensor_dtype and (
            row.variable_dtype.is_integer):
        told.append("as %s" % row.variable_dtype.name)
    if takers > 1 and row.variable_name and row.status == RESTORED:
        told.append("for %d variables" % takers)
    return told


def table(rows: Iterable[Any], source: str = "checkpoint") -> List[str]:
    """Returns the lines of the table, 80 columns wide if the parts of the names fit.

    Args:
        rows: list of ``PlanRow``. source: str, the source of the tensors.
    """
    rows = list(rows)
    takers = takers_of(rows)
    cells: List[Any] = []
    for row in rows:
        here, there = ([shape_text(shape), dtype.name] if dtype else None for shape, dtype in (
            (row.variable_shape, row.variable_dtype), (row.tensor_shape, row.tensor_dtype)))
        name = row.variable_name or row.tensor_name + (
            "" if row.status == MISSING_VARIABLE else " (in the %s)" % source)
        cells.append((row.role, name, here or there, row.status))
        if not row.variable_name or not row.tensor_name:
            continue
        told = told_source(row, takers[row.tensor_name])
        if told[0] == row.variable_name:
            if here == there and len(told) == 1:
                continue
            told[0] = "the " + source
        first = 2 if len(", ".join(told[:2])) < 40 else 1
        cells.append((row.role, "  from " + ", ".join(told[:first]),
                      there if there != here else ["", ""], ""))
        cells.extend((row.role, "    " + words, ["", ""], "") for words in told[first:])
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
