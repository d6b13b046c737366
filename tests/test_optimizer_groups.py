import numpy as np
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, variable
from tests.small_trainings import values_after as after
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import before_gate, gate_of
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf


def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def problems_of(error):
    return error.value.problems


@both_kinds
def test_clipping_between_compute_and_apply(use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", 0.0, use_resource), variable("v", 0.0, use_resource)
        optimizer = GroupedOptimizer([(sgd(1.0), w), (sgd(10.0), [v])])
        pairs = optimizer.compute_gradients(5.0 * w + 0.5 * v)
        clipped = [(tf.clip_by_value(gradient, -1.0, 1.0), each) for gradient, each in pairs]
        assert after(optimizer.apply_gradients(clipped), [w, v]) == [-1.0, -5.0]


@both_kinds
def test_what_is_done_to_a_gradient_reads_the_weights_before_the_step(use_resource):
    with tf.Graph().as_default():
        w, v = (variable(name, tf.ones([200000]), use_resource) for name in "wv")
        optimizer = GroupedOptimizer([(sgd(1.0), w), (sgd(1.0), v)])
        (w_gradient, _), (v_gradient, _) = optimizer.compute_gradients(
            tf.reduce_sum(w) + tf.reduce_sum(v))
        train_op = optimizer.apply_gradients([(w_gradient * v, w), (v_gradient * w, v)])
        w_after, v_after = after(train_op, [w, v])
        # Each sees the other's 1, not its 0.
        assert set(w_after) == set(v_after) == {0.0}


def test_gradients_left_as_they_were_are_not_gated_again():
    with tf.Graph().as_default() as graph:
        w, v = variable("w", 0.0), variable("v", 0.0)
        optimizer = GroupedOptimizer([(sgd(1.0), w), (sgd(10.0), v)])
        pairs = optimizer.compute_gradients(w * v)
        gradients = [gradient for gradient, _ in pairs]
        optimizer.apply_gradients(pairs)
        updates = [op for op in graph.get_operations() if op.type == "ApplyGradientDescent"]
        # They wait for the gate and take what it waits for: (variable, rate, gradient).
        assert [op.inputs[2] for op in updates] == list(map(before_gate, gradients))
        assert all(gate_of(gradients) in op.control_inputs for op in updates)


@both_kinds
def test_momentum_below_and_adam_above_as_each_alone(use_resource):
    def train(make_train_op):
        with tf.Graph().as_default():
            w = variable("w", np.float32([1.0, 2.0]), use_resource)
            v = variable("v", np.float32([3.0, -4.0]), use_resource)
            loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(tf.square(v))
            train_op = make_train_op(
                loss, w, v, tf.train.MomentumOptimizer(0.1, 0.9), tf.train.AdamOptimizer(0.1))
            return after(train_op, [w, v], steps=5)

    grouped = train(lambda loss, w, v, momentum, adam: GroupedOptimizer(
        [(momentum, w), (adam, v)]).minimize(loss))
    # The two halves of this loss share nothing, so that two separate steps are no race.
    alone = train(lambda loss, w, v, momentum, adam: tf.group(
        momentum.minimize(loss, var_list=[w]), adam.minimize(loss, var_list=[v])))
    np.testing.assert_array_equal(grouped, alone)


def test_slots_have_the_names_that_they_have_without_groups():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        optimizer = GroupedOptimizer([
            (tf.train.MomentumOptimizer(0.1, 0.9), "w"), (tf.train.AdamOptimizer(0.1), "v")])
        optimizer.minimize(w * v)
        assert optimizer.get_slot_names() == ["m", "momentum", "v"]
        assert optimizer.get_slot(w, "momentum").op.name == "w/Momentum"
        assert optimizer.get_slot(v, "m").op.name == "v/Adam"
        assert optimizer.get_slot(w, "m") is None
        assert sorted(each.op.name for each in optimizer.variables()) == [
            "beta1_power", "beta2_power", "v/Adam", "v/Adam_1", "w/Momentum"]


@both_kinds
def test_sparse_gradients_stay_sparse(use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.ones([4, 2]), use_resource)
        top = variable("top", tf.ones([2, 1]), use_resource)
        rows = tf.nn.embedding_lookup(table, [1, 1, 3])
        optimizer = GroupedOptimizer([(sgd(0.5), "table"), (sgd(1.0), "top")])
        pairs = optimizer.compute_gradients(tf.reduce_sum(tf.matmul(rows, top)))
        assert isinstance(pairs[0][0], tf.IndexedSlices)
        table_after, top_after = after(optimizer.apply_gradients(pairs), [table, top])
        # Row 1 was looked up twice.
        np.testing.assert_array_equal(table_after, [[1, 1], [0, 0], [1, 1], [0.5, 0.5]])
        np.testing.assert_array_equal(top_after, [[-2], [-2]])


def test_one_optimizer_for_two_groups_steps_once():
    with tf.Graph().as_default():
        w, v, u = (variable(name, 1.0) for name in "wvu")
        adam = tf.train.AdamOptimizer(0.1)
        train_op = GroupedOptimizer([(adam, w), (sgd(0.1), v), (adam, u)]).minimize(w + v + u)
        beta1_power = [each for each in adam.variables() if "beta1" in each.name]
        assert after(train_op, beta1_power) == [np.float32(0.9) * np.float32(0.9)]


def test_frozen_variables_are_left_as_they_are():
    with tf.Graph().as_default():
        w, v, u = (variable(name, 1.0) for name in "wvu")
        optimizer = GroupedOptimizer([("frozen", "w"), (sgd(0.5), "v")], rest="frozen")
        pairs = optimizer.compute_gradients(w + v + u)
        assert [each for _, each in pairs] == [v]
        assert after(optimizer.apply_gradients(pairs), [w, v, u]) == [1.0, 0.5, 1.0]


def test_the_documented_split_list_can_be_handed_over():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        gradients = tf.gradients(w + v, [w, v])
        train_op = GroupedOptimizer([(sgd(0.5), w), (sgd(1.0), v)]).apply_gradients(
            zip(gradients, [w, v]))
        assert after(train_op, [w, v]) == [0.5, 0.0]


def test_rest_takes_what_no_group_names():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        train_op = GroupedOptimizer([(sgd(0.5), "w")], rest=sgd(1.0)).minimize(w + v)
        assert after(train_op, [w, v]) == [0.5, 0.0]


def test_only_the_whole_step_is_a_train_op():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        step = tf.train.get_or_create_global_step()
        train_op = GroupedOptimizer([(sgd(0.5), w), (sgd(1.0), v)]).minimize(
            w + v, global_step=step, name="train")
        assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train_op]
        assert train_op.name == "train"


