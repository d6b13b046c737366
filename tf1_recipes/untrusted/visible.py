"""Text from outside (names, paths, versions), shown so that it cannot pose as something else.

A tensor may be called ``a<newline>AGREE: 9 tensors``, a file may have an escape sequence in its
name. Hidden characters are those that control a terminal or change how others are displayed:
control characters, line and paragraph separators, marks of the direction of writing and other
formats, halves of surrogate pairs, and letters and marks without a glyph, such as the Hangul
filler, behind which ``w`` still looks like ``w``. The two joiners that Persian and Hindi are
written with are kept between the letters of such languages.
"""
from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable

_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
# What Unicode calls default-ignorable and keeps in other categories; and the Braille blank.
_WITHOUT_GLYPH = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e0fff]")
_JOINERS = "\u200c\u200d"
_KEPT_JOINER = re.compile("(?<=[^\x00-\x7f%s])[%s](?=[^\x00-\x7f%s])" % ((_JOINERS,) * 3))
_LONGEST = 4096


def visible(text: object) -> str:
    r"""A text in one line, with its hidden characters written out.

    Args:
        text: str, or anything that ``str`` converts.

    >>> print(visible("a\nAGREE: \x1b[2K"))
    a\nAGREE: \x1b[2K
    """
    text = str(text)
    if not _may_hide(text):  # nearly always
        return text
    kept = {match.start() for match in _KEPT_JOINER.finditer(text)}
    return "".join(each.encode("unicode_escape").decode() if _hidden(each) and place not in kept
                   else each for place, each in enumerate(text))


def visible_lines(lines: Iterable[object]) -> str:
    """Lines joined by newlines, each with its hidden characters written out.

    Args:
        lines: iterable of str.
    """
    return "\n".join(map(visible, lines))


def say(text: object) -> None:
    """Prints a line of the program's own to stderr, beside a script's output.

    Args:
        text: str; its hidden characters are written out, since it quotes names from outside.
    """
    print("tf1-recipes: " + visible(text), file=sys.stderr)


def name_fault(name: str) -> str | None:
    r"""What is wrong with the name of a tensor in a trace, or None: for its writers and readers.

    >>> name_fault("dense/kernel"), name_fault("dense\n")
    (None, 'has a hidden character, such as a control character')
    """
    if not name:
        return "is empty"
    if _may_hide(name) and any(map(_hidden, _KEPT_JOINER.sub("", name))):
        return "has a hidden character, such as a control character"
    if len(name) * 4 > _LONGEST and len(name.encode("utf-8")) > _LONGEST:
        return "is longer than %d bytes" % _LONGEST
    return None


def _may_hide(text):
    return not (text.isprintable() and (text.isascii() or not _WITHOUT_GLYPH.search(text)))


def _hidden(character):
    return (unicodedata.category(character) in _HIDDEN
            or _WITHOUT_GLYPH.match(character) is not None)
