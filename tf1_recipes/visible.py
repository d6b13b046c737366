"""Text from outside, shown so that it cannot pass for anything else: names, paths, versions.

A tensor may be called ``a<newline>AGREE: 9 tensors``, a file may have an escape sequence in its
name. Hidden characters are those that a terminal obeys or that change how others are read: control
characters, line and paragraph separators, marks of the direction of writing and other formats,
halves of surrogate pairs. The two joiners that Persian and Hindi are written with are not hidden.
"""
import sys
import unicodedata

_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
_LONGEST = 4096


def visible(text):
    r"""A text in one line, with its hidden characters written out.

    Args:
        text: str, or what ``str`` makes one of.

    >>> print(visible("a\nAGREE: \x1b[2K"))
    a\nAGREE: \x1b[2K
    """
    text = str(text)
    if text.isprintable():  # nearly always
        return text
    return "".join(each.encode("unicode_escape").decode() if _hidden(each) else each
                   for each in text)


def visible_lines(lines):
    """Lines joined by newlines, each with its hidden characters written out.

    Args:
        lines: iterable of str.
    """
    return "\n".join(map(visible, lines))


def say(text):
    """Prints what the program has to say beside a script's own output: a line on stderr.

    Args:
        text: str; what is hidden in it is written out, since it quotes names from outside.
    """
    print("tf1-recipes: " + visible(text), file=sys.stderr)


def name_fault(name):
    r"""What is wrong with the name of a tensor in a trace, or None: for its writer and its readers.

    >>> name_fault("dense/kernel"), name_fault("dense\n")
    (None, 'has a hidden character, such as a control character')
    """
    if not name:
        return "is empty"
    if not name.isprintable() and any(map(_hidden, name)):
        return "has a hidden character, such as a control character"
    if len(name) * 4 > _LONGEST and len(name.encode("utf-8")) > _LONGEST:
        return "is longer than %d bytes" % _LONGEST
    return None


def _hidden(character):
    return unicodedata.category(character) in _HIDDEN and character not in _JOINERS
