"""Optimizer state of one grouping restored into another: training goes on to the bit, or none.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import numpy as np
import pytest

from tests.small_trainings import both_kinds, refused, variable
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def adam():
    return tf.train.AdamOptimizer(0.125)


def grouped(*selectors):
    return lambda: GroupedOptimizer([(adam(), selector) for selector in selectors])


PLAIN, LOW_HIGH, HIGH_LOW = adam, grouped("low", "high"), grouped("high", "low")
THREE = grouped("low/a", "low/b", "high")


def net(optimizer, use_resource=False):
    """Three weights, of which one gets sparse gradients; returns them and a training step."""
    weights = [variable("low/a", np.float32([1, -2]), use_resource),
               variable("low/b", np.float32([0.5]), use_resource),
               variable("high/table", np.float32([[3], [4], [5]]), use_resource)]
    looked_up = tf.nn.embedding_lookup(weights[2], [0, 2, 0])
    loss = (tf.reduce_sum(weights[0] ** 2) * weights[1][0] + tf.reduce_sum(looked_up ** 2)
            + tf.reduce_sum(weights[1] ** 2))
    return weights, optimizer().minimize(loss)


def trained(optimizer, path, use_resource=False, before=3, behind=4, **more):
    """Trains, saves, trains on; returns the checkpoint and the weights at the end."""
    with tf.Graph().as_default(), tf.Session() as session:
        weights, step = net(optimizer, use_resource)
        session.run(tf.global_variables_initializer())
        for _ in range(before):
            session.run(step)
        checkpoint = tf.train.Saver().save(session, str(path / "m.ckpt"))
        for _ in range(behind):
            session.run(step)
        return checkpoint, session.run(weights)


def continued(plan, weights, step, steps=4):
    with tf.Session() as session:
        plan.restore(session)
        for _ in range(steps):
            session.run(step)
        return session.run(weights)


def problems_of(plan):
    with tf.Session() as session, pytest.raises(ValueError):
        plan.restore(session)
    return plan.problems


# --- Adam's powers


@both_kinds
@pytest.mark.parametrize("old, new", [
    (PLAIN, LOW_HIGH), (PLAIN, THREE), (LOW_HIGH, PLAIN), (THREE, PLAIN), (LOW_HIGH, THREE),
    (THREE, HIGH_LOW), (LOW_HIGH, HIGH_LOW), (PLAIN, PLAIN)])
def test_training_goes_on_as_if_never_stopped(tmp_path, use_resource, old, new):
    checkpoint, expected = trained(old, tmp_path, use_resource)
    weights, step = net(new, use_resource)
    plan = plan_restore(checkpoint, slots=True)
    assert plan.problems == []
    for found, wanted in zip(continued(plan, weights, step), expected):
        np.testing.assert_array_equal(found, wanted)


def test_arrays_of_a_checkpoint_serve_as_well(tmp_path):
    checkpoint, expected = trained(PLAIN, tmp_path)
    reader = tf.train.NewCheckpointReader(checkpoint)
    arrays = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    weights, step = net(THREE)
    for found, wanted in zip(continued(plan_restore(arrays, slots=True), weights, step), expected):
        np.testing.assert_array_equal(found, wanted)


def test_the_table_says_which_power_feeds_several(tmp_path):
    checkpoint, _ = trained(PLAIN, tmp_path)
    net(LOW_HIGH)
    lines = [line.rstrip() for line in str(plan_restore(checkpoint, slots=True)).splitlines()]
    assert lines.count("  from beta1_power, for 2 variables") == 1
    assert lines.count("  from the checkpoint, for 2 variables") == 2  # both powers of the first


def test_a_new_group_starts_anew_with_its_own_powers(tmp_path):
    checkpoint, _ = trained(PLAIN, tmp_path)
    weights, _ = net(LOW_HIGH)
    head = variable("head", np.float32([1]))
    adam().minimize(tf.reduce_sum(head ** 2), var_list=[head])
    plan = plan_restore(checkpoint, slots=True, allow_missing="head")
    status = {row.variable_name: row.status for row in plan.rows}
    assert plan.problems == []
    assert [status["beta1_power" + end] for end in ("", "_1", "_2")] == [
        "restored", "restored", "initialised"]
    with tf.Session() as session:
        plan.restore(session)
        powers = session.run([v for v in tf.global_variables() if "beta1" in v.op.name])
    np.testing.assert_allclose(powers, [0.9 ** 4, 0.9 ** 4, 0.9], rtol=1e-6)


def save_powers(path, **powers):
    """A checkpoint of a trained net whose groups have powers of their own."""
    with tf.Graph().as_default(), tf.Session() as session:
        net(LOW_HIGH)
        session.run(tf.global_variables_initializer())
        for v in tf.global_variables():
            if v.op.name in powers:
                session.run(tf.assign(v, powers[v.op.name]))
        return tf.train.Saver().save(session, str(path / "m.ckpt"))


def test_powers_that_differ_are_not_merged_but_named(tmp_path):
    checkpoint = save_powers(tmp_path, beta1_power_1=0.5)
    weights, _ = net(PLAIN)
    assert problems_of(plan_restore(checkpoint, slots=True)) == [
        "'beta1_power': the graph has 1 of these and the source 2 that differ, 'beta1_power' = "
        "0.9, 'beta1_power_1' = 0.5: give the one that it continues, "
        "names={'beta1_power': 'beta1_power'}, for example"]
    plan = plan_restore(checkpoint, slots=True, names={"beta1_power_1": "beta1_power"})
    assert plan.problems == []
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(session.graph.get_tensor_by_name("beta1_power:0")) == 0.5


def test_as_many_groups_keep_their_own_powers(tmp_path):
    checkpoint = save_powers(tmp_path, beta1_power_1=0.5)
    net(LOW_HIGH)
    plan = plan_restore(checkpoint, slots=True)
    with tf.Session() as session:
        plan.restore(session)
        assert session.run("beta1_power:0") == np.float32(0.9)
        assert session.run("beta1_power_1:0") == 0.5


def test_a_power_that_would_start_anew_beside_its_averages_is_refused():
    weight = variable("w", np.float32([1]))
    with tf.variable_scope("train"):
        adam().minimize(tf.reduce_sum(weight ** 2))
    arrays = {"w": [1.0], "train/w/Adam": [2.0], "train/w/Adam_1": [3.0]}
    told = ("'train/beta%d_power' would start anew beside 'train/w/Adam', 'train/w/Adam_1', which "
            "it corrects and which are restored: names= says which stored power it continues")
    assert problems_of(plan_restore(arrays, slots=True, allow_missing=True)) == [told % 1, told % 2]
    assert problems_of(plan_restore(
        dict(arrays, beta1_power=0.5, beta2_power=0.5), slots=True, allow_missing=True,
        names={"beta1_power": "train/beta1_power"})) == [told % 2]


# --- slots that belong together


def test_averages_are_restored_both_or_neither():
    weight = variable("w", np.float32([1]))
    adam().minimize(tf.reduce_sum(weight ** 2))
    arrays = {"w": [1.0], "w/Adam": [2.0], "beta1_power": 0.5, "beta2_power": 0.5}
    assert problems_of(plan_restore(arrays, slots=True, allow_missing=True)) == [
        "'w/Adam' of 'w' would be restored and 'w/Adam_1' would not: they belong together"]
    arrays["w/Adam_1"] = [3.0]
    assert problems_of(plan_restore(arrays, slots=True, exclude="w/Adam_1")) == [
        "'w/Adam' of 'w' would be restored and 'w/Adam_1' would not: they belong together"]


@both_kinds
@pytest.mark.parametrize("make, first, second", [
    (lambda: tf.train.AdadeltaOptimizer(1.0), "Adadelta", "Adadelta_1"),
    (lambda: tf.train.FtrlOptimizer(1.0), "Ftrl", "Ftrl_1"),
    (lambda: tf.train.RMSPropOptimizer(1.0, momentum=0.5), "RMSProp", "RMSProp_1")])
def test_so_are_those_of_every_optimizer(make, first, second, use_resource):
    weight = variable("w", np.float32([1]), use_resource)
    make().minimize(tf.reduce_sum(weight ** 2))
    assert problems_of(plan_restore({"w": [1.0], "w/" + first: [2.0]}, slots=True,
                                    allow_missing=True)) == [
        "'w/%s' of 'w' would be restored and 'w/%s' would not: they belong together" % (
            first, second)]


def test_a_centred_rmsprop_is_another_optimizer():
    """Its second slot is the mean of the gradients, the other's the momentum."""
    weight = variable("w", np.float32([1]))
    tf.train.RMSPropOptimizer(0.1).minimize(tf.reduce_sum(weight ** 2))
    arrays = {"w": [1.0], "w/RMSProp": [2.0], "w/RMSProp_1": [3.0], "w/RMSProp_2": [4.0]}
    assert problems_of(plan_restore(arrays, slots=True)) == [
        "the source has 3 slots 'w/RMSProp', of which the graph has 'w/RMSProp', 'w/RMSProp_1' "
        "alone: they are of an optimizer of another kind or with other settings; names= says which "
        "is which"]
    plan = plan_restore(arrays, slots=True, names={
        "w/RMSProp": "w/RMSProp", "w/RMSProp_2": "w/RMSProp_1"})
    assert plan.problems == []


