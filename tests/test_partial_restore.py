"""Restoring a part of a checkpoint, against checkpoints whose values are checked by hand.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import os
import pathlib
import shutil
import warnings
import zipfile

import numpy as np
import pytest

from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.restore.checkpoints import (
    CheckpointError,
    open_checkpoint,
    owner_of,
    renamed,
)
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.usefixtures("graph")

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "checkpoints"
WRITTEN = ["0.12.1-v1", "0.12.1-v2", "1.15.5-v1", "1.15.5-v2"]
DATA = "model.ckpt.data-00000-of-00001"


@pytest.fixture(params=[False, True], ids=["ref", "resource"])
def resource(request):
    return request.param


def variable(name, shape=(), dtype="float32", value=-1, **options):
    """A variable that holds -1 (or True) everywhere until something is restored into it."""
    initial = np.full(shape, value).astype(dtype)
    return tf.get_variable(name, initializer=tf.constant(initial), **options)


def counting(shape, offset, dtype="float32"):
    """The values of a tensor in the fixtures."""
    return (np.arange(int(np.prod(shape))).reshape(shape) + offset).astype(dtype)


def save(path, values):
    """Saves arrays under their names, from a graph of its own; returns the checkpoint's name."""
    with tf.Graph().as_default(), tf.Session() as session:
        variables = [tf.get_variable(name, initializer=tf.constant(value))
                     for name, value in sorted(values.items())]
        session.run(tf.global_variables_initializer())
        return tf.train.Saver(variables).save(session, str(path))


def rows(plan):
    found = {row.tensor_name: row for row in plan.rows if row.tensor_name}
    found.update((row.variable_name, row) for row in plan.rows if row.variable_name)
    return found


def statuses(plan):
    return {name: row.status for name, row in rows(plan).items()}


def same(actual, expected):
    np.testing.assert_array_equal(actual, expected)
    assert np.asarray(actual).dtype == np.asarray(expected).dtype


# --- what genuine TensorFlow wrote


@pytest.mark.parametrize("written", WRITTEN)
def test_genuine_checkpoints_of_both_formats_are_restored(written, resource):
    kernel = variable("hidden1/kernel", [3, 4], use_resource=resource)
    flag = variable("flag", [2], "bool", True, use_resource=resource, trainable=False)
    half = variable("half", [2], "float16", use_resource=resource, trainable=False)
    count = variable("count", [2], "int32", use_resource=resource, trainable=False)
    step = variable("global_step", [], "int64", use_resource=resource, trainable=False)
    with tf.variable_scope("embedding", partitioner=tf.fixed_size_partitioner(2)):
        table = tf.get_variable("table", [4, 4], use_resource=resource)
    plan = plan_restore(FIXTURES / written)
    assert plan.checkpoint.version == written[-2:].upper() and plan.problems == []
    with tf.Session() as session:
        result = plan.restore(session)
        same(session.run(kernel), counting([3, 4], 0))
        same(session.run(flag), [False, True])
        same(session.run(half), counting([2], 700, "float16"))
        same(session.run(count), counting([2], 800, "int32"))
        same(session.run(step), np.int64(900))
        same(session.run(tf.convert_to_tensor(table)), counting([4, 4], 0))
    assert sorted(result.restored) == [
        "count", "embedding/table", "flag", "global_step", "half", "hidden1/kernel"]
    assert result.initialised == []


@pytest.mark.parametrize("written", WRITTEN)
def test_a_partitioned_tensor_goes_into_a_whole_variable(written, resource):
    table = variable("embedding/table", [4, 4], use_resource=resource)
    with tf.Session() as session:
        plan_restore(FIXTURES / written).restore(session)
        same(session.run(table), counting([4, 4], 0))


@pytest.mark.parametrize("written", WRITTEN)
def test_slots_are_restored_on_request_with_their_variable_only(written):
    bias, kernel = variable("hidden1/bias", [4]), variable("hidden2/kernel", [4, 2])
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(tf.reduce_sum(bias) + tf.reduce_sum(kernel))
    slot = optimizer.get_slot(bias, "momentum")
    other = optimizer.get_slot(kernel, "momentum")
    plan = plan_restore(FIXTURES / written, include="hidden1", slots=True)
    with tf.Session() as session:
        result = plan.restore(session)
        same(session.run(bias), counting([4], 100))
        same(session.run(slot), counting([4], 1100))
        same(session.run(kernel), np.full([4, 2], -1, "float32"))
        same(session.run(other), np.zeros([4, 2], "float32"))
    assert result.restored == ["hidden1/bias", "hidden1/bias/Momentum"]
    assert rows(plan)["hidden2/kernel/Momentum"].status == "left out"


# --- slots and weights


def test_the_documented_form_fails_once_the_optimizer_is_built_and_ours_does_not(tmp_path):
    path = save(tmp_path / "old.ckpt", {"hidden1/kernel": np.float32([1, 2])})
    kernel = variable("hidden1/kernel", [2])
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(kernel))

    reuse = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[123]")
    documented = tf.train.Saver({v.op.name: v for v in reuse})
    with tf.Session() as session, pytest.raises(tf.errors.NotFoundError, match="Momentum"):
        documented.restore(session, path)

    with tf.Session() as session:
        result = plan_restore(path, include="hidden[123]").restore(session)
        same(session.run(kernel), np.float32([1, 2]))
    assert result == (["hidden1/kernel"], ["hidden1/kernel/Momentum"])


