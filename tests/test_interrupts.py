"""Interrupts while a step is written: at every line of it, not at random moments.

A tracer counts the lines of this package's file writing that are run, and raises a signal, or an
exception out of nowhere, at the k-th: for every k that there is.
"""
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.errors import Error
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.session_tap import HELD_SIGNALS, HeldInterrupts, TapError, TraceFile
from tf1_recipes.traces import recorded_file, trace_writer

USUAL = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1,
         signal.SIGUSR2]
FILES = [module.__file__ for module in (session_tap, trace_writer, recorded_file)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Ended(BaseException):
    """What the handlers below raise, as that of Ctrl-C raises KeyboardInterrupt."""


@pytest.fixture
def handlers():
    """Every signal that is held has a handler that raises."""
    def end(number, frame):
        raise Ended(number)
    before = {number: signal.signal(number, end) for number in HELD_SIGNALS}
    yield end
    for number, handler in before.items():
        signal.signal(number, handler)


class AtLine:
    """Does something at the k-th line that is run in the files, while its block runs."""

    def __init__(self, number, act, names=None):
        self.left, self.act, self.names = number, act, names

    def _line(self, frame, event, _):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.act()
        return self._line

    def _call(self, frame, event, _):
        code = frame.f_code
        return self._line if code.co_filename in FILES and (
            not self.names or code.co_name in self.names) else None

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)


def training(path, at_line, returned):
    """Four steps; after each that returned, its number is noted. The third is interrupted."""
    arrays = {"w": np.arange(3.0), "b": np.float32(1)}
    with traces.writer(path) as t:
        for number in (1, 2):
            t.step(arrays)
            returned.append(number)
        with at_line:
            t.step(arrays)
            returned.append(3)
        t.step(arrays)
        returned.append(4)


def numbers_read(path):
    """The steps of the file under its name, or else of the partial one; every array is read."""
    archive = path + ".npz" * path.endswith(".json")
    found = [each for each in {path, archive, archive + ".partial"} if os.path.exists(each)]
    assert len(found) == 1 and os.listdir() == found
    trace = traces.open_trace(found[0])
    for step in trace:
        assert step.arrays("variables")["w"].tolist() == [0.0, 1.0, 2.0]
    return trace.numbers


def every_line(path, act, check, names=None):
    """Runs the training with every line interrupted in turn; returns how many there are."""
    number = 0
    while True:
        number += 1
        returned, at_line = [], AtLine(number, act, names)
        with contextlib.suppress(Ended):
            training(path, at_line, returned)
        if at_line.left > 0:
            return number - 1
        check(returned)
        for each in os.listdir():
            os.remove(each)


@pytest.mark.parametrize("path", ["port.npz", "port.json"])
@pytest.mark.parametrize("numbers", [[each] for each in USUAL] + [
    [each for each in HELD_SIGNALS if each not in USUAL]], ids=str)
def test_a_signal_at_any_line_of_a_step_loses_nothing(handlers, numbers, path):
    """Each of the usual ones at each line; the others take turns."""
    written, turns = [], itertools.cycle(numbers)

    def check(returned):
        read = numbers_read(path)
        assert read[:len(returned)] == returned and len(read) <= len(returned) + 1
        written.append(len(read))
        assert not HeldInterrupts._held
        for each in HELD_SIGNALS:
            with pytest.raises(Ended):
                signal.raise_signal(each)
        if numbers == [signal.SIGINT]:
            assert {signal.getsignal(each) for each in HELD_SIGNALS} == {handlers}

    assert every_line(path, lambda: signal.raise_signal(next(turns)), check) > 100
    # Before a step is begun it is not written; once it is, it is whole.
    assert set(written) == {2, 3}
    # (Which are held is set one after the other, so that turns may differ.)
    assert written == sorted(written) or len(numbers) > 1


def test_an_exception_at_any_line_of_the_file_damages_nothing():
    """Such as another thread may raise in this one: nothing holds it."""
    def fail():
        raise Ended

    def check(returned):
        assert set(returned) <= set(numbers_read("port.npz"))

    writing = ["_step", "_add", "_header", "_go_back", "_write", "_flush", "_write_all"]
    assert every_line("port.npz", fail, check, writing) > 40


