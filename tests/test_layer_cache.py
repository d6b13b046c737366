"""A frozen layer's cached output: its rows, its file, its key, and the training from it."""
import collections
import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.evidence.models import bounded
from tf1_recipes.transfer.cache import layer_cache
from tf1_recipes.transfer.cache.layer_cache import cache_outputs
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.usefixtures("graph")

INPUTS = np.float32([[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]])
ROWS = [[21], [43], [65], [87], [109]]  # x1 + 10 x2


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "hidden.npy")


class Counting:
    """A session that counts how often a tensor is run, and is interrupted where it is told to."""

    def __init__(self, session, tensor, interrupt_at=None):
        self.graph, self.runs = session.graph, 0
        self._session, self._tensor, self._interrupt_at = session, tensor, interrupt_at

    def run(self, fetches, feed_dict=None):
        if fetches is self._tensor:
            if self.runs == self._interrupt_at:
                raise KeyboardInterrupt
            self.runs += 1
        return self._session.run(fetches, feed_dict)


def net(use_resource=False, columns=2):
    x = tf.placeholder(tf.float32, [None, columns], name="x")
    return x, tf.matmul(x, variable("hidden1/w", [[1.0], [10.0]], use_resource), name="hidden")


def started():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


# --- the file and its batches


@both_kinds
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 100])
def test_the_file_is_a_plain_npy_of_a_row_for_every_example(use_resource, batch_size, path):
    x, hidden = net(use_resource)
    with started() as session:
        cache = cache_outputs(session, hidden, {x: INPUTS}, path, batch_size)
    array = np.load(path, mmap_mode="r")
    assert array.tolist() == cache.array.tolist() == ROWS
    assert array.dtype == np.float32 and len(cache) == 5 and not cache.array.flags.writeable
    assert sorted(os.listdir(os.path.dirname(path))) == [
        "hidden.npy", "hidden.npy.crc32", "hidden.npy.key.json"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "bool",
                                   "complex64"])
def test_numbers_and_bools_of_every_kind(dtype, path):
    x = tf.placeholder(dtype, [None, 2, 3])
    inputs = np.arange(24).reshape(4, 2, 3).astype(dtype)
    with started() as session:
        cache = cache_outputs(session, tf.reverse(x, [1]), {x: inputs}, path, 3)
    assert cache.array.dtype == dtype
    np.testing.assert_array_equal(cache.array, inputs[:, ::-1])


def test_several_feeds_a_memmap_and_lists(tmp_path, path):
    np.save(str(tmp_path / "x.npy"), INPUTS)
    x, hidden = net()
    y = tf.placeholder(tf.float32, [None])
    total = hidden + y[:, None]
    with started() as session:
        cache = cache_outputs(session, total, {
            x: np.load(str(tmp_path / "x.npy"), mmap_mode="r"), y: [1, 2, 3, 4, 5]}, path, 2)
    assert cache.array.tolist() == [[22], [45], [68], [91], [114]]


def test_a_graph_of_a_fixed_batch_size(path):
    x = tf.placeholder(tf.float32, [2, 2])
    hidden = tf.reduce_sum(x, 1)
    with started() as session:
        assert refused(cache_outputs, session, hidden, {x: INPUTS}, path, 4) == [
            "'Placeholder:0' takes batches of 2: batch_size is 4, and there are 5 examples"]
        cache = cache_outputs(session, hidden, {x: INPUTS}, path, 2)
    assert cache.array.tolist() == [3, 7, 11, 15, 19]


def test_batches_keep_rows_and_labels_together(path):
    x, hidden = net()
    with started() as session:
        cache = cache_outputs(session, hidden, {x: INPUTS}, path)
    labels, names = np.arange(5), ["a", "b", "c", "d", "e"]
    in_order = list(cache.batches(labels, names, batch_size=2))
    assert [rows.tolist() for rows, _, _ in in_order] == [ROWS[:2], ROWS[2:4], ROWS[4:]]
    assert [list(each) for _, _, each in in_order] == [["a", "b"], ["c", "d"], ["e"]]
    state = np.random.RandomState(3)
    orders = []
    for shuffle in (state, state, 3):
        served = list(cache.batches(labels, batch_size=3, shuffle=shuffle))
        assert [len(rows) for rows, _ in served] == [3, 2]
        orders.append(np.concatenate([each for _, each in served]).tolist())
        assert [ROWS[index] for index in orders[-1]] == [
            row.tolist() for rows, _ in served for row in rows]
    # Another order in every epoch; the state's first one is that of the int.
    assert orders[0] == orders[2] != orders[1]
    assert orders[0] == np.random.RandomState(3).permutation(5).tolist()


