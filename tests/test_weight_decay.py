import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decay_behind import decay_after
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

both_orders = pytest.mark.parametrize("order", ["after_update", "before_update"])

def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def train_random_net(make_train_op, use_resource):
    with tf.Graph().as_default():
        random_state = np.random.RandomState(0)
        x = tf.constant(random_state.randn(20, 30).astype(np.float32))
        weights = [
            variable("w%d" % number, np.float32(random_state.randn(30, 30) / 5), use_resource)
            for number in range(3)]
        hidden = x
        for each in weights:
            hidden = tf.tanh(tf.matmul(hidden, each))
        train_op = make_train_op(tf.reduce_sum(tf.square(hidden - 0.5)), weights)
        return values_after(train_op, weights, steps=5)


def decay_as_documented(loss, weights):
    step = tf.train.MomentumOptimizer(0.01, 0.9).minimize(
        loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH)
    for each in weights:
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, 0.1 * tf.nn.l2_loss(each))
    with tf.control_dependencies([step]):
        penalty = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
        return sgd(1.0).minimize(penalty, gate_gradients=tf.train.Optimizer.GATE_GRAPH)


@both_kinds
def test_the_documented_form_to_the_last_bit(use_resource):
    # With ref variables, where it has one meaning; ours is compared with both kinds.
    documented = train_random_net(decay_as_documented, use_resource=False)
    ours = train_random_net(lambda loss, _: DecoupledWeightDecay(
        tf.train.MomentumOptimizer(0.01, 0.9), 0.1).minimize(loss), use_resource)
    behind = train_random_net(lambda loss, _: decay_after(
        DecoupledWeightDecay(tf.train.MomentumOptimizer(0.01, 0.9), 0.0).minimize(loss), 0.1),
        use_resource)
    # The same kernels: see `tests.rounding`.
    np.testing.assert_array_equal(documented, ours)
    np.testing.assert_array_equal(documented, behind)


@both_kinds
@both_orders
def test_adam_and_the_step_move_once(order, use_resource):
    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource)
        step = tf.train.get_or_create_global_step()
        adam = tf.train.AdamOptimizer(0.25)
        train_op = DecoupledWeightDecay(adam, 0.5, order).minimize(3.0 * w, global_step=step)
        power = [each for each in adam.variables() if "beta1" in each.name]
        w_after, step_after, power_after = values_after(train_op, [w, step] + power)
        # Adam's first step is its rate, whatever the gradient.
        assert abs(w_after - (0.875 if order == "after_update" else 0.75)) < 1e-6
        assert step_after == 1
        assert power_after == np.float32(0.9) * np.float32(0.9)
        assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train_op]


@both_kinds
@both_orders
def test_a_rate_that_follows_the_step_is_read_before_it_moves(order, use_resource):
    with tf.Graph().as_default():
        w = variable("w", 1.0, use_resource)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [0], [0.5, 0.25])
        train_op = DecoupledWeightDecay(sgd(0.0), rate, order).minimize(w, global_step=step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for expected in (0.5, 0.375):  # a half at step 0, a quarter at step 1
                session.run(train_op)
                assert session.run(w) == expected


@both_kinds
def test_the_rate_may_be_a_variable(use_resource):
    with tf.Graph().as_default():
        w = variable("w", 1.0, use_resource)
        rate = variable("rate", 0.5, use_resource)
        train_op = DecoupledWeightDecay(sgd(0.0), rate).minimize(w, var_list=[w])
        assert values_after(train_op, w) == 0.5
        # The rate decays itself here: it is read before.
        train_op = DecoupledWeightDecay(sgd(0.0), rate).minimize(w + rate)
        assert values_after(train_op, [w, rate]) == [0.5, 0.25]


def test_groups_below_the_decay():
    with tf.Graph().as_default():
        w, v, u = (variable(name, 2.0) for name in ("w", "v", "v_bias"))
        groups = GroupedOptimizer([(sgd(0.5), "w"), (tf.train.MomentumOptimizer(1.0, 0.9), "v.*")])
        optimizer = DecoupledWeightDecay(groups, 0.5, exclude=lambda each: "bias" in each.name)
        train_op = optimizer.minimize(w + v + u)
        assert values_after(train_op, [w, v, u]) == [0.75, 0.5, 1.0]
        assert optimizer.get_slot_names() == ["momentum"]
        assert optimizer.get_slot(v, "momentum").op.name == "v/Momentum"
        assert {each.op.name for each in optimizer.variables()} == {
            "v/Momentum", "v_bias/Momentum"}


def test_include_and_exclude():
    with tf.Graph().as_default():
        w, v, u = (variable(name, 1.0) for name in ("low/w", "low/b", "high/w"))
        train_op = DecoupledWeightDecay(
            sgd(0.0), 0.5, include=["low", u], exclude=".*/b").minimize(w + v + u)
        assert values_after(train_op, [w, v, u]) == [0.5, 1.0, 0.5]


@both_kinds
@both_orders
def test_sparse_gradients_decay_the_touched_rows_once(order, use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.fill([4, 2], 4.0), use_resource)
        ids = tf.placeholder(tf.int64, [None])
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids))
        train_op = DecoupledWeightDecay(sgd(1.0), 0.5, order).minimize(loss)
        once, twice = (1.5, 1.0) if order == "after_update" else (1.0, 0.0)
        np.testing.assert_array_equal(
            values_after(train_op, table, feed={ids: [1, 3, 1]}),
            [[4, 4], [twice] * 2, [4, 4], [once] * 2])


