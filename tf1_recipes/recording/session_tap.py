# -*- coding: utf-8 -*-
"""Watches Session.run: one file for Python 2.7 to 3.13 and TensorFlow 0.12 to 2.x.

It needs the standard library and NumPy only, and runs by itself on a machine of the time:

    python session_tap.py --out run.npz train.py --batch 32

runs ``train.py`` unmodified and records every ``Session.run`` that changes a variable: the
variables after it, the numbers fetched and the numbers fed. Other tools use `Tap` and `attach`.

What counts as a step. Every run goes through ``BaseSession._do_run`` (``InteractiveSession``,
``.eval()``, ``op.run()`` and ``MonitoredSession`` do, callables are led through it). The ancestors
of what is fetched, cached per fetch set, tell which variables the run writes:

* a run that writes nothing is not recorded;
* before a session's first step, runs that only initialise (a variable's own initialiser, or an
  assignment whose value depends on no variable: a restore, a placeholder) are its start, and the
  state that they leave is recorded once, as the step before the first;
* a run that writes only inside a ``tf.cond``, a ``tf.while_loop`` or a function, which may leave
  all as it was, is a step if a value changed;
* every other run that writes is a step.

Steps are numbered through the whole script; each says which session it belongs to. Where threads
train at once, a step's variables are those found right after it, other threads' doings included.
Nothing is added to a graph. Sessions and graphs are not kept alive.
"""
from __future__ import print_function

import argparse
import atexit
import difflib
import errno
import io
import json
import os
import platform
import re
import signal
import stat
import struct
import subprocess
import sys
import threading
import unicodedata
import weakref
import zlib

MISSING = sys.executable + " has no %s: install it there, or name another interpreter"
try:
    import numpy as np
except ImportError:
    if __name__ != "__main__":
        raise
    print("tf1-recipes: " + MISSING % "NumPy", file=sys.stderr)
    sys.exit(2)
try:
    import fcntl
except ImportError:  # Windows: a partial file is nobody's but his who made it.
    fcntl = None

FORMAT = "tf1_recipes trace"
FORMAT_VERSION = 1
PARTIAL_SUFFIX = ".partial"


class TapError(Exception):
    """What was asked of the tap cannot be done; the program prints its text and stops."""


# --- Interrupts -----------------------------------------------------------------------------

# Not the module that Python 3 puts around it, whose enumerations take ten times as long.
_signals = sys.modules.get("_signal", signal)
# All that can be caught, but for what the processor raises, which would come again at once; and the
# real-time signals, too many to ask for at every step. Ctrl-C is the first.
HELD_SIGNALS = [signal.SIGINT] + sorted(
    {getattr(signal, name) for name in dir(signal) if re.match("SIG[A-Z]+[0-9]?$", name)}
    - {getattr(signal, name, None) for name in (
        "SIGINT", "SIGKILL", "SIGSTOP", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGRTMIN",
        "SIGRTMAX")})


class HeldInterrupts(object):
    """A context manager: while its block runs, signals that Python code answers wait for its end.

    A handler, that of Ctrl-C above all, may raise between any two instructions, and would leave a
    step half written. Handlers run in the main thread only: in another one there is nothing to
    hold, nor inside of another such block. A signal without a handler acts at once, as ever.
    """

    _held = False  # by a block of the main thread's
    _handlers = ()

    def __enter__(self):
        if HeldInterrupts._held:
            return self
        self._handlers, self._heard, self._holds = [], {}, True
        try:
            for number in HELD_SIGNALS:
                handler = _signals.getsignal(number)
                if callable(handler):
                    self._handlers.append((number, handler))
                    _signals.signal(number, self._hear)
                    HeldInterrupts._held = True
        except ValueError:  # This is another thread than Python's main one.
            self._handlers = ()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _hear(self, number, frame):
        if self._holds:
            self._heard[number] = frame
        else:  # Another signal's handler raised before this one was put back.
            dict(self._handlers)[number](number, frame)

    def __exit__(self, *_):
        if not self._handlers:
            return
        HeldInterrupts._held = False
        try:
            # Ctrl-C last: once it may raise, nothing is left to be put back.
            _call_all([(_signals.signal, pair) for pair in reversed(self._handlers)])
        finally:
            self._holds = False
            if self._heard:
                _call_all([(handler, (number, self._heard[number]))
                           for number, handler in self._handlers if number in self._heard])


def _call_all(calls):
    """Calls each function with its arguments, whatever another one raises."""
    try:
        calls[0][0](*calls[0][1])
    finally:
        if calls[1:]:
            _call_all(calls[1:])


# --- The file -------------------------------------------------------------------------------


_OPEN = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_IN_THE_WAY = ("%s is in the way: it is a link, has another name as well, or is not a regular "
               "file; move or delete it")


def claim(path):
    """Makes the partial file of a recording, and locks it; one of a dead process without a step is
    taken.

    Whoever holds the lock is still writing: this process, or one that inherited the descriptor.

    Args:
        path: str, the partial file.

    Returns:
        int, its descriptor.

    Raises:
        TapError: a recording is under way there, or was killed and left steps; or it is a link.
        OSError: the file cannot be made.
    """
    while True:
        made = not os.path.lexists(path)
        try:
            descriptor = open_own(path, os.O_CREAT | os.O_EXCL if made else 0)
        except EnvironmentError as error:
            if error.errno == (errno.EEXIST if made else errno.ENOENT) and (
                    made or not os.path.lexists(path)):
                continue  # It came, or went, this moment.
            raise
        problem = _problem_of_claim(descriptor, made)
        if not problem and is_open_as(descriptor, path):
            if not made:
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
            return descriptor
        os.close(descriptor)
        if problem:
            raise TapError("%s exists: a recording into %s %s" % (
                path, path[:-len(PARTIAL_SUFFIX)], problem))


def _problem_of_claim(descriptor, made):
    """Locks a partial file; returns why it is not to be had, or None."""
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unlocked = bool(fcntl)
    except EnvironmentError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return "is under way; wait for it to end, or write into another file"
        unlocked = False  # A file system without locks cannot tell.
    if made or unlocked and _holds_no_step(descriptor):
        return None
    if not unlocked:
        return "is under way or was killed; move or delete it first"
    return "was killed; its whole steps can be read as they are; move or delete it first"


