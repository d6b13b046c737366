"""Kills what writes at random moments, and looks at what is left: no completed step may be lost.

A case starts processes that tell of their progress through a pipe, a byte for each step that has
returned. A signal goes to one of them, or to all, some time after so many bytes have come; the
pipe's end says that the last of them is gone. Then the files are read: whatever bears a finished
name is whole, every step that returned is there, and the next run takes up what was left.

Most of what TensorFlow needs, and all that others do, is forked off a process that has imported it.
"""
import contextlib
import multiprocessing
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import zlib
from pathlib import Path

import numpy as np

from tf1_recipes.traces.drafts import DRAFT_SUFFIX

SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
STEPS = 30
ARRAYS = {"w%d" % number: [5000] for number in range(8)}


def arrays_of(step):
    return {name: np.full(shape, step, np.float32) for name, shape in ARRAYS.items()}


# --- What runs ------------------------------------------------------------------------------


def tell(pipe):
    os.write(pipe, b".")


def write_trace(pipe, path):
    from tf1_recipes import traces
    tell(pipe)
    with traces.writer(path) as t:
        for step in range(1, STEPS + 1):
            t.step(arrays_of(step))
            tell(pipe)


def record_in_program(pipe, path):
    from tf1_recipes import record_sessions
    from tf1_recipes.v1 import tf
    variables = [tf.get_variable(name, shape, initializer=tf.zeros_initializer())
                 for name, shape in ARRAYS.items()]
    train = tf.group(*[tf.assign_add(each, tf.ones_like(each)) for each in variables])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tell(pipe)
        with record_sessions(path):
            for _ in range(STEPS):
                session.run(train)
                tell(pipe)


def cache_rows(pipe, path):
    from tf1_recipes import cache_outputs
    from tf1_recipes.v1 import tf
    inputs = tf.placeholder(tf.float32, [None, 3], name="x")
    rows = tf.tanh(tf.matmul(inputs, tf.constant(np.eye(3, dtype=np.float32)))) * 2.0
    data = np.linspace(-1, 1, 3 * 64 * STEPS, dtype=np.float32).reshape(-1, 3)
    tell(pipe)
    with tf.Session() as session:
        cache_outputs(session, rows, {inputs: data}, path, batch_size=64, trained_by=[])
    tell(pipe)


def command(pipe, *arguments):
    from tf1_recipes.cli import main
    tell(pipe)
    main(list(arguments))
    tell(pipe)


RECORDED = """
    import gc, os, sys, numpy as np
    # As the tap does, without TensorFlow, whose start would take nearly all of the time.
    trace, = [each for each in gc.get_objects() if type(each).__name__ == "TraceFile"]
    for step in range(1, %d):
        trace.step(step, [("variables", name, np.full(shape, step, np.float32))
                          for name, shape in %r.items()], {"session": 0})
        os.write(1, b".")
    """ % (STEPS + 1, ARRAYS)

UPDATED = """
    import os, numpy as np, pytest
    from tf1_recipes.traces import MemoryTrace

    @pytest.mark.parametrize("number", range(%d))
    def test_training(trace_regression, number):
        trace = MemoryTrace()
        trace.step(0, [("variables", "w", np.full(400 * number, int(os.environ["VALUE"])))], {})
        trace_regression(trace)
        os.write(int(os.environ["PIPE"]), b".")
    """ % STEPS


# --- Starting and killing -------------------------------------------------------------------


class Forked:
    """A function of this module in a process forked off one that has imported what it needs."""

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.kills_imports"])

    def __init__(self, function, *arguments):
        self.pipe, there = self.context.Pipe(duplex=False)
        self._process = self.context.Process(
            target=run_forked, args=(there, os.getcwd(), function, arguments))
        self._process.start()
        there.close()
        self.pids = {"child": self._process.pid}

    def fileno(self):
        return self.pipe.fileno()

    def wait(self):
        self._process.join()
        self.pipe.close()


def run_forked(pipe, folder, function, arguments):
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    function(pipe.fileno(), *arguments)


class Started:
    """A command, its child (if it has one) and their group.

    Its standard output is the pipe, unless the environment says which one is.
    """

    def __init__(self, *arguments, **environment):
        read, write = os.pipe()
        printed = subprocess.DEVNULL if "PIPE" in environment else write
        environment["PIPE"] = str(write)
        self._process = subprocess.Popen(
            [sys.executable, *arguments], stdout=printed, start_new_session=True,
            stderr=subprocess.DEVNULL, pass_fds=[write],
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            env=dict(os.environ, **environment))
        os.close(write)
        self._read = read

    @property
    def pids(self):
        pid = self._process.pid
        children = Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()
        found = {"parent": pid, "group": -pid}
        if children:
            found["child"] = int(children[0])
        return found

    def fileno(self):
        return self._read

    def wait(self):
        self._process.wait()
        os.close(self._read)


