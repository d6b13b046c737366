"""``tf1-recipes record`` in processes of its own: what comes through, and what is kept."""
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.cli import main
from tf1_recipes.errors import Error
from tf1_recipes.recording.command import record
from tf1_recipes.traces import MemoryTrace, open_trace, write_json

COUNTING = """
    import os, signal, sys, time
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    w = tf.Variable(0.0, name="net/w")
    b = tf.Variable([10.0, 20.0], name="b")
    train = tf.group(tf.assign_add(w, 1.0), tf.assign_add(b, [1.0, 1.0]))
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    def steps(count):
        for _ in range(count):
            sess.run(train)
    """


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Writes the script: `COUNTING` and what a test adds to it."""
    monkeypatch.chdir(tmp_path)

    def write(text):
        Path("train.py").write_text(textwrap.dedent(COUNTING) + textwrap.dedent(text))
        return "train.py"
    return write


def start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "tf1_recipes", *arguments], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def lines(err):
    """Without the release as of which the script runs, and TensorFlow's own log."""
    return [line for line in err.splitlines() if not re.match(
        "tf1-recipes: .* runs as of|WARNING: All log messages before|[IWE]0000 ", line)]


def run(*arguments, **options):
    process = start(*arguments, **options)
    out, err = process.communicate()
    return process.returncode, out, lines(err)


def numbers(path, name="net/w"):
    return [step.arrays("variables")[name].item() for step in open_trace(path)]


def test_what_comes_through_and_what_is_written(script):
    script("""
        steps(3)
        print("out", sys.argv)
        sys.stderr.write("err\\n")
        sys.exit(7)
        """)
    status, out, err = run("record", "train.py", "-o", "run.json", "--", "--batch", "3", "--", "-o")
    assert status == 7
    assert out == "out ['train.py', '--batch', '3', '--', '-o']\n"
    assert err == ["err", "tf1-recipes: 3 steps of 2 variables recorded in run.json"]
    assert numbers("run.json") == [0.0, 1.0, 2.0, 3.0]
    assert sorted(os.listdir()) == ["run.json", "train.py"]
    manifest = open_trace("run.json").manifest
    assert manifest["script"] == "train.py"
    assert manifest["arguments"] == ["--batch", "3", "--", "-o"]
    assert manifest["numpy"] == np.__version__
    assert {"tensorflow", "python", "script_crc32"} < set(manifest)


def test_every_variables_and_initial_values(script, capfd):
    script("steps(4)\nprint(sess.run(b).tolist())")
    start = MemoryTrace()
    start.step(0, [("variables", "b", np.float32([1.0, 2.0])), ("variables", "old", np.ones(3))],
               {"session": 0, "initial": True})
    write_json(start, "start.json")
    assert record("train.py", [], "run.npz", every=2, variables="b", init_from="start.json") == 0
    found = open_trace("run.npz")
    assert {step.number: step.arrays("variables")["b"].tolist() for step in found} == {
        0: [1.0, 2.0], 2: [3.0, 4.0], 4: [5.0, 6.0]}
    assert all(list(step.arrays("variables")) == ["b"] for step in found)
    out, err = capfd.readouterr()
    assert out == "[5.0, 6.0]\n"
    assert lines(err) == [
        "tf1-recipes: 1 initial value taken from start.json; it has none for net/w",
        "tf1-recipes: 2 steps of 1 variable recorded in run.npz"]


def test_initial_values_that_are_missing_of_several_sessions_are_told_apart(script, capfd):
    script("""
        steps(1)
        sess.run(b.initializer)
        steps(1)
        second = tf.Session()
        second.run(b.initializer)
        second.run(tf.assign_add(b, [1.0, 1.0]))
        """)
    start = MemoryTrace()
    start.step(0, [("variables", "net/w", np.float32(1.0))], {"session": 0, "initial": True})
    write_json(start, "start.json")
    assert record("train.py", [], "run.npz", init_from="start.json") == 0
    assert lines(capfd.readouterr().err)[0] == (
        "tf1-recipes: 1 initial value taken from start.json; it has none for b of session 0, "
        "b (initialised again) of session 0, b of session 1")


def test_initial_values_of_nothing_are_an_error(script, capfd):
    script("steps(1)")
    start = MemoryTrace()
    start.step(0, [("variables", "other", np.ones(3))], {"session": 0, "initial": True})
    write_json(start, "start.json")
    assert record("train.py", [], "run.npz", init_from="start.json") == 1
    assert lines(capfd.readouterr().err) == [
        "tf1-recipes: --init-from start.json: it has none of the variables that train.py "
        "initialises: b, net/w"]
    assert not os.path.exists("run.npz")