def _holds_no_step(descriptor):
    """Returns whether a file is a recording, or its beginning, that was cut off in its first step.

    In doubt it is not: so the file stays.
    """
    with io.open(os.dup(descriptor), "rb") as file:
        size = os.fstat(descriptor).st_size
        offset = 0
        while True:
            file.seek(offset)
            head = file.read(_HEAD.size)
            if not head.startswith(b"PK\3\4"[:len(head)]):
                return False
            if len(head) < _HEAD.size:
                return True
            fields = _HEAD.unpack(head)
            length, names, extras = fields[7], fields[9], fields[10]
            name, extra = file.read(names), file.read(extras)
            if not offset and not b"manifest.json".startswith(name):
                return False
            if length == 0xFFFFFFFF and len(extra) == 20:
                length = struct.unpack("<HHQQ", extra)[2]
            offset += _HEAD.size + names + extras + length
            if offset > size:
                return True
            if name.endswith(b"/step.json"):
                return False


def open_own(path, flags=os.O_CREAT):
    """Opens a file to be read and written, of this one name: what a link leads to is another's.

    Args:
        path: str.
        flags: int, more of them than those of reading and writing.

    Returns:
        int, the descriptor.

    Raises:
        TapError: it is a symbolic link, has a second name, or is not a regular file.
        OSError: it cannot be opened.
    """
    try:
        descriptor = os.open(path, _OPEN | getattr(os, "O_NOFOLLOW", 0) | flags, 0o666)
    except EnvironmentError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK) and os.path.islink(path):
            raise TapError(_IN_THE_WAY % path)  # noqa: B904 (Python 2 has no `from`)
        raise
    state = os.fstat(descriptor)
    if stat.S_ISREG(state.st_mode) and state.st_nlink <= 1:
        return descriptor
    os.close(descriptor)
    raise TapError(_IN_THE_WAY % path)


def take_over(descriptor, path):
    """Returns the descriptor of a partial file that the calling process claimed for this one.

    Args:
        descriptor: int, as it was inherited, and with it the lock.
        path: str, the partial file, for systems without such locks.
    """
    if not fcntl:
        return os.open(path, _OPEN)
    # What the script starts must not hold the lock when this process has ended.
    fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return descriptor


def clash(outputs, inputs):
    """Returns the first (output, input) that are one file, however it is called or linked, or None.

    Args:
        outputs, inputs: lists of paths; what does not exist clashes with nothing.
    """
    for out in outputs:
        for each in inputs:
            try:
                if os.path.samefile(out, each):
                    return out, each
            except (EnvironmentError, ValueError):  # One does not exist, or no file is called so.
                continue
    return None


def values_among(arguments):
    """Returns what in a script's arguments may be a file.

    That is ``name``, and what it is in ``--data=name``, ``-dname``, ``--dataname``, ``train:name``
    and ``name,other``.
    """
    found = []
    for each in arguments:
        starts = [0] + [match.end() for match in re.finditer("[=,:;]", each)]
        if each.startswith("-"):
            starts += range(1, len(re.split("[=,:;]", each)[0]))
        for start in starts:
            found += [each[start:], re.split("[,:;]", each[start:])[0]]
    return found


def place_of(path):
    """Returns the absolute path of a file, as the system finds it now.

    In ``link/../run.npz`` the two dots lead out of where the link leads; `os.path.abspath`, which
    looks at the text alone, would name another file.
    """
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def is_open_as(descriptor, path):
    """Returns whether a file is at a path still, or again, that is open under a descriptor."""
    return identity_of(path) == identity_of(descriptor)


def identity_of(file):
    """Returns what tells a file, at a path or open under a descriptor, from others; else None."""
    try:
        state = os.fstat(file) if isinstance(file, int) else os.stat(file)
    except EnvironmentError:
        return None
    return state.st_dev, state.st_ino


_LARGE = 1 << 16  # bytes, what is written by itself
_MUCH = 1 << 20  # bytes, of smaller parts, that are written at once
_HEAD = struct.Struct("<4s5HL2L2H")  # of a member of a zip archive


