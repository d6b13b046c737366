"""Files that are drafts first: whole under their own names; a draft that is left is taken up."""
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import claim
from tf1_recipes.traces import MemoryTrace, drafts, open_trace
from tf1_recipes.traces.drafts import DRAFT_SUFFIX, draft, open_draft
from tf1_recipes.traces.recorded_file import claim_recording, convert, told_in_lines
from tf1_recipes.traces.stored import store
from tf1_recipes.transfer.cache.key import write_key
from tf1_recipes.transfer.cache.row_file import RowFile


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_where_the_block_fails_the_old_file_stays(error):
    Path("a.txt").write_text("old")
    with pytest.raises(error), draft("a.txt") as file:
        file.write("new")
        raise error
    assert os.listdir() == ["a.txt"] and Path("a.txt").read_text() == "old"


def test_what_a_kill_left_is_written_anew():
    Path("a.txt" + DRAFT_SUFFIX).write_text("of a process that was killed, and longer")
    with draft("a.txt") as file:
        file.write("new")
    assert os.listdir() == ["a.txt"] and Path("a.txt").read_text() == "new"


def test_two_at_once_follow_each_other():
    """The second waits for the lock, and then has a draft of its own."""
    waiting, texts = threading.Event(), []

    def second():
        waiting.set()
        with draft("a.txt") as file:
            texts.append(Path("a.txt").read_text())
            file.write("second")
    thread = threading.Thread(target=second)
    with draft("a.txt") as file:
        thread.start()
        waiting.wait()
        file.write("first")
    thread.join()
    assert texts == ["first"] and Path("a.txt").read_text() == "second"
    assert os.listdir() == ["a.txt"]


def test_another_process_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(drafts, "_PATIENCE", 0)
    with draft("a.txt") as file:
        with pytest.raises(Error) as raised, draft("a.txt"):
            pass
        file.write("first")
    assert str(raised.value) == (
        "cannot write a.txt: %s has been locked by another process for 0 seconds; wait for it, or "
        "end it" % os.path.abspath("a.txt.tf1_recipes_draft"))
    assert os.listdir() == ["a.txt"] and Path("a.txt").read_text() == "first"


@pytest.mark.parametrize("alive", [False, True])
@pytest.mark.parametrize("numbers, ending", [(3, ".json"), (20000, ".npz")])
def test_a_draft_is_no_recording_s_file_and_no_user_s(alive, numbers, ending):
    """What a recording to that name has written, killed or under way, is neither taken nor waited
    for, and no file ``*.partial`` of anybody else's is consumed."""
    names = ["net%s.partial" % ending, "net%s.npz.partial" % ending]
    locked = []
    for name in names:
        descriptor = claim(name)
        os.write(descriptor, b"steps")
        locked.append(descriptor)
        if not alive:
            os.close(descriptor)
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.ones(numbers))], {})
    assert store(trace, os.path.abspath("net"), ("variables",)) == os.path.abspath("net" + ending)
    assert sorted(os.listdir()) == sorted(["net" + ending, *names])
    assert [Path(name).read_text() for name in names] == ["steps"] * 2
    for descriptor in locked * alive:
        os.close(descriptor)


@pytest.mark.parametrize("steps_in_it", [1, 20000])
def test_a_draft_that_was_replaced_is_not_moved(steps_in_it):
    with pytest.raises(Error, match="was moved, deleted or replaced meanwhile$"), \
            draft("a.txt") as file:
        file.write("text" * steps_in_it)
        os.remove("a.txt" + DRAFT_SUFFIX)
        Path("a.txt" + DRAFT_SUFFIX).write_text("another's")
    assert os.listdir() == ["a.txt" + DRAFT_SUFFIX]


# --- Links ---


def stored_archive(path):
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.ones(20000))], {})
    store(trace, os.path.abspath(path[:-len(".npz")]), ("variables",))


