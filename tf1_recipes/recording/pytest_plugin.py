"""The pytest fixture ``trace_regression`` compares a run's trace to the one stored for the test.

    def test_training(trace_regression):
        with tf1_recipes.record_sessions() as trace:
            train()
        trace_regression(trace, tolerance={"dense/kernel": Tolerance(ulp=4)})

The first run writes the stored trace and fails, so that it does not pass for a check; later runs
compare; ``pytest --trace-update`` rewrites those that differ, and lists them. Stored traces lie
beside the test's module in a folder with its name: ``test_net.py`` has
``test_net/<test>-<parameters>.json``, or ``.npz`` where the trace has more than 10,000 numbers.
"""
from __future__ import annotations

import contextlib
import os
import re
import zlib
from typing import Any, Iterable, Optional

import pytest

_WRITTEN = "trace_regression_written"
_TOLERANCES = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--trace-update``."""
    parser.getgroup("tf1_recipes").addoption(
        "--trace-update", action="store_true",
        help="rewrite the stored traces of trace_regression that differ")


def pytest_configure(config: pytest.Config) -> None:
    """Reads the project's tolerances; a mistake there is reported before any test runs."""
    path = config.rootpath / "pyproject.toml"
    config.stash[_TOLERANCES] = None
    with contextlib.suppress(OSError):
        if b"tf1_recipes" not in path.read_bytes():
            return  # nearly always, and without an import of NumPy
        from tf1_recipes.errors import Error
        from tf1_recipes.recording.project_tolerances import project_tolerances
        try:
            config.stash[_TOLERANCES] = project_tolerances(path)
        except Error as error:
            raise pytest.UsageError(str(error)) from None


@pytest.fixture
def trace_regression(request: pytest.FixtureRequest) -> TraceRegression:
    """A function that fails the test if a trace is not the one stored for it: `TraceRegression`."""
    return TraceRegression(request)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Lists the traces that were stored."""
    written = {value: None for reports in terminalreporter.stats.values() for report in reports
               for name, value in getattr(report, "user_properties", ()) if name == _WRITTEN}
    if written:
        terminalreporter.section("traces stored")
        for line in sorted(written):
            terminalreporter.line(line)


class TraceRegression:
    """The fixture's value; called once for each trace that a test compares."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._used = set()

    def __call__(self, trace: Any, name: Optional[str] = None, tolerance: Any = None,
                 kinds: Iterable[str] = ("variables", "fetches", "feeds")) -> None:
        """Compares a trace to the stored one.

        Args:
            trace: what `tf1_recipes.record_sessions` yields, a `RecordingHook`'s ``trace``, what
                `tf1_recipes.open_trace` returns, or the path of a trace, however it was written.
            name: str, for a test that compares several traces: each needs one of its own.
            tolerance: `tf1_recipes.Tolerance`, or a dict ``{pattern: Tolerance}``, see
                `tf1_recipes.traces.regression.Tolerances`; what it says nothing of has the
                tolerance that ``pyproject.toml`` gives (`project_tolerances`), or 0 ULP.
            kinds: which of ``variables``, ``fetches`` and ``feeds`` are stored and compared.

        Raises:
            pytest's Failed: they differ, or there was no stored one.
            Error: the call itself is wrong.
        """
        __tracebackhide__ = True
        with contextlib.ExitStack() as opened:
            obtained, path = _opened(trace, opened)
            self._check(obtained, path, name, tolerance, kinds)

    def _check(self, obtained, obtained_path, name, tolerance, kinds):
        __tracebackhide__ = True
        from tf1_recipes.errors import Error
        from tf1_recipes.traces.regression import Tolerances, regression_report
        from tf1_recipes.traces.stored import Chosen, store, stored_path

        tolerances = Tolerances(tolerance, self._request.config.stash[_TOLERANCES])
        stem = self._stem(name)
        chosen = Chosen(obtained, kinds)
        keys = {key: None for step in chosen for key in step.tensors}
        if not keys:
            raise Error("the trace has no %s in any step: there is nothing to compare" % (
                " or ".join(kinds)))
        _refuse_stored(stem, obtained_path)
        update = self._request.config.getoption("--trace-update")
        path = stored_path(stem)
        if path is None:
            tolerances.refuse_unmatched(keys)
            path = store(obtained, stem, kinds)
            self._note("wrote %s" % self._shown(path))
            if not update:
                pytest.fail("there was no stored trace for this; it was written:\n  %s\nIf it is "
                            "right, commit it and run the test again." % self._shown(path))
            return
        if update:
            if _outdated(path, chosen):
                self._note("rewrote %s" % self._shown(store(obtained, stem, kinds)))
            return
        with _open(path) as stored:
            report = regression_report(stored, chosen, tolerances)
            if not report:
                return
            reasons = _reasons(stored, chosen, tolerances.single)
        if obtained_path is None:
            folder = self._request.getfixturevalue("tmp_path") / "obtained"
            obtained_path = store(obtained, str(folder / os.path.basename(stem)), kinds)
        pytest.fail("the trace is not the stored one: %s\n\n%s" % (
            "\n".join([report, *reasons]), self._advice(path, obtained_path, tolerances.single)))

    def _stem(self, name):
        from tf1_recipes.errors import Error
        if name is not None and not re.fullmatch(r"[\w.-]+", name):
            raise Error("name %r: it becomes a part of a file's name, so it may have letters, "
                        "digits and _ . - only" % (name,))
        if name in self._used:
            raise Error("this test has compared a trace %s already: give each its own name, "
                        "trace_regression(trace, name)" % (
                            "called %r" % name if name else "without a name"))
        self._used.add(name)
        node = self._request.node
        folder = os.path.splitext(str(node.path))[0]
        return os.path.join(folder, _file_name(node) + ("+" + name if name else ""))

    def _shown(self, path):
        root = str(self._request.config.rootpath)
        return os.path.relpath(path, root) if path.startswith(root + os.sep) else path

    def _note(self, text):
        # As a property of the report: so that it comes back from a worker of pytest-xdist, too.
        self._request.node.user_properties.append((_WRITTEN, text))

    def _advice(self, stored, obtained, tolerance):
        options = ""
        if tolerance is not None:
            options = "".join(" --%s %g" % (option, getattr(tolerance, option))
                              for option in ("ulp", "rtol", "atol") if getattr(tolerance, option))
        return ("Step by step:      tf1-recipes compare %s %s%s\n"
                "To replace it:     pytest --trace-update %s" % (
                    self._shown(stored), obtained, options, self._request.node.nodeid))