class TraceFile(object):
    """An ``.npz`` archive to which steps are appended, each complete once its last byte is written.

    The members are ``manifest.json``; for every step ``<step>/<kind>/<name>.npy``, with kind one of
    ``variables``, ``fetches`` and ``feeds``, and then ``<step>/step.json``, which says that this
    step is whole and holds a checksum of its members' headers; and ``end.json``. They are stored
    uncompressed, with their sizes and checksums in front of them, so that a file whose writer was
    killed is read by walking it; the zip directory that ``np.load`` wants is written by `close`.
    The archive bears its own name only then.

    An interrupt waits until a step is whole; should anything else leave a part of one, it is cut
    off before the next step, or the end, is written.

    Args:
        path: where the finished file goes; until then it is ``path`` + ``.partial``. What is meant
            is this path now, whatever folder the program changes to.
        manifest: dict, its provenance; read when the first step is written.
        descriptor: int, of the partial file, if it was made by `claim` already.
        suffix: str, what the partial file's name ends in, if it is no recording's.

    Raises:
        TapError: from the constructor, if the partial file is another recording's; from `step`, if
            it cannot be written.
        OSError: from the constructor, if the partial file cannot be made.
    """

    def __init__(self, path, manifest, descriptor=None, suffix=PARTIAL_SUFFIX):
        if descriptor is None:
            descriptor = claim(path + suffix)
        self._start(path, io.open(descriptor, "wb", 0), [], 0, suffix)
        self._manifest = manifest

    def _start(self, path, opened, directory, size, suffix=PARTIAL_SUFFIX):
        self.path = place_of(path)
        self.partial = self.path + suffix
        self._file = opened  # Without a buffer of its own, which a forked child would write, too.
        self._gathered, self._gathered_size = [], 0
        self._directory = directory
        self._offset = size  # where the next byte goes
        steps = sum(name.endswith("/step.json") for name, _, _, _ in directory)
        # Where the last whole step ends, the members up to there, and the steps: one assignment.
        self._whole = size, len(directory), steps
        self._headers = {}
        self._checksum = 0
        # A thread may take it twice: what interrupts a step in it, such as the handler of a signal
        # that is not held, or the end of an object, may close the file.
        self._lock = threading.RLock()
        self._process = os.getpid()

    @property
    def steps(self):
        """How many whole steps it holds."""
        return self._whole[2]

    @classmethod
    def resume(cls, path, members, size):
        """Takes up a partial file whose writer was killed.

        Args:
            path: the name that the finished file is to bear.
            members: list of (name, crc, size, offset), the members of its whole steps.
            size: int, where the last of them ends; what follows is cut off.
        """
        self = cls.__new__(cls)
        self._start(path, io.open(path + PARTIAL_SUFFIX, "r+b", 0), list(members), size)
        self._file.truncate(size)
        self._file.seek(size)
        return self

    def step(self, number, arrays, facts):
        """Appends one step.

        Args:
            number: int.
            arrays: list of (kind, name, array).
            facts: dict, kept as JSON: the session's number, the variables that the run writes.
        """
        if self._lock._is_owned():
            raise TapError("step %d is refused: it interrupts another step that is being written "
                           "into %s" % (number, self.partial))
        with HeldInterrupts(), self._lock:
            if not self._is_open():  # A thread of the script goes on after its end.
                return
            try:
                self._step(number, arrays, facts)
            except Exception as error:
                if not self._is_open():  # What interrupted the step has closed the file.
                    return
                if not isinstance(error, EnvironmentError):
                    raise
                self._give_up()
                raise TapError(  # noqa: B904 (Python 2 has no `from`)
                    "cannot write %s: %s" % (self.partial, error.strerror))

    def _step(self, number, arrays, facts):
        self._go_back()
        if not self._directory:
            self._add("manifest.json", _json_bytes(dict(
                self._manifest, format=FORMAT, format_version=FORMAT_VERSION), indent=1))
        end = "%d/step.json" % number
        self._checksum = zlib.crc32(end.encode("utf-8"))
        for kind, name, array in arrays:
            array = storable(array)
            self._add("%d/%s/%s.npy" % (number, kind, name), self._header(array), _buffer(array))
        self._add(end, _json_bytes(dict(facts, members="%08x" % (self._checksum & 0xFFFFFFFF))))
        self._flush()
        self._whole = self._offset, len(self._directory), self.steps + 1

    def _go_back(self):
        """To the end of the last whole step, if something was written behind it."""
        size, members, _ = self._whole
        self._gathered, self._gathered_size = [], 0
        if self._offset != size:
            self._file.seek(size)
            self._file.truncate()
            del self._directory[members:]
            self._offset = size

    def _give_up(self):
        """Closes the file; its whole steps remain in the partial one."""
        self._file.close()
        self._file = None

    def close(self, end):
        """Writes the directory and gives the file its name; with no step it goes, as by `discard`.

        Args:
            end: dict, what is known only now, such as the exit status; kept in ``end.json``.

        Raises:
            OSError: it cannot be written; the partial file remains.
        """
        with HeldInterrupts(), self._lock:
            if not self._is_open():
                return
            if not self.steps:
                self._remove()
                return
            try:
                self._go_back()
                self._add("end.json", _json_bytes(dict(end, steps=self.steps), indent=1))
                self._write_directory()
                self._flush()
                self._leave(os.rename, self.partial, self.path)
            except Exception as error:
                if not self._is_open():  # What interrupted this has closed it.
                    return
                if isinstance(error, EnvironmentError):
                    self._give_up()
                raise

    def discard(self):
        """Removes the partial file."""
        with HeldInterrupts(), self._lock:
            if self._is_open():
                self._remove()

    def _remove(self):
        if is_open_as(self._file.fileno(), self.partial):
            self._leave(os.remove, self.partial)
        else:
            self._give_up()

    def _leave(self, move, *paths):
        if not is_open_as(self._file.fileno(), self.partial):
            raise EnvironmentError(
                errno.ENOENT, "%s was moved, deleted or replaced meanwhile" % self.partial)
        # Moved first, closed then: else another process takes it up in between. Windows, which
        # has no such locks, moves no open file.
        if fcntl:
            move(*paths)
        self._file.close()
        if not fcntl:
            move(*paths)
        self._file = None

    def _is_open(self):
        # What a script forks off has a copy of this object, but not of the file.
        return self._file is not None and self._process == os.getpid()

    def _header(self, array):
        key = (array.dtype.str, array.shape)
        if key not in self._headers:
            header = io.BytesIO()
            np.lib.format.write_array_header_1_0(header, {
                "descr": array.dtype.str, "fortran_order": False, "shape": array.shape})
            self._headers[key] = header.getvalue()
        return self._headers[key]

    def _add(self, name, *parts):
        crc, size = 0, 0
        for part in parts:
            crc = zlib.crc32(part, crc) & 0xFFFFFFFF
            size += len(part)
        offset = self._offset
        encoded = name.encode("utf-8")
        sizes, extra = _zip_sizes(size)
        head = _HEAD.pack(
            b"PK\3\4", 45 if extra else 20, 0x800, 0, 0, 0x21, crc,
            sizes, sizes, len(encoded), len(extra)) + encoded + extra
        self._checksum = zlib.crc32(head, self._checksum)
        self._offset += len(head) + size
        self._write(head)
        for part in parts:
            self._write(part)
        self._directory.append((name, crc, size, offset))

    def _write(self, part):
        """Gathers small parts, until there are many, and writes large ones without a copy."""
        if len(part) >= _LARGE:
            self._flush()
            _write_all(self._file, part)
            return
        self._gathered.append(part)
        self._gathered_size += len(part)
        if self._gathered_size >= _MUCH:
            self._flush()

    def _flush(self):
        parts, self._gathered, self._gathered_size = self._gathered, [], 0
        _write_all(self._file, b"".join(parts))

    def _write_directory(self):
        start = end = self._offset
        for name, crc, size, offset in self._directory:
            encoded = name.encode("utf-8")
            sizes, extra = _zip_sizes(size)
            if offset >= 0xFFFFFFFF:
                extra = (struct.pack("<HH", 1, 8 + 16 * bool(extra)) + extra[4:]
                         + struct.pack("<Q", offset))
            entry = struct.pack(
                "<4s6HL2L5H2L", b"PK\1\2", 45, 45 if extra else 20, 0x800, 0, 0, 0x21, crc,
                sizes, sizes, len(encoded), len(extra), 0, 0, 0, 0, min(offset, 0xFFFFFFFF)
                ) + encoded + extra
            self._write(entry)
            end += len(entry)
        count = len(self._directory)
        self._write(struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, end - start, start))
        self._write(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
        self._write(struct.pack(
            "<4s4H2LH", b"PK\5\6", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF),
            min(end - start, 0xFFFFFFFF), min(start, 0xFFFFFFFF), 0))