FED = """
    x = tf.placeholder(tf.float32, [], name="x")
    feed = tf.assign_add(w, x)
    sess.run(tf.global_variables_initializer())
    for value in %s:
        sess.run(feed, {x: value})
    """


def test_feeds_from_another_recording(script, capfd):
    """Also from one that a person wrote as JSON, by the command line; what runs out is said."""
    with traces.writer("fed.json") as t:
        for value in (5.0, 7.0):
            t.step(feeds={"x": np.float32(value)})
    script(FED % [1.0, 2.0, 3.0])
    assert main(["record", "train.py", "-o", "run.npz", "--feeds-from", "fed.json"]) == 0
    assert numbers("run.npz") == [0.0, 5.0, 12.0, 15.0]
    assert lines(capfd.readouterr().err) == [
        "tf1-recipes: feeds of 2 steps taken from fed.json",
        "tf1-recipes: the feeds of fed.json ran out: from step 3 on the script's own are used",
        "tf1-recipes: 3 steps of 2 variables recorded in run.npz"]


def test_feeds_of_nothing_are_an_error(script, capfd):
    with traces.writer("fed.npz") as t:
        t.step(feeds={"y": np.float32(1)})
    script(FED % [1.0])
    assert record("train.py", [], "run.npz", feeds_from="fed.npz") == 1
    assert lines(capfd.readouterr().err) == [
        "tf1-recipes: --feeds-from fed.npz: no step of train.py was fed what it holds: y; the "
        "script feeds x"]
    assert not os.path.exists("run.npz")


def test_an_exception_keeps_the_trace_so_far(script):
    path = script("""
        steps(2)
        def fail():
            raise ValueError("no more data")
        fail()
        """)
    plain = run("run", path)[2]
    status, _, err = run("record", path, "-o", "run.npz")
    assert status == 1
    assert err[:-1] == plain
    assert plain[0] == "Traceback (most recent call last):" and "train.py" in plain[1]
    assert err[-1] == "tf1-recipes: 2 steps of 2 variables recorded in run.npz"
    assert numbers("run.npz") == [0.0, 1.0, 2.0]
    assert open_trace("run.npz").end["exit_status"] == 1


@pytest.mark.parametrize("end, status", [
    ("os.kill(os.getpid(), signal.SIGKILL)", 137), ("os._exit(3)", 3)])
def test_a_script_that_is_killed_leaves_all_its_steps(script, end, status):
    script("steps(500)\n" + end)
    found, _, err = run("record", "train.py", "-o", "run.npz")
    assert found == status
    assert err == ["tf1-recipes: 500 steps of 2 variables recorded in run.npz "
                   "before the script was killed"]
    assert numbers("run.npz") == [float(number) for number in range(501)]
    assert sorted(os.listdir()) == ["run.npz", "train.py"]
    with np.load("run.npz", allow_pickle=False) as arrays:
        assert arrays["500/variables/b"].tolist() == [510.0, 520.0]


def wait_for(path):
    for _ in range(600):
        if os.path.exists(path):
            return
        time.sleep(0.1)
    raise AssertionError("%s did not appear" % path)


WAIT = """
    steps(20)
    open("ready", "w").close()
    while True:
        time.sleep(0.01)
    """