def test_every_kind_of_slot_is_told_from_a_weight(resource):
    kernel = variable("hidden1/kernel", [3, 4], use_resource=resource)
    frozen = variable("frozen/kernel", [2], trainable=False)
    loss = tf.reduce_sum(kernel)
    with tf.variable_scope("train"):
        tf.train.AdamOptimizer().minimize(loss)
    for kind in [tf.train.AdagradOptimizer, tf.train.RMSPropOptimizer, tf.train.FtrlOptimizer,
                 tf.train.AdadeltaOptimizer, tf.train.AdamOptimizer]:
        kind(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9, name="Mine").minimize(loss)
    tf.train.ExponentialMovingAverage(0.9).apply([kernel, frozen])
    plan = plan_restore(FIXTURES / "1.15.5-v2")
    assert [row.variable_name for row in plan.rows if row.role == "weight" and row.variable_name
            ] == ["hidden1/kernel", "frozen/kernel"]
    slots = {row.variable_name for row in plan.rows if row.role == "slot"}
    assert slots > {
        "train/hidden1/kernel/Adam", "train/hidden1/kernel/Adam_1", "train/beta1_power",
        "hidden1/kernel/Adam_1", "beta2_power", "hidden1/kernel/Mine", "hidden1/kernel/Ftrl_1",
        "hidden1/kernel/ExponentialMovingAverage", "frozen/kernel/ExponentialMovingAverage"}


def test_the_checkpoints_own_slots_are_told_apart(graph):
    variable("hidden1/kernel", [3, 4])
    plan = plan_restore(FIXTURES / "1.15.5-v2")
    told = {row.tensor_name: row.role for row in plan.rows}
    assert told["hidden10/kernel"] == "weight" and told["hidden10/kernel/Momentum"] == "slot"
    assert told["hidden1/bias/ExponentialMovingAverage"] == "slot"
    assert told["global_step"] == "weight"


@pytest.mark.parametrize("name, owner", [
    ("hidden1/kernel/Momentum", "hidden1/kernel"),
    ("train/hidden1/kernel/Adam_1", "hidden1/kernel"),
    ("hidden10/kernel/Adam", None),
    ("hidden1/kernel", None),
    ("tower/hidden1/kernel", None),
])
def test_a_slot_extends_a_whole_name(name, owner):
    assert owner_of(name, {"hidden1/kernel"}) == owner


def test_adam_in_another_scope_goes_on_as_if_never_stopped(tmp_path, resource):
    def net():
        weight = tf.get_variable("old/w", initializer=[1., 2.], use_resource=resource)
        with tf.variable_scope("train"):
            return weight, tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(weight ** 2))

    with tf.Graph().as_default(), tf.Session() as session:
        weight, step = net()
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step)
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
        session.run(step)
        expected = session.run(weight)
    weight, step = net()
    plan = plan_restore(path, slots=True)
    assert set(statuses(plan).values()) == {"restored"}
    with tf.Session() as session:
        plan.restore(session)
        session.run(step)
        same(session.run(weight), expected)


def test_slots_follow_a_renamed_variable(tmp_path):
    path = save(tmp_path / "old.ckpt", {
        "a/w": np.float32([1]), "a/w/Momentum": np.float32([2]),
        "b/w": np.float32([3]), "b/w/Momentum": np.float32([4])})
    weight = variable("b/w", [1])
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(tf.reduce_sum(weight))
    plan = plan_restore(path, names={"a/w": "b/w"}, slots=True)
    assert rows(plan)["b/w/Momentum"].tensor_name == "a/w/Momentum"
    with tf.Session() as session:
        plan.restore(session)
        assert session.run([weight, optimizer.get_slot(weight, "momentum")]) == [[1], [2]]


def test_a_slot_that_the_checkpoint_lacks_is_a_problem_unless_allowed():
    kernel = variable("hidden1/kernel", [3, 4])
    tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_sum(kernel))
    plan = plan_restore(FIXTURES / "1.15.5-v2", slots=True)
    problem, = plan.problems
    assert problem.startswith("'hidden1/kernel/Adagrad' is missing in the checkpoint; the closest "
                              "names there are 'hidden1/kernel', ")
    allowed = plan_restore(FIXTURES / "1.15.5-v2", slots=True,
                           allow_missing="hidden1/kernel/Adagrad")
    assert allowed.problems == []
    assert rows(allowed)["hidden1/kernel/Adagrad"].status == "initialised"


def test_slots_may_be_excluded_and_those_of_an_initialised_weight_are_initialised():
    bias, head = variable("hidden1/bias", [4]), variable("head", [4])
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(bias + head))
    plan = plan_restore(FIXTURES / "1.15.5-v2", slots=True, allow_missing=[head])
    assert plan.problems == [] and statuses(plan)["head/Momentum"] == "initialised"
    assert statuses(plan)["hidden1/bias/Momentum"] == "restored"
    plan = plan_restore(FIXTURES / "1.15.5-v2", slots=True, allow_missing=[head],
                        exclude="hidden1/bias/Momentum")
    assert statuses(plan)["hidden1/bias"] == "restored"
    assert statuses(plan)["hidden1/bias/Momentum"] == "left out"


def test_outer_scopes_and_partitions_share_the_names_that_a_saver_gives(tmp_path):
    def net():
        with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
            table = tf.get_variable("table", [4, 2])
        with tf.variable_scope("train"):  # TensorFlow then cuts the slots' names oddly
            tf.train.AdamOptimizer(0.5).minimize(tf.reduce_sum(tf.convert_to_tensor(table)))

    with tf.Graph().as_default(), tf.Session() as session:
        net()
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
    net()
    plan = plan_restore(path, slots=True)
    assert set(statuses(plan).values()) == {"restored"}
    assert [row.variable_name for row in plan.rows if row.role == "weight"] == ["net/table"]
    with tf.Session() as session:
        assert plan.restore(session).initialised == []


# --- selectors


def test_a_scope_takes_no_longer_name():
    variable("hidden1/kernel", [3, 4])
    variable("hidden10/kernel", [2, 2])
    plan = plan_restore(FIXTURES / "1.15.5-v2", include="hidden1")
    assert statuses(plan)["hidden1/kernel"] == "restored"
    assert statuses(plan)["hidden10/kernel"] == "left out"