def _write_all(file, data):
    """Writes to a file without a buffer, which may take a part at a time."""
    while len(data):
        done = file.write(data)
        data = data[done:] if done < len(data) else b""


def _zip_sizes(size):
    """The 32-bit size field of a member and, where that is too small, its zip64 extra field."""
    if size < 0xFFFFFFFF:
        return size, b""
    return 0xFFFFFFFF, struct.pack("<HHQQ", 1, 16, size, size)


def _json_bytes(facts, indent=None):
    text = json.dumps(facts, sort_keys=True, indent=indent, separators=(",", ": "))
    return text.encode("utf-8")


def storable(array):
    """The array as a trace holds it: contiguous, little-endian; bfloat16 and its kin as float32."""
    if array.dtype.kind == "V" and array.dtype.names is None:
        array = array.astype(np.float32)  # Exact: their values are a part of float32's.
    if sys.byteorder != "little" or not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return array if array.flags.c_contiguous else array.copy(order="C")


def _buffer(array):
    if array.nbytes < _LARGE:
        return array.tobytes()
    # Without a copy; Python 2's zlib takes no memoryview.
    flat = array.reshape(-1).view(np.uint8)
    return memoryview(flat) if sys.version_info[0] > 2 else np.getbuffer(flat)


# --- The graph ------------------------------------------------------------------------------

VARIABLES = {"Variable", "VariableV2", "VarHandleOp"}
ASSIGNMENTS = {"Assign", "AssignVariableOp"}
# Ops that are handed the variable itself and leave it as it is, or only pass it on.
READERS = {
    "Identity", "IdentityN", "Switch", "Merge", "Enter", "Exit", "NextIteration", "ReadVariableOp",
    "_ReadVariablesOp", "ResourceGather", "ResourceGatherNd", "VarIsInitializedOp", "VariableShape",
    "IsVariableInitialized", "RefIdentity", "RefSwitch", "RefMerge", "RefSelect", "RefEnter",
    "RefExit", "RefNextIteration",
}
# A queue's thread counts epochs with them; its runs would fall between the steps at random.
COUNTERS = {"CountUpTo", "ResourceCountUpTo"}
NOT_NUMERIC = re.compile("string|resource|variant|qu?int")
NOTHING, INITIAL, MAYBE, STEP = "nothing", "initial", "maybe", "step"


class GraphView(object):
    """What a graph's variables are, and which of them a set of fetches writes.

    Args:
        graph: tf.Graph; nothing is added to it.
        pattern: str or None, which variables: a regular expression matched from the start of the
            name up to a ``/`` or its end.

    Attributes:
        unreadable: dict ``{variable name: why its value is not recorded}``.
        passed_over: set of the names of variables that the pattern does not match.
    """

    def __init__(self, graph, pattern=None):
        self.graph = graph
        self.pattern = pattern
        self.unreadable = {}
        self.passed_over = set()
        self._tried = set()
        self._version = None
        self._reads = {}
        self._plans = {}

    def reads(self):
        """Returns ``{variable name: tensor that reads it}``, in the order of the graph."""
        if self._version != self.graph.version:
            operations = [op for op in self.graph.get_operations()
                          if op.type in VARIABLES and op.name not in self._reads]
            if self.pattern:
                self._choose([op.name for op in operations])
            for op in operations:
                if op.name not in self.passed_over:
                    self._add_variable(op)
            self._version = self.graph.version
        return self._reads

    def _choose(self, names):
        """Tries the pattern on those of the names that it was not tried on yet."""
        new = [name for name in names if name not in self._tried]
        self.passed_over.update(set(new).difference(matching(self.pattern, new)))
        self._tried.update(new)

    def _add_variable(self, op):
        read = op.outputs[0] if op.type != "VarHandleOp" else _read_of_resource(op)
        if any(user.type in COUNTERS for user in op.outputs[0].consumers()):
            why = "an input queue counts in it, in a thread of its own"
        elif read is None:
            # To add one would change the graph, and with it the seeds of later ops.
            why = "the graph has no unconditional ReadVariableOp of it"
        elif NOT_NUMERIC.match(read.dtype.base_dtype.name):
            why = "its dtype is %s" % read.dtype.base_dtype.name
        else:
            self.unreadable.pop(op.name, None)
            self._reads[op.name] = read
            return
        self.unreadable[op.name] = why

    def plan(self, targets, fetches, feeds):
        """Returns (kind, names of the variables written, those whose own initialiser runs).

        Args:
            targets, fetches: lists of op and of tensor names.
            feeds: set of tensor names.
        """
        key = (tuple(targets), tuple(fetches), frozenset(feeds))
        if key not in self._plans:
            self._plans[key] = self._make_plan(targets, fetches, feeds)
        return self._plans[key]

    def _make_plan(self, targets, fetches, feeds):
        ops = [self.graph.get_operation_by_name(name.split(":")[0]) for name in targets + fetches]
        written, initialised, kinds = {}, [], set()
        for op in self._ancestors(ops, feeds):
            for variable in _variables_written(op):
                written[variable] = None
                if self._initialises(op, variable, feeds):
                    kinds.add(INITIAL)
                    if op.name == variable + "/Assign":
                        initialised.append(variable)
                else:
                    kinds.add(MAYBE if _is_conditional(op) else STEP)
        kind = next((kind for kind in (STEP, MAYBE, INITIAL) if kind in kinds), NOTHING)
        return kind, sorted(written), sorted(initialised)

    def _initialises(self, op, variable, feeds):
        if op.type not in ASSIGNMENTS:
            return False
        if op.name == variable + "/Assign":
            return True
        value = op.inputs[1]
        if value.name in feeds:
            return True
        return not any(source.type in VARIABLES for source in self._ancestors([value.op], feeds))

    @staticmethod
    def _ancestors(ops, feeds):
        seen, stack = set(), list(ops)
        while stack:
            op = stack.pop()
            if op.name in seen:
                continue
            seen.add(op.name)
            yield op
            stack.extend(tensor.op for tensor in op.inputs if tensor.name not in feeds)
            stack.extend(op.control_inputs)


