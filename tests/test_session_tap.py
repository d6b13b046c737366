"""The tap in this process, on today's TensorFlow; `tests/genuine` runs the scripts on the old."""
import gc
import textwrap
import weakref

import numpy as np
import pytest

from tests.tap_scripts import SCRIPTS, as_expected, values
from tf1_recipes.errors import Error
from tf1_recipes.legacy.runner import run_captured
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.session_tap import GraphView, Tap
from tf1_recipes.traces import MemoryTrace
from tf1_recipes.traces.trace import initial_values
from tf1_recipes.v1 import tf

TWO_STEPS = """
    import tensorflow as tf
    with tf.name_scope("net"):
        w = tf.Variable([1.0, 2.0], name="w")
    bias = tf.Variable(10.0, name="bias")
    train = tf.group(tf.assign_add(w, [1.0, 1.0]), tf.assign_sub(bias, 1.0))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        sess.run(train)
    """


@pytest.fixture
def record(tmp_path):
    """A function that runs a script's text under a tap, and returns its trace and the tap."""
    def run(text, **options):
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(text))
        trace = MemoryTrace()
        tap = Tap(trace, **options)
        tap.printed = run_captured(str(path), tap)
        return trace, tap
    return run


@pytest.fixture
def attached():
    """A tap that hears the sessions of the test itself."""
    from tensorflow.python.client.session import BaseSession
    trace = MemoryTrace()
    tap = Tap(trace)
    detach = session_tap.attach(tap, BaseSession)
    with tf.Graph().as_default():
        yield trace, tap
    detach()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_recorded_as_worked_out_by_hand(script, record):
    trace, tap = record(script.text)
    assert as_expected(trace) == script.expected
    assert trace.numbers == list(range(len(script.expected)))
    assert sorted(tap.summary()["not_recorded"]) == script.not_recorded
    assert tap.summary()["notes"] == script.notes


def test_what_another_session_initialised_on_a_server_is_the_first_state(attached):
    """As on a worker that is not the chief: it finds the variables initialised."""
    trace, tap = attached
    w = tf.Variable([1.0, 2.0], name="w")
    unused = tf.Variable(5.0, name="unused")
    train = tf.assign_add(w, [1.0, 1.0])
    target = tf.train.Server.create_local_server().target
    tap._reading.active = True  # the chief is another process, which nobody records
    with tf.Session(target) as chief:
        chief.run(w.initializer)
        tap._reading.active = False
        with tf.Session(target) as worker:
            worker.run(train)
    assert unused.op.name not in trace[0].arrays("variables")
    assert [step.arrays("variables")["w"].tolist() for step in trace] == [[1, 2], [2, 3]]


# --- What is a step, where today's TensorFlow has more than the old ---


def test_keras_fit_is_recorded_batch_by_batch(attached):
    trace, _ = attached
    model = tf.keras.Sequential([tf.keras.layers.Dense(
        1, use_bias=False, kernel_initializer="ones", input_shape=(1,), name="dense")])
    # loss = (w x)^2 = 4 w^2 at x = 2, so w -= 0.0625 * 8 w: halved at each batch.
    model.compile(tf.keras.optimizers.SGD(0.0625), "mse")
    model.fit(np.full([3, 1], 2.0), np.zeros([3, 1]), batch_size=1, verbose=0, shuffle=False)
    before = len(trace)
    model.predict(np.ones([2, 1]), verbose=0)
    assert len(trace) == before
    kernels = [step.arrays("variables")["dense/kernel"].item() for step in trace]
    assert kernels[0] == 1.0
    assert [kernel for kernel, last in zip(kernels[1:], kernels) if kernel != last] == [
        0.5, 0.25, 0.125]


def test_a_keras_optimizer_step_keeps_its_name_and_result(attached):
    trace, _ = attached
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.get_variable("w", initializer=3.0, use_resource=True)
    step = tf.keras.backend.function([x], [x * 2.0], updates=[w.assign(w + x)])
    with tf.Session().as_default() as session:
        tf.keras.backend.set_session(session)
        session.run(w.initializer)
        assert step([np.float32(4.0)]) == [8.0]
    assert values(trace, "w") == {0: 3.0, 1: 7.0}
    assert values(trace, "x", "feeds") == {1: 4.0}