def test_batches_refuse_at_once_what_does_not_fit(path):
    x, hidden = net()
    with started() as session:
        cache = cache_outputs(session, hidden, {x: INPUTS}, path)
    assert refused(cache.batches, [1, 2, 3, 4], np.arange(5), 7, batch_size=0,
                       shuffle=True) == [
        "labels[0] has 4, the cache 5 rows",
        "labels[2] is a scalar, the cache 5 rows",
        "batch_size is 0: it must be an int >= 1",
        "shuffle is True: it must be an np.random.RandomState, an int or None"]


# --- interruptions


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 9), batch_size=st.integers(1, 10), data=st.data())
def test_an_interrupted_run_goes_on_where_it_stopped(rows, batch_size, data, tmp_path):
    batches = -(-rows // batch_size)
    stop_at = data.draw(st.integers(1, batches))
    path = str(tmp_path / "hidden.npy")
    inputs = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2)
    with tf.Graph().as_default():
        x, hidden = net()
        with started() as session:
            interrupted = Counting(session, hidden, stop_at)
            if stop_at < batches:
                with pytest.raises(KeyboardInterrupt):
                    cache_outputs(interrupted, hidden, {x: inputs}, path, batch_size)
                assert not os.path.exists(path)
            resumed = Counting(session, hidden)
            cache = cache_outputs(resumed, hidden, {x: inputs}, path, batch_size)
            done = stop_at if stop_at < batches else 0
            assert resumed.runs == batches - done
            np.testing.assert_array_equal(cache.array[:, 0], inputs[:, 0] + 10 * inputs[:, 1])
            at_once = cache_outputs(session, hidden, {x: inputs}, path + "2", batch_size)
            with open(cache.path, "rb") as one, open(at_once.path, "rb") as other:
                assert one.read() == other.read()
            os.remove(path)
            os.remove(path + "2")


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 128 + 20))
def test_a_file_cut_at_any_byte_is_gone_on_with(length, tmp_path):
    # What a kill leaves: the beginning of the file.
    path = str(tmp_path / "hidden.npy")
    with tf.Graph().as_default():
        x, hidden = net()
        with started() as session:
            cache_outputs(session, hidden, {x: INPUTS}, path, 2)
            with open(path, "rb") as file:
                start = file.read()[:length]
            os.remove(path)
            with open(path + ".partial", "wb") as file:
                file.write(start)
            counting = Counting(session, hidden)
            assert cache_outputs(counting, hidden, {x: INPUTS}, path, 2).array.tolist() == ROWS
            # 4 bytes a row; whole batches are kept, and of a whole file all.
            kept = {148: 3}.get(length, max(length - 128, 0) // 8)
            assert counting.runs == 3 - kept
            os.remove(path)


def test_a_file_that_another_process_writes_is_left_alone(path):
    fcntl = pytest.importorskip("fcntl")
    x, hidden = net()
    with started() as session, open(path + ".partial", "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert refused(cache_outputs, session, hidden, {x: INPUTS}, path) == [
            "it is locked by another process"]


# --- the key


def test_what_matches_is_found_and_not_computed_again(path):
    x, hidden = net()
    with started() as session:
        cache_outputs(session, hidden, {x: INPUTS}, path)
        counting = Counting(session, hidden)
        for recompute in (False, True):
            cache = cache_outputs(counting, hidden, {x: INPUTS}, path, recompute=recompute)
            assert counting.runs == 0 and cache.array.tolist() == ROWS
    # Another process builds other ops before the net, which then has other names.
    with tf.Graph().as_default():
        tf.matmul([[1.0]], [[1.0]])
        x, hidden = net()
        with started() as session:
            cache_outputs(Counting(session, hidden, interrupt_at=0), hidden, {x: INPUTS}, path)


def stale(path, build, inputs=INPUTS, change=None):
    """The problems with a cache of `net`, in a graph that is built, and maybe changed, anew."""
    with tf.Graph().as_default():
        x, hidden = build()
        with started() as session:
            if change is not None:
                session.run(change())
            found = refused(cache_outputs, session, hidden, {x: inputs}, path)
            before = np.load(path).tolist()
            cache = cache_outputs(session, hidden, {x: inputs}, path, recompute=True)
            assert cache.array.tolist() == session.run(hidden, {x: inputs}).tolist() != before
    return found


def deep():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    low = tf.matmul(x, variable("hidden1/w", [[1.0, 0.0], [0.0, 1.0]])) + variable(
        "hidden1/b", [1.0, 1.0])
    return x, tf.matmul(low, variable("hidden2/w", [[1.0], [10.0]]), name="hidden")


@pytest.fixture
def cached(path):
    with tf.Graph().as_default():
        x, hidden = deep()
        with started() as session:
            cache_outputs(session, hidden, {x: INPUTS}, path)
    return path


def test_other_weights_are_refused_with_the_lowest_named(cached):
    def change():
        return [each.assign(2 * each) for each in reversed(tf.global_variables())]

    assert stale(cached, deep, change=change) == [
        "the variable 'hidden1/w' has another value, and 2 more"]


def test_one_other_weight_is_refused_by_name_and_the_way_out_told(cached):
    x, hidden = deep()
    with started() as session:
        session.run(tf.assign(tf.global_variables()[1], [1.0, 1.0000001]))
        with pytest.raises(RecipeError) as error:
            cache_outputs(session, hidden, {x: INPUTS}, cached)
    assert str(error.value) == (
        "The cache %s is stale; delete it, or pass recompute=True:\n"
        "  - the variable 'hidden1/b' has another value" % cached)


def test_other_data_are_refused(cached):
    other = INPUTS.copy()
    other[4, 1] = np.nextafter(np.float32(10), np.float32(11))
    assert stale(cached, deep, inputs=other) == ["feeds has other data for 'x:0'"]


def test_more_data_are_refused(cached):
    more = np.concatenate([INPUTS, INPUTS])
    assert stale(cached, deep, inputs=more) == ["feeds has other data for 'x:0'"]


def test_another_net_is_refused(cached):
    def with_relu():
        x, hidden = deep()
        return x, tf.nn.relu(-hidden, name="another")

    def with_another_constant():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        low = tf.matmul(x, variable("hidden1/w", [[1.0, 0.0], [0.0, 1.0]])) + 2 * variable(
            "hidden1/b", [1.0, 1.0])
        return x, tf.matmul(low, variable("hidden2/w", [[1.0], [10.0]]), name="hidden")

    operations = "its operations, or their attributes or constants, have changed"
    assert stale(cached, with_relu) == [
        "the tensor was hidden:0 (float32), and is another:0 (float32)", operations]
    assert stale(cached, with_another_constant)[1:] == [operations]


def test_another_release_of_tensorflow_is_refused(cached):
    with open(cached + ".key.json") as file:
        key = json.load(file)
    with open(cached + ".key.json", "w") as file:
        json.dump(dict(key, tensorflow="0.12.1"), file)
    x, hidden = deep()
    with started() as session:
        assert refused(cache_outputs, session, hidden, {x: INPUTS}, cached) == [
            "TensorFlow was 0.12.1, and is %s" % tf.__version__]


def test_a_stale_beginning_is_refused_too(path):
    x, hidden = net()
    with started() as session:
        with pytest.raises(KeyboardInterrupt):
            cache_outputs(Counting(session, hidden, 2), hidden, {x: INPUTS}, path, 2)
        session.run(tf.assign(tf.global_variables()[0], [[2.0], [10.0]]))
        assert refused(cache_outputs, session, hidden, {x: INPUTS}, path, 2) == [
            "the variable 'hidden1/w' has another value"]
        assert refused(cache_outputs, session, hidden, {x: INPUTS[:3]}, path, 2)[1:] == [
            "feeds has other data for 'x:0'"]
        assert os.path.getsize(path + ".partial") == 128 + 4 * 4
        cache = cache_outputs(session, hidden, {x: INPUTS}, path, 2, recompute=True)
        assert cache.array[:, 0].tolist() == [22, 46, 70, 94, 118]


def test_a_file_that_is_no_cache_is_never_overwritten(path):
    np.save(path, INPUTS)
    x, hidden = net()
    with started() as session:
        for recompute in (False, True):
            assert refused(
                cache_outputs, session, hidden, {x: INPUTS}, path, recompute=recompute) == [
                "there is no readable %s.key.json, which records what it was computed from: give "
                "another path, or delete the file" % path]
    np.testing.assert_array_equal(np.load(path), INPUTS)
    os.rename(path, path + ".partial")
    with started() as session, pytest.raises(RecipeError, match="hidden.npy.partial as a cache"):
        cache_outputs(session, hidden, {x: INPUTS}, path, recompute=True)
    with open(path + ".partial", "rb") as file:
        np.testing.assert_array_equal(np.load(file), INPUTS)




# --- what must not be cached


def test_active_dropout_is_refused_and_inactive_one_is_not(path):
    x, hidden = net()
    training = tf.placeholder(tf.bool, [])
    default = tf.placeholder_with_default(False, [])
    dropped = tf.layers.dropout(hidden, 0.5, training=training)
    with started() as session:
        problem, = refused(
            cache_outputs, session, tf.layers.dropout(hidden, 0.5, training=True, name="drop"),
            {x: INPUTS}, path)
        assert "which is random: switch it off (dropout, for example)" in problem
        found = refused(cache_outputs, session, dropped, {x: INPUTS}, path)
        assert found[0] == (
            "it depends on the placeholder 'Placeholder': give its examples in feeds, or its value "
            "in constants")
        problem, = refused(cache_outputs, session, dropped, {x: INPUTS}, path,
                               constants={training: True})
        assert "which is random" in problem
        cache = cache_outputs(session, dropped, {x: INPUTS}, path, constants={training: False})
        assert cache.array.tolist() == ROWS
        by_default = tf.layers.dropout(hidden, 0.5, training=default)
        cache = cache_outputs(session, by_default, {x: INPUTS}, path + "2")
        assert cache.array.tolist() == ROWS


def test_batch_normalization_in_training_mode_is_refused(path):
    x = tf.placeholder(tf.float32, [None, 2])
    training = tf.placeholder(tf.bool, [])
    normal = tf.layers.batch_normalization(x, training=training)
    with started() as session:
        assert refused(cache_outputs, session, normal, {x: INPUTS}, path,
                           constants={training: True}) == [
            "its rows depend on the other examples of the batch: "
            "'batch_normalization/moments/mean' (Mean) reduces the axis of the examples. With "
            "other examples beside it a row changed by 0.429"]
        assert os.listdir(os.path.dirname(path)) == []
        cache = cache_outputs(session, normal, {x: INPUTS}, path, constants={training: False})
    np.testing.assert_allclose(cache.array, INPUTS, rtol=1e-3)


@both_kinds
def test_a_tensor_that_writes_a_variable_is_refused(use_resource, path):
    x, hidden = net(use_resource)
    count = variable("count", 0.0, use_resource, trainable=False)
    with tf.control_dependencies([tf.assign_add(count, 1.0)]):
        counted = tf.identity(hidden)
    with started() as session:
        problem, = refused(cache_outputs, session, counted, {x: INPUTS}, path)
    assert problem.endswith("which writes a variable in every run")


def test_a_loop_over_the_layers_is_fine(path):
    x, hidden = net()
    looped = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, h * 2), [0, hidden])[1]
    with started() as session:
        cache = cache_outputs(session, looped, {x: INPUTS}, path)
    assert cache.array.tolist() == [[8 * row[0]] for row in ROWS]