def test_selectors_combine(graph):
    kernel, bias = variable("hidden1/kernel", [3, 4]), variable("hidden1/bias", [4])
    variable("hidden2/kernel", [4, 2])
    for options in [{"include": kernel}, {"include": ["hidden1"], "exclude": bias},
                    {"exclude": [lambda v: "bias" in v.op.name, "hidden2"]},
                    {"variables": [kernel]}, {"include": "hidden1", "exclude": [bias]},
                    {"include": kernel, "allow_missing": bias}]:
        plan = plan_restore(FIXTURES / "1.15.5-v2", **options)
        assert [r.variable_name for r in plan.rows if r.status == "restored"] == ["hidden1/kernel"]


def test_everything_wrong_with_a_request_is_in_one_error():
    kernel = variable("hidden1/kernel", [3, 4])
    variable("hidden1/bias", [4])
    variable("hidden2/kernel", [4, 2])
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(kernel))
    with pytest.raises(RecipeError) as raised:
        plan_restore(FIXTURES / "1.15.5-v2", include=["hiden1", "hidden1/kernel/Momentum"],
                     exclude="outputs", allow_missing="score", names={
                         "hidden1/kernal": "hidden1/kernel", "hidden2/bias": "hidden2/kernal",
                         r"(hidden\d)/kernel": "hidden2/kernel", "count": r"hidden1/bias",
                         "half": "hidden1/bias", "(": "x", r"flag|x": r"\2"})
    assert str(raised.value).splitlines()[0] == (
        "cannot plan to restore from %r:" % str(FIXTURES / "1.15.5-v2" / "model.ckpt"))
    assert [problem.split("; the closest")[0] for problem in raised.value.problems] == [
        "include: 'hiden1' matches no variable",
        "include: 'hidden1/kernel/Momentum' matches optimizer slots only: restore them with their "
        "variables, by slots=True",
        "exclude: 'outputs' matches no variable",
        "allow_missing: 'score' matches no variable",
        "names: 'hidden1/kernal' matches no checkpoint tensor",
        "names: 'hidden2/bias' would go to 'hidden2/kernal', which is no variable",
        "names: {'(': 'x'}: missing ), unterminated subpattern at position 0",
        "names: {'flag|x': '\\\\2'}: invalid group reference 2 at position 1",
        "names: 'count', 'half' would all go to 'hidden1/bias'",
        "names: 'hidden1/kernel', 'hidden2/kernel' would all go to 'hidden2/kernel'"]
    assert "'hidden1/kernel'" in raised.value.problems[4]
    assert "'hidden2/kernel'" in raised.value.problems[5]


def test_partitions_are_taken_all_or_none():
    with tf.variable_scope("embedding", partitioner=tf.fixed_size_partitioner(2)):
        table = tf.get_variable("table", [4, 4])
    with pytest.raises(RecipeError, match="'.*part_1' matches 1 of the 2 partitions of "
                                          "'embedding/table': select all or none"):
        plan_restore(FIXTURES / "1.15.5-v2", include="embedding/table/part_1")
    plan = plan_restore(FIXTURES / "1.15.5-v2", include=table)
    assert rows(plan)["embedding/table"].variable_shape == (4, 4)


# --- names


def test_names_may_swap_and_refer_back(tmp_path):
    path = save(tmp_path / "old.ckpt", {
        "conv1/weights": np.float32([1]), "conv2/weights": np.float32([2]),
        "a": np.float32(3), "b": np.float32(4)})
    new = [variable(name, shape) for name, shape in [
        ("block1/kernel", [1]), ("block2/kernel", [1]), ("a", []), ("b", [])]]
    plan = plan_restore(path, names={
        r"conv(\d)/weights": r"block\1/kernel", "a": new[3], "b": "a"})  # a variable will do
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(new) == [[1], [2], 4, 3]


def test_averages_may_be_restored_in_place_of_the_weights():
    kernel, bias = variable("hidden1/kernel", [3, 4]), variable("hidden1/bias", [4])
    plan = plan_restore(FIXTURES / "0.12.1-v1", names={
        r"(.*)/ExponentialMovingAverage": r"\1"})
    with tf.Session() as session:
        plan.restore(session)
        same(session.run(kernel), counting([3, 4], 2000))
        same(session.run(bias), counting([4], 2100))
    unused = [row for row in plan.rows if row.tensor_name == "hidden1/bias"]
    assert [(row.variable_name, row.status) for row in unused] == [(None, "left out")]


def test_a_moved_tensor_serves_its_old_name_no_more(tmp_path):
    path = save(tmp_path / "old.ckpt", {"a": np.float32(1)})
    variable("a"), variable("b")
    plan = plan_restore(path, names={"a": "b"})
    assert statuses(plan) == {"a": "missing in the checkpoint", "b": "restored"}


def test_a_pattern_may_cover_slots_that_the_net_lacks_and_yields_to_an_exact_name():
    variable("layer/bias", [4])
    variable("first", [3, 4])
    plan = plan_restore(FIXTURES / "1.15.5-v2", names={
        r"hidden1/(.*)": r"layer/\1", "hidden1/kernel": "first"})
    assert plan.problems == []
    assert [(row.variable_name, row.tensor_name) for row in plan.rows if row.variable_name] == [
        ("layer/bias", "hidden1/bias"), ("first", "hidden1/kernel")]


def test_a_tensor_cannot_go_to_two_variables():
    problems = renamed({r"a(.)": "x", r".b": "y"}, ["ab"], ["x", "y"])[1]
    assert problems == ["names: 'ab' would go to all of 'x', 'y'"]


