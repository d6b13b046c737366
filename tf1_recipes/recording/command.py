"""``tf1-recipes record``: runs a script under any interpreter, with the session tap attached.

This process makes the partial file and locks it; the script's inherits it, open and locked. So a
second recording to the same file is refused as long as either of them lives, and only what the
script of this recording left is ever finished here.
"""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import List, Optional

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.legacy import eras, recorded, settings
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.script_process import run_script
from tf1_recipes.requirements import need_python_3_10
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.files import finish, open_trace
from tf1_recipes.traces.outputs import archive_of
from tf1_recipes.traces.recorded_file import ClaimedRecording, convert
from tf1_recipes.traces.trace import counted, initial_values
from tf1_recipes.untrusted.patterns import check_variables
from tf1_recipes.untrusted.visible import say

# Whether it is a Python, and one that no TensorFlow 1 ever ran on.
_QUESTION = "import sys; print(3 * 37); print(sys.version_info >= (3, 10))"


def record(script: str, arguments: List[str], out: str, python: Optional[str] = None,
           every: int = 1, variables: Optional[str] = None, init_from: Optional[str] = None,
           feeds_from: Optional[str] = None) -> int:
    """Runs a script unmodified and writes the trace of what it trains.

    Args:
        script: str, the path of a Python file.
        arguments: list of str, the script's ``sys.argv[1:]``.
        out: str, the trace: ``.npz``, or ``.json`` for one that people read.
        python: str, the interpreter, from Python 2.7 with TensorFlow 0.12 to today's; by default
            this one, where the script finds the TF1 API under ``tensorflow``.
        every: int, record each ``every``-th step only.
        variables: str, a pattern: only the variables whose names it matches.
        init_from: str, a trace whose initial values replace those of the script's initialisers.
        feeds_from: str, a trace whose feeds replace the script's of the same names, step by step.

    Returns:
        int, the script's exit status (128 + the signal's number if a signal killed it); 1 if the
        script succeeded but trained nothing.

    Raises:
        Error: a file or the interpreter is missing or unusable; the trace would overwrite the
            script or an input; another recording into it is under way.
    """
    program = check_request(script, python, every, variables)
    archive = archive_of(out)
    inputs = [script, init_from, feeds_from, python, *session_tap.values_among(arguments)]
    with tempfile.TemporaryDirectory() as folder, ClaimedRecording(
            out, [each for each in inputs if each is not None]) as claimed:
        command = [python or sys.executable, program, "--out", session_tap.place_of(archive),
                   "--every", str(every)]
        if variables is not None:
            command += ["--variables", variables]
        if init_from is not None:
            command += ["--initial", initial_file(init_from, folder)]
        if feeds_from is not None:
            command += ["--feeds", feeds_file(feeds_from, folder)]
        status = run_script([*command, "--claimed", str(claimed.descriptor), script, *arguments],
                            claimed.handed_on)
        if claimed.is_at(archive + session_tap.PARTIAL_SUFFIX):
            finish(archive, {"exit_status": status, "killed": True})
        if not claimed.is_at(archive):
            if status == 0:
                say("nothing was recorded: no Session.run of %s changed a variable%s" % (
                    script, " that %r matches" % variables if variables else ""))
            return status or 1
        return _report(script, out, archive, status, init_from, feeds_from)


def _report(script, out, archive, status, init_from, feeds_from):
    trace = NpzTrace(archive)
    names = {name for number in (trace.numbers[0], trace.numbers[-1])
             for kind, name in trace[number].tensors if kind == "variables"}
    for name, why in sorted(trace.end.get("not_recorded", {}).items()):
        say("variable %r is not in the trace: %s" % (name, why))
    for note in trace.end.get("notes", []):
        say(note)
    if init_from is not None and "initial_values_from_trace" in trace.end:
        taken = trace.end["initial_values_from_trace"]
        missing = _names(trace.end["initial_values_not_in_trace"], taken)
        if not taken:
            os.remove(archive)
            say("--init-from %s: it has none of the variables that %s initialises: %s" % (
                init_from, script, ", ".join(missing) or "there are none"))
            return status or 1
        say("%s taken from %s%s" % (
            counted(len(taken), "initial value"), init_from,
            "; it has none for " + ", ".join(missing) if missing else ""))
    if feeds_from is not None and "feeds_from_trace" in trace.end:
        replayed = trace.end["feeds_from_trace"]
        if not replayed["steps"]:
            os.remove(archive)
            say("--feeds-from %s: no step of %s was fed what it holds: %s; the script feeds %s" % (
                feeds_from, script, ", ".join(replayed["names"]),
                ", ".join(sorted(replayed["in_script"])) or "nothing in those steps"))
            return status or 1
        for line in _about_feeds(replayed, feeds_from):
            say(line)
    steps = sum(not step.facts.get("initial") for step in trace)
    if out != archive:
        convert(archive, out)
    say("%s of %s recorded in %s%s" % (
        counted(steps, "step"), counted(len(names), "variable"), out,
        " before the script was killed" if trace.end.get("killed") else ""))
    trace.close()
    return status