def test_a_function_that_only_reads_variables_is_no_step(attached):
    import tensorflow
    trace, _ = attached
    w = tf.get_variable("w", initializer=3.0, use_resource=True)
    reads = tensorflow.function(lambda: w + 1.0)()
    writes = tensorflow.function(lambda: w.assign_add(1.0))()
    with tf.Session() as session:
        session.run(w.initializer)
        assert session.run(reads) == 4.0
        assert len(trace) == 0
        session.run(writes)
        session.run(reads)
    assert values(trace, "w") == {0: 3.0, 1: 4.0}


def test_a_resource_variable_without_a_free_read_is_named():
    with tf.Graph().as_default() as graph:
        from tensorflow.raw_ops import AssignVariableOp, VarHandleOp
        handle = VarHandleOp(dtype=tf.float32, shape=[], shared_name="w", name="w")
        AssignVariableOp(resource=handle, value=1.0)
        view = GraphView(graph)
        assert view.reads() == {}
        assert view.unreadable == {"w": "the graph has no unconditional ReadVariableOp of it"}


def test_plans_name_what_is_written_and_how():
    with tf.Graph().as_default() as graph:
        a = tf.get_variable("a", initializer=1.0, use_resource=False)
        b = tf.get_variable("b", initializer=2.0, use_resource=True)
        x = tf.placeholder(tf.float32, [], name="x")
        fed = tf.assign(a, x, name="fed")
        train = tf.assign(a, a + b, name="train")
        init = tf.global_variables_initializer()
        view = GraphView(graph)
        assert view.plan([], ["a/read:0"], set()) == ("nothing", [], [])
        assert view.plan([], [fed.name], {"x:0"}) == ("initial", ["a"], [])
        assert view.plan([train.op.name], [], set()) == ("step", ["a"], [])
        # What is fed in place of what the assignment's value hangs on cuts that off.
        assert view.plan([train.op.name], [], {train.op.inputs[1].name})[0] == "initial"
        assert view.plan([init.name], [], set()) == ("initial", ["a", "b"], ["a", "b"])
        assert list(view.reads()) == ["a", "b"]


# --- What recording leaves as it is ---


def test_recording_changes_neither_the_graph_nor_the_numbers(record, tmp_path):
    text = """
        import tensorflow as tf
        tf.set_random_seed(1)
        w = tf.get_variable("w", [3], initializer=tf.random_normal_initializer())
        noise = tf.random_normal([3])
        train = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(w * noise))
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run(train)
            late = tf.random_normal([3])
            print(sess.run(w).tolist(), sess.run(late).tolist())
        print(len(tf.get_default_graph().get_operations()), tf.get_default_graph().version)
        """
    trace, tap = record(text)
    assert len(trace) == 4

    class Deaf:
        def run(self, session, call, targets, fetches, feeds):
            return call()
    assert run_captured(str(tmp_path / "script.py"), Deaf()) == tap.printed