def test_any_rearrangement_of_names_is_followed(tmp_path):
    hypothesis = pytest.importorskip("hypothesis")
    strategies = hypothesis.strategies
    old = ["a", "b/c", "b/cc", "d.e"]
    path = save(tmp_path / "old.ckpt", {name: np.float32(k) for k, name in enumerate(old)})

    @hypothesis.settings(max_examples=25, deadline=None)
    @hypothesis.given(strategies.permutations(old), strategies.sets(strategies.sampled_from(old)),
                      strategies.sets(strategies.sampled_from(old)))
    def check(new, built, chosen):
        """Tensor k goes to new[k]; only `built` are variables, only `chosen` are restored."""
        names = {name: goal for name, goal in zip(old, new) if goal in built}
        hypothesis.assume(chosen & built)
        with tf.Graph().as_default(), tf.Session() as session:
            variables = {name: variable(name) for name in sorted(built)}
            plan = plan_restore(path, names=names,
                                include=[variables[name] for name in chosen & built])
            told = {row.tensor_name: (row.variable_name, row.status) for row in plan.rows}
            for name, goal in zip(old, new):
                if goal not in built:
                    expected = (None, "left out" if name in built else "missing in the graph")
                else:
                    expected = (goal, "restored" if goal in chosen else "left out")
                assert told[name] == expected
            plan.restore(session)
            for name in built:
                value = new.index(name) if name in chosen else -1
                assert session.run(variables[name]) == value

    check()


def test_a_checkpoint_of_tensorflow_2s_kind_is_restored_by_its_names(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        old = variable("any", [2], value=7, use_resource=True)
        session.run(old.initializer)
        path = tf.train.Checkpoint(layer=old).save(str(tmp_path / "m"), session=session)
    weight = variable("w", [2])
    plan = plan_restore(path, names={r"layer/\.ATTRIBUTES/VARIABLE_VALUE": "w"})
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(weight).tolist() == [7, 7]


def test_many_problems_do_not_take_long(tmp_path):
    path = save(tmp_path / "m.ckpt", {"old/%d/weights" % k: np.float32(0) for k in range(200)})
    for k in range(200):
        variable("new/%d/weights" % k)
    assert len(plan_restore(path).problems) == 200
    with pytest.raises(RecipeError) as raised:
        plan_restore(path, names={"old/(.*)": r"nwe/\1"})
    assert len(raised.value.problems) == 200


# --- all or nothing


def test_one_op_reads_everything_before_anything_is_assigned(graph, resource):
    variable("hidden1/kernel", [3, 4], use_resource=resource)
    variable("half", [2], "float16", use_resource=resource, trainable=False)
    with tf.variable_scope("embedding", partitioner=tf.fixed_size_partitioner(4)):
        tf.get_variable("table", [4, 4], use_resource=resource)
    plan_restore(FIXTURES / "0.12.1-v1")
    assert [op.type for op in graph.get_operations()].count("RestoreV2") == 1


def mismatching_net(resource):
    return [variable("hidden1/kernel", [3, 4], use_resource=resource),
            variable("hidden1/bias", [5], use_resource=resource),
            variable("hidden2/kernel", [4, 2], "float64", use_resource=resource),
            variable("hidden2/bias", [3], "int32", trainable=False, use_resource=resource),
            variable("hidden3/bias", [2], use_resource=resource)]


def test_every_problem_is_reported_and_nothing_is_touched(resource):
    net = mismatching_net(resource)
    plan = plan_restore(FIXTURES / "1.15.5-v2")
    expected = [
        "'hidden1/bias' is 5 float32 in the graph and 4 float32 in the checkpoint",
        "'hidden2/kernel' is 4x2 float64 in the graph and 4x2 float32 in the checkpoint",
        "'hidden2/bias' is 3 int32 in the graph and 2 float32 in the checkpoint",
        "'hidden3/bias' is missing in the checkpoint; the closest names there are"]
    assert [problem.split(" 'hidden2/bias', 'h")[0] for problem in plan.problems] == expected
    told = statuses(plan)
    assert [told[v.op.name] for v in net] == [
        "restored", "shape mismatch", "dtype mismatch", "shape and dtype mismatch",
        "missing in the checkpoint"]
    with tf.Session() as session:
        with pytest.raises(RecipeError) as raised:
            plan.restore(session)
        assert len(session.run(tf.report_uninitialized_variables())) == 5
        session.run(tf.global_variables_initializer())
        before = session.run(net)
        with pytest.raises(RecipeError):
            plan.init_fn(tf.train.Scaffold(), session)
        for value, kept in zip(session.run(net), before):
            same(value, kept)
    text = str(raised.value)
    assert text.startswith("nothing was restored, no variable was changed\n")
    assert str(plan) in text and all("  - " + problem in text for problem in plan.problems)


@pytest.mark.parametrize("written", ["0.12.1-v2", "1.15.5-v2"])
@pytest.mark.parametrize("damage, reason", [
    ("cut", "Read less bytes than requested|Read fewer bytes than requested"),
    ("flip", "[Cc]hecksum")])
def test_damaged_data_leave_every_variable_as_it_was(tmp_path, written, damage, reason, resource):
    shutil.copytree(str(FIXTURES / written), str(tmp_path / "copy"))
    net = [variable(name, shape, use_resource=resource) for name, shape in [
        ("hidden1/kernel", [3, 4]), ("hidden1/bias", [4]), ("outputs/kernel", [2, 3]),
        ("new/kernel", [1])]]
    plan = plan_restore(tmp_path / "copy", exclude="new")
    data = tmp_path / "copy" / DATA
    content = bytearray(data.read_bytes())
    # The tensors lie in the order of their names: embedding, count ..., outputs/kernel last.
    data.write_bytes(content[:-60] if damage == "cut" else bytes(byte ^ 1 for byte in content))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(CheckpointError, match=reason) as raised:
            plan.restore(session)
        for value in session.run(net):
            assert set(np.ravel(value)) == {-1}
    text = str(raised.value)
    assert "\n" not in text and str(tmp_path / "copy") in text
    assert text.startswith("the data of the checkpoint ") and text.endswith("save it again")


def test_a_checkpoint_that_changed_since_the_plan_is_refused(tmp_path):
    path = save(tmp_path / "m.ckpt", {"w": np.float32([1])})
    weight = variable("w", [1])
    plan = plan_restore(path)
    save(tmp_path / "m.ckpt", {"w": np.float32([1, 2])})
    with tf.Session() as session:
        session.run(weight.initializer)
        with pytest.raises(CheckpointError, match="has changed since the plan was made"):
            plan.restore(session)
        os.remove(path + ".index")
        with pytest.raises(CheckpointError, match="lacks its index"):
            plan.restore(session)
        assert session.run(weight) == [-1]


@pytest.mark.parametrize("options", [{"include": []}, {"exclude": ".*"}, {"allow_missing": True}])
def test_restoring_nothing_is_refused(options):
    variable("outputs/kernal", [2, 3])
    plan = plan_restore(FIXTURES / "1.15.5-v2", **options)
    with tf.Session() as session, pytest.raises(RecipeError, match="there is nothing to restore"):
        plan.restore(session)


def test_wrong_calls_are_refused_together():
    variable("hidden1/bias", [4])
    plan = plan_restore(FIXTURES / "1.15.5-v2")
    with pytest.raises(RecipeError) as raised:
        plan.restore(initialise="some")
    assert raised.value.problems == [
        "there is no session: give one, or work in `with session.as_default()`",
        "initialise is 'some': it must be 'rest', 'uninitialised' or 'none'"]
    with tf.Session(graph=tf.Graph()) as session, pytest.raises(RecipeError, match="another graph"):
        plan.restore(session)


# --- kinds of variables


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "int64", "float16",
                                   "bfloat16", "float32", "float64", "complex64"])
