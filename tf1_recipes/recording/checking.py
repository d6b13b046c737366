"""``tf1-recipes run --check-against PYTHON``: a script on a genuine release and here, compared.

Both run in the current folder, one after the other, the genuine one first. The second
run finds the files that the first one leaves there, such as checkpoints, so these are listed. Both
are recorded.
"""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Dict, List, Optional

from tf1_recipes.colour import marked
from tf1_recipes.errors import Error
from tf1_recipes.legacy import eras, other_releases, recorded, settings
from tf1_recipes.recording import command as recording
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.printed_numbers import compare_printed
from tf1_recipes.recording.script_process import environment
from tf1_recipes.traces.compare import compare_traces
from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.report import text_report
from tf1_recipes.traces.trace import counted

RTOL = 1e-3


class Run:
    """One run of the script.

    Attributes:
        status: int, its exit status.
        printed: str, what it printed.
        said: str, what it wrote to stderr.
        trace: str, the path of its trace, or None if no variable changed.
    """

    def __init__(self, title: str, python: str, program: str, command: List[str], trace: str,
                 more: Optional[Dict[str, str]] = None) -> None:
        self.title = title
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            self.status = subprocess.call(
                [python, program, "--out", trace, *command], stdout=out, stderr=err,
                stdin=subprocess.DEVNULL, env=dict(environment(), **more or {}))
            self.printed, self.said = (_text(file) for file in (out, err))
        if os.path.exists(trace + session_tap.PARTIAL_SUFFIX):
            recording.finish(trace, {"exit_status": self.status, "killed": True})
        self.trace = trace if os.path.exists(trace) else None


def check(python: str, script: str, arguments: List[str], rtol: float = RTOL,
          same_start: bool = False) -> int:
    """Runs a script on a genuine release and here, and prints in what they agree.

    Args:
        python: str, the interpreter of the genuine release.
        script: str, a path.
        arguments: list of str.
        rtol: float, by how much numbers may differ, relative to them.
        same_start: bool, the run here starts from the genuine one's initial values.

    Returns:
        int, 0 if the exit status, everything printed and every variable at every step agree,
        else 1.

    Raises:
        Error: the script or the interpreter is unusable, or nothing can be compared.
    """
    other_releases.check_file(script)
    program = recording.check_request(script, python, option="--check-against")
    if not 0 <= rtol < float("inf"):
        raise Error("--rtol %g: it must be a finite number >= 0" % rtol)
    with _no_run_left_behind(), tempfile.TemporaryDirectory() as folder:
        before = _files_here()
        genuine = Run("genuine", python, program, [script, *arguments],
                      os.path.join(folder, "genuine.npz"))
        left = sorted(name for name, state in _files_here().items() if before.get(name) != state)
        command = [script, *arguments]
        if same_start:
            if not genuine.trace:
                raise Error("--same-start: the genuine run trained nothing")
            command = ["--initial", recording.initial_file(genuine.trace, folder), *command]
        here = Run("here", sys.executable, recorded.__file__, command,
                   os.path.join(folder, "here.npz"), _as_of(genuine, python))
        return _report(genuine, here, left, rtol, same_start)


@contextlib.contextmanager
def _no_run_left_behind():
    """While it lasts SIGTERM ends the script that runs, too, as Ctrl-C does by itself."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only it may set handlers
        return
    handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


def _as_of(genuine, python):
    """Returns the setting by which the run here is one of the genuine one's release."""
    if settings.as_of():
        return {}
    if genuine.trace:
        with contextlib.closing(open_trace(genuine.trace)) as trace:
            release = trace.manifest.get("tensorflow", "")
    else:
        answer = subprocess.run([python, "-c", "import tensorflow as t; print(t.__version__)"],
                                capture_output=True, text=True, env=environment())
        release = answer.stdout.strip()
    try:
        eras.era_of(release)
    except Error:
        return {}  # then the script tells it
    return {"TF1_RECIPES_AS_OF": release}


def _report(genuine, here, left, rtol, same_start):
    for run in (genuine, here):
        print("%-8s %s, %s printed, exit status %d" % (
            run.title, _release(run), counted(len(run.printed.splitlines()), "line"), run.status))
        for line in run.said.splitlines():
            if line.startswith("tf1-recipes: "):
                print("         | " + line)
        if run.status:
            for line in run.said.strip().splitlines()[-3:]:
                print("         | " + line)
    if left:
        print("The genuine run left in this folder what the other one found: %s%s" % (
            ", ".join(left[:5]), " and %d more" % (len(left) - 5) if len(left) > 5 else ""))
    verdicts = [genuine.status == here.status, _report_printed(genuine, here, rtol),
                _report_traces(genuine, here, rtol)]
    if same_start:
        print("(Both began with the genuine run's initial values.)")
    print(marked("\nAGREE" if all(verdicts) else "\nDIFFERENT: %s" % ", ".join(
        what for what, agrees in zip(("the exit status", "what is printed", "the variables"),
                                     verdicts) if not agrees)))
    return 0 if all(verdicts) else 1


def _release(run):
    if not run.trace:
        return "not recorded: no variable changed"
    with contextlib.closing(open_trace(run.trace)) as trace:
        return "TensorFlow %s, Python %s" % (
            trace.manifest.get("tensorflow", "?"), trace.manifest.get("python", "?"))


def _report_printed(genuine, here, rtol):
    found = compare_printed(genuine.printed, here.printed, rtol)
    if not found.lines:
        print("\nPrinted: nothing")
        return True
    numbers = "; of their %s the worst differs by %.1e" % (
        counted(found.numbers, "number"), found.worst) if found.numbers else ""
    print("\nPrinted: %s of %s agree within %g%s" % (
        found.lines - len(found.differing), counted(found.lines, "line"), rtol, numbers))
    if found.differing:
        number, a, b = found.differing[0]
        print("  the first that differs is line %d:\n  genuine  %s\n  here     %s" % (
            number, "(nothing more)" if a is None else a, "(nothing more)" if b is None else b))
    return not found.differing


def _report_traces(genuine, here, rtol):
    if not genuine.trace and not here.trace:
        return True
    if not genuine.trace or not here.trace:
        print("\nVariables: only the %s run changed any" % (
            "genuine" if genuine.trace else "other"))
        return False
    with contextlib.closing(open_trace(genuine.trace)) as a, \
            contextlib.closing(open_trace(here.trace)) as b:
        # What is nearly zero is a sum of what is not.
        comparison = compare_traces(a, b, Tolerance(0, rtol, rtol / 10), variables=".*")
        if comparison.agrees:
            print("\nVariables: they agree at all %s within %g (near zero, %g)" % (
                counted(len(a), "step"), rtol, rtol / 10))
        else:
            print("\nVariables:")
            print(marked(text_report(comparison, ("genuine", a), ("here", b))))
        return comparison.agrees


def _files_here():
    """Returns the files of the current folder and those below it, with when they were changed."""
    found = {}
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name))
            with contextlib.suppress(OSError):
                found[path] = os.stat(path).st_mtime_ns
        if len(found) > 10000:
            break
    return found


def _text(file):
    file.seek(0)
    return file.read().decode("utf-8", "replace")
