"""Traces of trainings in any framework: what is written, numbered, refused and kept."""
import os
import re
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.errors import Error


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def w(*values):
    return {"w": np.float32(values)}


def content(path):
    return [(step.number, step.facts, {key: tensor.read().tolist()
                                       for key, tensor in step.tensors.items()})
            for step in traces.open_trace(path)]


@pytest.mark.parametrize("path", ["port.npz", "port.json"])
def test_what_is_written(path):
    with traces.writer(path, framework="torch 2.3", arguments=["--lr", "0.1"]) as t:
        t.initial(w(1))
        t.step(w(2), feeds={"x": [[1.0, 2.0]]}, fetches={"loss": 0.5})
    trace = traces.open_trace(path)
    assert trace.manifest["framework"] == "torch 2.3"
    assert trace.manifest["arguments"] == ["--lr", "0.1"]
    assert trace.manifest["numpy"] == np.__version__
    assert content(path) == [
        (0, {"session": 0, "writes": [], "initial": True}, {("variables", "w"): [1.0]}),
        (1, {"session": 0}, {("variables", "w"): [2.0], ("fetches", "loss"): 0.5,
                             ("feeds", "x"): [[1.0, 2.0]]})]
    assert os.listdir() == [path]


def test_it_is_the_format_of_recordings():
    """The exit status, and NumPy's own reader."""
    with traces.writer("port.npz") as t:
        t.step(w(2))
    assert traces.open_trace("port.npz").end == {
        "exit_status": 0, "not_recorded": {}, "notes": [], "sessions": 1, "steps": 1}
    with np.load("port.npz", allow_pickle=False) as arrays:
        assert arrays["1/variables/w"].tolist() == [2.0]


def test_reports_name_the_framework(capsys):
    from tf1_recipes.cli import main
    with traces.writer("port.npz", framework="torch 2.3") as t:
        t.step(w(1))
    assert main(["compare", "port.npz", "port.npz"]) == 0
    assert "\n   torch 2.3, Python " in capsys.readouterr().out