def test_arrays_handed_out_are_no_window_on_variables(attached):
    snapshots = []

    class Sink:
        def step(self, number, arrays, facts):
            snapshots.append({(kind, name): (array, array.copy()) for kind, name, array in arrays})

    attached[1].sink = Sink()
    ref = tf.get_variable("ref", initializer=tf.zeros([1000]), use_resource=False)
    resource = tf.get_variable("resource", initializer=tf.zeros([1000]), use_resource=True)
    scatter = tf.scatter_add(ref, [0], [1.0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for op in (scatter, resource.assign_add(tf.ones([1000])), tf.assign_add(ref, ref)):
            session.run([op, ref, resource])
            session.run([op, ref, resource])
    assert len(snapshots) == 7
    for arrays in snapshots:
        for array, copy in arrays.values():
            np.testing.assert_array_equal(array, copy)
    assert snapshots[0]["variables", "ref"][0][0] == 0.0
    assert snapshots[1]["variables", "ref"][0][0] == 1.0


def test_a_fed_buffer_may_be_used_again(attached):
    trace, _ = attached
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.get_variable("w", initializer=[0.0, 0.0])
    add = tf.assign_add(w, x).op
    buffer = np.float32([1.0, 2.0])
    with tf.Session() as session:
        session.run(w.initializer)
        session.run(add, {x: buffer})
        buffer[:] = 7.0
    assert values(trace, "x", "feeds") == {1: [1.0, 2.0]}


def test_sessions_and_graphs_are_not_kept_alive(attached):
    with tf.Graph().as_default() as graph:
        w = tf.get_variable("w", initializer=0.0)
        session = tf.Session()
        session.run(w.initializer)
        session.run(tf.assign_add(w, 1.0))
        session.close()
    gone = weakref.ref(session), weakref.ref(graph)
    del session, graph, w
    gc.collect()
    assert [reference() for reference in gone] == [None, None]
    assert attached[1].summary()["sessions"] == 1


def test_a_run_that_writes_nothing_costs_no_further_run(attached):
    class Session(tf.Session):
        runs = 0

        def run(self, *arguments, **options):
            Session.runs += 1
            return super().run(*arguments, **options)

    w = tf.get_variable("w", initializer=0.0)
    with Session() as session:
        session.run(w.initializer)
        session.run(tf.assign_add(w, 1.0))
        Session.runs = 0
        for _ in range(3):
            session.run(w)
    assert Session.runs == 3


def test_detaching_restores_tensorflow(attached):
    from tensorflow.python.client.session import BaseSession
    before = dict(BaseSession.__dict__)
    session_tap.attach(Tap(MemoryTrace()), BaseSession)()
    assert dict(BaseSession.__dict__) == before


# --- Options ---


def test_every_keeps_the_numbers_of_the_steps(record):
    text = TWO_STEPS.replace("sess.run(train)\n        sess.run(train)",
                             "for _ in range(7): sess.run(train)")
    trace, _ = record(text, every=3)
    assert values(trace, "bias") == {0: 10.0, 3: 7.0, 6: 4.0}


def test_a_pattern_chooses_variables(record):
    trace, tap = record(TWO_STEPS, pattern="net")
    assert values(trace, "net/w") == {0: [1.0, 2.0], 1: [2.0, 3.0], 2: [3.0, 4.0]}
    assert values(trace, "bias") == {}
    assert tap.unmatched() is None


def test_a_pattern_that_matches_nothing_is_noticed(record):
    _, tap = record(TWO_STEPS, pattern="ne")
    assert tap.unmatched() == ["bias", "net/w"]


# --- Initial values from a trace ---


@pytest.mark.parametrize("resource", [False, True])
def test_initial_values_replace_those_of_the_initialisers(record, resource):
    text = TWO_STEPS.replace(", name=", ", use_resource=%r, name=" % resource)
    trace, tap = record(text, initial={
        "0/net/w": np.float32([5.0, 6.0]), "0/elsewhere": np.float32(0.0)})
    assert values(trace, "net/w") == {0: [5.0, 6.0], 1: [6.0, 7.0], 2: [7.0, 8.0]}
    assert values(trace, "bias") == {0: 10.0, 1: 9.0, 2: 8.0}
    assert tap.summary()["initial_values_from_trace"] == ["0/net/w"]
    assert tap.summary()["initial_values_not_in_trace"] == ["0/bias"]


def test_one_initial_tensor_of_two_variables_gets_two_values(record):
    trace, _ = record("""
        import tensorflow as tf
        start = tf.random_normal([2])
        a, b = tf.Variable(start, name="a"), tf.Variable(start, name="b")
        c = tf.Variable(a.initialized_value() * 2.0, name="c")
        for _ in range(2):
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                sess.run(tf.assign_add(a, b))
        """, initial={"0/a": np.float32([1, 2]), "0/b": np.float32([3, 4]),
                      "0/c": np.float32([5, 6]), "1/a": np.float32([7, 8])})
    assert values(trace, "a")[0] == [1.0, 2.0]
    assert values(trace, "b")[0] == [3.0, 4.0]
    assert values(trace, "c")[0] == [5.0, 6.0]
    assert values(trace, "a")[1] == [4.0, 6.0]
    assert values(trace, "a")[2] == [7.0, 8.0]


@pytest.mark.parametrize("value, kind", [
    (np.float32([5.0, 6.0, 7.0]), "float32 (3,)"), (np.float64([5.0, 6.0]), "float64 (2,)")])
def test_an_initial_value_of_another_kind_is_refused(record, value, kind):
    with pytest.raises(Error) as caught:
        record(TWO_STEPS, initial={"0/net/w": value})
    assert str(caught.value).endswith(
        "script.py ended with status 2: tf1-recipes: --init-from: variable 'net/w' is "
        "float32 (2,) here and %s in the trace" % kind)


LATE = """
    import tensorflow as tf
    a = tf.Variable(%s, name="a")
    b = tf.Variable(%s, name="b")
    with tf.Session() as sess:
        sess.run(a.initializer)
        sess.run(tf.assign_add(a, 1.0).op)
        sess.run(b.initializer)
        sess.run(tf.assign_add(b, 1.0).op)
        sess.run(tf.global_variables_initializer())
        sess.run(tf.assign_add(a, b).op)
    """


# --- Feeds from a trace ---

FED = """
    import tensorflow as tf
    x = tf.placeholder(tf.float32, [None], name="x")
    keep = tf.placeholder(tf.float32, [], name="keep")
    w = tf.Variable(0.0, name="w")
    train = tf.assign_add(w, tf.reduce_sum(x) * keep)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(1, 5):
            sess.run(train, {x: [float(i)] * i, keep: 1.0})
            print(sess.run(w * keep, {keep: 0.5}))
    """


def feeds(**steps):
    """``step1={"x": ...}`` as an archive's ``1/feeds/x``."""
    return {"%s/feeds/%s" % (step[4:], name): np.asarray(each, np.float32)
            for step, found in steps.items() for name, each in found.items()}


def test_feeds_of_a_trace_replace_those_of_the_script(record):
    """What only reads keeps its own feeds; so does what the trace lacks."""
    replay = session_tap.FeedsOfTrace(feeds(
        step1={"x": [10.0, 20.0]}, step2={"x": [30.0], "other": 0.0}, step3={"other": 0.0}))
    trace, tap = record(FED, replay=replay)
    assert values(trace, "w") == {0: 0.0, 1: 30.0, 2: 60.0, 3: 69.0, 4: 85.0}
    assert values(trace, "x", "feeds") == {
        1: [10.0, 20.0], 2: [30.0], 3: [3.0] * 3, 4: [4.0] * 4}
    assert tap.printed.split() == ["15.0", "30.0", "34.5", "42.5"]
    assert tap.summary()["feeds_from_trace"] == {
        "steps": 2, "ran_out": 4, "steps_left": 0, "names": ["other", "x"],
        "in_script": {"keep": [3, 1], "x": [1, 3]}, "in_trace": {"other": [2, 2]}}


def test_feeds_behind_the_script_s_last_step_are_counted(record):
    replay = session_tap.FeedsOfTrace(feeds(**{
        "step%d" % number: {"x": [1.0], "keep": 2.0} for number in range(1, 8)}))
    trace, tap = record(FED, replay=replay)
    assert values(trace, "w") == {0: 0.0, 1: 2.0, 2: 4.0, 3: 6.0, 4: 8.0}
    assert tap.summary()["feeds_from_trace"] == {
        "steps": 4, "ran_out": None, "steps_left": 3, "names": ["keep", "x"],
        "in_script": {}, "in_trace": {}}


def test_a_feed_that_does_not_fit_is_refused(record):
    replay = session_tap.FeedsOfTrace(feeds(step2={"x": [[1.0]]}))
    with pytest.raises(Error) as caught:
        record(FED, replay=replay)
    assert str(caught.value).endswith(
        "ended with status 2: tf1-recipes: --feeds-from: 'x' is float32 (?,) here and float32 "
        "(1, 1) at step 2 of the trace")


def test_values_initialised_late_or_again_are_taken_over_too(record):
    first, _ = record(LATE % (1.0, 10.0), every=100)
    assert initial_values(first) == {"0/a": 1.0, "0/b#1": 10.0, "0/a#1": 1.0, "0/b#2": 10.0}
    initial = {"0/a": np.float32(1), "0/b#1": np.float32(10), "0/a#1": np.float32(3),
               "0/b#2": np.float32(30)}
    trace, _ = record(LATE % (-1.0, -2.0), initial=initial)
    assert values(trace, "a") == {0: 1.0, 1: 2.0, 2: 2.0, 3: 2.0, 4: 3.0, 5: 33.0}
    assert values(trace, "b") == {2: 10.0, 3: 11.0, 4: 30.0, 5: 30.0}
    assert initial_values(trace) == initial