@both_kinds
def test_variables_that_are_trained_are_refused(use_resource, path):
    x, hidden = net(use_resource)
    low, = tf.global_variables()
    high = variable("outputs/w", 1.0, use_resource)
    loss = tf.reduce_sum(hidden * high)
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    frozen = optimizer.minimize(loss, var_list=[high], name="frozen")
    line = ("it depends on the variable 'hidden1/w', which %s: the cache would become wrong. Train "
            "without it (var_list), or give the train op that will run: trained_by=")
    with started() as session:
        cache_outputs(session, hidden, {x: INPUTS}, path)
        everything = optimizer.minimize(loss, name="everything")
        session.run(tf.global_variables_initializer())
        feeds = {x: INPUTS}
        for trained_by, told in ((None, "'everything' trains"), (everything, "'everything' trains"),
                                 ([low, high], "is trained")):
            assert refused(cache_outputs, session, hidden, feeds, path,
                               trained_by=trained_by) == [line % told]
        for trained_by in (frozen, [high], []):
            cache_outputs(session, hidden, feeds, path, trained_by=trained_by)
        assert refused(cache_outputs, session, hidden, feeds, path, trained_by="outputs") == [
            "trained_by: 'outputs' is not a train op or variable"]


@pytest.mark.parametrize("feed, expected", [
    (np.zeros([0, 2]), "'x:0' is given no examples"),
    (np.zeros([5, 3]), "'x:0' has the shape (?, 2), but is given (5, 3)"),
    (np.float32(1), "'x:0' is given a scalar instead of all examples: if it is the same for all, "
                    "give it in constants"),
    (np.zeros([5, 2], complex), "'x:0' is float32, but is given complex128"),
    (np.array([[object(), 1]]), "'x:0' is given an array of Python objects"),
])
def test_examples_that_do_not_fit(feed, expected, path):
    x, hidden = net()
    with started() as session:
        found = refused(cache_outputs, session, hidden, {x: feed}, path)
    assert [line.replace("(None, 2)", "(?, 2)") for line in found] == [expected]


