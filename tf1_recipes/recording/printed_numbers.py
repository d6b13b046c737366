"""What two runs of a script printed, compared line by line; numbers within a tolerance."""
from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?"
                     r"|inf\b|nan\b)")


@dataclass
class Printed:
    """The comparison.

    Attributes:
        lines: int, how many lines were compared; blank ones do not count.
        numbers: int, how many numbers were.
        differing: list of (number of the line from 1, line of a or None, line of b or None), with
            None where that run had printed everything.
        worst: float, the largest relative difference of two numbers that still count as the same.
    """

    lines: int
    numbers: int
    differing: list
    worst: float


def compare_printed(a: str, b: str, rtol: float) -> Printed:
    """Compares the output of two runs.

    Two lines are the same if the words between their numbers are (whitespace aside), and each
    number of one is within ``rtol * max(|a|, |b|)`` of its counterpart; NaN equals NaN.

    Args:
        a, b: str.
        rtol: float.

    Returns:
        Printed.
    """
    first, second = _lines(a), _lines(b)
    result = Printed(max(len(first), len(second)), 0, [], 0.0)
    for position in range(result.lines):
        number_a, line_a = first[position] if position < len(first) else (None, None)
        number_b, line_b = second[position] if position < len(second) else (None, None)
        difference = math.inf if line_a is None or line_b is None else _difference(line_a, line_b)
        if difference > rtol:
            result.differing.append((number_a or number_b, line_a, line_b))
        else:
            result.numbers += len(_NUMBER.findall(line_a or ""))
            result.worst = max(result.worst, difference)
    return result


def _lines(text):
    return [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)
            if line.strip()]


def _difference(a, b):
    """Returns the largest relative difference of two lines' numbers, infinite for other words."""
    if _words(a) != _words(b):
        return math.inf
    largest = 0.0
    for x, y in zip(map(float, _NUMBER.findall(a)), map(float, _NUMBER.findall(b))):
        if x == y or (math.isnan(x) and math.isnan(y)):
            continue
        if not (math.isfinite(x) and math.isfinite(y)):
            return math.inf
        largest = max(largest, abs(x - y) / max(abs(x), abs(y)))
    return largest


def _words(line):
    # NumPy aligns numbers by spaces, and more of them where there are more digits.
    return re.sub(r"\s+", "", _NUMBER.sub("#", line))
