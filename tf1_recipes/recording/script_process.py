"""The process of a recorded script, and the signals that are meant for it.

Ctrl-C reaches the whole group of processes, so the script too; a SIGINT that was sent to the
recorder alone does not. Nothing tells the recorder which it was, and a script that is saving its
weights after Ctrl-C must not be interrupted again. So another process of the group waits beside the
script: if a SIGINT ends that one, it has reached the script.
"""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Any, Dict, List, Sequence


def run_script(command: List[str], descriptors: Sequence[int]) -> int:
    """Runs a command with our output; a SIGTERM or SIGINT to us ends it, too.

    Args:
        command: list of str.
        descriptors: of open files that it inherits.

    Returns:
        int, its exit status; 128 + the signal's number if a signal killed it.
    """
    if threading.current_thread() is not threading.main_thread():  # only it may set handlers
        return _status(subprocess.Popen(command, env=environment(), pass_fds=descriptors))
    started, early = [], []
    previous: Dict[int, Any] = {}

    def hand_on(number, _):
        early.append(number)
        for child in started:
            child.send_signal(number)

    def hand_on_interrupt(number, frame):
        if not (started and witness.was_interrupted()):
            hand_on(number, frame)

    with contextlib.closing(_Witness()) as witness:
        try:
            # Before the script starts, so that none is left running; not ignored, since it would
            # inherit that.
            for number, handler in ((signal.SIGINT, hand_on_interrupt), (signal.SIGTERM, hand_on)):
                if signal.getsignal(number) != signal.SIG_IGN:
                    previous[number] = signal.signal(number, handler)
            child = subprocess.Popen(command, env=environment(), pass_fds=descriptors)
            started.append(child)
            for number in early:
                child.send_signal(number)
            return _status(child)
        finally:
            for handled, before in previous.items():
                signal.signal(handled, before or signal.SIG_DFL)  # None is one of C's


def _status(child):
    status = child.wait()
    return status if status >= 0 else 128 - status


class _Witness:
    """A process of our group that does nothing until it is interrupted, or we end."""

    def __init__(self) -> None:
        self._start()

    def _start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def was_interrupted(self) -> bool:
        """Whether it was; it starts anew then."""
        try:
            self._process.wait(1)  # second: a signal reaches one process after the other
        except subprocess.TimeoutExpired:
            return False
        self.close()
        self._start()
        return True

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


def environment() -> Dict[str, str]:
    """Returns our environment, without what TensorFlow put there and 1.15 would read."""
    environment = dict(os.environ)
    if "tensorflow" in sys.modules:
        environment.pop("TF2_BEHAVIOR", None)
    return environment
