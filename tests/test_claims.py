"""Who may write a recording: one at a time, and nobody over what a killed one left."""
import os
import select
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
from tf1_recipes.recording.session_tap import TapError, TraceFile, claim, is_open_as
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.outputs import check_writable
from tf1_recipes.traces.recorded_file import ClaimedRecording

UNDER_WAY = "is under way; wait for it to end, or write into another file"
KILLED = "was killed; its whole steps can be read as they are; move or delete it first"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(path, why):
    with pytest.raises(TapError) as raised:
        claim(path + ".partial")
    assert str(raised.value) == "%s.partial exists: a recording into %s %s" % (path, path, why)


def test_one_that_lives_is_told_from_one_that_was_killed():
    descriptor = claim("run.npz.partial")
    refused("run.npz", UNDER_WAY)
    os.write(descriptor, b"steps")
    refused("run.npz", UNDER_WAY)
    os.close(descriptor)
    refused("run.npz", KILLED)
    assert Path("run.npz.partial").read_bytes() == b"steps"


def test_an_empty_one_of_a_dead_process_is_taken_up():
    Path("run.npz.partial").touch()
    descriptor = claim("run.npz.partial")
    assert is_open_as(descriptor, "run.npz.partial")
    os.close(descriptor)


def whole_recording(path):
    """What a recording of one step has written when it is killed; and where the step ends."""
    file = TraceFile(path, {})
    file.step(0, [("variables", "w", np.arange(3.0))], {})
    content = Path(path + ".partial").read_bytes()
    file.discard()
    return content


def test_one_that_was_cut_off_in_its_first_step_is_taken_up_and_no_other():
    """At every byte: only with the last of them is there a step."""
    content = whole_recording("run.npz")
    for size in range(len(content)):
        Path("run.npz.partial").write_bytes(content[:size])
        file = TraceFile("run.npz", {})
        file.step(5, [("variables", "w", np.array(2.0))], {})
        file.close({})
        assert traces.open_trace("run.npz").numbers == [5], size
        os.remove("run.npz")
    Path("run.npz.partial").write_bytes(content)
    refused("run.npz", KILLED)
    Path("run.npz.partial").write_bytes(content + content[:50])
    refused("run.npz", KILLED)


@pytest.mark.parametrize("change", [
    lambda content: b"my own notes",
    lambda content: content.replace(b"manifest.json", b"0/fetches/a.b", 1)[:-1],
    lambda content: content[:60] + content[-60:],
    lambda content: b"\0" * len(content)])
def test_what_may_be_anything_else_stays(change):
    content = change(whole_recording("run.npz"))
    Path("run.npz.partial").write_bytes(content)
    refused("run.npz", KILLED)
    assert Path("run.npz.partial").read_bytes() == content


def test_the_name_is_free_once_the_file_has_got_its_own():
    for value in (1.0, 2.0):
        file = TraceFile("run.npz", {})
        file.step(0, [("variables", "w", np.array(value))], {})
        file.close({})
    assert traces.open_trace("run.npz")[0].arrays("variables")["w"] == 2.0


@pytest.mark.parametrize("target", ["nowhere/x", "run.npz.partial"])
def test_a_link_that_leads_nowhere_is_an_error_and_no_loop(target):
    os.symlink(target, "run.npz.partial")
    with pytest.raises(TapError, match="^run.npz.partial is in the way: it is a link, has another"):
        claim("run.npz.partial")


