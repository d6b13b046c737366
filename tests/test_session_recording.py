"""Recording inside a program: what is heard, from when on, and what is left as it was."""
import json
import os
import signal
import threading

import numpy as np
import pytest

from tests.small_trainings import both_kinds, variable
from tests.tap_scripts import values
from tf1_recipes.errors import Error
from tf1_recipes.recording.sessions import record_sessions
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.trace import MemoryTrace
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.usefixtures("graph")


def base_session():
    return next(each for each in tf.Session.__mro__ if "_do_run" in vars(each))


@pytest.fixture(autouse=True)
def nothing_stays_attached():
    before = dict(vars(base_session()))
    yield
    after = dict(vars(base_session()))
    assert {name for name in after if after[name] is not before.get(name)} == set()


@both_kinds
def test_steps_feeds_and_fetches_are_recorded(use_resource):
    x = tf.placeholder(tf.float32, [], name="x")
    w = variable("w", 1.0, use_resource)
    frozen = variable("frozen", 7.0, use_resource)
    train = tf.assign_add(w, x, name="train")
    loss = tf.multiply(x, 3.0, name="loss")
    with record_sessions() as trace, tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for fed in (2.0, 4.0):
            assert session.run([train, loss], {x: fed})[1] == 3 * fed
            session.run([w, frozen])  # changes nothing, and is no step
    assert values(trace, "w") == {0: 1.0, 1: 3.0, 2: 7.0}
    assert values(trace, "frozen") == {0: 7.0, 1: 7.0, 2: 7.0}
    assert values(trace, "x", "feeds") == {1: 2.0, 2: 4.0}
    assert values(trace, "loss", "fetches") == {1: 6.0, 2: 12.0}
    assert trace.manifest["tensorflow"] == tf.__version__
    assert trace.manifest["numpy"] == np.__version__


@both_kinds
def test_a_session_may_be_older_than_the_recording(use_resource):
    w = variable("w", 1.0, use_resource)
    frozen = variable("frozen", 7.0, use_resource)
    later = variable("later", 0.0, use_resource)
    train = tf.assign_add(w, 1.0).op
    with tf.Session() as session:
        session.run([w.initializer, frozen.initializer])
        session.run(train)
        with record_sessions() as trace:
            session.run(train)
            session.run(later.initializer)
            session.run(train)
        session.run(train)
    assert values(trace, "w") == {0: 2.0, 1: 3.0, 2: 3.0, 3: 4.0}
    assert values(trace, "frozen") == {0: 7.0, 1: 7.0, 2: 7.0, 3: 7.0}
    assert values(trace, "later") == {2: 0.0, 3: 0.0}, "it has no value before"


def test_the_graph_and_the_numbers_stay_as_they_are(graph):
    def run():
        with tf.Graph().as_default() as own:
            tf.set_random_seed(1)
            w = variable("w", tf.random_normal([3]))
            train = tf.assign_add(w, tf.random_normal([3])).op
            with tf.Session() as session:
                session.run(w.initializer)
                for _ in range(3):
                    session.run(train)
                return session.run(w).tolist(), own.version
    plain = run()
    with record_sessions():
        assert run() == plain


@pytest.mark.parametrize("name", ["run.npz", "run.json"])
def test_a_path_becomes_a_file(name, tmp_path):
    w = variable("w", 1.0)
    train = tf.assign_add(w, 2.0).op
    with record_sessions(tmp_path / name), tf.Session() as session:
        session.run(w.initializer)
        session.run(train)
        assert not (tmp_path / name).exists(), "it bears its name once it is whole"
    assert [each.name for each in tmp_path.iterdir()] == [name]
    if name.endswith("npz"):
        with np.load(str(tmp_path / name), allow_pickle=False) as file:
            assert file["0/variables/w"] == 1.0
            assert file["1/variables/w"] == 3.0
    else:
        steps = json.loads((tmp_path / name).read_text())["steps"]
        assert [step["variables"]["w"] for step in steps] == [
            ["float32", [], [1.0]], ["float32", [], [3.0]]]