def test_every_dtype_comes_back_bit_for_bit(tmp_path, dtype, resource):
    dtype = tf.as_dtype(dtype).as_numpy_dtype
    values = np.array([0, 1, 3]).astype(dtype)
    path = save(tmp_path / "m.ckpt", {"v": values, "s": values[1]})
    vector = variable("v", [3], dtype, 0, use_resource=resource, trainable=False)
    scalar = variable("s", [], dtype, 0, use_resource=resource, trainable=False)
    with tf.Session() as session:
        plan_restore(path).restore(session)
        same(session.run(vector), values)
        same(session.run(scalar), values[1])


def test_strings_come_back(tmp_path):
    path = save(tmp_path / "m.ckpt", {"words": np.array([b"one", b"three"])})
    words = tf.get_variable("words", initializer=tf.constant(["", ""]))
    with tf.Session() as session:
        plan_restore(path).restore(session)
        assert session.run(words).tolist() == [b"one", b"three"]


def test_an_unknown_dimension_fits_any_size_but_no_other_rank(tmp_path, resource):
    path = save(tmp_path / "m.ckpt", {"w": np.float32([[1, 2, 3]]), "x": np.float32([1])})

    def unknown(name, shape):
        start = tf.placeholder_with_default(np.zeros([2, 3], "float32"), shape)
        return tf.Variable(start, validate_shape=False, name=name, use_resource=resource)

    weight = unknown("w", [None, 3])
    plan = plan_restore(path)
    with tf.Session() as session:
        plan.restore(session)
        same(session.run(tf.identity(weight)), np.float32([[1, 2, 3]]))
    if weight.shape.ndims is not None:  # a ref variable forgets a shape it need not check
        assert rows(plan)["w"].variable_shape == (None, 3)
        unknown("x", [None, 3])
        assert rows(plan_restore(path))["x"].status == "shape mismatch"


def test_partitioned_variables_and_their_slots_come_back(tmp_path, resource):
    def net(parts):
        with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(parts)):
            table = tf.get_variable("table", [4, 2], use_resource=resource)
        optimizer = tf.train.MomentumOptimizer(0.5, 0.9)
        step = optimizer.minimize(tf.reduce_sum(tf.convert_to_tensor(table) ** 2))
        return table, [optimizer.get_slot(part, "momentum") for part in table], step

    with tf.Graph().as_default(), tf.Session() as session:
        table, slots, step = net(2)
        session.run(tf.global_variables_initializer())
        session.run(step)
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
        expected = session.run([tf.convert_to_tensor(table), tf.concat(slots, 0)])
    table, slots, _ = net(4)
    plan = plan_restore(path, include=table, slots=True)
    with tf.Session() as session:
        result = plan.restore(session)
        for value, kept in zip(session.run([tf.convert_to_tensor(table), tf.concat(slots, 0)]),
                               expected):
            same(value, kept)
    assert result.restored == ["net/table", "net/table/Momentum"]


# --- initialising the rest


def test_an_initialiser_sees_the_restored_value_even_over_an_old_one(tmp_path, resource):
    path = save(tmp_path / "m.ckpt", {"w": np.float32([5])})
    weight = variable("w", [1], use_resource=resource)

    def initialized_value(v):  # as the ref variables' method of that name
        return tf.cond(tf.is_variable_initialized(v), v.read_value, lambda: v.initial_value)

    double = tf.Variable(2 * initialized_value(weight), name="y", use_resource=resource)
    triple = tf.Variable(1.5 * initialized_value(double), name="a", use_resource=resource,
                         collections=[tf.GraphKeys.LOCAL_VARIABLES])
    tf.train.ExponentialMovingAverage(0.9).apply([weight])
    shadow = tf.global_variables()[-1]
    plan = plan_restore(path, include="w")
    with tf.Session() as session:
        for _ in range(2):  # the second time over values of an earlier training
            plan.restore(session)
            assert session.run([double, triple, shadow]) == [[10], [15], [5]]
            session.run([tf.assign(v, [0.]) for v in (weight, double, triple, shadow)])


def test_initialisers_run_after_those_they_read():
    variable("hidden1/bias", [4])
    first = variable("first")
    # Read without a guard: only the order of the runs makes this right.
    second = tf.Variable(first + 1., name="second")
    third = tf.Variable(second + 1., name="a_third")
    runs = []

    class Watched(tf.Session):
        def run(self, fetches, *args, **kwargs):
            runs.append([fetch.name for fetch in fetches] if isinstance(fetches, list) else [])
            return super(Watched, self).run(fetches, *args, **kwargs)

    plan = plan_restore(FIXTURES / "1.15.5-v2", include="hidden1")
    with Watched() as session:
        plan.restore(session)
        assert runs == [[], [first.initializer.name], [second.initializer.name],
                        [third.initializer.name]]
        assert session.run([first, second, third]) == [-1, 0, 1]


