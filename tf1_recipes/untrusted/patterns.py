r"""Regular expressions where the names, or the patterns too, come from outside.

``(a+)+$`` takes years on a name of sixty letters, and nothing in Python's ``re`` can stop it, which
holds all threads. So whatever repeats anything is first tried in a process of its own, which has a
second for all patterns of a command together. What cannot take long is tried here, and all of it
together has a few seconds.
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import Any, Iterable, List, Optional, Sequence

from tf1_recipes.errors import Error
from tf1_recipes.untrusted import pattern_child

try:
    import resource
except ImportError:  # Windows, where no process can be so limited
    resource = None  # type: ignore[assignment]

_LONGEST = 10000
_SECONDS_HERE = 3
_AT_ONCE = 16
_NOTHING_LEFT = "another pattern used up the %d s for trying patterns"
# How a whole name is matched, and one up to a slash.
_WHOLE, _SCOPE = "%s", "(?:%s)(?:/.*)?"


class Patterns:
    r"""Matches patterns, within limits of time. A context manager, which ends its process.

    >>> with Patterns() as patterns:
    ...     patterns.expanded(r"conv(\d)/w", "conv1/w", [r"block\1/kernel"])
    ['block1/kernel']
    """

    def __init__(self) -> None:
        self._child, self._spent = None, False
        self._left = _SECONDS_HERE
        self._known = {}

    def __enter__(self) -> Patterns:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    __del__ = close

    def expanded(self, pattern: str, name: str, templates: Sequence[str] = ()) -> Any:
        """Returns the expanded templates where a pattern matches a whole name, else None.

        Args:
            pattern, name: str.
            templates: list of str, with references to the pattern's groups.

        Raises:
            PatternError: one of them is not well formed, or matching takes too long.
        """
        return self._one(_WHOLE, pattern, name, tuple(templates))

    def all_expanded(self, pattern: str, names: Iterable[str],
                     templates: Sequence[str] = ()) -> Any:
        """Returns ``{name: what `expanded` returns}`` of the names that a pattern matches."""
        return self._all(_WHOLE, pattern, names, tuple(templates))

    def matches(self, pattern: str, name: str) -> bool:
        """Whether a pattern matches a name from its start up to a ``/`` or its end.

        Raises:
            PatternError: as `expanded`.
        """
        return self._one(_SCOPE, pattern, name, ()) is not None

    def matching(self, pattern: str, names: Iterable[str]) -> List[str]:
        """Returns the names for which `matches` is true."""
        return list(self._all(_SCOPE, pattern, names, ()))

    def check(self, pattern: str, templates: Sequence[str] = ()) -> None:
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
        # Answers of the process are kept.
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
                return {"wrong": "cannot start a process to try it: %s" % error.strerror}
        try:
            self._child.stdin.write(json.dumps(question).encode() + b"\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except OSError:  # It ended during a question.
            line = b""
        if not line.endswith(b"\n"):
            self.close()
            self._spent = True
            return {"wrong": "trying it takes more than %d s or too much memory: it has nested "
                             "repetitions" % pattern_child.SECONDS}
        return json.loads(line)


class PatternError(Error):
    """A regular expression or a template is not well formed, or takes too long; the text says why.
    """


def check_variables(pattern: Optional[str], option: str = "--variables %s") -> None:
    """Checks a pattern that chooses variables.

    Args:
        pattern: str or None.
        option: str, what the message calls it.

    Raises:
        Error: it is not a regular expression.
    """
    if pattern is not None:
        if not isinstance(pattern, str):
            raise Error("%s is not a regular expression: it must be a str" % (option % (pattern,)))
        with Patterns() as patterns:
            try:
                patterns.check(pattern)
                patterns.matches(pattern, "")  # (?i) must not stand within
            except PatternError as error:
                raise Error("%s is not a regular expression: %s" % (
            option % pattern, error)) from None


def _is_quick(pattern):
    """Whether there is at most one repetition and no group, so that matching takes linear time."""
    return not re.search(r"[({|]", pattern) and len(re.findall("[*+?]", pattern)) <= 1