def _is_conditional(op):
    """Whether an op that is handed a variable may leave it as it is."""
    return op._get_control_flow_context() is not None or any(
        attribute.type in ("func", "list(func)") for attribute in op.op_def.attr)


def _variables_written(op):
    """The names of the variables that an op writes when it runs."""
    if op.type in READERS or op.type in VARIABLES or op.type in COUNTERS:
        return []
    names = []
    references = None
    for index, tensor in enumerate(op.inputs):
        if tensor.dtype._is_ref_dtype:
            references = references or _reference_arguments(op)
            handed = references[index]
        else:
            handed = tensor.dtype.name == "resource"
        if handed:
            names.extend(_roots(tensor))
    return names


def _reference_arguments(op):
    """For each input of an op, whether the op takes it as a reference (to write) or as a value."""
    flags = []
    for argument in op.op_def.input_arg:
        count = 1
        if argument.number_attr:
            count = int(op.get_attr(argument.number_attr))
        elif argument.type_list_attr:
            count = len(op.get_attr(argument.type_list_attr))
        flags.extend([argument.is_ref] * count)
    return flags


def _roots(tensor):
    """The variables whose reference or handle a tensor carries; none for a queue or a table."""
    seen, stack, names = set(), [tensor], []
    while stack:
        op = stack.pop().op
        if op.name in seen:
            continue
        seen.add(op.name)
        if op.type in VARIABLES:
            names.append(op.name)
        else:
            stack.extend(each for each in op.inputs
                         if each.dtype._is_ref_dtype or each.dtype.name == "resource")
    return names


def _read_of_resource(handle):
    reads = [op for op in handle.outputs[0].consumers()
             if op.type == "ReadVariableOp" and not op.control_inputs
             and op._get_control_flow_context() is None]
    return reads[0].outputs[0] if reads else None


# --- Patterns -------------------------------------------------------------------------------

# Tries a pattern in a process of its own: a directory of the script's may hold a `json.py`.
TRIAL = """
import sys
del sys.path[0]
import json, re
try:
    import resource
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(round(used.ru_utime + used.ru_stime)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
except (ImportError, ValueError, EnvironmentError):
    pass
pattern, names = json.loads(sys.stdin.read())
print(json.dumps([bool(re.match(pattern, name)) for name in names]))
"""


def matching(pattern, names):
    """Returns those of the names that a pattern matches from the start up to a ``/`` or the end.

    ``(a+)+$`` takes years on forty letters, and nothing in Python's ``re`` can stop it. What may
    repeat what repeats is therefore tried in a process that has a second of computing (see also
    `tf1_recipes.untrusted.patterns`). On Windows, which has no such limit, it is tried without one.

    Raises:
        TapError: it takes longer, or there is no such process.
    """
    whole = "(?:%s)(?:/|$)" % pattern
    quick = not re.search(r"[({|]", pattern) and len(re.findall("[*+?]", pattern)) <= 1
    if quick or not names or os.name == "nt" or not sys.executable:
        return [name for name in names if re.match(whole, name)]
    try:
        child = subprocess.Popen([sys.executable, "-c", TRIAL], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, close_fds=True)
        answer, errors = child.communicate(json.dumps([whole, names]).encode("ascii"))
    except EnvironmentError as error:
        answer, errors = b"", str(error.strerror).encode("ascii", "replace")
    if answer.endswith(b"\n"):
        return [name for name, found in zip(names, json.loads(answer.decode("ascii"))) if found]
    why = errors.decode("ascii", "replace").strip().split("\n")[-1]
    if why in ("", "MemoryError"):
        why = "it takes more than 1 s or too much memory: it has nested repetitions; simplify it"
    raise TapError("the pattern %r of the variables cannot be tried: %s" % (pattern, why))


# --- The tap --------------------------------------------------------------------------------