@pytest.mark.parametrize("there_is_one", [False, True])
def test_of_many_at_once_one_gets_it(there_is_one):
    for _ in range(20):
        if there_is_one:
            Path("run.npz.partial").touch()
        barrier, got, refusals = threading.Barrier(8), [], []

        def try_it(barrier=barrier, got=got, refusals=refusals):
            barrier.wait()
            try:
                got.append(claim("run.npz.partial"))
            except TapError as error:
                refusals.append(str(error))
        threads = [threading.Thread(target=try_it) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 1 and len(refusals) == 7
        assert all(UNDER_WAY in each for each in refusals)
        os.remove("run.npz.partial")
        os.close(got[0])


def test_a_claim_without_a_step_leaves_nothing_and_others_files_alone():
    with ClaimedRecording("run.npz"):
        assert os.listdir() == ["run.npz.partial"]
    assert os.listdir() == []
    with ClaimedRecording("run.npz") as claimed:
        os.remove("run.npz.partial")
        Path("run.npz.partial").touch()  # another's
        assert not claimed.is_at("run.npz.partial")
    assert os.listdir() == ["run.npz.partial"]


# --- Paths ---


def write_with_draft(path):
    with draft(path) as file:
        file.write("text")


def write_steps(path):
    with traces.writer(path) as t:
        t.step({"w": 1.0})


def write_for_a_child(path):
    with ClaimedRecording(path) as claimed:
        file = TraceFile(path, {}, os.dup(claimed.descriptor))
        file.step(0, [("variables", "w", np.array(1.0))], {})
        file.close({})


@pytest.fixture
def two_folders(folder):
    """``there/deep/..`` is ``real`` to the system, and ``there`` to who only reads the path."""
    os.makedirs("real/deep")
    os.mkdir("there")
    os.symlink("../real/deep", "there/deep")


@pytest.mark.parametrize("write", [write_with_draft, write_steps, write_for_a_child])
@pytest.mark.parametrize("name", ["run.npz", "run.json"])
@pytest.mark.parametrize("left", ["run.npz.partial", "run.json.npz.partial"])
def test_a_path_out_of_a_linked_folder_is_the_system_s(two_folders, write, name, left):
    """Two dots lead out of where the link leads; elsewhere, what a kill left stays."""
    if write is write_for_a_child and name == "run.json":
        pytest.skip("a child writes archives only")
    Path("there", left).write_text("steps")
    write("there/deep/../" + name)
    assert sorted(os.listdir("real")) == ["deep", name]
    assert sorted(os.listdir("there")) == ["deep", left]
    assert Path("there", left).read_text() == "steps"


def test_a_folder_is_looked_for_where_the_file_would_go(two_folders):
    os.mkdir("real/only")
    check_writable("there/deep/../only/run.npz")
    os.mkdir("there/only_there")
    with pytest.raises(Error, match="there is no folder .*/real/only_there$"):
        check_writable("there/deep/../only_there/run.npz")


@pytest.mark.parametrize("end", ["close", "discard"])
@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("other", [None, "of somebody else"])
def test_a_file_that_took_its_place_is_neither_renamed_nor_removed(end, steps, other):
    file = TraceFile("run.npz", {})
    for step in range(steps):
        file.step(step, [("variables", "w", np.array(1.0))], {})
    os.rename("run.npz.partial", "moved.partial")
    if other:
        Path("run.npz.partial").write_text(other)
    if end == "close" and steps:
        with pytest.raises(OSError, match="run.npz.partial was moved, deleted or replaced mean"):
            file.close({})
        assert traces.open_trace("moved.partial").numbers == [0]
    else:
        getattr(file, end)(*[{}] * (end == "close"))
    assert sorted(os.listdir()) == ["moved.partial"] + ["run.npz.partial"] * bool(other)
    assert not other or Path("run.npz.partial").read_text() == other


# --- Two records to one output ---

# Steps as the tap takes them, without TensorFlow: as many as there are lines on standard input.
SCRIPT = """
    import gc, os, sys, numpy as np
    trace, = [each for each in gc.get_objects() if type(each).__name__ == "TraceFile"]
    for step, _ in enumerate(sys.stdin):
        trace.step(step, [("variables", "w", np.float32(step))], {"session": 0})
        os.write(1, b".")
    """


class Recorder:
    """``tf1-recipes record`` of `SCRIPT`, which takes a step when it is told to."""

    def __init__(self, out):
        Path("train.py").write_text(textwrap.dedent(SCRIPT))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tf1_recipes", "record", "train.py", "-o", out],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def step(self, count):
        self.process.stdin.write(b"\n" * count)
        self.process.stdin.flush()
        for _ in range(count):
            assert os.read(self.process.stdout.fileno(), 1) == b"."

    def child(self):
        pid = self.process.pid
        # The other child only waits, to tell who was interrupted.
        return int(Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()[-1])

    def ended(self):
        _, said = self.process.communicate()
        return self.process.returncode, said.decode().splitlines()


@pytest.mark.parametrize("out", ["run.npz", "run.json"])
def test_a_second_record_is_refused_at_once_and_the_first_keeps_its_steps(out):
    first = Recorder(out)
    first.step(2)
    second = Recorder(out).ended()
    partial = {"run.npz": "run.npz.partial", "run.json": "run.json.npz.partial"}[out]
    assert second == (2, ["tf1-recipes: %s exists: a recording into %s %s" % (
        partial, partial[:-len(".partial")], UNDER_WAY)])
    first.step(3)
    assert first.ended() == (0, ["tf1-recipes: 5 steps of 1 variable recorded in " + out])
    assert traces.open_trace(out).numbers == [0, 1, 2, 3, 4]
    assert sorted(os.listdir()) == [out, "train.py"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc")
def test_a_script_that_outlives_its_recorder_keeps_others_away():
    first = Recorder("run.npz")
    first.step(2)
    child = first.child()
    first.process.kill()
    first.process.wait()
    assert UNDER_WAY in Recorder("run.npz").ended()[1][0]
    first.step(1)
    ended = os.pidfd_open(child)
    os.kill(child, signal.SIGKILL)
    select.select([ended], [], [])
    os.close(ended)
    assert KILLED in Recorder("run.npz").ended()[1][0]
    assert traces.open_trace("run.npz.partial").numbers == [0, 1, 2]


def test_the_tap_alone_replaces_no_script_and_no_data():
    from tf1_recipes.recording import session_tap
    for name in ("train.py", "data.npz"):
        Path(name).write_text("raise SystemExit('it ran')")
    os.link("train.py", "linked.npz")
    for out, why in (
            ("train.py", "the name of a trace ends in .npz"),
            ("linked.npz", "the script, or what it is given, would be replaced by the trace; "
                           "write it elsewhere"),
            ("data.npz", "the script, or what it is given, would be replaced by the trace; "
                         "write it elsewhere")):
        done = subprocess.run([sys.executable, session_tap.__file__, "--out", out, "train.py",
                               "--data=data.npz"], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (2, "tf1-recipes: --out %s: %s\n" % (out, why))
    assert Path("data.npz").read_text() == Path("train.py").read_text()


# --- In a program ---


@pytest.mark.parametrize("path", ["port.npz", "port.json"])
def test_four_threads_share_a_writer(path):
    with traces.writer(path) as t:
        t.initial({"w": np.zeros(2000)})

        def train(session):
            for step in range(25):
                t.step({"w": np.full(2000, 100 * session + step)}, session=session)
        threads = [threading.Thread(target=train, args=(session,)) for session in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    values = {}
    for step in traces.open_trace(path):
        value, = set(step.arrays("variables")["w"].tolist())
        values.setdefault(step.facts["session"], []).append(value)
    assert values.pop(0) == [0.0]
    assert values == {session: [100.0 * session + step for step in range(25)]
                      for session in range(1, 5)}


def test_a_second_writer_in_the_program_is_refused():
    with traces.writer("port.json") as t:
        with pytest.raises(Error, match="port.json.npz.partial exists: .* is under way; wait"):
            traces.writer("port.json")
        t.step({"w": 1.0})
    assert os.listdir() == ["port.json"]
