"""Small TF1 scripts and what a recording of each must hold, worked out by hand.

They run unmodified on every release from ``since`` on, TensorFlow 0.12.1 the oldest, so that the
tap is tested by the same cases on all of them: here in this process, by ``tests/genuine`` on the
old releases.
"""
import collections

Script = collections.namedtuple("Script", "name since text expected not_recorded notes")


def _script(name, text, expected, since="0.12", not_recorded=(), notes=()):
    """A case.

    Args:
        name: str.
        text: str, the script.
        expected: list with a dict for each step, ``{"<kind>/<name>": value as nested lists}``, and
            the session's number under "session".
        since: str, the first release whose API the script uses.
        not_recorded: names of variables that the trace must say it lacks.
        notes: what the trace must note.
    """
    return Script(name, since, "import tensorflow as tf\n" + text.strip() + "\n", expected,
                  sorted(not_recorded), sorted(notes))


SCRIPTS = [
    # loss = x1 w1 + x2 w2, so the gradient is x = [1, 2], and a step takes off half of it.
    _script("ref_variable", """
x = tf.placeholder(tf.float32, [2], name="x")
w = tf.Variable([4.0, 8.0], name="w")
train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(x * w))
scaled = tf.multiply(x, 10.0, name="scaled")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(scaled, {x: [1, 2]})
    sess.run([train, scaled], {x: [1, 2]})
    sess.run(w)
    sess.run(train, {"x:0": [1, 2]})
""", [
        {"session": 0, "variables/w": [4.0, 8.0]},
        {"session": 0, "variables/w": [3.5, 7.0], "feeds/x": [1.0, 2.0],
         "fetches/scaled": [10.0, 20.0]},
        {"session": 0, "variables/w": [3.0, 6.0], "feeds/x": [1.0, 2.0]},
    ]),

    _script("resource_variable", """
x = tf.placeholder(tf.float32, [2], name="x")
w = tf.get_variable("w", initializer=[4.0, 8.0], use_resource=True)
train = tf.train.MomentumOptimizer(0.5, 0.5).minimize(tf.reduce_sum(x * w))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(w)
    sess.run(train, {x: [1, 2]})
    sess.run(train, {x: [1, 2]})
""", [
        # accum = accum / 2 + x; w -= accum / 2
        {"session": 0, "variables/w": [4.0, 8.0], "variables/w/Momentum": [0.0, 0.0]},
        {"session": 0, "variables/w": [3.5, 7.0], "variables/w/Momentum": [1.0, 2.0],
         "feeds/x": [1.0, 2.0]},
        {"session": 0, "variables/w": [2.75, 5.5], "variables/w/Momentum": [1.5, 3.0],
         "feeds/x": [1.0, 2.0]},
    ], since="1.7"),

    _script("interactive_session", """
w = tf.Variable(8.0, name="w")
down = tf.assign(w, w - 1.0, name="down")
half = tf.assign(w, w / 2.0, name="half")
sess = tf.InteractiveSession()
w.initializer.run()
w.eval()
down.op.run()
half.eval()
sess.close()
""", [
        {"session": 0, "variables/w": 8.0},
        {"session": 0, "variables/w": 7.0},
        {"session": 0, "variables/w": 3.5, "fetches/half": 3.5},
    ]),

    _script("monitored_training_session", """
step = tf.Variable(0, trainable=False, name="global_step")
w = tf.Variable(8.0, name="w")
train = tf.train.GradientDescentOptimizer(1.0).minimize(w, global_step=step)
with tf.train.MonitoredTrainingSession() as sess:
    for _ in range(2):
        sess.run(train)
""", [
        {"session": 0, "variables/w": 8.0, "variables/global_step": 0},
        {"session": 0, "variables/w": 7.0, "variables/global_step": 1},
        {"session": 0, "variables/w": 6.0, "variables/global_step": 2},
    ]),

    _script("interleaved_graphs_and_sessions", """
sessions, adds = [], []
for start in (1.0, 10.0):
    with tf.Graph().as_default():
        w = tf.Variable(start, name="w")
        adds.append(tf.assign_add(w, 1.0).op)
        initializer = tf.global_variables_initializer()
        sessions.append(tf.Session())
        sessions[-1].run(initializer)
for _ in range(2):
    for sess, add in zip(sessions, adds):
        sess.run(add)
with tf.Session(graph=sessions[0].graph) as third:
    third.run([op for op in third.graph.get_operations() if op.name == "init"])
    third.run(adds[0])
""", [
        {"session": 0, "variables/w": 1.0}, {"session": 0, "variables/w": 2.0},
        {"session": 1, "variables/w": 10.0}, {"session": 1, "variables/w": 11.0},
        {"session": 0, "variables/w": 3.0}, {"session": 1, "variables/w": 12.0},
        {"session": 2, "variables/w": 1.0}, {"session": 2, "variables/w": 2.0},
    ]),

    _script("cond", """
go = tf.placeholder(tf.bool, [], name="go")
w = tf.Variable(1.0, name="w")
late = tf.Variable(5.0, name="late")
change = tf.cond(go, lambda: tf.assign_add(w, 1.0), lambda: tf.identity(w))
reset = tf.cond(go, lambda: tf.assign(late, 7.0), lambda: tf.constant(0.0))
with tf.Session() as sess:
    sess.run(w.initializer)
    sess.run(reset.op, {go: False})
    sess.run(change.op, {go: False})
    sess.run(change.op, {go: True})
    sess.run(change.op, {go: False})
    sess.run(change.op, {go: True})
""", [
        {"session": 0, "variables/w": 1.0},
        {"session": 0, "variables/w": 2.0, "feeds/go": True},
        {"session": 0, "variables/w": 3.0, "feeds/go": True},
    ]),

    _script("while_loop", """
count = tf.placeholder(tf.int32, [], name="count")
w = tf.Variable(1.0, name="w")
def body(i):
    with tf.control_dependencies([tf.assign_add(w, 1.0)]):
        return tf.add(i, 1)
loop = tf.while_loop(lambda i: i < count, body, [tf.constant(0)])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(loop.op, {count: 0})
    sess.run(loop.op, {count: 3})
""", [
        {"session": 0, "variables/w": 1.0},
        {"session": 0, "variables/w": 4.0, "feeds/count": 3},
    ]),

    _script("queue_with_epochs", """
x = tf.train.input_producer(tf.constant([1.0, 2.0]), num_epochs=1, shuffle=False).dequeue()
w = tf.Variable(0.0, name="w")
add = tf.assign_add(w, x).op
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coordinator)
    try:
        while not coordinator.should_stop():
            sess.run(add)
    except tf.errors.OutOfRangeError:
        pass
    coordinator.request_stop()
    coordinator.join(threads)
""", [
        {"session": 0, "variables/w": 0.0},
        {"session": 0, "variables/w": 1.0},
        {"session": 0, "variables/w": 3.0},
    ], not_recorded=["input_producer/limit_epochs/epochs"]),

    _script("threads", """
import threading
w = tf.Variable(0.0, name="w")
add = tf.assign_add(w, 1.0, use_locking=True).op
with tf.Session() as sess:
    sess.run(w.initializer)
    for _ in range(2):
        thread = threading.Thread(target=sess.run, args=(add,))
        thread.start()
        thread.join()
""", [
        {"session": 0, "variables/w": 0.0},
        {"session": 0, "variables/w": 1.0},
        {"session": 0, "variables/w": 2.0},
    ]),

    _script("make_callable", """
x = tf.placeholder(tf.float32, [], name="x")
w = tf.Variable(1.0, name="w")
add = tf.assign_add(w, x, name="add")
with tf.Session() as sess:
    sess.run(w.initializer)
    call = sess.make_callable(add, [x])
    assert call(2.0) == 3.0
    assert call(4.0) == 7.0
""", [
        {"session": 0, "variables/w": 1.0},
        {"session": 0, "variables/w": 3.0, "feeds/x": 2.0, "fetches/add": 3.0},
        {"session": 0, "variables/w": 7.0, "feeds/x": 4.0, "fetches/add": 7.0},
    ], since="1.7"),

    _script("sparse_feeds_and_fetches", """
indices = tf.placeholder(tf.int64, [None, 1], name="indices")
values = tf.placeholder(tf.float32, [None], name="values")
shape = tf.placeholder(tf.int64, [1], name="shape")
sparse = tf.SparseTensor(indices, values, shape)
slices = tf.IndexedSlices(tf.multiply(values, 2.0, name="doubled"),
                          tf.identity(indices[:, 0], name="rows"))
w = tf.Variable(0.0, name="w")
add = tf.assign_add(w, tf.reduce_sum(values)).op
with tf.Session() as sess:
    sess.run(w.initializer)
    sess.run([add, slices], {sparse: tf.SparseTensorValue([[1], [3]], [2.0, 5.0], [9])})
""", [
        {"session": 0, "variables/w": 0.0},
        {"session": 0, "variables/w": 7.0, "feeds/indices": [[1], [3]],
         "feeds/values": [2.0, 5.0], "feeds/shape": [9], "fetches/doubled": [4.0, 10.0],
         "fetches/rows": [1, 3]},
    ]),

    _script("strings_scalars_and_empty_arrays", """
text = tf.Variable("a", name="text")
empty = tf.Variable(tf.zeros([0, 3]), name="empty")
flag = tf.Variable(False, name="flag")
count = tf.Variable(41, name="count")
change = tf.group(tf.assign(flag, tf.logical_not(flag)), tf.assign_add(count, 1))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run([change, text])
""", [
        {"session": 0, "variables/empty": [], "variables/flag": False, "variables/count": 41},
        {"session": 0, "variables/empty": [], "variables/flag": True, "variables/count": 42},
    ], not_recorded=["text"]),

    _script("late_initialisation", """
a = tf.Variable(1.0, name="a")
b = tf.Variable(10.0, name="b")
with tf.Session() as sess:
    sess.run(a.initializer)
    sess.run(tf.assign_add(a, 1.0).op)
    sess.run(b.initializer)
    sess.run(tf.assign(b, a + b).op)
    sess.run(tf.assign(a, 0.0).op)
""", [
        {"session": 0, "variables/a": 1.0},
        {"session": 0, "variables/a": 2.0},
        {"session": 0, "variables/a": 2.0, "variables/b": 10.0},
        {"session": 0, "variables/a": 2.0, "variables/b": 12.0},
        {"session": 0, "variables/a": 0.0, "variables/b": 12.0},
    ]),

    _script("a_step_that_fails", """
a = tf.Variable(1.0, name="a")
b = tf.Variable(10.0, name="b")
with tf.Session() as sess:
    sess.run(a.initializer)
    try:
        sess.run(tf.assign_add(b, 1.0).op)
        raise AssertionError("b has no value")
    except tf.errors.FailedPreconditionError:
        sess.run(tf.assign_add(a, 1.0).op)
""", [
        {"session": 0, "variables/a": 1.0},
        {"session": 0, "variables/a": 2.0},
    ]),

    # The start is what the last run before the first step leaves: 5, not 1.
    _script("restore_before_training", """
import os
import shutil
import tempfile
w = tf.Variable(1.0, name="w")
saver = tf.train.Saver()
five = tf.assign(w, 5.0).op
add = tf.assign_add(w, 1.0).op
folder = tempfile.mkdtemp()
path = os.path.join(folder, "model")
with tf.Session() as sess:
    sess.run(w.initializer)
    sess.run(five)
    saver.save(sess, path)
with tf.Session() as sess:
    sess.run(w.initializer)
    saver.restore(sess, path)
    sess.run(add)
    saver.restore(sess, path)
shutil.rmtree(folder)
""", [
        {"session": 1, "variables/w": 5.0},
        {"session": 1, "variables/w": 6.0},
        {"session": 1, "variables/w": 5.0},
    ]),

    _script("partial_run", """
x = tf.placeholder(tf.float32, [], name="x")
w = tf.Variable(1.0, name="w")
add = tf.assign_add(w, x, name="add")
with tf.Session() as sess:
    sess.run(w.initializer)
    handle = sess.partial_run_setup([add], [x])
    assert sess.partial_run(handle, add, {x: 2.0}) == 3.0
    sess.run(add, {x: 4.0})
""", [
        {"session": 0, "variables/w": 3.0},
        {"session": 0, "variables/w": 7.0, "feeds/x": 4.0, "fetches/add": 7.0},
    ], notes=["what partial_run does is not recorded"]),

    _script("variables_in_a_scope", """
with tf.name_scope("net"):
    parts = [tf.Variable([float(i)], name="part_%d" % i) for i in range(3)]
    total = tf.Variable([0.0], name="total")
joined = tf.assign(total, parts[0] + parts[1] + parts[2])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run([joined.op])
""", [
        {"session": 0, "variables/net/part_0": [0.0], "variables/net/part_1": [1.0],
         "variables/net/part_2": [2.0], "variables/net/total": [0.0]},
        {"session": 0, "variables/net/part_0": [0.0], "variables/net/part_1": [1.0],
         "variables/net/part_2": [2.0], "variables/net/total": [3.0]},
    ]),

    # Large enough not to be copied before it is written.
    _script("large_variable", """
w = tf.Variable(tf.zeros([20000]), name="w")
add = tf.assign_add(w, tf.ones([20000])).op
with tf.Session() as sess:
    sess.run(w.initializer)
    sess.run(add)
""", [
        {"session": 0, "variables/w": [0.0] * 20000},
        {"session": 0, "variables/w": [1.0] * 20000},
    ]),

    _script("bfloat16_variable", """
w = tf.Variable(tf.cast([1.5, -2.0], tf.bfloat16), name="w")
turn = tf.assign(w, tf.cast(-tf.cast(w, tf.float32), tf.bfloat16)).op
with tf.Session() as sess:
    sess.run(w.initializer)
    sess.run(turn)
""", [
        {"session": 0, "variables/w": [1.5, -2.0]},
        {"session": 0, "variables/w": [-1.5, 2.0]},
    ], since="1.15"),
]


def as_expected(trace):
    """Returns a trace's steps in the form of `Script.expected`; strings never are in a trace."""
    found = []
    for step in trace:
        values = {"%s/%s" % key: tensor.read().tolist() for key, tensor in step.tensors.items()}
        found.append(dict(values, session=step.facts["session"]))
    return found


def values(trace, name, kind="variables"):
    """Returns ``{step: value}`` of one tensor, at the steps that have it."""
    return {step.number: step.arrays(kind)[name].tolist()
            for step in trace if name in step.arrays(kind)}
