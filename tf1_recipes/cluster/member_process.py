"""A member's process, which leads a session of its own: signals reach it through us alone."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import IO, Dict, List, Optional


class MemberProcess:
    """Starts it, with nothing to read and with pipes for what it prints.

    Args:
        command: list of str.
        environment: dict.

    Attributes:
        status: int, its exit status, 128 + the signal's number if one killed it; None while it
            runs.
        outputs: its stdout and stderr, as files of bytes that do not block.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: List[str], environment: Dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)
        self.status: Optional[int] = None
        self.outputs: List[IO[bytes]] = [
            each for each in (self._process.stdout, self._process.stderr) if each is not None]
        for each in self.outputs:
            os.set_blocking(each.fileno(), False)

    def ended(self) -> bool:
        """Whether it has ended; what is left of its process group is killed then."""
        if self.status is None and os.waitid(
                os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            # Before it is waited for: nobody else can have its number until then.
            self._signal_group(signal.SIGKILL)
            status = self._process.wait()
            self.status = status if status >= 0 else 128 - status
        return self.status is not None

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends, to its whole group, as a terminal does."""
        if not self.ended():
            self._signal_group(signal.SIGINT)

    def send_signal(self, number: int) -> None:
        """Sends a signal to the member, not to what it started, as ``kill`` does."""
        if not self.ended():
            self._process.send_signal(number)

    def kill(self) -> None:
        """Kills it and all of its group, and waits until it has ended."""
        if not self.ended():
            self._signal_group(signal.SIGKILL)
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            self.ended()

    def close(self) -> None:
        """Closes the pipes."""
        for each in self.outputs:
            each.close()

    def _signal_group(self, number):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # a group of zombies: macOS
            os.killpg(self._process.pid, number)