def kill_at(process, count, delay, choose):
    """Sends a signal once ``count`` bytes have come and ``delay`` seconds have gone.

    Args:
        choose: function of the dict of process ids; returns one of its names and a signal.

    Returns:
        (bytes that came in all, the process's name, the signal); the latter two are None if all had
        ended by then.
    """
    came, ended, name, number = 0, False, None, None
    while came < count and not ended:
        piece = os.read(process.fileno(), count - came)
        came, ended = came + len(piece), not piece
    if not ended:
        time.sleep(delay)  # The moment is the draw's.
        while not ended and select.select([process.fileno()], [], [], 0)[0]:
            piece = os.read(process.fileno(), 1 << 16)
            came, ended = came + len(piece), not piece
    if not ended:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            pids = process.pids
            name, number = choose(pids)
            os.kill(pids[name], number) if pids[name] > 0 else os.killpg(-pids[name], number)
    return came + _rest(process), name, number


def undisturbed(process):
    """Waits for a process's end; returns how many bytes came, and how long from the first of them.
    """
    came = len(os.read(process.fileno(), 1))
    begun = time.monotonic()
    return came + _rest(process), time.monotonic() - begun


def _rest(process):
    came = 0
    while True:
        piece = os.read(process.fileno(), 1 << 16)
        if not piece:
            process.wait()
            return came
        came += len(piece)


# --- Looking --------------------------------------------------------------------------------


def look_at_trace(path, steps):
    """All steps that returned are there, their numbers right, in exactly one readable file."""
    from tf1_recipes.traces import open_trace
    archive = path + ".npz" * path.endswith(".json")
    found = [each for each in (path, archive, archive + ".partial") if os.path.exists(each)]
    assert found or not steps, "%d steps returned, and there is no file" % steps
    if not found or not os.path.getsize(found[0]):
        assert not steps, "%d steps returned, and the file is empty" % steps
        return
    if found[0].endswith(".partial") and steps == 0 and os.path.getsize(found[0]):
        return
    trace = open_trace(found[0])
    values = []
    for step in trace:
        arrays = step.arrays("variables")
        assert set(arrays) == set(ARRAYS)
        value, = {float(each) for array in arrays.values() for each in np.unique(array)}
        values.append(value)
    values = [value for value in values if value]  # but for the initial ones
    assert values == [float(each) for each in range(1, len(values) + 1)], values
    assert len(values) >= steps, "%d steps returned, and %d are in %s" % (
        steps, len(values), found[0])


def look_at_rows(path):
    from tf1_recipes.transfer.cache.checked_rows import CheckedRows
    expected = 2 * np.tanh(np.linspace(-1, 1, 3 * 64 * STEPS, dtype=np.float32).reshape(-1, 3))
    CheckedRows(path, len(expected), np.dtype(np.float32), lambda shape: shape == (3,)).check()
    np.testing.assert_allclose(np.load(path), expected, rtol=1e-5)


def look_at_page(path):
    assert Path(path).read_text().rstrip().endswith("</html>"), "the page is not whole"


def look_at_picture(path):
    """Every chunk of a PNG file, by its checksum."""
    content, place = Path(path).read_bytes(), 8
    while True:
        size = int.from_bytes(content[place:place + 4], "big")
        kind = content[place + 4:place + 8 + size]
        assert content[place + 8 + size:place + 12 + size] == zlib.crc32(kind).to_bytes(4, "big")
        place += 12 + size
        if kind == b"IEND":
            break
    assert place == len(content), "the picture is not whole"


def look_at_map(path):
    from tf1_recipes.traces import read_map
    assert read_map(path)


def look_at_stored(folder):
    from tf1_recipes.traces import open_trace
    for name in os.listdir(folder):
        if not name.endswith(DRAFT_SUFFIX):
            array, = (tensor.read() for step in open_trace(os.path.join(folder, name))
                      for tensor in step.tensors.values())
            assert len(set(array.tolist())) < 2, "an old trace and a new one in %s" % name


# --- The cases ------------------------------------------------------------------------------


class Case:
    """One way to write, run in a folder of its own.

    Attributes:
        prepare: writes what is read.
        start: starts it; returns the process.
        look: reads what is left, given how many bytes came.
        bytes: how many bytes come if nothing kills it.
        names: which files may be left when it has run to its end behind a kill; None if a kill may
            leave what refuses the next run.
    """

    def __init__(self, start, look, count, prepare=lambda: None, names=None):
        self.start, self.look, self.count = start, look, count
        self.prepare, self.names = prepare, names


def two_traces():
    from tf1_recipes import traces
    for name, seed in (("a", 1), ("b", 2)):
        rng = np.random.RandomState(seed)
        with traces.writer(name + ".npz") as t:
            for _ in range(5):
                t.step({"w%d" % each: rng.standard_normal([20, 10]) for each in range(20)})


def same_but_renamed():
    from tf1_recipes import traces
    for prefix in "ab":
        rng = np.random.RandomState(1)
        with traces.writer(prefix + ".npz") as t:
            for _ in range(5):
                t.step({"%s%d" % (prefix, each): rng.standard_normal([20, 10])
                        for each in range(10)})


