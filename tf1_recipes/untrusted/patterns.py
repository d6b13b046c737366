r"""Regular expressions on names from outside, as the names of a file are, or both from outside.

``(a+)+$`` takes years on a name of sixty letters, and nothing in Python's ``re`` can stop it, which
holds all threads. So whatever repeats anything is first tried in a process of its own, which has a
second for all patterns of a command together. What cannot take long is tried here, and all of it
together has a few seconds.
"""
import json
import re
import subprocess
import sys
import time

from tf1_recipes.errors import Error
from tf1_recipes.untrusted import pattern_child

try:
    import resource
except ImportError:  # Windows, where no process can be so limited
    resource = None

_LONGEST = 10000
_SECONDS_HERE = 3
_AT_ONCE = 16
_NOTHING_LEFT = "nothing is left of the %d s to try it in: another pattern took them"
# How a whole name is matched, and one up to a slash.
_WHOLE, _SCOPE = "%s", "(?:%s)(?:/.*)?"


class Patterns:
    r"""Answers what patterns match, within limits. A context manager, which ends its process.

    >>> with Patterns() as patterns:
    ...     patterns.expanded(r"conv(\d)/w", "conv1/w", [r"block\1/kernel"])
    ['block1/kernel']
    """

    def __init__(self):
        self._child, self._spent = None, False
        self._left = _SECONDS_HERE
        self._known = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Ends the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    __del__ = close

    def expanded(self, pattern, name, templates=()):
        """What templates come to where a pattern matches a whole name, or None where it does not.

        Args:
            pattern, name: str.
            templates: list of str, with references to the pattern's groups.

        Raises:
            PatternError: one of them is not well formed, or matching takes too long.
        """
        return self._one(_WHOLE, pattern, name, tuple(templates))

    def all_expanded(self, pattern, names, templates=()):
        """The dict of those of the names that a pattern matches to what `expanded` says of them."""
        return self._all(_WHOLE, pattern, names, tuple(templates))

    def matches(self, pattern, name):
        """Whether a pattern matches a name from its start up to a ``/`` or its end.

        Raises:
            PatternError: as `expanded`.
        """
        return self._one(_SCOPE, pattern, name, ()) is not None

    def matching(self, pattern, names):
        """The list of those of the names of which `matches` is true."""
        return list(self._all(_SCOPE, pattern, names, ()))

    def check(self, pattern, templates=()):
        """Raises the `PatternError` that `expanded` would raise for any name."""
        self._ask(_WHOLE, pattern, None, tuple(templates))

    def _one(self, form, pattern, name, templates):
        key = form, pattern, name, templates
        if key not in self._known:
            self._known[key] = self._all(form, pattern, [name], templates).get(name)
        return self._known[key]

    def _all(self, form, pattern, names, templates):
        if _is_quick(pattern):
            return self._tried(form, pattern, list(names), templates)
        # What was asked of the process is not asked again.
        known = self._known.setdefault((form, pattern, templates), {})
        new = [name for name in names if name not in known]
        found = self._tried(form, pattern, new, templates)
        known.update((name, found.get(name)) for name in new)
        return {name: known[name] for name in names if known[name] is not None}

    def _tried(self, form, pattern, names, templates):
        found = {}
        for start in range(0, len(names), _AT_ONCE):
            some = names[start:start + _AT_ONCE]
            for name, expanded in zip(some, self._ask(form, pattern, some, templates)):
                if expanded is not None:
                    found[name] = expanded
        return found

    def _ask(self, form, pattern, names, templates):
        if max(map(len, (pattern,) + templates)) > _LONGEST:
            raise PatternError("it is longer than %d characters" % _LONGEST)
        question = [form % pattern, names, templates]
        here = _is_quick(pattern) or resource is None or not sys.executable
        answer = self._answer_here(question) if here else self._answer(question)
        if "wrong" in answer:
            raise PatternError(answer["wrong"])
        return answer["found"]

    def _answer_here(self, question):
        if self._left <= 0:
            return {"wrong": _NOTHING_LEFT % _SECONDS_HERE}
        begun = time.thread_time()
        answer = pattern_child.answer(question)
        self._left -= time.thread_time() - begun
        return answer

    def _answer(self, question):
        if self._spent:
            return {"wrong": _NOTHING_LEFT % pattern_child.SECONDS}
        if self._child is None:
            try:
                self._child = subprocess.Popen(
                    [sys.executable, "-I", "-S", pattern_child.__file__], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            except OSError as error:
                return {"wrong": "no process to try it in: %s" % error.strerror}
        try:
            self._child.stdin.write(json.dumps(question).encode() + b"\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except OSError:  # It was ended while it was asked.
            line = b""
        if not line.endswith(b"\n"):
            self.close()
            self._spent = True
            return {"wrong": "to try it takes more than %d s or too much memory: it repeats what "
                             "repeats" % pattern_child.SECONDS}
        return json.loads(line)


class PatternError(Error):
    """A regular expression or a template is not well formed, or takes too long; the text says why.
    """


def check_variables(pattern, option="--variables %s"):
    """Checks a pattern that chooses variables.

    Args:
        pattern: str or None.
        option: str, what the message calls it.

    Raises:
        Error: it is no regular expression.
    """
    if pattern is not None:
        with Patterns() as patterns:
            try:
                patterns.check(pattern)
                patterns.matches(pattern, "")  # (?i) must not stand within
            except PatternError as error:
                raise Error("%s is no regular expression: %s" % (option % pattern, error)) from None


def _is_quick(pattern):
    """Whether there is one repeat at most, and no group: so many steps as the name is long."""
    return not re.search(r"[({|]", pattern) and len(re.findall("[*+?]", pattern)) <= 1