@both_kinds
def test_sparse_gradients_may_decay_the_whole_variable(use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.fill([4, 2], 4.0), use_resource)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3, 1]))
        train_op = DecoupledWeightDecay(sgd(1.0), 0.5, sparse="whole_variable").minimize(loss)
        np.testing.assert_array_equal(
            values_after(train_op, table), [[2, 2], [1, 1], [2, 2], [1.5, 1.5]])


@settings(max_examples=25, deadline=None)
@given(ids=st.lists(st.integers(0, 5), min_size=1, max_size=12), use_resource=st.booleans(),
       order=st.sampled_from(["after_update", "before_update"]))
def test_sparse_rows_move_as_dense_ones(ids, use_resource, order):
    with tf.Graph().as_default():
        start = np.linspace(-1, 1, 18).reshape(6, 3).astype(np.float64)
        table = variable("table", start, use_resource)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids))
        train_op = DecoupledWeightDecay(sgd(0.125), 0.25, order).minimize(loss)
        moved = values_after(train_op, table)
    counts = np.bincount(ids, minlength=6)[:, None]
    if order == "after_update":
        dense = (start - 0.125 * counts) * 0.75
    else:
        dense = start * 0.75 - 0.125 * counts
    np.testing.assert_allclose(moved, np.where(counts > 0, dense, start), rtol=1e-15, atol=1e-15)


def test_float64_keeps_the_rates_digits():
    with tf.Graph().as_default():
        w = variable("w", np.float64(1.0))
        train_op = DecoupledWeightDecay(sgd(0.0), 0.1).minimize(w)
        assert values_after(train_op, w) == 1.0 - 0.1


def test_no_gradient_is_built_for_the_decay():
    with tf.Graph().as_default() as graph:
        w = variable("w", 1.0)
        optimizer = DecoupledWeightDecay(sgd(0.1), 0.1)
        pairs = optimizer.compute_gradients(tf.square(w))
        count = len([op for op in graph.get_operations() if op.name.startswith("gradients")])
        optimizer.apply_gradients(pairs)
        assert count == len([op for op in graph.get_operations()
                             if op.name.startswith("gradients")])


def test_decay_after_takes_any_variables():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        other = tf.get_variable("other", initializer=1.0, trainable=False)
        train_op = decay_after(tf.assign_add(w, 1.0), 0.5, variables=[w, other], exclude="v|w")
        assert values_after(train_op, [w, v, other]) == [2.0, 1.0, 0.5]


def test_decay_after_takes_a_rate_that_the_step_leaves_alone():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        rate = tf.get_variable("rate", initializer=0.25, trainable=False)
        train_op = decay_after(sgd(0.0).minimize(w), 2.0 * rate)
        assert values_after(train_op, w) == 0.5


@both_kinds
def test_decay_after_refuses_a_rate_that_the_step_writes(use_resource):
    with tf.Graph().as_default():
        w = variable("w", 1.0, use_resource)
        step = tf.train.get_or_create_global_step()
        train_op = sgd(0.1).minimize(w, global_step=step)
        rate = tf.train.exponential_decay(0.1, step, 10, 0.5) * w
        with pytest.raises(RecipeError) as error:
            decay_after(train_op, rate)
        assert error.value.problems == [
            "the weight decay depends on %r, which this step writes: it could be read before or "
            "after that; use DecoupledWeightDecay, which reads it before" % name
            for name in ("global_step", "w")]


def test_to_decay_nothing_is_refused():
    with tf.Graph().as_default():
        w = variable("hidden1/w", 1.0)
        with pytest.raises(RecipeError, match="no variable is left to decay"):
            DecoupledWeightDecay(sgd(0.1), 0.1, exclude="hidden1").apply_gradients(
                [(tf.ones([]), w)])


def test_a_variable_without_gradient_may_be_excluded():
    with tf.Graph().as_default():
        w, unused = variable("w", 1.0), variable("unused", 1.0)
        train_op = DecoupledWeightDecay(sgd(0.0), 0.5, exclude="unused").minimize(w)
        assert values_after(train_op, [w, unused]) == [0.5, 1.0]