def interruptible():
    """A shell's background job, as these tests may be, hands on that Ctrl-C is to be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_ends_the_script_and_finishes_the_trace(script):
    script(WAIT)
    process = start("record", "train.py", "-o", "run.npz", start_new_session=True,
                    preexec_fn=interruptible)
    wait_for("ready")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.splitlines()[-2:] == [
        "KeyboardInterrupt", "tf1-recipes: 20 steps of 2 variables recorded in run.npz"]
    assert numbers("run.npz")[-1] == 20.0
    assert open_trace("run.npz").end["exit_status"] == 130


def test_an_interrupt_of_the_recorder_alone_ends_the_script_too(script):
    script(WAIT)
    process = start("record", "train.py", "-o", "run.npz", preexec_fn=interruptible)
    wait_for("ready")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.splitlines()[-2:] == [
        "KeyboardInterrupt", "tf1-recipes: 20 steps of 2 variables recorded in run.npz"]
    assert numbers("run.npz")[-1] == 20.0
    assert open_trace("run.npz").end["exit_status"] == 130


def test_ctrl_c_interrupts_a_script_once_however_long_it_takes_to_end(script):
    script("""
        try:
            open("ready", "w").close()
            while True:
                time.sleep(0.01)
        except KeyboardInterrupt:
            time.sleep(2)  # longer than the recorder waits until it hands on what was for it alone
            steps(3)
        """)
    process = start("record", "train.py", "-o", "run.npz", start_new_session=True,
                    preexec_fn=interruptible)
    wait_for("ready")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert lines(err) == ["tf1-recipes: 3 steps of 2 variables recorded in run.npz"]


def test_a_recorder_that_is_told_to_end_ends_the_script(script):
    script(WAIT)
    process = start("record", "train.py", "-o", "run.npz")
    wait_for("ready")
    process.terminate()
    _, err = process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert err.splitlines()[-1].endswith("recorded in run.npz before the script was killed")
    assert numbers("run.npz")[-1] == 20.0


def test_what_is_left_when_recorder_and_script_are_killed_is_read(script):
    script(WAIT)
    process = start("record", "train.py", "-o", "run.npz", start_new_session=True)
    wait_for("ready")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert sorted(os.listdir()) == ["ready", "run.npz.partial", "train.py"]
    assert numbers("run.npz.partial")[-1] == 20.0
    status, out, err = run("compare", "run.npz.partial", "run.npz.partial")
    assert status == 0
    assert "AGREE: 2 tensors at 21 steps; every element is equal." in out
    assert err[0].startswith("run.npz.partial was never finished: it is cut off after 21 whole")
    # It is evidence, and stays until its owner moves it.
    status, _, err = run("record", "train.py", "-o", "run.npz")
    assert status == 2
    assert err == ["tf1-recipes: run.npz.partial exists: a recording into run.npz was killed; its "
                   "whole steps can be read as they are; move or delete it first"]


def test_a_disk_that_is_full_ends_the_script_with_one_line(script):
    script("""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, resource.RLIM_INFINITY))
        steps(500)
        """)
    status, _, err = run("record", "train.py", "-o", "run.npz")
    assert status == 2
    assert err[0] == "tf1-recipes: cannot write %s: File too large" % (
        os.path.abspath("run.npz.partial"))
    assert err[1].endswith("steps of 2 variables recorded in run.npz before the script was killed")
    found = numbers("run.npz")
    assert found == [float(number) for number in range(len(found))] and len(found) > 5


def test_a_pattern_that_matches_nothing(script):
    script("steps(2)")
    status, _, err = run("record", "train.py", "-o", "run.npz", "--variables", "ne")
    assert status == 1
    assert err[0].startswith("tf1-recipes: --variables: 'ne' matches no variable; the closest are")
    assert "'net/w'" in err[0]
    assert os.listdir() == ["train.py"]


# --- Bad usage; none of these imports TensorFlow ---


def test_a_script_that_trains_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("idle.py").write_text("print('idle')")
    Path("run.npz").write_text("from before")
    assert record("idle.py", [], "run.npz") == 1
    assert capfd.readouterr() == ("idle\n", "tf1-recipes: nothing was recorded: no Session.run of "
                                            "idle.py changed a variable\n")
    assert Path("run.npz").read_text() == "from before"


@pytest.mark.parametrize("arguments, message", [
    (["none.py", "-o", "x.npz"], "there is no script none.py"),
    (["idle.py", "-o", "none/x.npz"], "cannot write none/x.npz: there is no folder"),
    (["idle.py", "-o", "folder"], "cannot write folder: it is a folder"),
    (["idle.py", "-o", "old.npz"], "old.npz.partial exists: a recording into old.npz was killed"),
    (["idle.py", "-o", "old.json"],
     "old.json.npz exists: a recording into old.json was not, or is not yet, converted; "),
    (["idle.py", "-o", "x.npz", "--every", "0"], "--every 0: it must be >= 1"),
    (["idle.py", "-o", "x.npz", "--variables", "("], "--variables ( is not a regular expression: "),
    (["idle.py", "-o", "x.npz", "--python", "no-such"],
     "--python no-such cannot be run: No such file or directory"),
    (["idle.py", "-o", "x.npz", "--python", "/bin/echo"],
     "--python /bin/echo is not a Python interpreter"),
    (["idle.py", "-o", "x.npz", "--init-from", "none.json"],
     "none.json cannot be read: No such file or directory"),
    (["idle.py", "-o", "x.npz", "--init-from", "empty.json"],
     "--init-from empty.json: the trace holds no initial values"),
    (["idle.py", "-o", "x.npz", "--feeds-from", "empty.json"],
     "--feeds-from empty.json: the trace holds no feeds"),
])
def test_bad_usage_is_one_line_and_touches_nothing(tmp_path, monkeypatch, capsys, arguments,
                                                   message):
    from tf1_recipes.cli import main
    monkeypatch.chdir(tmp_path)
    Path("idle.py").write_text("print('idle')")
    Path("folder").mkdir()
    for name in ("old.npz.partial", "old.json.npz"):
        Path(name).write_text("evidence")
    write_json(MemoryTrace(), "empty.json")
    before = sorted(os.listdir())
    assert main(["record", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("tf1-recipes: " + message) and err.count("\n") == 1
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("has_numpy", [False, True])
def test_an_interpreter_that_lacks_a_library(tmp_path, monkeypatch, capfd, has_numpy):
    monkeypatch.chdir(tmp_path)
    Path("idle.py").write_text("print('idle')")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "bare"], check=True)
    if has_numpy:
        site = next(Path("bare/lib").iterdir()) / "site-packages"
        for name in ("numpy", "numpy.libs"):
            library = Path(np.__file__).parent.parent / name
            if library.exists():
                (site / name).symlink_to(library)
    python = str(tmp_path / "bare" / "bin" / "python")
    assert record("idle.py", [], "run.npz", python=python) == 2
    assert capfd.readouterr() == (
        "", "tf1-recipes: %s has no %s: install it there, or name another interpreter\n" % (
            python, "TensorFlow" if has_numpy else "NumPy"))
    assert not os.path.exists("run.npz")


def test_the_recorder_runs_by_itself(tmp_path, monkeypatch):
    """``session_tap.py`` alone, as on a machine of the time; without v1.py beside it."""
    monkeypatch.chdir(tmp_path)
    from tf1_recipes.recording import session_tap
    Path("tap.py").write_bytes(Path(session_tap.__file__).read_bytes())
    Path("idle.py").write_text("print('idle')")

    def alone(*arguments):
        done = subprocess.run([sys.executable, "tap.py", *arguments], capture_output=True,
                              text=True)
        return done.returncode, done.stdout, done.stderr

    assert alone("--out", "x.npz", "idle.py") == (0, "idle\n", "")
    assert alone("--out", "x.npz", "none.py") == (
        2, "", "tf1-recipes: none.py: No such file or directory\n")
    assert alone("--out", "none/x.npz", "idle.py") == (
        2, "", "tf1-recipes: none/x.npz.partial: No such file or directory\n")
    assert alone("--out", "x.npz", "--every", "0", "idle.py") == (
        2, "", "tf1-recipes: --every 0: it must be >= 1\n")
    assert alone("--out", "x.npz", "--variables", "(", "idle.py")[::2] == (
        2, "tf1-recipes: --variables ( is not a regular expression: missing ), unterminated "
           "subpattern at position 0\n")
    assert sorted(os.listdir()) == ["idle.py", "tap.py"]


def test_a_forked_process_leaves_the_trace_alone(tmp_path):
    from tf1_recipes.recording.session_tap import TraceFile
    file = TraceFile(str(tmp_path / "x.npz"), {})
    file.step(0, [("variables", "net/w", np.array(0.0))], {"session": 0})
    child = os.fork()
    if not child:
        try:
            file.step(1, [("variables", "net/w", np.array(7.0))], {"session": 0})
            file.close({})
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    file.step(1, [("variables", "net/w", np.array(1.0))], {"session": 0})
    file.close({})
    assert numbers(str(tmp_path / "x.npz")) == [0.0, 1.0]


def test_records_from_another_thread(tmp_path, monkeypatch, capfd):
    from concurrent.futures import ThreadPoolExecutor
    monkeypatch.chdir(tmp_path)
    Path("idle.py").write_text("raise SystemExit(4)")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(record, "idle.py", [], "run.npz").result() == 4
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("imported, heard", [(True, "None"), (False, "1")])
def test_what_an_imported_tensorflow_sets_is_kept_from_the_script(
        tmp_path, monkeypatch, capfd, imported, heard):
    """TF2_BEHAVIOR would make 1.15 run as TensorFlow 2; what the user sets is left alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF2_BEHAVIOR", "1")
    modules = {name: module for name, module in sys.modules.items() if name != "tensorflow"}
    monkeypatch.setattr(sys, "modules", dict(modules, tensorflow=None) if imported else modules)
    Path("show.py").write_text("import os; print(os.environ.get('TF2_BEHAVIOR'))")
    record("show.py", [], "run.npz")
    assert capfd.readouterr().out.strip() == heard


def test_errors_of_record_are_errors_of_the_package(tmp_path):
    with pytest.raises(Error):
        record(str(tmp_path / "none.py"), [], str(tmp_path / "x.npz"))