def test_it_needs_no_framework():
    code = """
        import sys
        from tf1_recipes import traces
        with traces.writer("port.npz") as t:
            t.step({"w": [1.0]})
        print([name for name in ("tensorflow", "torch", "jax", "keras") if name in sys.modules])
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True,
                          text=True, check=True)
    assert done.stdout == "[]\n"


def test_steps_are_numbered_as_in_a_recording():
    """Step k is the state after k updates, with or without initial values; so in every session."""
    with traces.writer("whole.npz") as t:
        t.initial(w(0))
        t.step(w(1))
        t.initial(w(5), session=1)
        t.step(w(6), session=1)
        t.step(w(2))
    with traces.writer("without.npz") as t:
        t.step(w(1))
        t.step(w(6), session=1)
        t.step(w(2))
    numbers = {path: [(step.number, step.facts["session"]) for step in traces.open_trace(path)]
               for path in ("whole.npz", "without.npz")}
    assert numbers == {"whole.npz": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 0)],
                       "without.npz": [(1, 0), (3, 1), (4, 0)]}


def test_only_each_hundredth_step():
    with traces.writer("port.npz") as t:
        t.initial(w(0))
        for number in (100, 200):
            t.step(w(number), number=number)
        with pytest.raises(Error, match="^step 200: the number of this step must be an int"):
            t.step(w(0), number=200)
    assert traces.open_trace("port.npz").numbers == [0, 100, 200]


def test_bfloat16_is_said():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    with traces.writer("port.npz") as t:
        t.step({"w": np.array([1.5], bfloat16)})
    trace = traces.open_trace("port.npz")
    assert trace[1].facts["kept_as_float32"] == {"variables/w": "bfloat16"}
    assert trace.end["notes"] == ["variables/w was bfloat16, kept as float32"]


# --- What is refused, with nothing written of it ---


def test_a_step_with_faults_is_refused_whole():
    with traces.writer("port.npz") as t:
        t.step(w(1))
        with pytest.raises(Error, match="^step 2 of port.npz: variables: o: its elements are "
                                        "object.*; feeds: the name '' is empty.*$"):
            t.step({"w": 1.0, "o": np.array([{}])}, feeds={"": 1.0})
        with pytest.raises(Error, match="^step 2 of port.npz: it has no arrays$"):
            t.step({})
        t.step(w(2))
    assert traces.open_trace("port.npz").numbers == [1, 2]


def test_initial_values_after_the_first_step_are_refused():
    with traces.writer("port.npz") as t:
        t.step(w(1))
        with pytest.raises(Error, match="^session 0 has begun: record its initial values"):
            t.initial(w(0))
        for session in (-1, "0", True, None):
            with pytest.raises(Error, match="^session .*: it must be an integer >= 0"):
                t.step(w(2), session=session)


def test_nothing_recorded_is_an_error():
    with pytest.raises(Error, match="^nothing was recorded in port.npz: no step was given$"), \
            traces.writer("port.npz"):
        pass
    assert os.listdir() == []


def test_a_closed_trace_takes_no_steps():
    t = traces.writer("port.npz")
    t.step(w(1))
    t.close()
    with pytest.raises(Error, match="^port.npz is closed"):
        t.step(w(2))


def test_where_it_cannot_be_written(tmp_path):
    with pytest.raises(Error, match="^cannot write none/port.npz: there is no folder"):
        traces.writer("none/port.npz")
    t = traces.writer("port.npz")
    with pytest.raises(Error, match="^port.npz.partial exists: a recording into port.npz is under"):
        traces.writer("port.npz")
    t.step(w(1))
    t.close()


# --- Ended before the end ---


@pytest.mark.parametrize("error, status", [
    (ValueError("x"), 1), (KeyboardInterrupt(), 130), (SystemExit(7), 7), (SystemExit("x"), 1),
    (SystemExit(), 0)])
@pytest.mark.parametrize("path", ["port.npz", "port.json"])
def test_an_exception_keeps_what_is_recorded(error, status, path):
    with pytest.raises(type(error)), traces.writer(path) as t:
        t.step(w(1))
        raise error
    assert [number for number, _, _ in content(path)] == [1]
    assert os.listdir() == [path]
    if path.endswith(".npz"):
        end = traces.open_trace(path).end
        assert (end["exit_status"], end["exception"]) == (status, type(error).__name__)


def test_an_exception_before_the_first_step_leaves_nothing():
    with pytest.raises(ZeroDivisionError), traces.writer("port.npz"):
        raise ZeroDivisionError
    assert os.listdir() == []


def test_a_killed_process_leaves_every_whole_step():
    code = """
        import os, signal
        from tf1_recipes import traces
        with traces.writer("port.npz") as t:
            t.initial({"w": [0.0]})
            for number in range(1, 51):
                t.step({"w": [float(number)]})
            os.kill(os.getpid(), signal.SIGKILL)
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert os.listdir() == ["port.npz.partial"]
    trace = traces.open_trace("port.npz.partial")
    assert trace.numbers == list(range(51))
    assert re.match("port.npz.partial was never finished: it is cut off after 51 whole steps",
                    trace.notes[0])


def test_a_training_that_changes_its_folder(tmp_path):
    (tmp_path / "other").mkdir()
    with traces.writer("port.json") as t:
        t.step(w(1))
        os.chdir("other")
    assert content(str(tmp_path / "port.json"))[0][0] == 1


def test_a_full_disk_is_one_error(tmp_path):
    code = """
        import resource, signal
        from tf1_recipes import traces
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, resource.RLIM_INFINITY))
        t = traces.writer("port.npz")
        for number in range(1000):
            t.step({"w": [0.0]})
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True,
                          text=True)
    assert re.search(r"Error: cannot write \S*/port.npz.partial: File too large$", done.stderr)
    assert len(traces.open_trace("port.npz.partial")) > 10
