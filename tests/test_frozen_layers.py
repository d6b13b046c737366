"""Layers that begin to train at given steps: against hand, the documented form and NumPy's Adam.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused, variable
from tf1_recipes.optimizers.numpy_optimizers import numpy_optimizer
from tf1_recipes.transfer.unfreezing import unfreeze_on_schedule
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.adamw import AdamWOptimizer
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

NAMES = ["hidden1", "hidden2", "outputs"]
STAGES = [(0, "outputs"), (3, "hidden2"), (5, "hidden1")]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def descent():
    return tf.train.GradientDescentOptimizer(0.125)


def momentum():
    return tf.train.MomentumOptimizer(0.125, 0.5)


def adam():
    return tf.train.AdamOptimizer(0.1)


def net(use_resource=False):
    """Three tanh layers of 4 on fixed inputs; returns the loss and the step."""
    layer = tf.constant(np.linspace(-1, 1, 12).reshape(3, 4).astype(np.float32))
    for number, name in enumerate(NAMES):
        start = np.sin(np.arange(16) + number).reshape(4, 4).astype(np.float32)
        layer = tf.tanh(tf.matmul(layer, variable(name + "/kernel", start, use_resource)))
    return tf.reduce_sum(tf.square(layer - 0.5)), tf.train.get_or_create_global_step()


def states_of(train_op, steps, session=None):
    """Returns {variable: value} before the first step and after each."""
    every = tf.global_variables()
    fetches = {v.op.name: v for v in every}

    def run(session):
        states = [session.run(fetches)]
        for _ in range(steps):
            session.run(train_op)
            states.append(session.run(fetches))
        return states

    if session is not None:
        return run(session)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return run(session)


def moved(before, after):
    return {name for name in before if not np.array_equal(before[name], after[name])}


# --- what moves, and when


@both_kinds
@pytest.mark.parametrize("factory, slots", [
    (descent, []), (momentum, ["Momentum"]), (adam, ["Adam", "Adam_1"]),
    (lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5), ["RMSProp", "RMSProp_1"])])
def test_until_its_step_a_layer_stays_to_the_bit_with_its_slots(factory, slots, use_resource):
    loss, _ = net(use_resource)
    states = states_of(unfreeze_on_schedule(loss, factory, STAGES).train_op, 7)
    for step, (before, after) in enumerate(zip(states, states[1:])):
        expected = {"global_step"}
        for number, (start, name) in enumerate(STAGES):
            if step >= start:
                expected |= {name + "/kernel"} | {name + "/kernel/" + slot for slot in slots}
                if factory is adam:
                    end = "_%d" % number if number else ""
                    expected |= {"beta1_power" + end, "beta2_power" + end}
        assert moved(before, after) == expected, step
        assert after["global_step"] == step + 1


@settings(max_examples=15, deadline=None)
@given(starts=st.sets(st.integers(1, 7), max_size=3), steps=st.integers(0, 9),
       kind=st.booleans(), dtype=st.sampled_from([tf.int32, tf.int64]))
def test_each_layer_makes_as_many_steps_as_are_left_to_it(starts, steps, kind, dtype):
    starts = [0] + sorted(starts)
    with tf.Graph().as_default():
        variables = [variable("v%d" % number, 0.0, kind) for number in range(len(starts))]
        global_step = tf.Variable(tf.cast(0, dtype), trainable=False, use_resource=kind)
        train_op = unfreeze_on_schedule(
            tf.add_n([1.0 * v for v in variables]), descent, list(zip(starts, variables)),
            global_step).train_op
        last = states_of(train_op, steps)[-1]
    for number, start in enumerate(starts):
        assert last["v%d" % number] == -0.125 * max(0, steps - start)


@both_kinds
def test_it_trains_what_the_documented_form_trains(use_resource):
    loss, step = net(use_resource)
    states = states_of(unfreeze_on_schedule(loss, momentum, STAGES).train_op, 7)
    # The same kernels: see `tests.rounding`.
    with tf.Graph().as_default(), tf.Session() as session:
        loss, step = net(use_resource)
        optimizer = momentum()
        lists = [tf.trainable_variables()[first:] for first in (2, 1, 0)]
        trains = [optimizer.minimize(loss, step, var_list) for var_list in lists]
        session.run(tf.global_variables_initializer())
        for number in range(7):
            session.run(trains[sum(number >= start for start, _ in STAGES) - 1])
        expected = session.run({v.op.name: v for v in tf.global_variables()})
    assert moved(states[-1], expected) == set()


@both_kinds
def test_one_stage_of_everything_is_minimize(use_resource):
    loss, _ = net(use_resource)
    found = states_of(unfreeze_on_schedule(loss, adam, [(0, ".*")]).train_op, 5)
    # The same kernels: see `tests.rounding`.
    with tf.Graph().as_default():
        loss, step = net(use_resource)
        expected = states_of(adam().minimize(loss, step), 5)
    assert moved(found[-1], expected[-1]) == set()


def test_a_layer_s_optimizer_begins_when_the_layer_does(use_resource=False):
    v, w = variable("v", np.float32([1, 2]), use_resource), variable("w", np.float32([1, 2]))
    tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(tf.square(v)) + tf.reduce_sum(tf.square(w))
    states = states_of(unfreeze_on_schedule(loss, adam, [(0, v), (40, w)]).train_op, 50)
    twin = numpy_optimizer("Adam", learning_rate=0.1)
    expected = np.float32([1, 2])
    slots = twin.initial(expected)
    for state in states[41:]:
        expected, slots = twin.update(expected, 2 * expected, slots)
        np.testing.assert_array_max_ulp(state["w"], expected, 4)
    # The other variable went through the very same steps, 40 earlier.
    for early, late in zip(states[:11], states[40:]):
        assert (early["v"] == late["w"]).all()


def test_with_one_adam_for_all_a_layer_s_first_steps_are_too_long():
    v, w = variable("v", 0.0), variable("w", 0.0)
    optimizer = tf.train.AdamOptimizer(1.0)
    first = optimizer.minimize(v, var_list=[v])
    both = optimizer.minimize(v + w, var_list=[v, w])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(1000):
            session.run(first)
        moves = [0.0]
        for _ in range(12):
            session.run(both)
            moves.append(session.run(w))
    lengths = -np.diff(moves)
    assert "%.1f %.1f" % (lengths[0], lengths[11]) == "2.5 5.2"
    with tf.Graph().as_default():
        v, w = variable("v", 0.0), variable("w", 0.0)
        tf.train.get_or_create_global_step()
        train_op = unfreeze_on_schedule(
            v + w, lambda: tf.train.AdamOptimizer(1.0), [(0, v), (1000, w)]).train_op
        last = [state["w"] for state in states_of(train_op, 1012)[-13:]]
    np.testing.assert_allclose(-np.diff(last), 1, rtol=1e-4)


def test_a_stage_may_have_an_optimizer_of_its_own():
    v, w = variable("v", 0.0), variable("w", 0.0)
    tf.train.get_or_create_global_step()
    train_op = unfreeze_on_schedule(
        v + w, descent, [(0, v), (1, w, lambda: tf.train.GradientDescentOptimizer(0.5))]).train_op
    assert [(state["v"], state["w"]) for state in states_of(train_op, 3)] == [
        (0, 0), (-0.125, 0), (-0.25, -0.5), (-0.375, -1)]


@both_kinds
def test_a_frozen_embedding_stays_with_its_slots(use_resource):
    table = variable("table", np.ones([5, 2], np.float32), use_resource)
    top = variable("top", np.ones([2, 1], np.float32), use_resource)
    tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(tf.matmul(tf.nn.embedding_lookup(table, [1, 3, 3]), top))
    states = states_of(unfreeze_on_schedule(loss, adam, [(0, top), (2, table)]).train_op, 4)
    for before, after in zip(states[:2], states[1:3]):
        assert not {name for name in moved(before, after) if name.startswith("table")}
    assert [row.tolist() != [1, 1] for row in states[3]["table"]] == [
        False, True, False, True, False]


@both_kinds
@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("optimizing", [True, False], ids=["optimized graph", "as built"])
@pytest.mark.parametrize("factory", [
    adam, lambda: tf.train.FtrlOptimizer(0.1), lambda: tf.train.AdagradOptimizer(0.1),
    lambda: tf.train.AdadeltaOptimizer(0.1), lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
    lambda: tf.train.ProximalAdagradOptimizer(0.1, l1_regularization_strength=0.01),
    lambda: DecoupledWeightDecay(adam(), 0.1), lambda: CaffeSGDOptimizer(0.1, 0.9, 0.1),
    lambda: DecoupledWeightDecay(adam(), 0.1, "before_update"), lambda: AdamWOptimizer(0.1, 0.1)])
def test_any_optimizer_waits_for_its_stage_and_goes_on_in_the_next(
        factory, optimizing, sparse, use_resource):
    table = variable("table", np.ones([5, 2], np.float32), use_resource)
    top = variable("top", np.ones([2, 1], np.float32), use_resource)
    tf.train.get_or_create_global_step()
    rows = tf.nn.embedding_lookup(table, [1, 3, 3]) if sparse else 1.0 * table
    loss = tf.reduce_sum(tf.square(tf.matmul(rows, top)))
    train_op = unfreeze_on_schedule(loss, factory, [(0, top), (1, table)]).train_op
    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = not optimizing
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        first, second, third = states_of(train_op, 2, session)
    assert not {name for name in moved(first, second) if name.startswith("table")}
    assert {"top", "global_step"} <= moved(first, second)
    assert {"top", "table", "global_step"} <= moved(second, third)


@both_kinds
def test_a_net_with_a_loop_is_unfrozen_too(use_resource):
    cell = variable("cell", np.float32([[0.5, 0.25], [0, 0.5]]), use_resource)
    top = variable("top", np.float32([[1], [1]]), use_resource)
    tf.train.get_or_create_global_step()
    _, last = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.matmul(h, cell)),
                            [0, tf.ones([1, 2])])
    loss = tf.reduce_sum(tf.matmul(last, top))
    states = states_of(unfreeze_on_schedule(loss, descent, [(0, top), (2, cell)]).train_op, 3)
    assert [sorted(moved(*pair)) for pair in zip(states, states[1:])] == [
        ["global_step", "top"]] * 2 + [["cell", "global_step", "top"]]


def test_what_never_trains_is_named_by_rest():
    loss, _ = net()
    states = states_of(unfreeze_on_schedule(
        loss, momentum, [(0, "outputs"), (1, "hidden2")], rest="frozen").train_op, 4)
    assert moved(states[0], states[-1]) == {
        "global_step", "hidden2/kernel", "hidden2/kernel/Momentum", "outputs/kernel",
        "outputs/kernel/Momentum"}


# --- the step


@both_kinds
def test_stage_and_loss_beside_the_train_op_are_those_of_this_step(use_resource):
    loss, _ = net(use_resource)
    train_op, stage = unfreeze_on_schedule(loss, momentum, STAGES)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for expected in [0, 0, 0, 1, 1, 2, 2]:
            before = session.run(loss)
            assert session.run([stage, loss, train_op])[:2] == [expected, before]
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train_op]


def test_what_lies_below_the_lowest_layer_that_trains_gets_no_gradient():
    calls = []

    @tf.custom_gradient
    def watched(x):
        def gradient(dy):
            def count(value):
                calls.append(1)
                return value
            result = tf.py_func(count, [dy], tf.float32)
            result.set_shape(dy.shape)
            return result
        return tf.identity(x), gradient

    lower, upper = variable("lower", 2.0), variable("upper", 3.0)
    tf.train.get_or_create_global_step()
    loss = watched(lower * 1.0) * upper
    train_op = unfreeze_on_schedule(loss, descent, [(0, upper), (3, lower)]).train_op
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for expected in [0, 0, 0, 1, 2]:
            session.run(train_op)
            assert len(calls) == expected


def test_a_rate_may_follow_the_global_step():
    v, w = variable("v", 0.0), variable("w", 0.0)
    step = tf.train.get_or_create_global_step()
    rate = tf.train.piecewise_constant(step, [tf.constant(1, tf.int64)], [0.5, 0.25])
    train_op = unfreeze_on_schedule(
        v + w, lambda: tf.train.GradientDescentOptimizer(rate), [(0, v), (1, w)]).train_op
    assert [(state["v"], state["w"]) for state in states_of(train_op, 3)] == [
        (0, 0), (-0.5, 0), (-1, -0.5), (-1.25, -0.75)]


# --- resuming


@both_kinds
def test_a_training_that_is_saved_in_the_middle_goes_on_as_if_it_had_not_stopped(
        tmp_path, use_resource):
    loss, _ = net(use_resource)
    train_op = unfreeze_on_schedule(loss, adam, STAGES).train_op
    expected = states_of(train_op, 8)
    for stop in (2, 3, 4, 6):
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            states_of(train_op, stop, session)
            path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
        with tf.Graph().as_default(), tf.Session() as session:
            loss, _ = net(use_resource)
            again = unfreeze_on_schedule(loss, adam, STAGES).train_op
            tf.train.Saver().restore(session, path)
            found = states_of(again, 8 - stop, session)
        assert moved(found[-1], expected[-1]) == set(), stop


def test_a_monitored_session_resumes_the_schedule(tmp_path):
    loss, step = net()
    train_op, stage = unfreeze_on_schedule(loss, momentum, STAGES)
    stages = []
    for steps in (4, 3):
        with tf.train.MonitoredTrainingSession(
                checkpoint_dir=str(tmp_path), save_summaries_steps=None, save_summaries_secs=None,
                log_step_count_steps=None) as monitored:
            for _ in range(steps):
                stages.append(monitored.run([stage, train_op])[0])
    assert stages == [0, 0, 0, 1, 1, 2, 2]


# --- what is refused


def test_a_variable_in_no_stage_and_a_missing_step_are_refused_together():
    v = variable("v", 1.0)
    variable("w", 1.0)
    assert refused(unfreeze_on_schedule, 1.0 * v, adam, [(0, "v")]) == [
        "there is no global step: make one with tf.train.get_or_create_global_step()",
        "'w' is in no stage: add it to one, or give rest=\"frozen\""]


@pytest.mark.parametrize("step, problem", [
    (3, "the global step is 3: it must be a variable"),
    (1.0, "the global step is of type float32: it must be of an integer type, which counts "
          "exactly")])
def test_a_step_that_counts_not_is_refused(step, problem):
    v = variable("v", 1.0)
    step = tf.Variable(step, trainable=False) if step == 1.0 else step
    assert refused(unfreeze_on_schedule, 1.0 * v, adam, [(0, "v")], step) == [problem]


def test_a_loss_that_is_no_tensor_and_no_stages_are_refused():
    variable("v", 1.0)
    step = tf.train.get_or_create_global_step()
    assert refused(unfreeze_on_schedule, 2.0, None, [], step, "frozen") == [
        "the loss is 2.0: it must be a tensor",
        "the factory is None: it must be a function that makes an optimizer",
        "there are no stages"]


def test_a_factory_that_makes_one_optimizer_for_all_is_refused():
    loss, _ = net()
    one = adam()
    assert refused(unfreeze_on_schedule, loss, lambda: one, STAGES) == [
        "the factory made the same AdamOptimizer for two stages: it must make a new one each time"]
    assert refused(unfreeze_on_schedule, loss, lambda: 0.1, STAGES) == [
        "the factory made 0.1: it must make a tf.train.Optimizer"]


def test_an_optimizer_that_keeps_its_rate_for_all_stages_does_not_tie_them_together():
    class Keeping(tf.train.GradientDescentOptimizer):
        """Makes its rate once, in the first stage that it serves."""

        kept = []

        def _prepare(self):
            super(Keeping, self)._prepare()
            self.kept[:] = self.kept or [tf.identity(self._learning_rate_tensor)]
            self._learning_rate_tensor = self.kept[0]

    v, w = variable("v", 0.0), variable("w", 0.0)
    tf.train.get_or_create_global_step()
    train_op = unfreeze_on_schedule(v + w, lambda: Keeping(0.5), [(0, v), (2, w)]).train_op
    assert [(state["v"], state["w"]) for state in states_of(train_op, 4)] == [
        (0, 0), (-0.5, 0), (-1, 0), (-1.5, -0.5), (-2, -1)]


def operations_of(stages):
    """How many operations the schedule adds to a net of so many layers, each its own stage."""
    with tf.Graph().as_default() as graph:
        layer = tf.ones([1, 1])
        for number in range(stages):
            layer = tf.tanh(tf.matmul(layer, variable("layer%d" % number, [[1.0]])))
        loss, step = tf.reduce_sum(layer), tf.train.get_or_create_global_step()
        before = len(graph.get_operations())
        unfreeze_on_schedule(loss, descent, [
            (start, "layer%d" % number) for start, number in enumerate(reversed(range(stages)))],
            step)
        return len(graph.get_operations()) - before


def test_a_stage_more_adds_the_same_number_of_operations_however_many_there_are():
    counts = [operations_of(stages) for stages in (4, 5, 20, 21)]
    assert counts[1] - counts[0] == counts[3] - counts[2]
