"""Files that are written beside their place first, and renamed once they are complete.

A draft is called ``<path>.tf1_recipes_draft``, like no user's file and no recording, and is locked
while it is written. A draft that a killed process left is used again by the next writer; one that
another process has locked is waited for, a minute at most.
"""
from __future__ import annotations

import contextlib
import io
import os
import time
from typing import IO, Any, Iterator

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import TapError, is_open_as, open_own, place_of

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be replaced.
    fcntl = None  # type: ignore[assignment]

DRAFT_SUFFIX = ".tf1_recipes_draft"
_PATIENCE = 60.0  # seconds, for another process; a stopped one would hold the lock for ever


@contextlib.contextmanager
def draft(path: str, mode: str = "w", **options: Any) -> Iterator[IO[Any]]:
    """Opens a file to be written; at the end of the block it replaces the one called ``path``.

    Where the block fails, or is interrupted, the draft is removed and ``path`` is as it was.

    Args:
        path: str.
        mode: ``"w"`` for text in UTF-8, ``"wb"`` for bytes.
        options: for `open`.

    Yields:
        The open file.

    Raises:
        Error: it cannot be written, or is locked by another process.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.txt")
    >>> with draft(path) as file:
    ...     _ = file.write("whole"), os.path.exists(path)
    >>> open(path).read(), os.listdir(os.path.dirname(path))
    ('whole', ['a.txt'])
    """
    if "b" not in mode:
        options.setdefault("encoding", "utf-8")
    place = place_of(path)
    try:
        descriptor = open_draft(place)
        with io.open(descriptor, mode, **options) as file:
            try:
                yield file
                file.flush()
                if fcntl:  # Before the lock goes: else another one would empty it in between.
                    _replace(descriptor, place)
            except BaseException:
                _remove(descriptor, place + DRAFT_SUFFIX)
                raise
        if not fcntl:
            os.replace(place + DRAFT_SUFFIX, place)
    except TapError as error:
        raise Error("cannot write %s: %s" % (path, error)) from None
    except OSError as error:
        raise Error("cannot write %s: %s" % (path, error.strerror)) from None


def open_draft(path: str) -> int:
    """Returns the descriptor of an empty, locked draft of a file; waits for another process's lock.

    Raises:
        TapError: it is a link, or another process has had it locked for a minute.
        OSError: it cannot be made.
    """
    draft_path = path + DRAFT_SUFFIX
    deadline = time.monotonic() + _PATIENCE
    while True:
        descriptor = open_own(draft_path)
        try:
            _lock(descriptor, draft_path, deadline)
            if is_open_as(descriptor, draft_path):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # It was renamed in the meantime.


def _lock(descriptor, draft_path, deadline):
    while fcntl:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TapError("%s has been locked by another process for %d seconds; wait for "
                               "it, or end it" % (draft_path, _PATIENCE)) from None
            time.sleep(0.02)  # There is no lock with a time limit.
        except OSError:  # A file system without locks.
            return


def _replace(descriptor, place):
    if not is_open_as(descriptor, place + DRAFT_SUFFIX):
        raise Error("cannot write %s: %s was moved, deleted or replaced meanwhile" % (
            place, place + DRAFT_SUFFIX))
    os.replace(place + DRAFT_SUFFIX, place)


def _remove(descriptor, draft_path):
    if is_open_as(descriptor, draft_path):
        with contextlib.suppress(OSError):
            os.remove(draft_path)
