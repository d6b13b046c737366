"""What a training printed, beside what a genuine release did: the same to the last digit but one.

A number that lies nearly halfway between two of so many decimals is printed as one or the other
by its last bit, and that comes out of sums which each processor adds in an order of its own. So the
last decimal may be one off: 0.597604990 is 0.59760, and one bit more is 0.59761.
"""
import itertools
import re
from decimal import Decimal

# One with decimals: whole numbers are counts, steps and classes.
NUMBER = re.compile(r"-?\d+\.\d+")


def differing_lines(found, expected):
    """Returns the lines that differ by more than one in the last decimal of their numbers.

    Args:
        found, expected: str; each number must have as many decimals in one as in the other.

    Returns:
        list of (line of found, line of expected), None for a line that is not there.

    Example:
        >>> differing_lines("loss 0.59760", "loss 0.59761")
        []
        >>> differing_lines("loss 0.59760", "loss 0.59762")
        [('loss 0.59760', 'loss 0.59762')]
    """
    pairs = itertools.zip_longest(found.splitlines(), expected.splitlines())
    return [(one, other) for one, other in pairs if None in (one, other) or not _same(one, other)]


def _same(one, other):
    first, second = ([Decimal(number) for number in NUMBER.findall(line)] for line in (one, other))
    return NUMBER.sub("#", one) == NUMBER.sub("#", other) and all(
        a.as_tuple().exponent == b.as_tuple().exponent
        and abs(a - b) <= Decimal(1).scaleb(b.as_tuple().exponent) for a, b in zip(first, second))