def test_the_plan_depends_on_nothing_around_it():
    bias, count = variable("hidden1/bias", [4]), variable("count_me", value=0)
    with tf.control_dependencies([tf.assign_add(count, 1)]):
        plan = plan_restore(FIXTURES / "1.15.5-v2", include="hidden1")
    with tf.Session() as session:
        session.run([bias.initializer, count.initializer])
        plan.restore(session, "uninitialised")
        assert session.run(count) == 0


def test_what_is_initialised_is_the_callers_choice(tmp_path):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    weight, trained = variable("w"), variable("trained")
    plan = plan_restore(path, include="w")
    later = variable("later")
    with tf.Session() as session:
        session.run(tf.assign(trained, 7))
        assert plan.restore(session, initialise="none") == (["w"], [])
        assert session.run([weight, trained]) == [5, 7]
        assert plan.restore(session, initialise="uninitialised") == (["w"], ["later"])
        assert session.run([weight, trained, later]) == [5, 7, -1]
        assert plan.restore(session, "rest") == (["w"], ["trained", "later"])
        assert session.run([weight, trained, later]) == [5, -1, -1]


def test_random_initial_values_are_those_of_the_documented_order(tmp_path):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})

    def drawn(start):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(3)
            variable("w")
            head = tf.get_variable("head", initializer=tf.random_normal([3], seed=1))
            start(session)
            return session.run(head)

    same(drawn(lambda session: plan_restore(path, include="w").restore(session)),
         drawn(lambda session: session.run(tf.global_variables_initializer())))


def test_a_placeholder_that_an_initialiser_needs_is_asked_for_before_anything_moves(tmp_path):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    weight = variable("w")
    fed = tf.placeholder("float32", [], name="given")
    other = tf.Variable(fed, name="other")
    plan = plan_restore(path, include="w")
    with tf.Session() as session:
        session.run(weight.initializer)
        with pytest.raises(RecipeError, match="initialiser of 'other' needs the placeholder "
                                              "'given': feed it"):
            plan.restore(session)
        assert session.run(weight) == -1
        plan.restore(session, feed_dict={fed: 3})
        assert session.run([weight, other]) == [5, 3]
        # Feeding the initialiser itself, as for weights of another framework, will do, too.
        plan.restore(session, feed_dict={other.initializer.inputs[1]: 4})
        assert session.run([weight, other]) == [5, 4]


@pytest.mark.parametrize("finalise", [False, True])
def test_a_finalised_graph_needs_the_plan_before(tmp_path, graph, finalise):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    weight, head = variable("w"), variable("head")
    plan = plan_restore(path, include="w")
    if finalise:
        graph.finalize()
        with pytest.raises(RecipeError, match="graph is finalised: make the plan before"):
            plan_restore(path)
    size = len(graph.get_operations())
    with tf.Session() as session:
        assert plan.restore(session, "uninitialised").initialised == ["head"]
        assert session.run([weight, head]) == [5, -1]
    assert len(graph.get_operations()) == size


def test_a_variable_built_after_the_plan_cannot_be_probed_in_a_finalised_graph(tmp_path, graph):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    weight = variable("w")
    plan = plan_restore(path)
    later = variable("later")
    graph.finalize()
    with tf.Session() as session:
        session.run(weight.initializer)
        with pytest.raises(RecipeError, match="built after the plan: make the plan after the net"):
            plan.restore(session, "uninitialised")
        assert session.run(weight) == -1
        plan.restore(session)
        assert session.run([weight, later]) == [5, -1]


def test_a_monitored_session_starts_from_the_plan_and_then_from_its_own_checkpoint(
        tmp_path, resource):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    with tf.Graph().as_default(), tf.Session() as session:
        head = tf.get_variable("head", initializer=tf.random_normal([], seed=1))
        session.run(head.initializer)
        drawn = session.run(head)
    given = tf.placeholder("float32", [], name="given")
    weight = variable("w", use_resource=resource)
    head = tf.get_variable("head", initializer=tf.random_normal([], seed=1))
    fed = tf.Variable(given, name="fed")
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([tf.assign_add(weight, 1.)]):
        train = tf.assign_add(step, 1)
    averages = tf.train.ExponentialMovingAverage(0.5)
    averages.apply([weight])
    shadow = averages.average(weight)
    plan = plan_restore(path, include="w")
    scaffold = tf.train.Scaffold(init_fn=plan.init_fn, init_feed_dict={given: 3.})

    def monitored_session():
        return tf.train.MonitoredTrainingSession(
            scaffold=scaffold, checkpoint_dir=str(tmp_path / "run"), save_summaries_steps=None,
            save_summaries_secs=None, log_step_count_steps=None)

    with monitored_session() as monitored:
        first = monitored.run([weight, shadow, fed, head])
        assert first == [5, 5, 3, drawn]  # drawn once, as without the plan
        monitored.run(train)
    with monitored_session() as monitored:
        assert monitored.run([weight, shadow, fed, head, step]) == [6] + first[1:] + [1]
        # In the middle of a training, past the hooks: only what was chosen changes.
        monitored.run_step_fn(
            lambda step_context: plan.restore(step_context.session, "uninitialised"))
        assert monitored.run([weight, shadow, head, step]) == [5, 5, first[3], 1]


def test_an_interactive_session_is_the_default(tmp_path):
    path = save(tmp_path / "m.ckpt", {"w": np.float32(5)})
    weight = variable("w")
    session = tf.InteractiveSession()
    try:
        plan_restore(path).restore()
        assert weight.eval() == 5
    finally:
        session.close()


