"""What members print: shown line by line behind the member's name, and kept in a log of its own."""
from __future__ import annotations

import os
import selectors
import shutil
import sys
from typing import IO, Any, Dict, List, Optional

_MOST = 1 << 16  # bytes read at once


class Output:
    """Reads the pipes of all members.

    Args:
        width: int, of the longest name.
        logs: str, an existing folder for the logs, or None.
    """

    def __init__(self, width: int, logs: Optional[str] = None) -> None:
        self._width = width
        self._logs = logs
        self._files: Dict[str, IO[bytes]] = {}
        self._selector = selectors.DefaultSelector()

    def add(self, title: str, file_name: str, pipes: List[IO[bytes]]) -> None:
        """Adds the stdout and stderr of a member; a later start of it goes on in the same log."""
        if self._logs is not None and title not in self._files:
            self._files[title] = open(  # noqa: SIM115 (closed by `close`)
                os.path.join(self._logs, file_name + ".log"), "wb")
        for pipe, stream in zip(pipes, (sys.stdout, sys.stderr)):
            self._selector.register(pipe, selectors.EVENT_READ, _Lines(title, stream))

    def read(self, seconds: float) -> bool:
        """Shows what comes within so many seconds; returns whether something came."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            data = _read(key.fileobj)
            if data:
                if key.data.title in self._files:
                    self._files[key.data.title].write(data)
                    self._files[key.data.title].flush()
                self._show(key.data, key.data.whole_lines(data))
            elif data is not None:
                self._end(key)
        return bool(ready)

    def drain(self, pipes: List[IO[bytes]]) -> None:
        """Shows what is left in the pipes of a member that has ended."""
        while any(pipe in self._selector.get_map() for pipe in pipes) and self.read(0):
            pass
        for pipe in pipes:
            if pipe in self._selector.get_map():  # held open by what it started
                self._end(self._selector.get_key(pipe))

    def close(self) -> None:
        """Closes the logs."""
        self._selector.close()
        for file in self._files.values():
            file.close()

    def _end(self, key):
        self._selector.unregister(key.fileobj)
        self._show(key.data, [key.data.rest] if key.data.rest else [])
        key.data.rest = b""

    def _show(self, lines, found):
        room = _columns(lines.stream) - self._width - 3
        for line in found:
            text = line.decode("utf-8", "replace")
            for start in range(0, max(len(text), 1), room):
                print("%-*s | %s" % (self._width, lines.title, text[start:start + room]),
                      file=lines.stream, flush=True)


class _Lines:
    """The lines of one pipe; `rest` is the beginning of one that is not whole yet."""

    def __init__(self, title: str, stream: Any) -> None:
        self.title, self.stream, self.rest = title, stream, b""

    def whole_lines(self, data: bytes) -> List[bytes]:
        *whole, self.rest = (self.rest + data).split(b"\n")
        return whole


def _read(pipe):
    try:
        return os.read(pipe.fileno(), _MOST)
    except BlockingIOError:
        return None


def _columns(stream):
    """The columns of a terminal; into a file lines go as they are."""
    return max(shutil.get_terminal_size().columns, 40) if stream.isatty() else sys.maxsize