def _reasons(stored, obtained, tolerance):
    """Why they differ, as in `tf1-recipes compare`; no lines without a cause."""
    from tf1_recipes.traces import compare_traces
    from tf1_recipes.traces.explain import explain_traces
    from tf1_recipes.traces.explain.text import explanation_text
    explanation = explain_traces(stored, obtained, compare_traces(stored, obtained, tolerance))
    if not explanation.diagnoses:
        return []
    return ["", "Why they differ (A is the stored trace, B the obtained one):",
            *explanation_text(explanation)[1:]]


def _outdated(path, obtained):
    from tf1_recipes.traces import TraceError
    from tf1_recipes.traces.regression import regression_report
    try:
        with _open(path) as stored:
            return regression_report(stored, obtained) != ""
    except TraceError:
        return True


@contextlib.contextmanager
def _open(path):
    from tf1_recipes.traces import open_trace
    trace = open_trace(path)
    try:
        yield trace
    finally:
        if hasattr(trace, "close"):
            trace.close()


def _opened(trace, opened):
    """Returns a trace, and the path of its file if it was given as one.

    Args:
        trace: a trace or a path.
        opened: `contextlib.ExitStack`, closes what is opened here.
    """
    from tf1_recipes.errors import Error
    from tf1_recipes.recording.session_tap import place_of
    if hasattr(trace, "numbers"):
        return trace, getattr(trace, "path", None)
    path = trace if isinstance(trace, (str, os.PathLike)) else getattr(trace, "path", None)
    if path is None:
        raise Error("%r is neither a trace nor the path of one" % (trace,))
    path = place_of(os.fspath(path))
    return opened.enter_context(_open(path)), path


def _refuse_stored(stem, obtained_path):
    """Raises an `Error` if the trace that a test gives is the file that it is compared to."""
    from tf1_recipes.errors import Error
    from tf1_recipes.recording.session_tap import clash
    from tf1_recipes.traces.outputs import TRACE_ENDINGS
    if obtained_path and clash([stem + ending for ending in TRACE_ENDINGS], [obtained_path]):
        raise Error("%s is the stored trace of this test itself: give it the one that the test "
                    "records" % obtained_path)


def _file_name(node):
    """``TestClass.test_function-parameters``, with characters that suit file names."""
    classes = [each.name for each in node.listchain() if isinstance(each, pytest.Class)]
    name = ".".join([*classes, getattr(node, "originalname", None) or node.name])
    if not hasattr(node, "callspec"):
        return name
    parameters = node.callspec.id
    plain = re.sub(r"[^\w.-]", "_", parameters)[:80]
    if plain != parameters:  # Two with the same plain name must not share a file.
        plain += "-%08x" % zlib.crc32(parameters.encode())
    return "%s-%s" % (name, plain)