def test_a_file_that_fails_while_a_step_is_written_is_cut_back(tmp_path):
    """An array that cannot be written after one that could: the next step follows the last one."""
    class Broken:
        dtype = np.dtype("float32")

        @property
        def flags(self):
            raise RuntimeError("no memory")

    file = TraceFile("t.npz", {})
    file.step(0, [("variables", "w", np.ones(3))], {})
    with pytest.raises(RuntimeError):
        file.step(1, [("variables", "w", np.ones(500000)), ("variables", "b", Broken())], {})
    file.step(2, [("variables", "w", np.zeros(3))], {})
    file.close({})
    assert [step.number for step in traces.open_trace("t.npz")] == [0, 2]
    with np.load("t.npz", allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["0/step.json", "0/variables/w", "2/step.json",
                                        "2/variables/w", "end.json", "manifest.json"]


FORKED = """
    import gc, os, sys
    from tests.test_interrupts import AtLine, numbers_read, training
    gc.freeze()  # what is there now, no child has to go through at its end

    def fork():
        reads, writes = os.pipe()
        pid = os.fork()
        if pid:
            os.close(reads)
            children.append((pid, writes))
            return wait_for_it() if sys.argv[1] == "before" else None
        sys.settrace(None)
        os.close(writes)
        if sys.argv[1] == "after":
            os.read(reads, 1)  # until the other one has closed it
        sys.exit(0)

    def wait_for_it():
        pid, writes = children.pop()
        os.close(writes)
        assert os.waitpid(pid, 0)[1] == 0

    for number in range(1, 1000, 4):  # A fork takes a while.
        children, at_line = [], AtLine(number, fork)
        training("port.npz", at_line, [])
        if at_line.left > 0:
            break
        if children:
            wait_for_it()
        assert numbers_read("port.npz") == [1, 2, 3, 4], number
        os.remove("port.npz")
    print(number)
    """


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("ends", ["before", "after"])
def test_a_child_that_is_forked_at_the_lines_of_a_step_writes_nothing(ends):
    """It ends as a program does, before the others go on or when they are done, and has a copy of
    all that was not yet written."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORKED), ends], capture_output=True, text=True,
        env=dict(os.environ, PYTHONPATH=str(Path(__file__).parents[1])))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


# --- Closing from within ---


@pytest.mark.parametrize("path", ["port.npz", "port.json"])
def test_what_interrupts_a_step_may_close_the_file(path):
    """As the handler of a signal that is not held may, or the end of an object: no deadlock, and
    the file is whole, with the step or without it."""
    seen = set()
    for number in range(1, 1000):
        if os.path.exists(path):
            os.remove(path)
        writer = traces.writer(path)
        for _ in range(2):
            writer.step({"w": np.arange(3.0)})
        at_line = AtLine(number, writer.close)
        with contextlib.suppress(Error), at_line:
            writer.step({"w": np.arange(3.0)})
        if at_line.left > 0:
            writer.close()
            break
        writer.close()
        steps = numbers_read(path)
        assert steps in ([1, 2], [1, 2, 3])
        seen.add(len(steps))
    assert number > 100 and seen == {2, 3}


def test_a_step_within_a_step_is_refused_and_nothing_is_damaged():
    arrays = [("variables", "w", np.arange(3.0))]
    refused = 0
    for number in range(1, 1000):
        file = TraceFile("port.npz", {})
        file.step(0, arrays, {})
        at_line = AtLine(number, lambda file=file: file.step(1, arrays, {}), ["_step", "_add"])
        try:
            with at_line:
                file.step(2, arrays, {})
        except TapError as error:
            assert str(error).startswith("step 1 is refused: it interrupts another step that is "
                                         "being written into ")
            refused += 1
        file.close({})
        found = traces.open_trace("port.npz").numbers
        os.remove("port.npz")
        if at_line.left > 0:
            break
        assert found in ([0], [0, 2])
    assert refused > 20


ENDED = """
    import os, signal, sys, numpy as np
    from tf1_recipes import traces
    from tests.test_interrupts import numbers_read

    def end_while_writing(number):
        t = traces.writer("run.npz")
        def end(*_):
            t.close()
            os._exit(7)
        signal.signal(number, end)
        class Raising(np.ndarray):
            def numpy(self):
                os.kill(os.getpid(), number)
                return np.asarray(self)
        t.step({"w": np.arange(3.0)})
        t.step({"w": np.arange(3.0).view(Raising)})

    for number in sorted(set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}):
        pid = os.fork()
        if not pid:
            end_while_writing(number)
            os._exit(0)
        status = os.waitpid(pid, 0)[1]
        assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 7, number
        assert numbers_read("run.npz")[:1] == [1], number
        os.remove("run.npz")
        print(int(number))
    """


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_handler_of_any_signal_may_close_the_file_and_end_the_process():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ENDED)], capture_output=True, text=True, timeout=60,
        env=dict(os.environ, PYTHONPATH=str(Path(__file__).parents[1])))
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) > 25


# --- Holding ---


def test_each_signal_that_was_heard_is_answered_once_at_the_end():
    heard = []
    before = {number: signal.signal(number, lambda number, _: heard.append(number))
              for number in (signal.SIGTERM, signal.SIGUSR1)}
    try:
        with HeldInterrupts():
            with HeldInterrupts():
                signal.raise_signal(signal.SIGUSR1)
                signal.raise_signal(signal.SIGUSR1)
                signal.raise_signal(signal.SIGTERM)
            assert heard == []
        assert sorted(heard) == sorted([signal.SIGTERM, signal.SIGUSR1])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_all_are_answered_and_put_back_though_each_raises(handlers):
    with pytest.raises(Ended) as raised, HeldInterrupts():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert {raised.value.args[0], raised.value.__context__.args[0]} == {
        signal.SIGINT, signal.SIGTERM}
    assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM) is handlers


def test_an_error_in_the_block_is_not_lost_in_an_interrupt(handlers):
    with pytest.raises(Ended) as raised, HeldInterrupts():
        signal.raise_signal(signal.SIGINT)
        raise ValueError("of the block")
    assert str(raised.value.__context__) == "of the block"


def test_signals_without_a_handler_are_left_alone():
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        with HeldInterrupts():
            assert signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_elsewhere_than_in_the_main_thread_nothing_is_held(handlers):
    found = []

    def look():
        with HeldInterrupts():
            found.append(signal.getsignal(signal.SIGINT))
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [handlers]
