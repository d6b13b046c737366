"""Tries regular expressions in a process of its own, which can be ended; needs no package.

Run as a script it answers a question a line, in JSON, and ends itself when it has computed for
`SECONDS` or needs too much memory.
"""
import contextlib
import json
import re
import sys
import warnings

SECONDS = 1
_MEGABYTES = 256


def answer(question: list) -> dict:
    """Answers one question.

    Args:
        question: list ``[pattern, names, templates]``; without names the pattern and the templates
            are checked only.

    Returns:
        dict: ``wrong``, a text, if one of them is not well formed; else ``found``, a list: for each
        name None if the pattern does not match all of it, or the list of what the templates come
        to.
    """
    pattern, names, templates = question
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a pattern may mean in later Pythons
            compiled = re.compile(pattern)
        found = [_any_match(compiled)] if names is None else map(compiled.fullmatch, names)
        return {"found": [each and [each.expand(template) for template in templates]
                          for each in found]}
    # An IndexError is a template's, of a group that is not there; the others are of sizes.
    except (re.error, IndexError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return {"wrong": str(error).split("\n")[0] or type(error).__name__}


def _any_match(compiled):
    """A match that has the groups of a pattern, by number and by name."""
    names = {number: name for name, number in compiled.groupindex.items()}
    return re.match("".join("(?P<%s>)" % names[number] if number in names else "()"
                            for number in range(1, compiled.groups + 1)), "")


def _main():
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = round(used.ru_utime + used.ru_stime) + SECONDS  # Python's own start does not count.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # Some systems have no such limit, or a lower one.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES << 20, _MEGABYTES << 20))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