def test_wrong_arguments(tmp_path, path):
    x, hidden = net()
    with tf.Graph().as_default():
        stranger = tf.zeros([1])
    with started() as session:
        assert refused(cache_outputs, session, stranger, {"x": INPUTS},
                           str(tmp_path / "no" / "h.npy"), batch_size=0) == [
            "batch_size is 0: it must be an int >= 1",
            "the tensor 'zeros:0' is not in the session's graph",
            "feeds: 'x' is not a tensor",
            "there is no folder %s" % (tmp_path / "no")]
        assert refused(cache_outputs, None, hidden, {}, str(tmp_path)) == [
            "None is not a session",
            "feeds is empty: give the examples",
            "%s is a folder: give a file" % tmp_path]
        assert refused(cache_outputs, session, x, {x: INPUTS}, path, constants={x: 1}) == [
            "'x:0' is in both feeds and constants", "'x:0' itself is fed"]
        for tensor, told in (
                (tf.reduce_sum(hidden), "it is a scalar: its first dimension must be the batch"),
                (tf.as_string(hidden),
                 "it has the type string: only numbers and bools can be cached"),
                (tf.cast(hidden, tf.bfloat16), "it is bfloat16, which a .npy file cannot hold: "
                                               "cache tf.cast(tensor, tf.float32), which is exact"),
                (tf.reduce_sum(hidden, 0, name="total"),
                 "its rows depend on the other examples of the batch: 'total' (Sum) reduces the "
                 "axis of the examples. A batch of 5 examples gives the shape (1,): the first "
                 "dimension must be the batch"),
                (hidden[:, :0], "its rows have no elements: their shape is (0,)")):
            assert refused(cache_outputs, session, tensor, {x: INPUTS}, path) == [told]
    assert os.listdir(str(tmp_path)) == []


