"""Files that are written beside their place first, and get their name once they are whole.

A draft is called ``<path>.partial`` and locked while it is written. What a killed process left of
one is taken up by the next, which writes it anew; who comes while another one is at it waits.
"""
import contextlib
import io
import os

from tf1_recipes.errors import Error
from tf1_recipes.session_tap import PARTIAL_SUFFIX, is_open_as, place_of

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be replaced.
    fcntl = None


@contextlib.contextmanager
def draft(path, mode="w", **options):
    """Opens a file to be written; at the end of the block it replaces the one called ``path``.

    Where the block fails, or is interrupted, the draft is removed and ``path`` is as it was.

    Args:
        path: str.
        mode: ``"w"`` for text in UTF-8, ``"wb"`` for bytes.
        options: for `open`.

    Yields:
        The open file.

    Raises:
        Error: it cannot be written.

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
                    os.replace(place + PARTIAL_SUFFIX, place)
            except BaseException:
                _remove(descriptor, place + PARTIAL_SUFFIX)
                raise
        if not fcntl:
            os.replace(place + PARTIAL_SUFFIX, place)
    except OSError as error:
        raise Error("cannot write %s: %s" % (path, error.strerror)) from None


def open_draft(path):
    """Returns the descriptor of an empty, locked ``<path>.partial``; waits for who is at it.

    Raises:
        OSError: it cannot be made.
    """
    partial = path + PARTIAL_SUFFIX
    while True:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        if fcntl:
            with contextlib.suppress(OSError):  # A file system without locks.
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        if is_open_as(descriptor, partial):
            os.ftruncate(descriptor, 0)
            return descriptor
        os.close(descriptor)  # It has got its name meanwhile.


def _remove(descriptor, partial):
    if is_open_as(descriptor, partial):
        with contextlib.suppress(OSError):
            os.remove(partial)