def test_every_and_a_pattern_choose_what_is_recorded():
    w, v = variable("net/w", 1.0), variable("other/v", 1.0)
    train = tf.group(tf.assign_add(w, 1.0), tf.assign_add(v, 1.0))
    with record_sessions(every=2, variables="net") as trace, tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run(train)
    assert values(trace, "net/w") == {0: 1.0, 2: 3.0, 4: 5.0}
    assert values(trace, "other/v") == {}


def test_any_object_that_takes_steps_will_do():
    class Numbers(list):
        def step(self, number, arrays, facts):
            self.append(number)
    w = variable("w", 1.0)
    with record_sessions(Numbers()) as numbers, tf.Session() as session:
        session.run(w.initializer)
        session.run(tf.assign_add(w, 1.0).op)
    assert numbers == [0, 1]


# --- Several at a time ---


@pytest.mark.parametrize("order", ["nested", "overlapping"])
def test_recordings_nest_and_overlap(order):
    w = variable("w", 0.0)
    train = tf.assign_add(w, 1.0).op
    outer, inner = record_sessions(), record_sessions()
    with tf.Session() as session:
        session.run(w.initializer)
        a = outer.__enter__()
        session.run(train)
        b = inner.__enter__()
        session.run(train)
        first, last = (inner, outer) if order == "nested" else (outer, inner)
        first.__exit__(None, None, None)
        session.run(train)
        last.__exit__(None, None, None)
        session.run(train)
    if order == "nested":
        assert values(a, "w") == {0: 0.0, 1: 1.0, 2: 2.0, 3: 3.0}
        assert values(b, "w") == {0: 1.0, 1: 2.0}
    else:
        assert values(a, "w") == {0: 0.0, 1: 1.0, 2: 2.0}
        assert values(b, "w") == {0: 1.0, 1: 2.0, 2: 3.0}


