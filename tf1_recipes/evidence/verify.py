"""``tf1-recipes verify``: checks the recipes of the catalogue along the chain of evidence.

For every recipe: the legacy example, unmodified, on today's TensorFlow, must print what the
document says. What it trains, what each genuine release trained, and what the hardened recipe
trains from the same start, is held to the NumPy model (`tf1_recipes.evidence.agreement`).
"""
from __future__ import annotations

import os
import time
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tf1_recipes import v1
from tf1_recipes.errors import Error
from tf1_recipes.evidence.agreement import agreement, expected, sessions_of
from tf1_recipes.evidence.recipe import RELEASES, Recipe, short
from tf1_recipes.recording import session_tap
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.trace import MemoryTrace


@dataclass
class Check:
    """One link of the chain: whether it holds, how far the numbers are apart, what is wrong if not.

    Attributes:
        share: the largest part that a number uses of what is allowed; 0 if all are the same to the
            bit.
        tensors: how many tensors were compared, over all steps.
        what: what is wrong, in a line, or "".
    """

    holds: bool
    share: float = 0.0
    tensors: int = 0
    what: str = ""


@dataclass
class Row:
    """The chain of one recipe: ``{link: Check or None}``; None where there is nothing to check."""

    recipe: Recipe
    checks: dict[str, Check | None] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks.values() if check)

    @property
    def worst_share(self) -> float:
        """The largest part that any number uses of what is allowed."""
        return max(check.share for check in self.checks.values() if check)


def verify(recipes: Sequence[Recipe],
           progress: Callable[[Recipe], object] | None = None) -> list[Row]:
    """Checks every link of the chain for each recipe.

    Args:
        recipes: as `tf1_recipes.evidence.catalogue.find` returns them.
        progress: called with each recipe before its checks begin.

    Returns:
        A `Row` for each recipe. Whatever fails or raises in a recipe fails its row.

    >>> from tf1_recipes.evidence.catalogue import find
    >>> row, = verify(find(["A3"]))
    >>> row.holds, row.worst_share
    (True, 0.0)
    """
    v1.load()  # takes seconds, which belong to no recipe
    rows = []
    for recipe in recipes:
        if progress:
            progress(recipe)
        started = time.perf_counter()
        rows.append(Row(recipe, _checks(recipe), time.perf_counter() - started))
    return rows


def links() -> list[str]:
    """The names of the links of the chain, in order."""
    return ["documented", *RELEASES, "NumPy", "hardened"]


def _checks(recipe):
    from tf1_recipes.legacy.runner import run_captured

    checks = dict.fromkeys(links())
    today = MemoryTrace()
    try:
        printed = run_captured(recipe.example_path(), session_tap.Tap(today))
    except Error as error:
        failure = Check(False, what=str(error))
        return {link: failure if link == "documented" or link in recipe.releases else None
                for link in checks}
    if recipe.documented:
        checks["documented"] = _printed(recipe.documented, printed)
    genuine = {}
    for release in recipe.releases:
        try:
            genuine[release] = _genuine(recipe, release)
        except Error as error:
            checks[release] = Check(False, what=str(error))
    # The newest genuine trace is where the model and the hardened recipe start.
    newest = genuine.get(recipe.releases[-1])
    if newest is None:
        failure = Check(False, what="there is no genuine trace to start from")
        return dict(checks, NumPy=failure, hardened=failure, **dict.fromkeys(genuine, failure))
    try:
        wanted = expected(recipe, newest)
    except Exception as error:
        failure = _failure(error)
        return dict(checks, NumPy=failure, hardened=failure, **dict.fromkeys(genuine, failure))
    for release, trace in genuine.items():
        checks[release] = _held(wanted, trace, today)
    checks["NumPy"] = _held(wanted, newest)
    try:
        checks["hardened"] = _held(wanted, _hardened(recipe, sessions_of(newest)), newest)
    except Exception as error:
        checks["hardened"] = _failure(error)
    return checks


def _failure(error):
    """Whatever fails in a recipe fails its row, not the program."""
    return Check(False, what="%s: %s" % (type(error).__name__, error))


def _printed(documented, printed):
    if printed == documented:
        return Check(True)
    pairs = zip(documented.splitlines() + [""], printed.splitlines() + [""])
    line, (expected, found) = next((index, pair) for index, pair in enumerate(pairs)
                                   if pair[0] != pair[1])
    return Check(False, what="line %d: documented %r, printed %r" % (line + 1, expected, found))


def _genuine(recipe, release):
    path = recipe.trace_path(release)
    if not os.path.exists(path):
        raise Error("the reference trace %s is missing" % short(path))
    trace = open_trace(path)
    with open(recipe.example_path(), "rb") as script:
        checksum = "%08x" % zlib.crc32(script.read().replace(b"\r\n", b"\n"))
    for what, stated in (("tensorflow", release), ("script", recipe.example),
                         ("script_crc32", checksum)):
        if trace.manifest.get(what) != stated:
            raise Error("the reference trace %s was recorded with %s %s, not %s" % (
                short(path), what, trace.manifest.get(what), stated))
    return trace


def _held(wanted, trace, beside=None):
    found = agreement(wanted, trace, beside)
    return Check(found.holds, found.share, found.tensors, found.what)


def _hardened(recipe, sessions):
    from tensorflow.python.client.session import BaseSession

    from tf1_recipes.legacy.quiet import ignore_keras_warnings
    from tf1_recipes.v1 import tf

    trace = MemoryTrace()
    detach = session_tap.attach(session_tap.Tap(trace), BaseSession)
    try:
        with tf.Graph().as_default(), warnings.catch_warnings():
            ignore_keras_warnings()
            recipe.module("hardened").run(sessions)
    finally:
        detach()
    return trace