def test_a_second_optimizer_of_the_same_kind_may_start_anew():
    weight = variable("w", np.float32([1]))
    for _ in range(2):
        adam().minimize(tf.reduce_sum(weight ** 2))
    arrays = {"w": [1.0], "w/Adam": [2.0], "w/Adam_1": [3.0], "beta1_power": 0.5,
              "beta2_power": 0.5}
    plan = plan_restore(arrays, slots=True, allow_missing=True)
    status = {row.variable_name: row.status for row in plan.rows}
    assert [status["w/Adam" + end] for end in ("", "_1", "_2", "_3")] == [
        "restored"] * 2 + ["initialised"] * 2


# --- one tensor for several variables, and whole numbers


@both_kinds
def test_one_stored_tensor_feeds_several_variables(tmp_path, use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(variable("shared", np.float32([1, 2])).initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
    first, second = (variable(name, np.float32([0, 0]), use_resource) for name in "ab")
    with tf.variable_scope("", partitioner=tf.fixed_size_partitioner(2)):
        parts = tf.get_variable("parts", [2], use_resource=use_resource)
    for source in (path, {"shared": np.float32([1, 2])}):
        plan = plan_restore(source, names={"shared": ["a", second, "parts"]})
        with tf.Session() as session:
            plan.restore(session)
            for value in session.run([first, second, tf.convert_to_tensor(parts)]):
                assert value.tolist() == [1, 2]
        assert "  from shared, for 3 variables" in str(plan)


def test_a_pattern_feeds_several_variables_too():
    names = [variable(name + "/kernel", np.float32([0])).op.name for name in (
        "a1", "b1", "a2", "b2")]
    plan = plan_restore({"w1": [1.0], "w2": [2.0]},
                        names={r"w(\d)": [r"a\1/kernel", r"b\1/kernel"]})
    with tf.Session() as session:
        plan.restore(session)
        assert session.run([name + ":0" for name in names]) == [[1], [1], [2], [2]]


def test_wrong_names_are_refused_together():
    weight = variable("w", np.float32([0]))
    assert refused(plan_restore, {"a": [1.0], "b": [2.0]}, names={
        "a": 7, "b": [weight, "v"], "c": []}) == [
        "names: {'a': 7}: give a variable's name, a variable, or a list of these",
        "names: {'c': []}: give a variable's name, a variable, or a list of these",
        "names: 'b' would go to 'v', which is no variable; the closest are 'w'"]


def save_count(path, dtype, value=7):
    with tf.Graph().as_default(), tf.Session() as session:
        count = tf.get_variable("global_step", initializer=tf.constant(value, dtype))
        session.run(count.initializer)
        return tf.train.Saver().save(session, str(path / "m.ckpt"))


@both_kinds
@pytest.mark.parametrize("old, new", [("int32", "int64"), ("uint8", "int32"), ("int8", "int16")])
def test_whole_numbers_of_a_checkpoint_are_widened(tmp_path, old, new, use_resource):
    path = save_count(tmp_path, old, 127)
    count = variable("global_step", tf.constant(0, new), use_resource, trainable=False)
    plan = plan_restore(path)
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(count) == 127 and session.run(count).dtype == new
    assert "from the checkpoint, as " + new in str(plan)


@pytest.mark.parametrize("old, new", [("int64", "int32"), ("int8", "uint8"), ("uint16", "int16"),
                                      ("float32", "int64"), ("bool", "int32")])
def test_what_the_variable_s_type_may_not_hold_is_refused(tmp_path, old, new):
    path = save_count(tmp_path, old, True if old == "bool" else 7)
    variable("global_step", tf.constant(0, new), trainable=False)
    assert problems_of(plan_restore(path)) == [
        "'global_step' is scalar %s in the graph and scalar %s in the checkpoint" % (new, old)]


def trained_apart(path):
    """Saves a net whose group "low" was trained 3 steps longer than the other."""
    with tf.Graph().as_default(), tf.Session() as session:
        weights = [variable("low", 1.0), variable("high", 1.0)]
        optimizer = LOW_HIGH()
        step = optimizer.minimize(weights[0] * weights[1])
        longer = optimizer.optimizers()[0].minimize(weights[0], var_list=weights[:1])
        session.run(tf.global_variables_initializer())
        for each in [step, longer, longer, longer]:
            session.run(each)
        return tf.train.Saver().save(session, str(path / "m.ckpt"))


def test_powers_of_groups_in_another_order_are_not_exchanged(tmp_path):
    checkpoint = trained_apart(tmp_path)
    w, v = variable("low", 1.0), variable("high", 1.0)
    HIGH_LOW().minimize(w * v)
    problems = plan_restore(checkpoint, slots=True).problems
    assert len(problems) == 4
    assert problems[0] == (
        "'beta1_power' is for 'high' here, which 'beta1_power_1' is for in %s.meta, and not "
        "'beta1_power': the groups are in another order; give names={'beta1_power_1': "
        "'beta1_power'}" % checkpoint)
    plan = plan_restore(checkpoint, slots=True, names={
        "beta1_power_1": "beta1_power", "beta2_power_1": "beta2_power",
        "beta1_power": "beta1_power_1", "beta2_power": "beta2_power_1"})
    with tf.Session() as session:
        plan.restore(session)
        # After n steps it is 0.9 to the n + 1: "high" made one, "low" four.
        powers = session.run(["beta1_power:0", "beta1_power_1:0"])
        assert powers == pytest.approx([0.9 ** 2, 0.9 ** 5])


def test_powers_of_groups_in_the_same_order_go_by_name(tmp_path):
    checkpoint = trained_apart(tmp_path)
    w, v = variable("low", 1.0), variable("high", 1.0)
    LOW_HIGH().minimize(w * v)
    with tf.Session() as session:
        plan_restore(checkpoint, slots=True).restore(session)
        powers = session.run(["beta1_power:0", "beta1_power_1:0"])
        assert powers == pytest.approx([0.9 ** 5, 0.9 ** 2])
