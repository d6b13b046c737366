"""``tf1-recipes verify``: walks the catalogue along the chain of evidence.

For every recipe: the legacy example, unmodified, on today's TensorFlow, must print what the
document says and train what each genuine release trained; the NumPy model and the hardened recipe
must give the same numbers from the same start.
"""
import importlib
import os
import time
import zlib
from dataclasses import dataclass, field

from tf1_recipes import catalogue, session_tap, v1
from tf1_recipes.errors import Error
from tf1_recipes.reference import Session
from tf1_recipes.traces.compare import compare_traces
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.trace import MemoryTrace


@dataclass
class Check:
    """One link of the chain: whether it holds, how many ULPs apart, and what is wrong if not."""

    holds: bool
    ulp: int = 0
    what: str = ""


@dataclass
class Row:
    """The chain of one recipe: ``{link: Check or None}``; None where there is nothing to check."""

    recipe: catalogue.Recipe
    checks: dict = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self):
        return all(check.holds for check in self.checks.values() if check)

    @property
    def worst_ulp(self):
        return max((check.ulp for check in self.checks.values() if check and check.holds),
                   default=0)


def verify(recipes, progress=None):
    """Returns a `Row` for each recipe.

    Args:
        recipes: list of `catalogue.Recipe`.
        progress: function of the recipe that is begun, or None.
    """
    v1.load()  # Seconds, and of no recipe's time.
    rows = []
    for recipe in recipes:
        if progress:
            progress(recipe)
        started = time.perf_counter()
        row = Row(recipe)
        row.checks = _checks(recipe)
        row.seconds = time.perf_counter() - started
        rows.append(row)
    return rows


def links():
    """The names of the links of the chain, in order."""
    return ["documented"] + list(catalogue.RELEASES) + ["NumPy", "hardened"]


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
            checks[release] = _compared(recipe, genuine[release], today)
        except Error as error:
            checks[release] = Check(False, what=str(error))
    # The newest genuine trace is what the model and the hardened recipe are held to.
    newest = genuine.get(recipe.releases[-1])
    if newest is None:
        failure = Check(False, what="there is no genuine trace to compare with")
        return dict(checks, NumPy=failure, hardened=failure)
    checks["NumPy"] = _attempt(recipe, newest, _model)
    checks["hardened"] = _attempt(recipe, newest, _hardened)
    return checks


def _attempt(recipe, genuine, produce):
    try:
        return _compared(recipe, genuine, produce(recipe, sessions_of(genuine)))
    except Exception as error:  # whatever fails in a recipe is its row's failure, not the program's
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
        raise Error("the reference trace %s is missing" % os.path.basename(path))
    trace = open_trace(path)
    with open(recipe.example_path(), "rb") as script:
        checksum = "%08x" % zlib.crc32(script.read().replace(b"\r\n", b"\n"))
    for what, expected in (("tensorflow", release), ("script", recipe.example),
                           ("script_crc32", checksum)):
        if trace.manifest.get(what) != expected:
            raise Error("the reference trace %s was recorded with %s %s, not %s" % (
                os.path.basename(path), what, trace.manifest.get(what), expected))
    return trace


def _compared(recipe, genuine, trace):
    comparison = compare_traces(genuine, trace, recipe.tolerance, kinds=("variables",))
    what = comparison.first
    for title, missing in (("missing", comparison.only_in_a), ("too many", comparison.only_in_b),
                           ("steps missing", comparison.steps_only_in_a),
                           ("steps too many", comparison.steps_only_in_b)):
        if missing:
            what += "%s%s: %s" % ("; " if what else "", title, ", ".join(map(str, missing)))
    return Check(comparison.agrees, comparison.worst_ulp, what)


def sessions_of(trace):
    """Returns the list of `Session`s in a trace: initial values, and the feeds of every step."""
    sessions = {}
    for step in trace:
        if step.facts.get("initial"):
            sessions[step.facts["session"]] = Session(step.number, step.arrays("variables"), [])
        else:
            sessions[step.facts["session"]].steps.append((step.number, step.arrays("feeds")))
    return list(sessions.values())


def _model(recipe, sessions):
    module = importlib.import_module("tf1_recipes.reference." + recipe.model)
    trace = MemoryTrace()
    for number, state in module.model(sessions).items():
        trace.step(number, [("variables", name, value) for name, value in state.items()], {})
    return trace


def _hardened(recipe, sessions):
    from tensorflow.python.client.session import BaseSession

    from tf1_recipes import hardened_runs
    from tf1_recipes.v1 import tf

    trace = MemoryTrace()
    detach = session_tap.attach(session_tap.Tap(trace), BaseSession)
    try:
        with tf.Graph().as_default():
            getattr(hardened_runs, recipe.hardened)(sessions)
    finally:
        detach()
    return trace
