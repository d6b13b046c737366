"""The names closest to a mistyped one, for the end of an error message."""
from __future__ import annotations

from collections.abc import Iterable

_LONGEST_TYPED = 300
# What looking for close names may look at: letters of the names; pairs of letters.
_MOST_LETTERS, _MOST_PAIRS = 1000000, 3000000
_LIKE = 0.4
LIKE_TYPED = 0.6  # for options, commands and pages: there are few, and they are short


def closest_names(wanted: str, names: Iterable[str], count: int = 3,
                  like: float = _LIKE, scopes: bool = True) -> list[str]:
    """Returns up to ``count`` of the names, or of the scopes they lie in, nearest to ``wanted``.

    Returns nothing for a name too long to be typed. Of very many or very long names, which a file
    may bring, it examines only as many as fit into a fraction of a second: comparing two takes time
    in proportion to the product of their lengths.

    Args:
        like: the least similarity, from 0.4 to 1.
        scopes: whether a scope will do: not where a name must be that of one tensor.
    """
    if len(wanted) > _LONGEST_TYPED:
        return []
    found, letters = {}, 0
    for name in names:
        end = -1
        # What is more than four times as long has no similarity of 0.4.
        while end < min(len(name), 4 * len(wanted)) and letters < _MOST_LETTERS:
            # A "/", or the end, for -1.
            end = name.find("/", end + 1) % (len(name) + 1) if scopes else len(name)
            found[name[:end]] = None
            letters += end
    return _closest(wanted, found, count, like)


def _closest(wanted, names, count, like):
    """What ``difflib.get_close_matches`` finds, the most promising pairs looked at first."""
    import difflib  # only now: `tf1-recipes --help` suggests nothing

    matcher = difflib.SequenceMatcher(None, "", wanted)
    promising = []
    for name in names:
        matcher.set_seq1(name)
        most = matcher.real_quick_ratio() >= like and matcher.quick_ratio()
        if most >= like:
            promising.append((most, name))
    best, pairs = [], 0
    for most, name in sorted(promising, reverse=True):
        pairs += len(name) * len(wanted)
        if len(best) == count and most < best[-1][0] or best and pairs > _MOST_PAIRS:
            break
        matcher.set_seq1(name)
        best = sorted([*best, (matcher.ratio(), name)], reverse=True)[:count]
    return [name for ratio, name in best if ratio >= like]