class Tap(object):
    """Hears of every session run and tells its sink of those that change a variable.

    Args:
        sink: an object with ``step(number, arrays, facts)``, as `TraceFile`.
        every: int, only each ``every``-th step is recorded, under its own number; steps that run
            initialisers always are.
        pattern: str or None, which variables; see `GraphView`.
        initial: dict of what to put in place of the values that the variables' own initialisers
            give, under the names that the facts of a trace's steps have for them:
            ``<session number>/<variable name>``, and with ``#1``, ``#2`` ... behind it where they
            run once more after the session's first step.
        replay: `FeedsOfTrace` or None, whose numbers take the place of those that steps are fed.
    """

    def __init__(self, sink, every=1, pattern=None, initial=None, replay=None):
        self.sink = sink
        self.every = every
        self.pattern = pattern
        self.initial = initial or {}
        self.replay = replay
        self.notes = set()
        self.count = 0
        self._watched = weakref.WeakKeyDictionary()
        self._sessions = 0
        self._begun = 0
        self._overridden, self._not_overridden = set(), set()
        self._names, self._passed_over, self._unreadable = set(), set(), {}
        self._lock = threading.RLock()
        self._reading = threading.local()

    def run(self, session, call, targets, fetches, feeds):
        """Returns ``call()``, the values of ``fetches``, and records the run if it is a step.

        Args:
            session: the BaseSession.
            call: function of no arguments; or of a dict ``{tensor name: array}``, what to feed in
                place of the caller's.
            targets, fetches: lists of op and of tensor names.
            feeds: dict ``{tensor name: array}``.
        """
        if getattr(self._reading, "active", False):
            return call()
        with self._lock:
            watched = self._watch(session)
            kind, written, initialised = watched.view.plan(targets, fetches, feeds)
            if kind != NOTHING and watched.number is None:
                watched.number = self._sessions
                self._sessions += 1
        if kind == NOTHING:
            return call()
        if kind == INITIAL and not watched.begun:
            results = call()
            watched.ready.update(written)
            self._override(session, watched, initialised)
            return results
        # From before the update, which an interrupt could not undo, until it is recorded.
        with HeldInterrupts():
            return self._run_step(session, watched, call, (kind, written, initialised),
                                  fetches, feeds)

    def _run_step(self, session, watched, call, plan, fetches, feeds):
        kind, written, initialised = plan
        if not watched.begun and getattr(session, "_target", None):
            # Variables on servers, which another process may have initialised.
            watched.ready.update(watched.view.reads())
        before = self._read(session, watched) if kind == MAYBE or not watched.begun else None
        if kind != MAYBE:
            self._begin(watched, before)
            before = None
        replaced = {}
        if self.replay and kind == STEP:
            with self._lock:
                replaced = self.replay.at(self.count, session.graph, feeds)
        results = call(replaced) if replaced else call()
        feeds = dict(feeds, **replaced)
        watched.ready.update(written)
        facts = {"session": watched.number, "writes": written}
        if kind == INITIAL:
            facts["initialises"] = self._override(session, watched, initialised)
        with self._lock:
            if kind == MAYBE:
                if _same(before, self._read(session, watched)):
                    return results
                self._begin(watched, before)
                before = None
            number = self._next_number()
            watched.steps += 1
            if watched.steps % self.every == 0 or facts.get("initialises"):
                arrays = self._read(session, watched)
                arrays += _numbers("fetches", zip(fetches, results))
                arrays += _numbers("feeds", sorted(feeds.items()))
                self.sink.step(number, arrays, facts)
        return results

    def _watch(self, session):
        if session not in self._watched:
            views = [each.view for each in self._watched.values()
                     if each.view.graph is session.graph]
            self._watched[session] = _Watched(
                views[0] if views else GraphView(session.graph, self.pattern))
        return self._watched[session]

    def _next_number(self):
        self.count += 1
        return self.count - 1

    def _begin(self, watched, values):
        with self._lock:
            if not watched.begun:
                watched.begun = True
                self._begun += 1
                self.sink.step(self._next_number(), values, {
                    "session": watched.number, "writes": [], "initial": True})

    def _read(self, session, watched):
        """Returns the initialised variables of a session as a list of ("variables", name, array).

        Session.run copies what it returns: no later step changes these arrays.
        """
        reads = watched.view.reads()
        self._names.update(reads)
        self._unreadable.update(watched.view.unreadable)
        self._passed_over.update(watched.view.passed_over)
        names = sorted(watched.ready.intersection(reads))
        try:
            values = self._run_unheard(session, [reads[name] for name in names]) if names else []
        except Exception:
            # A branch that was not taken, or a run that failed, left one without a value.
            values = []
            for name in list(names):
                try:
                    values.append(self._run_unheard(session, reads[name]))
                except Exception:
                    names.remove(name)
            watched.ready.intersection_update(names)
        return [("variables", name, np.asarray(value)) for name, value in zip(names, values)]

    def _override(self, session, watched, names):
        """Puts the values of `initial` into variables just initialised; returns their keys."""
        keys = []
        for name in names:
            key = "%d/%s" % (watched.number, name)
            if watched.begun:
                again = watched.initialised_again.get(name, 0) + 1
                watched.initialised_again[name] = again
                key += "#%d" % again
            keys.append(key)
            if key in self.initial:
                assignment = watched.view.graph.get_operation_by_name(name + "/Assign")
                _refuse_other_kind(name, assignment.inputs[1], self.initial[key])
                self._run_unheard(session, assignment, {assignment.inputs[1]: self.initial[key]})
                self._overridden.add(key)
            elif self.initial:
                self._not_overridden.add(key)
        return keys

    def _run_unheard(self, session, fetches, feeds=None):
        self._reading.active = True
        try:
            return session.run(fetches, feeds)
        finally:
            self._reading.active = False

    def unmatched(self):
        """Returns the names of the variables there are if the pattern matches none, else None."""
        if self.pattern and not self._names and not self._unreadable:
            return sorted(self._passed_over)
        return None

    def summary(self):
        """Returns the facts for the trace's end: sessions, and what could not be recorded."""
        facts = {"sessions": self._begun, "not_recorded": self._unreadable,
                 "notes": sorted(self.notes),
                 "initial_values_from_trace": sorted(self._overridden),
                 "initial_values_not_in_trace": sorted(self._not_overridden)}
        if self.replay:
            facts["feeds_from_trace"] = self.replay.summary(self.count)
        return facts


class FeedsOfTrace(object):
    """The feeds of a trace, by the numbers of its steps; and what became of them.

    Args:
        arrays: a mapping from ``<step>/feeds/<name>`` to arrays, such as `numpy.load` gives.
    """

    def __init__(self, arrays):
        self._arrays = arrays
        self._names = {}
        for key in arrays.keys():
            pieces = key.split("/", 2)
            if len(pieces) == 3 and pieces[1] == "feeds":
                self._names.setdefault(int(pieces[0]), set()).add(pieces[2])
        self._taken = 0
        self._ran_out = None
        self._only = {"in_script": {}, "in_trace": {}}

    def at(self, number, graph, feeds):
        """Returns ``{tensor name: array}`` for a step: what both it and the trace feed.

        Raises:
            TapError: an array does not fit its placeholder.
        """
        there = self._names.get(number, set())
        here = {_plain(name): name for name, value in feeds.items()
                if np.asarray(value).dtype.kind in "biufcV"}
        if here and number > max(self._names or [-1]):
            self._ran_out = number if self._ran_out is None else self._ran_out
            return {}
        for which, names in (("in_script", set(here) - there), ("in_trace", there - set(here))):
            for name in names:
                self._only[which].setdefault(name, []).append(number)
        found = {}
        for name in there.intersection(here):
            tensor = graph.get_tensor_by_name(here[name])
            value = self._arrays["%d/feeds/%s" % (number, name)]
            dtype = np.dtype(tensor.dtype.as_numpy_dtype)
            if dtype.kind == "V" and value.dtype == np.float32:
                value = value.astype(dtype)  # as `storable` kept it
            if dtype != value.dtype or not tensor.get_shape().is_compatible_with(value.shape):
                raise TapError("--feeds-from: %r is %s %s here and %s %s at step %d of the trace"
                               % (str(name), dtype, tensor.get_shape(), value.dtype, value.shape,
                                  number))
            found[here[name]] = value
        self._taken += bool(found)
        return found

    def summary(self, count):
        """Returns the facts for the end of a trace of ``count`` steps."""
        only = {which: {name: [len(numbers), numbers[0]] for name, numbers in names.items()}
                for which, names in self._only.items()}
        return dict(only, steps=self._taken, ran_out=self._ran_out,
                    steps_left=sum(number >= count for number in self._names),
                    names=sorted(set().union(*self._names.values())))


