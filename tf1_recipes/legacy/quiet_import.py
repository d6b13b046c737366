"""Importing TensorFlow without what its libraries log while they are loaded.

That goes to file descriptor 2 by itself, before any setting of TensorFlow's counts.
"""
import contextlib
import os
import re
import sys
import tempfile

# A line of absl's log, such as "I0000 00:00:1700000000.000000    1 port.cc:153] oneDNN ...".
_LOGGED = re.compile(rb"[IWE]\d{4} \d\d:\d\d:|WARNING: All log messages before absl|"
                     rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] ")


@contextlib.contextmanager
def without_log():
    """While it lasts, lines of TensorFlow's log are dropped; all else appears when it ends."""
    try:
        descriptor = sys.__stderr__.fileno()
        kept = os.dup(descriptor)
    except (AttributeError, OSError, ValueError):  # there is none
        yield
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)
        try:
            yield
        finally:
            sys.__stderr__.flush()
            os.dup2(kept, descriptor)
            os.close(kept)
            file.seek(0)
            rest = b"".join(line for line in file if not _LOGGED.match(line))
            while rest:
                rest = rest[os.write(descriptor, rest):]


class QuietImport:
    """A finder for ``sys.meta_path``, to stand first: imports one module `without_log`."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1:]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                break
        else:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            with without_log():
                execute(module)
        spec.loader.exec_module = exec_module
        return spec
