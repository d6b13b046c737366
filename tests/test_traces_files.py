import os

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, TraceError, open_trace, write_json
from tf1_recipes.traces.files import finish


def test_the_ending_of_the_name_decides_the_form(tmp_path):
    archive, text = str(tmp_path / "t.npz"), str(tmp_path / "t.json")
    file, trace = TraceFile(archive, {}), MemoryTrace()
    for each in (file, trace):
        each.step(0, [("variables", "w", np.float32([1, 2]))], {"session": 0})
    file.close({})
    write_json(trace, text)
    for path in (archive, text):
        assert open_trace(path)[0].arrays("variables")["w"].tolist() == [1.0, 2.0]
        assert open_trace(path)[0].facts == {"session": 0}


@pytest.mark.parametrize("name", ["none.npz", "none.json"])
def test_a_missing_file(tmp_path, name):
    path = str(tmp_path / name)
    with pytest.raises(TraceError, match="^%s cannot be read: No such file or directory$" % path):
        open_trace(path)


@pytest.mark.parametrize("given", [None, 3, ["t.npz"]])
def test_what_is_not_a_path_is_refused(given):
    with pytest.raises(TraceError) as error:
        open_trace(given)
    assert str(error.value) == "open_trace: %r is not the path of a file" % (given,)


def test_a_path_object_is_a_path(tmp_path):
    write_json(MemoryTrace(), str(tmp_path / "t.json"))
    assert open_trace(tmp_path / "t.json").numbers == []


def test_only_traces_are_written(tmp_path):
    with pytest.raises(Error, match="^trace is 't.npz', not a trace: open it with open_trace$"):
        write_json("t.npz", str(tmp_path / "t.json"))
    assert os.listdir(tmp_path) == []


def test_a_folder_is_no_trace(tmp_path):
    with pytest.raises(TraceError, match="^%s cannot be read: Is a directory$" % tmp_path):
        open_trace(str(tmp_path))


def test_a_recording_killed_before_its_first_step_leaves_nothing(tmp_path):
    partial = tmp_path / "t.npz.partial"
    for content in (b"", b"PK\3\4"):
        partial.write_bytes(content)
        assert finish(str(tmp_path / "t.npz"), {}) == 0
        assert os.listdir(tmp_path) == []


def test_a_recording_killed_while_it_wrote_the_directory_is_finished(tmp_path):
    path = str(tmp_path / "t.npz")
    file = TraceFile(path, {})
    file.step(0, [("variables", "w", np.float32([1, 2]))], {"session": 0})
    file.close({"exit_status": 0})
    data = (tmp_path / "t.npz").read_bytes()
    (tmp_path / "t.npz").unlink()
    (tmp_path / "t.npz.partial").write_bytes(data[:data.index(b"PK\1\2") + 50])
    assert finish(path, {"exit_status": 137}) == 1
    assert open_trace(path).end == {"exit_status": 137, "steps": 1}
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["0/variables/w"].tolist() == [1.0, 2.0]