class _Watched(object):
    """What is known of a session; it holds the graph, but not the session."""

    def __init__(self, view):
        self.view = view
        self.number = None
        self.ready = set()
        self.begun = False
        self.steps = 0
        self.initialised_again = {}


def _refuse_other_kind(name, tensor, value):
    dtype = np.dtype(tensor.dtype.base_dtype.as_numpy_dtype)
    if dtype.kind == "V":
        dtype = np.dtype(np.float32)  # as `storable` keeps it
    if not tensor.get_shape().is_compatible_with(value.shape) or dtype != value.dtype:
        raise TapError("--init-from: variable %r is %s %s here and %s %s in the trace" % (
            str(name), dtype, tensor.get_shape(), value.dtype, value.shape))


def _same(before, after):
    return len(before) == len(after) and all(
        old[1] == new[1] and old[2].tobytes() == new[2].tobytes()
        for old, new in zip(before, after))


def _numbers(kind, pairs):
    found = []
    for name, value in pairs:
        value = np.asarray(value)
        if value.dtype.kind in "biufcV" and value.dtype.names is None:
            # A script may use a buffer that it feeds again, even from another thread.
            value = value.copy() if kind == "feeds" else value
            found.append((kind, _plain(name), value))
    return found


def _plain(name):
    """A tensor's name as traces have it."""
    return name[:-2] if name.endswith(":0") else name


def _name(element):
    """The name of what a release hands to _do_run: an op, a tensor, its reference or its name."""
    if isinstance(element, bytes):
        return element.decode("utf-8")
    if hasattr(element, "deref"):
        element = element.deref()
    return getattr(element, "name", element)


def attach(tap, base_session):
    """Leads every run of ``tensorflow.python.client.session.BaseSession`` through the tap.

    Returns:
        A function of no arguments that ends it.
    """
    names = ("_do_run", "make_callable", "_make_callable_from_options")
    originals = {name: base_session.__dict__[name] for name in names
                 if name in base_session.__dict__}
    original_run = originals["_do_run"]
    original_from_options = originals.get("_make_callable_from_options")

    def _do_run(self, handle, target_list, fetch_list, feed_dict, *rest):
        def call(replaced=None):
            fed = feed_dict
            if replaced:
                fed = {key: replaced.get(_name(key), value) for key, value in feed_dict.items()}
            return original_run(self, handle, target_list, fetch_list, fed, *rest)
        if handle is not None:
            tap.notes.add("what partial_run does is not recorded")
            return call()
        return tap.run(self, call, [_name(each) for each in target_list],
                       [_name(each) for each in fetch_list],
                       {_name(key): value for key, value in feed_dict.items()})

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        del accept_options  # Options are taken as run() takes them.

        def run(*values, **options):
            return self.run(fetches, dict(zip(feed_list or [], values)), **options)
        return run

    def _make_callable_from_options(self, options):
        if options.tensor_connection:
            tap.notes.add("what a Keras function fed with tensors does is not recorded")
            return original_from_options(self, options)
        fetches, targets = list(options.fetch), list(options.target)

        def run(*values, **keywords):
            results = self.run(fetches + targets, dict(zip(options.feed, values)),
                               run_metadata=keywords.get("run_metadata"))
            return results[:len(fetches)]
        return run

    replacements = {"_do_run": _do_run, "make_callable": make_callable,
                    "_make_callable_from_options": _make_callable_from_options}
    for name in originals:
        setattr(base_session, name, replacements[name])

    def detach():
        for name, original in originals.items():
            setattr(base_session, name, original)
    return detach


# --- Running a script -----------------------------------------------------------------------


class AfterImport(object):
    """A finder for ``sys.meta_path``: calls back when a module has been imported.

    TensorFlow is not imported before the script does it, so that what the script sets first (the
    environment, above all) counts.

    Args:
        callbacks: dict ``{regular expression for the whole module name: function of the module}``.
    """

    def __init__(self, callbacks):
        self.callbacks = callbacks
        self._beginnings = tuple(re.match(r"\w*", pattern).group() for pattern in callbacks)
        self._paths = {}

    def _callback(self, fullname):
        if not fullname.startswith(self._beginnings):
            return None  # most modules by far: each is asked for by every finder
        for pattern, callback in self.callbacks.items():
            if re.match(pattern + "$", fullname):
                return callback
        return None

    def find_spec(self, fullname, path=None, target=None):
        callback = self._callback(fullname)
        if callback is None:
            return None
        # Those behind it: another one of this kind, before it, is asking by now.
        for finder in sys.meta_path[sys.meta_path.index(self) + 1:]:
            if hasattr(finder, "find_spec"):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    break
        else:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            callback(sys.modules[fullname])
        spec.loader.exec_module = exec_module
        return spec

    if sys.version_info[0] == 2:
        def find_module(self, fullname, path=None):
            if self._callback(fullname) is None:
                return None
            self._paths[fullname] = path
            return self

        def load_module(self, fullname):
            import imp
            found = imp.find_module(fullname.rpartition(".")[2], self._paths[fullname])
            imp.load_module(fullname, *found)
            self._callback(fullname)(sys.modules[fullname])
            return sys.modules[fullname]