# What writes a file, under which name that file is first, and how the others are called.
WRITERS = {
    "a page": (lambda path: draft(path).__enter__(), DRAFT_SUFFIX),
    "a stored trace": (stored_archive, DRAFT_SUFFIX),
    "a recording": (claim_recording, ".partial"),
    "a cache": (lambda path: RowFile(path, 3), ".partial"),
    "the checksums of a cache": (lambda path: RowFile(path, 3), ".crc32"),
    "the key of a cache": (lambda path: write_key(path, {}), ".key.json.partial"),
}
# What lies there instead.
IN_THE_WAY = {
    "a symbolic link": lambda name: os.symlink("precious", name),
    "a hard link": lambda name: os.link("precious", name),
    "a link to a file in another folder": lambda name: os.symlink("folder/precious", name),
    "a link to nothing": lambda name: os.symlink("folder/none", name),
    "a link to itself": lambda name: os.symlink(name, name),
    "a link to a device": lambda name: os.symlink("/dev/null", name),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("content", ["", "precious"])
@pytest.mark.parametrize("thing", IN_THE_WAY)
@pytest.mark.parametrize("writer", WRITERS)
def test_nothing_is_written_through_a_link(writer, thing, content):
    os.mkdir("folder")
    for name in ("precious", "folder/precious"):
        Path(name).write_text(content)
    write, suffix = WRITERS[writer]
    IN_THE_WAY[thing]("a.npz" + suffix)
    with pytest.raises(Error, match="(?s)a.npz%s is in the way: it is a link, has another name as "
                                    "well, or is not a regular file; move or delete it$" % suffix):
        write("a.npz")
    assert Path("precious").read_text() == Path("folder/precious").read_text() == content
    assert os.listdir("folder") == ["precious"] and not os.path.exists("a.npz")
    assert os.path.lexists("a.npz" + suffix)


def test_where_it_cannot_be_written():
    with pytest.raises(Error, match="^cannot write none/a.txt: No such file or directory$"), \
            draft("none/a.txt"):
        pass
    Path("folder").mkdir()
    with pytest.raises(Error, match="^cannot write folder: Is a directory$"), draft("folder"):
        pass
    assert os.listdir() == ["folder"]


def test_a_folder_that_is_left_meanwhile_is_where_it_goes(tmp_path):
    (tmp_path / "other").mkdir()
    with draft("a.txt") as file:
        os.chdir("other")
        file.write("here")
    assert (tmp_path / "a.txt").read_text() == "here" and os.listdir() == []


@pytest.mark.parametrize("numbers, ending", [(3, ".json"), (20000, ".npz")])
def test_a_stored_trace_takes_up_the_draft_that_a_kill_left(numbers, ending):
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.ones(numbers))], {})
    os.mkdir("test_net")
    draft_left = Path("test_net/test_a%s%s" % (ending, DRAFT_SUFFIX))
    draft_left.write_text("of a process that was killed")
    assert store(trace, "test_net/test_a", ("variables",)) == "test_net/test_a" + ending
    assert os.listdir("test_net") == ["test_a" + ending]
    assert open_trace("test_net/test_a" + ending)[0].arrays("variables")["w"].size == numbers


# --- The conversion of a recording to JSON ---


def archive(steps):
    from tf1_recipes.recording.session_tap import TraceFile
    file = TraceFile("run.json.npz", {})
    for number in range(steps):
        file.step(number, [("variables", "w%d" % each, np.float32([number, 0.1]))
                           for each in range(39)], {"session": 0})
    file.close({})


def test_the_work_of_a_conversion_grows_with_the_steps(monkeypatch):
    """The members that are looked up in the archive, and the pieces that are written: no clock."""
    from tf1_recipes.traces.archive import NpzTrace
    lookups, original = [], NpzTrace._member
    monkeypatch.setattr(NpzTrace, "_member", lambda *each: lookups.append(1) or original(*each))
    counts = {}
    for steps in (50, 100, 200):
        archive(steps)
        del lookups[:]
        convert("run.json.npz", "run.json")
        counts[steps] = len(lookups)
        assert len(open_trace("run.json")) == steps and os.listdir() == ["run.json"]
    assert counts[200] - counts[100] == 2 * (counts[100] - counts[50])
    assert counts[200] <= 3 * 200 * (39 + 1)  # found once, and read once


def test_a_long_conversion_says_how_far_it_is(capsys):
    times = iter([0.0, 4.9, 5.0, 5.0, 9.0, 10.1, 10.1])
    progress = told_in_lines("run.json", clock=lambda: next(times))
    for done in range(1, 5):
        progress(done, 40)
    assert capsys.readouterr().err == (
        "tf1-recipes: writing run.json: 2 of 40 steps\n"
        "tf1-recipes: writing run.json: 4 of 40 steps\n")


def test_an_interrupted_conversion_keeps_the_recording(monkeypatch):
    archive(3)
    monkeypatch.setattr(drafts.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        convert("run.json.npz", "run.json")
    assert os.listdir() == ["run.json.npz"]
    assert open_draft("run.json")