def test_layers_of_dense_nets_are_restored_by_scope(tmp_path):
    def net(widths):
        x = tf.ones([2, 3])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, width in widths:
                x = tf.layers.dense(x, width, name=name)
        tf.train.AdamOptimizer().minimize(tf.reduce_sum(x))

    with tf.Graph().as_default(), tf.Session() as session:
        net([("hidden1", 3), ("hidden2", 2), ("outputs", 4)])
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
        old = {v.op.name: session.run(v) for v in tf.trainable_variables()}
    net([("hidden1", 3), ("hidden2", 2), ("outputs", 5)])
    plan = plan_restore(path, include="hidden[12]")
    with tf.Session() as session:
        result = plan.restore(session)
        assert sorted(result.restored) == [
            "hidden1/bias", "hidden1/kernel", "hidden2/bias", "hidden2/kernel"]
        for v in tf.trainable_variables()[:4]:
            same(session.run(v), old[v.op.name])
        assert len(session.run(tf.report_uninitialized_variables())) == 0


def test_no_value_passes_through_python(monkeypatch):
    variable("hidden1/bias", [4])
    fetched = []

    class Watched(tf.Session):
        def run(self, *args, **kwargs):
            fetched.append(super(Watched, self).run(*args, **kwargs))
            return fetched[-1]

    with Watched() as session:
        plan_restore(FIXTURES / "1.15.5-v2").restore(session)
    assert fetched == [None]


# --- the table


def test_the_table_reads_well_in_80_columns():
    variable("hidden1/kernel", [3, 4])
    variable("block2/kernel", [4, 2])
    variable("hidden2/bias", [3], "float64")
    variable("a_scope_with_a_long_name/another_one/yet_another_scope/and_a_layer/kernel", [3, 4])
    variable("head", [])
    kernel = tf.trainable_variables()[0]
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(kernel))
    plan = plan_restore(FIXTURES / "1.15.5-v2", exclude="head", names={
        "hidden2/kernel": "block2/kernel"})
    lines = str(plan).splitlines()
    assert lines[0] == "restore plan for %r (V2)" % str(FIXTURES / "1.15.5-v2" / "model.ckpt")
    assert lines[1:14] == [
        "variable                              shape   dtype    status",
        "-- weights ---------------------------------------------------------------------",
        "hidden1/kernel                        3x4     float32  restored",
        "block2/kernel                         4x2     float32  restored",
        "  from hidden2/kernel",
        "hidden2/bias                          3       float64  shape and dtype mismatch",
        "  from the checkpoint                 2       float32",
        "a_scope_with_a_long_name/",
        "    another_one/yet_another_scope/",
        "    and_a_layer/kernel                3x4     float32  missing in the checkpoint",
        "head                                  scalar  float32  initialised",
        "count                                 2       int32    missing in the graph",
        "embedding/table                       4x4     float32  missing in the graph"]
    slots = lines.index("-- optimizer slots " + 61 * "-")
    assert lines[slots + 1] == "hidden1/kernel/Momentum               3x4     float32  left out"
    assert lines[-2:] == [
        "2 restored, 1 initialised, 1 left out, 1 missing in the checkpoint, 17 missing",
        "in the graph, 1 shape and dtype mismatch, 2 problems"]
    assert max(len(line) for line in lines[1:]) <= 80


# --- paths


def test_the_latest_of_a_folder_is_taken(tmp_path):
    with tf.Session() as session:
        weight = variable("w")
        saver = tf.train.Saver()
        for step in (1, 2):
            session.run(tf.assign(weight, step))
            saver.save(session, str(tmp_path / "m.ckpt"), global_step=step)
        assert open_checkpoint(tmp_path).prefix == str(tmp_path / "m.ckpt-2")
        plan_restore(str(tmp_path) + os.sep).restore(session)
        assert session.run(weight) == 2


def broken(tmp_path, kind):
    """Makes a broken checkpoint; returns what one would give for it."""
    v1, v2 = tmp_path / "v1", tmp_path / "v2"
    shutil.copytree(str(FIXTURES / "1.15.5-v1"), str(v1))
    shutil.copytree(str(FIXTURES / "1.15.5-v2"), str(v2))
    one, two, index = v1 / "model.ckpt", v2 / "model.ckpt", v2 / "model.ckpt.index"
    if kind == "folder without state":
        (v2 / "checkpoint").unlink()
        return v2
    if kind == "stale state":
        (v2 / "checkpoint").write_text('model_checkpoint_path: "/elsewhere/model.ckpt"\n')
        return v2
    if kind == "unreadable state":
        (v2 / "checkpoint").write_text("hello\n")
        return v2
    if kind == "zip":
        with zipfile.ZipFile(str(tmp_path / "a.zip"), "w") as archive:
            archive.writestr("data.pkl", b"no array")
    if kind == "wildcard":
        shutil.copytree(str(v2), str(tmp_path / "run[1]"))
    edits = {"empty": (one, b""), "text": (one, b"hello\n" * 99), "state": (one, None),
             "cut V1": (one, one.read_bytes()[:999]),
             "cut index": (index, index.read_bytes()[:500]), "empty index": (index, b""),
             "flipped index": (index, index.read_bytes()[:60] + b"?" + index.read_bytes()[61:])}
    if kind in edits and edits[kind][1] is not None:
        edits[kind][0].write_bytes(edits[kind][1])
    if kind == "no index":
        index.unlink()
    if kind == "no data":
        (v2 / DATA).unlink()
    if kind == "lost shard":
        (v2 / DATA).rename(v2 / "model.ckpt.data-00001-of-00002")
    return {
        "no folder": tmp_path / "no" / "model.ckpt", "no file": v2 / "modle.ckpt",
        "empty folder": os.path.dirname(str(tmp_path)), "zip": tmp_path / "a.zip",
        "state": v1 / "checkpoint", "wildcard": tmp_path / "run[1]" / "model.ckpt",
        "index": index, "data": v2 / DATA, "meta": v2 / "model.ckpt.meta",
        "V1 meta": v1 / "model.ckpt.meta",
    }.get(kind, edits[kind][0].with_name("model.ckpt") if kind in edits else two)