def test_apply_gradients_refuses_what_it_would_leave_out():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        with pytest.raises(RecipeError) as error:
            GroupedOptimizer([(sgd(0.1), "w")]).apply_gradients([(None, w), (tf.ones([]), v)])
        assert [line.split(":")[0] for line in problems_of(error)] == [
            "'v' is in no group", "'w' has no gradient"]
        with pytest.raises(RecipeError, match="there is no gradient to apply"):
            GroupedOptimizer([("frozen", [w, v])]).apply_gradients([(tf.ones([]), v)])
        with pytest.raises(RecipeError, match="every variable is frozen"):
            GroupedOptimizer([("frozen", [w, v])]).minimize(w)


def test_a_variable_given_twice():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        optimizer = GroupedOptimizer([(sgd(0.5), w)])
        pair, = optimizer.compute_gradients(w, var_list=[w, w])
        with pytest.raises(RecipeError) as error:
            optimizer.apply_gradients([pair, pair])
        assert problems_of(error) == ["'w' is in 2 pairs: its update would be made 2 times"]


def test_a_loss_that_is_a_function_is_refused():
    with pytest.raises(RecipeError, match="it must be a tensor"):
        GroupedOptimizer([(sgd(0.5), "w")]).compute_gradients(lambda: 1.0)


def test_var_list_narrows_what_the_groups_divide():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        train_op = GroupedOptimizer([(sgd(0.5), "w")]).minimize(w + v, var_list=[w])
        assert after(train_op, [w, v]) == [0.5, 1.0]


def test_what_is_no_optimizer_is_refused_at_once():
    with pytest.raises(RecipeError) as error:
        GroupedOptimizer([("froze", "w"), (0.1, "v")], rest=3)
    assert [line.split(":")[0] for line in problems_of(error)] == [
        "group 0 has 'froze' for an optimizer", "group 1 has 0.1 for an optimizer",
        "the rest has 3 for an optimizer"]
    with pytest.raises(RecipeError, match="not an .optimizer, selector. pair"):
        GroupedOptimizer([("w",)])
    with pytest.raises(RecipeError, match="there are no groups"):
        GroupedOptimizer([])


def six_layers(make_train_op, use_resource=False, size=2):
    """Six tanh layers, the lower three at a rate of 0.01 and the upper three at 0.1."""
    random_state = np.random.RandomState(0)
    hidden, wanted = (tf.constant(random_state.randn(size, size).astype(np.float32))
                      for _ in range(2))
    weights = []
    for number in range(6):
        value = (random_state.randn(size, size) / size ** 0.5).astype(np.float32)
        weights.append(variable("layer%d" % number, tf.constant(value), use_resource))
        hidden = tf.tanh(tf.matmul(hidden, weights[-1]))
    loss = tf.reduce_sum(tf.square(hidden - wanted)) / size
    return make_train_op(loss, weights[:3], weights[3:]), weights


def split_as_documented(loss, lower, upper):
    gradients = tf.gradients(loss, lower + upper)
    return tf.group(sgd(0.01).apply_gradients(zip(gradients[:3], lower)),
                    sgd(0.1).apply_gradients(zip(gradients[3:], upper)))


def grouped(loss, lower, upper):
    return GroupedOptimizer([(sgd(0.01), lower), (sgd(0.1), upper)]).minimize(loss)


def test_the_documented_split_is_a_race():
    with tf.Graph().as_default():
        found = races(six_layers(split_as_documented)[0])
    # What comes down through a layer is multiplied by its weights, and its own update does not
    # wait for that. Below layer 0 there is nothing to train.
    assert [race.variable for race in found] == ["layer%d" % number for number in range(1, 6)]
    assert {race.one.rpartition("/")[2] for race in found} == {"ApplyGradientDescent"}
    assert {race.other.rpartition("/")[2] for race in found} == {"MatMul"}


@both_kinds
def test_every_run_gives_the_same_bits(use_resource):
    # The same kernels: see `tests.rounding`. A sample, which may refute what is shown on the graph,
    # for all recipes, in `tests.test_optimizer_contract`.
    def weights_after():
        with tf.Graph().as_default():
            train_op, weights = six_layers(grouped, use_resource, size=300)
            return b"".join(each.tobytes() for each in after(train_op, weights, steps=5))

    assert len({weights_after() for _ in range(4)}) == 1
