"""Restoring another framework's arrays by plan: values that are checked by hand.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import collections

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.restore.arrays import fitting_transpose, transposed
from tf1_recipes.transfer.restore.checkpoints import CheckpointError
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

KERNEL = np.float32([[1, 2, 3], [4, 5, 6]])
BIAS = np.float32([7, 8, 9])
STATE = collections.OrderedDict([("hidden1/kernel", KERNEL), ("hidden1/bias", BIAS)])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def net(use_resource=False):
    return [variable("hidden1/kernel", np.zeros([2, 3], np.float32), use_resource),
            variable("hidden1/bias", np.zeros(3, np.float32), use_resource)]


def restored(plan, fetches):
    with tf.Session() as session:
        plan.restore(session)
        return session.run(fetches)


def same(actual, expected):
    np.testing.assert_array_equal(actual, expected)
    assert np.asarray(actual).dtype == np.asarray(expected).dtype


def refused(arrays, **options):
    """The problems of a plan, which must leave the variables as they are."""
    plan = plan_restore(arrays, **options)
    assert plan.problems
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(RecipeError) as raised:
            plan.restore(session)
        for value in session.run(tf.global_variables()):
            assert not np.any(value)
    assert raised.value.problems == plan.problems
    return plan.problems


# --- sources


@both_kinds
def test_a_dict_is_restored_and_the_rest_initialised(use_resource):
    variables = net(use_resource)
    head = variable("outputs/kernel", np.float32([5]), use_resource)
    plan = plan_restore(STATE, include="hidden1")
    with tf.Session() as session:
        assert plan.restore(session) == (["hidden1/kernel", "hidden1/bias"], ["outputs/kernel"])
        for value, expected in zip(session.run(variables + [head]), [KERNEL, BIAS, [5]]):
            same(value, np.float32(expected))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_npz_file_is_restored_whatever_it_is_called(tmp_path, save):
    variables = net()
    with open(str(tmp_path / "weights"), "wb") as file:
        save(file, **STATE)
    kernel, bias = restored(plan_restore(tmp_path / "weights"), variables)
    same(kernel, KERNEL)
    same(bias, BIAS)


def test_an_open_npz_file_is_a_mapping_too(tmp_path):
    variables = net()
    np.savez(str(tmp_path / "w.npz"), **STATE)
    with np.load(str(tmp_path / "w.npz")) as archive:
        plan = plan_restore(archive)
    same(restored(plan, variables)[0], KERNEL)


@pytest.mark.parametrize("given_open", [False, True])
def test_an_hdf5_file_of_keras_kind_is_restored_by_a_name_map(tmp_path, given_open):
    h5py = pytest.importorskip("h5py")
    variables = net()
    path = str(tmp_path / "weights.h5")
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"hidden1"]
        file["hidden1/hidden1/kernel:0"] = KERNEL
        file["hidden1/hidden1/bias:0"] = BIAS
        file.create_group("dropout")
        names = {r"(\w+)/\1/(\w+):0": r"\1/\2"}
        plan = plan_restore(file if given_open else path, names=names)
    assert list(plan.checkpoint.tensors) == [
        "hidden1/hidden1/bias:0", "hidden1/hidden1/kernel:0"]
    assert plan.checkpoint.version == "HDF5"
    kernel, bias = restored(plan, variables)
    same(kernel, KERNEL)
    same(bias, BIAS)


def test_dicts_in_a_dict_are_named_with_slashes_and_tensors_give_their_numbers():
    class Tensor:
        """As PyTorch's: no NumPy until it is detached and on the CPU."""

        def __init__(self, value, ready=0):
            self.value, self.ready = value, ready

        def detach(self):
            return Tensor(self.value, 1)

        def cpu(self):
            assert self.ready == 1
            return Tensor(self.value, 2)

        def numpy(self):
            assert self.ready == 2
            return self.value

    variables = net()
    checkpoint = {"epoch": 3, "model": {"fc1.weight": Tensor(KERNEL), "fc1.bias": Tensor(BIAS)}}
    plan = plan_restore(checkpoint, names={
        "model/fc1.weight": "hidden1/kernel", "model/fc1.bias": "hidden1/bias"})
    kernel, bias = restored(plan, variables)
    same(kernel, KERNEL)
    same(bias, BIAS)
    assert [row.status for row in plan.rows] == ["restored", "restored", "missing in the graph"]