def _names(keys, others):
    """The variables of `initial_values`' keys; their sessions, too, if there is more than one."""
    several = len({key.partition("/")[0] for key in keys + others}) > 1
    names = []
    for key in keys:
        session, _, name = key.partition("/")
        name, _, again = name.partition("#")
        names.append(name + " (initialised again)" * bool(again)
                     + (" of session %s" % session) * several)
    return names


def _about_feeds(replayed, feeds_from):
    """Yields lines on the feeds of a trace. Anything not replayed is reported."""
    yield "feeds of %s taken from %s" % (counted(replayed["steps"], "step"), feeds_from)
    for which, where in (("in_script", "by the script only: its own numbers are kept"),
                         ("in_trace", "in %s alone" % feeds_from)):
        for name, (steps, first) in sorted(replayed[which].items()):
            yield "%r was fed %s: %s, from step %d on" % (
                name, where, counted(steps, "step"), first)
    if replayed["ran_out"] is not None:
        yield "the feeds of %s ran out: from step %d on the script's own are used" % (
            feeds_from, replayed["ran_out"])
    if replayed["steps_left"]:
        yield "%s of %s with feeds come after the script's last one" % (
            counted(replayed["steps_left"], "step"), feeds_from)


def check_request(script: str, python: Optional[str] = None, every: int = 1,
                  variables: Optional[str] = None, option: str = "--python") -> str:
    """Checks a request before the script is run.

    Args:
        option: str, the option that named the interpreter.

    Returns:
        str, the path of the program that records with that interpreter.

    Raises:
        Error: there is no such script or interpreter, or an option is wrong.
    """
    if not os.path.isfile(script):
        raise Error("there is no script %s" % script)
    settings.check()
    if settings.as_of():
        eras.era_of(settings.as_of())
    if every < 1:
        raise Error("--every %d: it must be >= 1" % every)
    check_variables(variables)
    if python is None and script.endswith(".ipynb"):
        need_python_3_10("record of a notebook")
    if python is not None:
        if script.endswith(".ipynb"):
            raise Error("%s %s: another interpreter runs scripts only: convert %s with `jupyter "
                        "nbconvert --to script`" % (option, python, script))
        try:
            answer = subprocess.run([python, "-c", _QUESTION], capture_output=True, text=True)
        except OSError as error:
            raise Error("%s %s cannot be run: %s" % (option, python, error.strerror)) from None
        words = answer.stdout.split()
        if words[:1] != ["111"]:
            raise Error("%s %s is not a Python interpreter" % (option, python))
        if words[1:] == ["False"]:
            return session_tap.__file__
    elif sys.version_info < (3, 10):
        return session_tap.__file__
    return recorded.__file__


def initial_file(path: str, folder: str) -> str:
    """Writes the initial values of a trace into a file for ``--initial``; returns its path.

    Raises:
        Error: it holds none.
    """
    values = initial_values(open_trace(path))
    if not values:
        raise Error("--init-from %s: the trace holds no initial values" % path)
    file = os.path.join(folder, "initial.npz")
    np.savez(file, **values)
    return file


def feeds_file(path: str, folder: str) -> str:
    """Returns the path of an archive with the feeds of a trace, for ``--feeds``.

    Raises:
        Error: it holds none.
    """
    trace = open_trace(path)
    if not any(kind == "feeds" for step in trace for kind, _ in step.tensors):
        raise Error("--feeds-from %s: the trace holds no feeds" % path)
    file = os.path.join(folder, "feeds.npz")
    copy = session_tap.TraceFile(file, {})
    for step in trace:  # one at a time, and each checksum verified
        copy.step(step.number, [("feeds", name, array)
                                for name, array in step.arrays("feeds").items()], {})
    copy.close({})
    return file