def test_a_variable_without_a_value_is_named(path):
    x, hidden = net()
    with tf.Session() as session:
        assert refused(cache_outputs, session, hidden, {x: INPUTS}, path) == [
            "the variable 'hidden1/w' has no value yet: initialise or restore it first"]


def test_rows_of_several_shapes_are_refused(path):
    x = tf.placeholder(tf.float32, [None, 2])
    width = tf.cast(tf.reduce_max(x), tf.int32)
    ragged = tf.tile(x, [1, width])[:, :width]
    with started() as session:
        assert refused(cache_outputs, session, ragged, {x: np.repeat(
            [[2], [2], [3], [3]], 2, axis=1)}, path, 2) == [
            "its rows depend on the other examples of the batch: 'Max' (Max) reduces the axis of "
            "the examples. In a batch of 1 instead of 2 rows have the shape (2,) instead of (3,)"]


def test_a_disk_that_is_too_small_is_found_before_the_first_row(path, monkeypatch):
    monkeypatch.setattr(layer_cache.shutil, "disk_usage", lambda folder: collections.namedtuple(
        "usage", "free")(19))
    x, hidden = net()
    with started() as session:
        problem, = refused(cache_outputs, session, hidden, {x: INPUTS}, path)
    assert problem.startswith("it needs 0.0 GB, but 0.0 GB are free in ")