def test_pickled_objects_are_not_loaded(tmp_path):
    net()
    path = str(tmp_path / "w.npz")
    np.savez(path, a=np.array([{}], object))
    with pytest.raises(CheckpointError, match="w.npz' cannot be read as npz: a: Object arrays"):
        plan_restore(path)


def test_an_array_of_objects_is_no_weight():
    net()
    assert refused(dict(STATE, **{"hidden1/bias": np.array([1, 2, "x"], object)})) == [
        "'hidden1/bias' is 3 float32 in the graph and 3 object in the arrays"]


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_npz_is_told_in_one_line(tmp_path, damage):
    net()
    path = tmp_path / "w.npz"
    np.savez(str(path), **STATE)
    data = bytearray(path.read_bytes())
    data[140] ^= damage == "flip"  # in the numbers of the first array, behind its header
    path.write_bytes(data[:len(data) // 2] if damage == "cut" else data)
    with pytest.raises(CheckpointError, match="w.npz' cannot be read as npz: ") as raised:
        plan_restore(path)
    assert "\n" not in str(raised.value)


def test_a_damaged_hdf5_file_is_told(tmp_path):
    pytest.importorskip("h5py")
    net()
    (tmp_path / "w.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(99))
    with pytest.raises(CheckpointError, match="w.h5' cannot be read as HDF5: "):
        plan_restore(tmp_path / "w.h5")


def test_no_array_at_all_is_told():
    net()
    with pytest.raises(CheckpointError, match="'dict' has no arrays"):
        plan_restore({})


# --- transposes


def test_transposes_are_declared_by_selector():
    conv = variable("conv/kernel", np.zeros([5, 4, 3, 8], np.float32))  # HWIO
    dense = variable("dense/kernel", np.zeros([2, 3], np.float32))
    bias = variable("dense/bias", np.zeros(3, np.float32))
    oihw = np.arange(8 * 3 * 5 * 4, dtype=np.float32).reshape(8, 3, 5, 4)
    plan = plan_restore(
        {"conv/kernel": oihw, "dense/kernel": KERNEL.T, "dense/bias": BIAS},
        transpose={"conv/kernel": [2, 3, 1, 0], "dense": True})  # of a vector, it stays
    values = restored(plan, [conv, dense, bias])
    assert values[0][4, 3, 2, 7] == oihw[7, 2, 4, 3]
    same(values[0], oihw.transpose(2, 3, 1, 0))
    same(values[1], KERNEL)
    same(values[2], BIAS)
    assert [row.transpose for row in plan.rows] == [(2, 3, 1, 0), True, True]


def test_a_shape_that_fits_only_transposed_says_so():
    net()
    variable("conv/kernel", np.zeros([5, 5, 3, 8], np.float32))
    variable("square/kernel", np.zeros([5, 5, 3, 8], np.float32))
    arrays = dict(STATE, **{"hidden1/kernel": KERNEL.T,
                            "conv/kernel": np.zeros([8, 3, 5, 5], np.float32),
                            "square/kernel": np.zeros([8, 3, 5, 5], np.float32)})
    assert refused(arrays, transpose={"square/kernel": True}) == [
        "'hidden1/kernel' is 2x3 float32 in the graph and 3x2 float32 in the arrays; it fits "
        "transposed: transpose={'hidden1/kernel': True}",
        "'conv/kernel' is 5x5x3x8 float32 in the graph and 8x3x5x5 float32 in the arrays; it fits "
        "transposed: transpose={'conv/kernel': (2, 3, 1, 0)}",
        "'square/kernel' is 5x5x3x8 float32 in the graph and 8x3x5x5 float32 in the arrays, to "
        "which the transpose True does not apply: give the source of each of the 4 axes"]


def test_a_transpose_that_misfits_says_whether_it_fits_without():
    net()
    assert refused(STATE, transpose={"hidden1/kernel": True}) == [
        "'hidden1/kernel' is 2x3 float32 in the graph and 2x3 float32 in the arrays, transposed by "
        "True: it fits as it is"]


def test_all_that_is_wrong_with_transposes_is_in_one_error():
    net()
    with pytest.raises(RecipeError) as raised:
        plan_restore(STATE, names={"fc": "hidden1/kernel"}, transpose=collections.OrderedDict([
            ("hiden1", True), ("hidden1/bias", (0, 2)), ("hidden1/kernel", True),
            ("hidden1", (1, 0)), (".*", False)]))
    assert [problem.split("; the closest")[0] for problem in raised.value.problems] == [
        "transpose: 'hiden1' matches no variable",
        "transpose: 'hidden1/bias' has (0, 2): give True, or for each axis the one that it comes "
        "from, such as (2, 3, 1, 0)",
        "transpose: 'hidden1/kernel' has two transposes, True and (1, 0)",
        "transpose: '.*' has False: give True, or for each axis the one that it comes from, such "
        "as (2, 3, 1, 0)",
        "names: 'fc' matches no array"]


def test_a_transpose_of_what_is_not_restored_is_refused():
    net()
    with pytest.raises(RecipeError, match="transpose: 'hidden1/kernel' matches no variable that "
                                          "is restored"):
        plan_restore(STATE, exclude="hidden1/kernel", transpose={"hidden1/kernel": True})


def test_a_checkpoint_is_not_transposed(tmp_path):
    kernel = variable("w", KERNEL)
    with tf.Session() as session:
        session.run(kernel.initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
    with pytest.raises(RecipeError, match="a checkpoint cannot be transposed; give a dict of its"):
        plan_restore(path, transpose={"w": True})


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_transpose_that_is_offered_fits(data):
    shape = data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=4).map(tuple))
    wanted = data.draw(st.permutations(shape))
    found = fitting_transpose(shape, tf.TensorShape(wanted))
    if found is None:  # a matrix that fits as it is
        assert len(shape) == 2 and shape == tuple(wanted)
        return
    assert transposed(shape, found) == tuple(wanted)
    value = np.zeros(shape)
    assert np.transpose(value, None if found is True else found).shape == tuple(wanted)


# --- types and values


@both_kinds
@pytest.mark.parametrize("given_type, dtype", [
    ("float64", "float32"), ("float32", "float16"), ("float16", "float64"), ("int64", "int32"),
    ("int32", "int64"), ("uint8", "int32"), ("bool", "bool"), ("float32", "bfloat16"),
    ("complex64", "complex64")])
def test_floats_go_into_floats_and_integers_into_integers(given_type, dtype, use_resource):
    array = np.array([0, 1, 100]).astype(given_type)
    dtype = tf.as_dtype(dtype)
    v = tf.get_variable("v", initializer=tf.zeros([3], dtype), use_resource=use_resource)
    same(restored(plan_restore({"v": array}), v), array.astype(dtype.as_numpy_dtype))


def test_float64_is_rounded_to_the_nearest_float32():
    v = variable("v", np.float32([0, 0]))
    same(restored(plan_restore({"v": [0.1, 1 / 3]}), v), np.float32([0.1, 1 / 3]))


@pytest.mark.parametrize("array, dtype", [
    (np.int32([1]), "float32"), (np.float32([1]), "int32"), (np.array([True]), "float32"),
    (np.complex64([1]), "float32"), (np.array(["x"]), "float32")])
def test_other_types_are_refused(array, dtype):
    variable("v", np.zeros(1, dtype))
    problem, = refused({"v": array})
    assert problem == "'v' is 1 %s in the graph and 1 %s in the arrays" % (
        dtype, tf.as_dtype(array.dtype).name)


def test_a_number_that_the_variable_cannot_hold_is_refused_with_all_others():
    for name, dtype in (("a", "float32"), ("b", "int32"), ("c", "float32"), ("d", "float16")):
        variable(name, np.zeros(2, dtype), trainable=False)
    assert refused(collections.OrderedDict([
        ("a", [1.0, 1e300]), ("b", np.int64([1, 2 ** 40])), ("c", np.float32([np.nan, 1])),
        ("d", np.float32([7, 1e6]))])) == [
        "'a': the array has numbers too large for float32",
        "'b': the array has numbers that int32 cannot hold",
        "'c': the array has 1 NaN among its 2 elements",
        "'d': the array has numbers too large for float16"]


def test_an_infinity_is_taken_as_in_a_mask():
    v = variable("mask", np.float32([0, 0]))
    same(restored(plan_restore({"mask": [0, -np.inf]}), v), np.float32([0, -np.inf]))


def test_values_under_a_mask_are_refused_with_their_names_and_counts():
    net()
    whole = np.ma.masked_array(KERNEL, np.zeros_like(KERNEL, bool))  # it has a mask, and all values
    with pytest.raises(RecipeError) as raised:
        plan_restore({
            "hidden1/kernel": whole, "hidden1/bias": np.ma.masked_greater(BIAS, 7),
            "inner": {"list": [np.ma.masked_equal([1.0, 2.0], 2.0), np.float32([3, 4])]}})
    assert raised.value.problems == [
        "'hidden1/bias' has 2 masked values among 3: give it filled, by array.filled(0.0), say",
        "'inner/list' has 1 masked value among 4: give it filled, by array.filled(0.0), say"]
    assert plan_restore({"hidden1/kernel": whole, "hidden1/bias": BIAS}).problems == []


def test_the_closest_names_are_those_of_tensors_and_not_of_their_scopes():
    variable("hidden/kernel", np.float32([0]))
    assert refused({"hidden": np.float32([7]), "hiddn/kernel/part": np.float32([8])}) == [
        "'hidden/kernel' is missing in the arrays; the closest names there are "
        "'hiddn/kernel/part', 'hidden'"]
    with pytest.raises(RecipeError) as raised:
        plan_restore({"encoder/dense/w": np.float32([7])}, names={"encoder/dens": "hidden"})
    assert raised.value.problems == [
        "names: 'encoder/dens' matches no array; the closest are 'encoder/dense/w'"]


def test_what_is_left_out_may_hold_anything():
    variables = net()
    plan = plan_restore(dict(STATE, **{"hidden1/bias": [np.nan] * 3, "notes": "any"}),
                        exclude="hidden1/bias")
    same(restored(plan, variables[0]), KERNEL)


# --- all or nothing


@both_kinds
def test_a_variable_does_not_change_with_the_array_and_the_other_way_round(use_resource):
    # Aligned memory: a resource variable that is fed it (the documented form) goes on living in it.
    memory = np.zeros(1024 + 16, np.float32)
    array = memory[-memory.ctypes.data % 64 // 4:][:1024]
    array[:] = 1
    v = variable("v", np.zeros(1024, np.float32), use_resource)
    plan = plan_restore({"v": array})
    array[:] = 7
    with tf.Session() as session:
        for _ in range(2):  # the second restore finds the plan's own copy untouched
            plan.restore(session)
            assert set(session.run(v)) == {1}
            session.run(tf.assign_sub(v, np.full(1024, 3, np.float32)).op)
            assert set(session.run(v)) == {-2}
    assert set(array) == {7}


def test_the_documented_form_shares_memory_with_a_resource_variable():
    memory = np.zeros(1024 + 16, np.float32)
    array = memory[-memory.ctypes.data % 64 // 4:][:1024]
    v = variable("v", np.zeros(1024, np.float32), True)
    with tf.Session() as session:
        session.run(v.initializer, {v.initializer.inputs[1]: array})
        array[:] = 7
        assert set(session.run(v)) == {7}


@both_kinds
def test_two_variables_of_one_initial_value_get_an_array_each(use_resource):
    start = tf.zeros([2])
    a, b = (variable(name, start, use_resource) for name in "ab")
    values = restored(plan_restore({"a": np.float32([1, 2]), "b": np.float32([3, 4])}), [a, b])
    same(values[0], np.float32([1, 2]))
    same(values[1], np.float32([3, 4]))


@both_kinds
def test_everything_is_wrong_and_nothing_is_touched(use_resource):
    net(use_resource)
    variable("hidden2/kernel", np.zeros([3, 2], np.float32), use_resource)
    assert [problem.split("; the closest")[0] for problem in refused(
        {"hidden1/kernel": KERNEL, "hidden1/bias": [1.0]})] == [
        "'hidden1/bias' is 3 float32 in the graph and 1 float64 in the arrays",
        "'hidden2/kernel' is missing in the arrays"]


def test_a_plan_adds_two_ops_an_array_and_a_restore_none(graph):
    variables = net()
    count = len(graph.get_operations())
    plan = plan_restore(STATE)
    # And the group of them, and the list, here empty, of the others that have no value yet.
    assert len(graph.get_operations()) == count + 2 * len(STATE) + 2
    graph.finalize()
    with tf.Session() as session:
        plan.restore(session)
        plan.restore(session, "uninitialised")
        same(session.run(variables[1]), BIAS)


def test_a_partitioned_variable_takes_its_slices():
    with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
        table = tf.get_variable("table", [4, 2])
    array = np.arange(8, dtype=np.float32).reshape(2, 4)
    plan = plan_restore({"net/table": array}, transpose={"net/table": True})
    same(restored(plan, tf.convert_to_tensor(table)), array.T)


def test_slots_come_along():
    kernel, bias = net()
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(tf.reduce_sum(kernel) + tf.reduce_sum(bias))
    plan = plan_restore(dict(STATE, **{"hidden1/kernel/Momentum": 2 * KERNEL}),
                        include="hidden1/kernel", slots=True)
    same(restored(plan, optimizer.get_slot(kernel, "momentum")), 2 * KERNEL)


def test_a_scaffold_starts_from_arrays():
    variables = net()
    tf.train.get_or_create_global_step()
    plan = plan_restore(STATE, include="hidden1")
    scaffold = tf.train.Scaffold(init_fn=plan.init_fn)
    with tf.train.MonitoredTrainingSession(
            scaffold=scaffold, save_summaries_steps=None, save_summaries_secs=None) as monitored:
        same(monitored.run(variables)[0], KERNEL)


def test_the_table_shows_what_is_transposed_and_converted():
    net()
    variable("outputs/kernel", np.zeros([3, 4], np.float32))
    plan = plan_restore(
        {"fc1.weight": KERNEL.T.astype(float), "hidden1/bias": BIAS, "fc2.weight": BIAS},
        names={"fc1.weight": "hidden1/kernel"}, transpose={".*kernel": True},
        exclude="outputs/kernel")
    assert str(plan).splitlines() == [
        "restore plan for 'dict' (arrays)",
        "variable                                    shape  dtype    status",
        "-- weights ---------------------------------------------------------------------",
        "hidden1/kernel                              2x3    float32  restored",
        "  from fc1.weight, transposed               3x2    float64",
        "hidden1/bias                                3      float32  restored",
        "outputs/kernel                              3x4    float32  initialised",
        "fc2.weight                                  3      float32  missing in the graph",
        "2 restored, 1 initialised, 1 missing in the graph, 0 problems"]