def script():
    Path("train.py").write_text(textwrap.dedent(RECORDED))


def updated():
    Path("test_net.py").write_text(textwrap.dedent(UPDATED))
    assert undisturbed(update("1"))[0] == STEPS


def update(value="2"):
    return Started("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-s",
                   "--trace-update", "test_net.py", VALUE=value, PIPE="")


def look_if_there(*pairs):
    def look(_):
        for check, path in pairs:
            if os.path.exists(path):
                check(path)
    return look


def _trace_case(function, path):
    return Case(lambda: Forked(function, path), lambda came: look_at_trace(path, max(0, came - 1)),
                STEPS + 1)


def _record_case(path):
    return Case(lambda: Started("-m", "tf1_recipes", "record", "train.py", "-o", path),
                lambda came: look_at_trace(path, came), STEPS, script)


CASES = {
    "traces.writer npz": _trace_case(write_trace, "run.npz"),
    "traces.writer json": _trace_case(write_trace, "run.json"),
    "record_sessions npz": _trace_case(record_in_program, "run.npz"),
    "record_sessions json": _trace_case(record_in_program, "run.json"),
    "record npz": _record_case("run.npz"),
    "record json": _record_case("run.json"),
    "cache_outputs": Case(
        lambda: Forked(cache_rows, "rows.npy"), look_if_there((look_at_rows, "rows.npy")), 2,
        names={"rows.npy", "rows.npy.key.json", "rows.npy.crc32"}),
    "compare --html --plot": Case(
        lambda: Forked(command, "compare", "a.npz", "b.npz", "--html", "c.html", "--plot", "c.png"),
        look_if_there((look_at_page, "c.html"), (look_at_picture, "c.png")), 2, two_traces,
        {"a.npz", "b.npz", "c.html", "c.png"}),
    "map -o": Case(
        lambda: Forked(command, "map", "a.npz", "b.npz", "-o", "m.json"),
        look_if_there((look_at_map, "m.json")), 2, same_but_renamed,
        {"a.npz", "b.npz", "m.json"}),
    "--trace-update": Case(
        update, look_if_there((look_at_stored, "test_net")), STEPS, updated,
        {"test_net.py", "test_net"}),
}


class Counts(dict):
    """How many kills of each case were tried, and by what; printed as a table."""

    def text(self):
        return "\n".join("%-24s %4d kills: %s" % (name, sum(by.values()), ", ".join(
            "%d %s" % (count, what) for what, count in sorted(by.items())))
            for name, by in self.items())


def kill_case(name, times, rng, counts):
    """Kills a case so many times, each in a new folder; raises what the first faulty one shows."""
    case, here = CASES[name], os.getcwd()
    by = counts.setdefault(name, {})
    whole = tempfile.mkdtemp()
    try:
        os.chdir(whole)
        case.prepare()
        with _copy_of(whole):
            came, duration = undisturbed(case.start())
            assert came == case.count
            case.look(came)
        killed = 0
        while killed < times:
            with _copy_of(whole) as folder:
                killed += _kill_once(name, folder, rng, duration, by)
    finally:
        os.chdir(here)
        shutil.rmtree(whole)


def _kill_once(name, folder, rng, duration, by):
    """Returns whether it was killed: it may have ended before."""
    case = CASES[name]
    count = rng.randrange(case.count + 1 - (case.count == 2))
    delay = 2 * rng.random() * duration / case.count
    number, draw = rng.choice(SIGNALS), rng.random()
    came, target, number = kill_at(case.start(), count, delay, lambda pids: (
        sorted(pids)[int(draw * len(pids))], number))
    if target is None:
        return False
    what = "%s to the %s" % (signal.Signals(number).name, target)
    by[what] = by.get(what, 0) + 1
    try:
        case.look(came)
        if case.names and rng.random() < 0.3:
            case.look(undisturbed(case.start())[0])
            left = {each for each in os.listdir() if each != "__pycache__"}
            assert left == case.names, "a further run leaves %s" % sorted(left)
            assert not [*Path(folder).rglob("*.partial"), *Path(folder).rglob("*" + DRAFT_SUFFIX)]
    except Exception as error:
        raise AssertionError("%s, %s, %.4f s after byte %d, %d bytes in all: %s; there are %s" % (
            name, what, delay, count, came, error, ", ".join(sorted(os.listdir())))) from error
    return True


@contextlib.contextmanager
def _copy_of(folder):
    with tempfile.TemporaryDirectory() as parent:
        copy = os.path.join(parent, "copy")
        shutil.copytree(folder, copy)
        os.chdir(copy)
        yield copy
        os.chdir(folder)


def seeded(seed=None):
    """Returns a generator of random numbers, and prints by which seed it can be had again."""
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    print("seed %d" % seed)
    return random.Random(seed)