@pytest.mark.parametrize("kind, message", [
    ("no folder", "there is no checkpoint '{0}/no/model.ckpt': the folder '{0}/no' does not exist"),
    ("no file", "there is no checkpoint '{0}/v2/modle.ckpt'; the folder has "
                "'{0}/v2/model.ckpt': give one of these"),
    ("folder without state", "the folder '{0}/v2' has no readable state file `checkpoint`; the "
                             "folder has '{0}/v2/model.ckpt': give one of these"),
    ("unreadable state", "the folder '{0}/v2' has no readable state file `checkpoint`; the folder "
                         "has '{0}/v2/model.ckpt': give one of these"),
    ("stale state", "the state file of the folder '{0}/v2' names '/elsewhere/model.ckpt', which "
                    "does not exist; the folder has '{0}/v2/model.ckpt': give one of these"),
    ("index", "'{0}/v2/model.ckpt.index' is one file of a checkpoint; give the checkpoint's own "
              "name, '{0}/v2/model.ckpt'"),
    ("data", "'{0}/v2/" + DATA + "' is one file of a checkpoint; give the checkpoint's own name, "
             "'{0}/v2/model.ckpt'"),
    ("meta", "'{0}/v2/model.ckpt.meta' is one file of a checkpoint; give the checkpoint's own "
             "name, '{0}/v2/model.ckpt'"),
    ("V1 meta", "'{0}/v1/model.ckpt.meta' is one file of a checkpoint; give the checkpoint's own "
                "name, '{0}/v1/model.ckpt'"),
    ("zip", "'{0}/a.zip' has no arrays: it is another kind of zip archive"),
    ("state", "'{0}/v1/checkpoint' is the state file of a folder of checkpoints, not a "
              "checkpoint: give the folder"),
    ("text", "'{0}/v1/model.ckpt' is in no known format; it starts with b'hello\\nhello\\nhell'; "
             "what is read: checkpoints of TensorFlow (V1 and V2, also in shards), SavedModel "
             "folders, .npz, HDF5 (.h5), .keras and safetensors files; tf1-recipes convert reads "
             "pickled weights, too"),
    ("empty", "'{0}/v1/model.ckpt' is an empty file"),
    ("cut V1", "'{0}/v1/model.ckpt' is not a TensorFlow checkpoint, or one in format V1 that is "
               "damaged or cut short (not an sstable (bad magic number))"),
    ("cut index", "the index '{0}/v2/model.ckpt.index' is damaged or cut short (not an sstable "
                  "(bad magic number)): copy or save the checkpoint again"),
    ("empty index", "the index '{0}/v2/model.ckpt.index' is damaged or cut short (too short to be "
                    "an sstable): copy or save the checkpoint again"),
    ("flipped index", "the index '{0}/v2/model.ckpt.index' is damaged or cut short (Unable to "
                      "read file ({0}/v2/model.ckpt.index). Perhaps the file is corrupt or was "
                      "produced by a newer version of TensorFlow with format changes (failed to "
                      "seek to header entry): block checksum mismatch): copy or save the "
                      "checkpoint again"),
    ("no index", "the checkpoint '{0}/v2/model.ckpt' lacks its index: there is no file "
                 "'model.ckpt.index'"),
    ("no data", "the checkpoint '{0}/v2/model.ckpt' lacks its data: there is no file '" + DATA
                + "'"),
    ("lost shard", "the checkpoint '{0}/v2/model.ckpt' lacks its data: there is no file "
                   "'model.ckpt.data-00000-of-00002'"),
    ("wildcard", "TensorFlow takes *, ? and [ in the path '{0}/run[1]/model.ckpt' for wildcards "
                 "and cannot open it: rename it, or link to it"),
])
def test_what_is_no_checkpoint_is_told_in_one_line(tmp_path, kind, message):
    folder = tmp_path / "plain"  # pytest's own folder names a parametrized test with brackets
    folder.mkdir()
    variable("hidden1/bias", [4])
    with pytest.raises(CheckpointError) as raised:
        plan_restore(broken(folder, kind))
    assert str(raised.value) == message.format(folder)


def test_an_index_under_another_name_holds_no_tensor(tmp_path):
    shutil.copy(str(FIXTURES / "1.15.5-v2" / "model.ckpt.index"), str(tmp_path / "renamed"))
    with pytest.raises(CheckpointError, match="renamed' has no tensors"):
        plan_restore(tmp_path / "renamed")


def test_data_of_a_save_in_more_shards_may_lie_beside(tmp_path):
    shutil.copytree(str(FIXTURES / "1.15.5-v2"), str(tmp_path / "m"))
    (tmp_path / "m" / "model.ckpt.data-00001-of-00002").write_bytes(b"old")
    assert len(open_checkpoint(tmp_path / "m").tensors) == 21


def test_an_empty_folder_holds_none(tmp_path):
    with pytest.raises(CheckpointError) as raised:
        plan_restore(tmp_path)
    assert str(raised.value) == (
        "the folder %r has no readable state file `checkpoint`; the folder %r has no V2 "
        "checkpoint" % (str(tmp_path), str(tmp_path)))


def test_none_is_what_latest_checkpoint_returns(tmp_path):
    with pytest.raises(CheckpointError, match="the checkpoint is None: tf.train.late"):
        plan_restore(tf.train.latest_checkpoint(str(tmp_path)))


@pytest.mark.parametrize("source", [5, ["v"], object])
def test_what_is_no_path_is_no_checkpoint(source):
    with pytest.raises(CheckpointError) as raised:
        plan_restore(source)
    assert str(raised.value) == (
        "the checkpoint is %r: give a path, or a dict of names to arrays" % (source,))


def test_all_arguments_that_are_no_dicts_are_in_one_error():
    with tf.Graph().as_default(), pytest.raises(RecipeError) as raised:
        tf.get_variable("v", [2])
        plan_restore({"v": [1.0, 2.0]}, names=["v"], transpose=True, flattened="channels_first")
    assert raised.value.problems == [
        "names: give a dict, not ['v']", "transpose: give a dict, not True",
        "flattened: give a dict, not 'channels_first'"]