def _has_tensorflow():
    if sys.version_info[0] == 2:
        import imp
        try:
            imp.find_module("tensorflow")
            return True
        except ImportError:
            return False
    from importlib import util
    return util.find_spec("tensorflow") is not None


def filename_of(script):
    """What the tracebacks of Python call its main program."""
    return os.path.abspath(script) if sys.version_info >= (3, 9) else script


def _compiled(script):
    with io.open(script, "rb") as source:
        return compile(source.read(), filename_of(script), "exec", dont_inherit=True), {}


def run_script(script, arguments, read=_compiled):
    """Runs a script as ``python SCRIPT ARGUMENTS`` does; returns its exit status.

    An exception's traceback is printed as Python prints it, from the script's first frame on.

    Args:
        script: str, a path.
        arguments: list of str.
        read: function of the path that returns its code object and the names that its namespace
            has beside Python's.
    """
    filename = filename_of(script)
    main = type(sys)("__main__")
    main.__dict__.update(__file__=filename, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [script] + arguments
    sys.path[0] = os.path.dirname(os.path.realpath(script))  # a link's modules lie with its target
    try:
        code, names = read(script)
        main.__dict__.update(names)
        exec(code, main.__dict__)
        return 0
    except TapError as error:
        _say(str(error))
        return 2
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        kind, value, frames = sys.exc_info()
        # A notebook's cells are called by its name and their number.
        while frames is not None and not frames.tb_frame.f_code.co_filename.startswith(filename):
            frames = frames.tb_next
        if hasattr(value, "__traceback__"):
            value.__traceback__ = frames
        sys.last_type, sys.last_value, sys.last_traceback = kind, value, frames
        sys.excepthook(kind, value, frames)
        return 130 if isinstance(value, KeyboardInterrupt) else 1


def provenance(script, arguments):
    """Returns where a trace comes from: the interpreter, NumPy and the command, but no machine."""
    with io.open(script, "rb") as source:
        checksum = zlib.crc32(source.read().replace(b"\r\n", b"\n")) & 0xFFFFFFFF
    return {"python": platform.python_version(), "numpy": np.__version__,
            "script": os.path.basename(script), "script_crc32": "%08x" % checksum,
            "arguments": arguments}


def main(arguments=None, run=run_script):
    """Runs a script, records what it trains, and exits with its status.

    Args:
        arguments: list of str, by default those of the command line.
        run: function of the script's path and its arguments that runs it and returns its status.
    """
    parser = argparse.ArgumentParser(description="Record what a TensorFlow 1 script trains.")
    parser.add_argument("--out", required=True, metavar="FILE.npz")
    parser.add_argument("--every", type=int, default=1, metavar="K")
    parser.add_argument("--variables", metavar="REGEX")
    parser.add_argument("--initial", metavar="FILE.npz", help=argparse.SUPPRESS)
    parser.add_argument("--feeds", metavar="FILE.npz", help=argparse.SUPPRESS)
    parser.add_argument("--claimed", type=int, metavar="DESCRIPTOR", help=argparse.SUPPRESS)
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)

    if not _has_tensorflow():
        _stop(MISSING % "TensorFlow")
    if options.every < 1:
        _stop("--every %d: it must be >= 1" % options.every)
    if not options.out.endswith(".npz"):
        _stop("--out %s: the name of a trace ends in .npz" % options.out)
    if clash([options.out], [options.script] + values_among(options.arguments)):
        _stop("--out %s: the script, or what it is given, would be replaced by the trace; write it "
              "elsewhere" % options.out)
    initial, descriptor = {}, None
    try:
        re.compile("(?:%s)" % (options.variables or ""))
        manifest = provenance(options.script, options.arguments)
        if options.initial:
            with np.load(options.initial, allow_pickle=False) as saved:
                initial = {name: saved[name] for name in saved.files}
        replay = options.feeds and FeedsOfTrace(np.load(options.feeds, allow_pickle=False))
        if options.claimed is not None:
            descriptor = take_over(options.claimed, options.out + PARTIAL_SUFFIX)
        trace = TraceFile(options.out, manifest, descriptor)
    except TapError as error:
        _stop(str(error))
    except (re.error, OverflowError, RuntimeError) as error:  # the last of too many brackets
        _stop("--variables %s is not a regular expression: %s" % (options.variables, error))
    except EnvironmentError as error:
        _stop("%s: %s" % (error.filename, error.strerror))
    tap = Tap(trace, options.every, options.variables, initial, replay)
    outcome = {"exit_status": None}

    def end():
        try:
            names = tap.unmatched()
            if names:
                trace.discard()
                _say("--variables: %r matches no variable; the closest are %s" % (
                    options.variables, ", ".join(repr(str(name)) for name in (
                        difflib.get_close_matches(options.variables, names, cutoff=0)))))
            else:
                trace.close(dict(tap.summary(), **outcome))
        except EnvironmentError as error:
            _say("cannot finish %s: %s" % (trace.path, error.strerror))

    def see_version(tensorflow):
        manifest["tensorflow"] = tensorflow.__version__

    sys.meta_path.insert(0, AfterImport({
        "tensorflow": see_version,
        r"tensorflow(_core)?\.python\.client\.session": lambda module: attach(
            tap, module.BaseSession)}))
    # Registered first, so run last: a script's own threads and exit functions still count.
    atexit.register(end)
    outcome["exit_status"] = run(options.script, options.arguments)
    sys.stdout.flush()
    sys.exit(outcome["exit_status"])


def _stop(problem):
    _say(problem)
    sys.exit(2)


def _say(text):
    """As `tf1_recipes.untrusted.visible.say`, in either Python: names may hold what is hidden."""
    if not isinstance(text, bytes):  # Else it is a str of Python 2's.
        text = u"".join(each.encode("unicode_escape").decode("ascii") if unicodedata.category(
            each) in ("Cc", "Cf", "Cs", "Zl", "Zp") else each for each in text)
    elif re.search(b"[\x00-\x1f\x7f]", text):
        text = repr(text)
    print("tf1-recipes: %s" % text, file=sys.stderr)


if __name__ == "__main__":
    _itself = sys.modules["__main__"]  # Python 2 empties a module that nobody holds.
    main()