def test_recordings_of_several_threads_do_not_wait_for_one_another():
    w = variable("w", 0.0)
    train = tf.assign_add(w, 1.0, use_locking=True).op
    traces = []
    with tf.Session() as session:
        session.run(w.initializer)

        def record():
            for _ in range(5):
                with record_sessions() as trace:
                    for _ in range(10):
                        session.run(train)
                traces.append(len(trace))
        threads = [threading.Thread(target=record, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
        assert session.run(w) == 200.0
    # Each hears at least its own ten steps, and the values before them.
    assert len(traces) == 20 and min(traces) >= 11


# --- What is wrong is said ---


def test_a_failing_block_keeps_its_exception_and_what_was_recorded(tmp_path):
    w = variable("w", 1.0)
    train = tf.assign_add(w, 1.0).op
    with pytest.raises(ZeroDivisionError), record_sessions(str(tmp_path / "run.npz")), \
            tf.Session() as session:
        session.run(w.initializer)
        session.run(train)
        raise ZeroDivisionError
    with np.load(str(tmp_path / "run.npz"), allow_pickle=False) as file:
        assert file["1/variables/w"] == 2.0
        assert json.loads(file["end.json"])["exception"] == "ZeroDivisionError"
    with pytest.raises(ZeroDivisionError), record_sessions():
        raise ZeroDivisionError  # and not that nothing was recorded


@pytest.mark.parametrize("name", ["run.npz", "run.json"])
def test_a_recording_of_nothing_is_an_error(name, tmp_path):
    with pytest.raises(Error, match="nothing was recorded: no Session.run changed a variable"), \
            record_sessions(tmp_path / name), tf.Session() as session:
        session.run(tf.constant(1.0))
    assert list(tmp_path.iterdir()) == []


def test_a_pattern_without_a_match_is_an_error(tmp_path):
    w = variable("layer1/kernel", 1.0)
    with pytest.raises(Error, match="nothing was recorded: 'layer2' matches no variable; the "
                                    "closest are 'layer1'"), \
            record_sessions(tmp_path / "run.npz", variables="layer2"), tf.Session() as session:
        session.run(w.initializer)
        session.run(tf.assign_add(w, 1.0).op)
    assert list(tmp_path.iterdir()) == []


def test_a_variable_that_cannot_be_recorded_is_named():
    w = variable("w", 1.0)
    words = tf.get_variable("words", initializer="a")
    with pytest.warns(UserWarning, match="variable 'words' is not in the trace: its dtype is "
                                         "string") as caught, \
            record_sessions() as trace, tf.Session() as session:
        session.run([w.initializer, words.initializer])
        session.run(tf.assign_add(w, 1.0).op)
    assert caught[0].filename == __file__
    assert trace.notes == ["variable 'words' is not in the trace: its dtype is string"]


def test_what_cannot_begin_is_refused(tmp_path):
    full = MemoryTrace()
    full.step(0, [], {})
    partial = tmp_path / "killed.npz.partial"
    partial.write_bytes(b"evidence")
    for settings, message in (
            ({"every": 0}, "every=0: it must be >= 1"),
            ({"variables": "("}, "variables='\\(' is not a regular expression"),
            ({"to": 3}, "3 is neither a path nor a trace that takes steps"),
            ({"to": full}, "the trace has 1 steps already"),
            ({"to": str(tmp_path / "no" / "run.npz")}, "there is no folder"),
            ({"to": str(tmp_path / "killed.npz")}, "killed.npz.partial exists: .* was killed")):
        with pytest.raises(Error, match=message), record_sessions(**settings):
            raise AssertionError("the block is not entered")


# --- Nothing lost ---


@pytest.mark.parametrize("name", ["run.npz", "run.json"])
def test_code_that_changes_its_folder(tmp_path, monkeypatch, name):
    """The file lies where it was named, whether the folder changes before or after a step."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    train = tf.assign_add(tf.get_variable("w", initializer=0.0), 1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with record_sessions(name):
            session.run(train)
            os.chdir("other")
            session.run(train)
    assert values(open_trace(str(tmp_path / name)), "w") == {0: 0.0, 1: 1.0, 2: 2.0}
    assert sorted(os.listdir(str(tmp_path))) == ["other", name] and os.listdir() == []


@pytest.mark.parametrize("name", ["run.npz", "run.json"])
def test_an_interrupt_right_after_an_update_waits_until_it_is_recorded(
        tmp_path, monkeypatch, name):
    """The update cannot be undone: the trace has it, too."""
    w = tf.get_variable("w", initializer=0.0)
    train = tf.assign_add(w, 1.0)
    original = base_session()._do_run

    def interrupted(session, *arguments):
        results = original(session, *arguments)
        if armed:
            armed.pop()
            os.kill(os.getpid(), signal.SIGINT)
        return results
    armed = []
    monkeypatch.setattr(base_session(), "_do_run", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            with pytest.raises(KeyboardInterrupt), record_sessions(str(tmp_path / name)):
                session.run(train)
                armed.append(True)
                session.run(train)
            assert session.run(w) == 2.0
    finally:
        signal.signal(signal.SIGINT, before)
    assert values(open_trace(str(tmp_path / name)), "w") == {0: 0.0, 1: 1.0, 2: 2.0}


def test_to_json_the_steps_are_on_the_disk_as_they_come(tmp_path):
    path = str(tmp_path / "run.json")
    train = tf.assign_add(tf.get_variable("w", initializer=0.0), 1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with record_sessions(path) as trace:
            session.run(train)
            assert values(trace, "w") == values(open_trace(path + ".npz.partial"), "w") == {
                0: 0.0, 1: 1.0}
    assert os.listdir(str(tmp_path)) == ["run.json"]