def test_a_progress_bar_is_shown_on_demand_and_on_a_terminal_only(path, capsys):
    pytest.importorskip("rich")
    x, hidden = net()
    with started() as session:
        capsys.readouterr()
        cache_outputs(session, hidden, {x: INPUTS}, path)
        assert capsys.readouterr().err == ""
        os.remove(path)
        cache_outputs(session, hidden, {x: INPUTS}, path, progress=True)
    out, lines = capsys.readouterr()
    assert out == ""
    assert [line.split()[::3] for line in lines.splitlines()] == [
        ["reading", "5/5"], ["caching", "5/5"]]


def test_nothing_is_added_to_the_graph(graph, path):
    x, hidden = net()
    with started() as session:
        before = graph.version
        cache_outputs(session, hidden, {x: INPUTS}, path)
    assert graph.version == before


# --- the training


def train(path, batch_size, cached, orders=None):
    """Two layers of three frozen, ten epochs; returns the weights of the third.

    The frozen layers' inputs and kernels are whole numbers and eighths, so that their sums are
    exact, in whichever order a kernel for so many rows adds them: below 4,800 and of 64ths. On
    equal rows in equal batches the third layer then goes through the same kernels: to the bit.
    """
    random_state = np.random.RandomState(0)
    inputs = random_state.randint(-2, 3, [300, 40]).astype(np.float32)
    labels = random_state.randn(300, 3).astype(np.float32)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 40])
        y = tf.placeholder(tf.float32, [None, 3])
        layer = x
        for number, (rows, columns) in enumerate([(40, 60), (60, 50)]):
            kernel = np.float32(random_state.randint(-1, 2, [rows, columns]) / 8.0)
            layer = tf.nn.relu(tf.matmul(layer, variable("hidden%d" % number, kernel)))
        kernel = (random_state.randn(50, 3) / 50 ** 0.5).astype(np.float32)
        outputs = variable("outputs", kernel)
        loss = tf.reduce_mean(tf.square(tf.matmul(layer, outputs) - y))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[outputs])
        with started() as session:
            cache = cache_outputs(session, layer, {x: inputs}, path, batch_size=100)
            for _ in range(10):
                for rows, label, index in cache.batches(
                        labels, np.arange(300), batch_size=batch_size, shuffle=orders):
                    session.run(step, {y: label, **({layer: rows} if cached
                                                    else {x: inputs[index]})})
            return session.run(outputs)


def test_in_the_batches_that_the_cache_was_filled_in_training_gives_the_same_bits(path):
    np.testing.assert_array_equal(train(path, 100, cached=True), train(path, 100, cached=False))


@pytest.mark.parametrize("batch_size", [100, 7, 1])
def test_in_other_batches_and_orders_training_gives_the_same_bits_where_sums_are_exact(
        batch_size, path):
    with_it, without = (train(path, batch_size, cached, np.random.RandomState(1))
                        for cached in (True, False))
    assert np.isfinite(with_it).all() and np.abs(with_it).max() > 0.01
    np.testing.assert_array_equal(with_it, without)


@pytest.mark.parametrize("batch_size", [1, 7, 300])
def test_a_cached_row_is_off_from_one_of_another_batch_by_rounding_alone(batch_size, path):
    # The order in which a kernel adds up a row may depend on the number of rows.
    random_state = np.random.RandomState(0)
    inputs, kernel = (np.float32(random_state.randn(*shape)) for shape in ([300, 40], [40, 60]))
    x = tf.placeholder(tf.float32, [None, 40])
    product = tf.matmul(x, variable("kernel", kernel))
    with started() as session:
        cache = cache_outputs(session, product, {x: inputs}, path, batch_size)
    assert (np.abs(cache.array - inputs.astype(float) @ kernel)
            <= bounded.product(bounded.exact(inputs), bounded.exact(kernel)).error).all()
