import numpy as np
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.gradients.clip import clip_gradients
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.graph.gating import is_gated
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

train = tf.train
NORMALISING = [
    lambda: train.AdagradOptimizer(0.1), lambda: train.AdadeltaOptimizer(0.1),
    lambda: train.RMSPropOptimizer(0.1), lambda: train.AdamOptimizer(0.1),
    lambda: train.FtrlOptimizer(0.1), lambda: train.ProximalAdagradOptimizer(0.1),
]
PROPORTIONAL = [
    lambda: train.GradientDescentOptimizer(0.1), lambda: train.MomentumOptimizer(0.1, 0.9),
    lambda: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    lambda: train.ProximalGradientDescentOptimizer(0.1),
]


@both_kinds
def test_the_documented_figures_to_the_character(use_resource):
    with tf.Graph().as_default():
        x, y = variable("x", 1.0, use_resource), variable("y", 0.0, use_resource)
        step = variable("global_step", 0)
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        pairs = optimizer.compute_gradients(tf.square(x - y), [x, y])
        train_op = optimizer.apply_gradients(
            multiply_gradients(optimizer, pairs, {"y": 2}), global_step=step)
        lines = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                session.run(train_op)
                # Arrays print, in this spelling, the digits that NumPy's scalars did before 1.14.
                printed = np.get_printoptions()
                np.set_printoptions(legacy="1.13")
                lines.append(str(session.run([x, y])))
                np.set_printoptions(**printed)
            assert session.run(step) == 5
    assert lines == [
        "[0.80000001, 0.40000001]",
        "[0.72000003, 0.56]",
        "[0.68800002, 0.62400001]",
        "[0.67520005, 0.64960003]",
        "[0.67008007, 0.65984005]",
    ]


def test_tensors_numpy_numbers_and_patterns():
    with tf.Graph().as_default():
        a, b, c, d = (variable(name, 0.0) for name in ("low/a", "low/b", "c", "d"))
        factor = tf.placeholder(tf.float32, [])
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        pairs = multiply_gradients(optimizer, optimizer.compute_gradients(a + b + c + d),
                                   [("low", np.float64(0.5)), (c, factor)])
        train_op = optimizer.apply_gradients(pairs)
        assert values_after(train_op, [a, b, c, d], feed={factor: 3.0}) == [-0.5, -0.5, -3.0, -1.0]


def test_float64_keeps_the_factors_digits():
    with tf.Graph().as_default():
        w = variable("w", np.float64(0.0))
        optimizer = tf.train.GradientDescentOptimizer(-1.0)
        pairs = multiply_gradients(optimizer, optimizer.compute_gradients(w), {"w": 0.1})
        assert values_after(optimizer.apply_gradients(pairs), w) == 0.1


@both_kinds
def test_sparse_stays_sparse_and_none_passes(use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.zeros([4, 2]), use_resource)
        unused = variable("unused", 0.0, use_resource)
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 3]))
        pairs = multiply_gradients(
            optimizer, optimizer.compute_gradients(loss), {"table": 0.5, "unused": 2.0})
        assert isinstance(pairs[0][0], tf.IndexedSlices)
        assert pairs[1] == (None, unused)
        np.testing.assert_array_equal(
            values_after(optimizer.apply_gradients(pairs), table),
            [[0, 0], [-1, -1], [0, 0], [-0.5, -0.5]])


def test_gradients_that_are_not_gated_yet_are_gated():
    """Also where all reads come first: a gradient may share the buffer of a weight."""
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 2.0)
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        pairs = optimizer.compute_gradients(w * v)
        multiplied = multiply_gradients(optimizer, pairs, {"w": 0.5})
        assert not is_gated([gradient for gradient, _ in pairs])
        assert is_gated([gradient for gradient, _ in multiplied])


@both_kinds
def test_a_multiplier_computed_from_a_weight_is_gated_even_if_the_gradients_are(use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", 1.0, use_resource), variable("v", 2.0, use_resource)
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        gated = clip_gradients(optimizer.compute_gradients(w * v), "value", 10.0).grads_and_vars
        train_op = optimizer.apply_gradients(
            multiply_gradients(optimizer, gated, [(v, tf.square(w))]))
        assert races(train_op) == []
        assert values_after(train_op, [w, v]) == [-1.0, 1.0]  # 1 - 2 and 2 - 1 * 1


@pytest.mark.parametrize("make_optimizer", NORMALISING)
def test_optimizers_that_normalise_are_refused(make_optimizer):
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        optimizer = make_optimizer()
        pairs = optimizer.compute_gradients(w * v)
        problem, = refused(multiply_gradients, optimizer, pairs, {"w": 0.1, "v": 1})
        assert problem.startswith("'w' is trained by %s, which divides by the gradient's own size"
                                  % type(optimizer).__name__)
        assert "GroupedOptimizer([(optimizer, selector), ...])" in problem
        assert multiply_gradients(optimizer, pairs, {"w": 1, "v": 1.0})


def test_the_refusal_in_full():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        optimizer = tf.train.FtrlOptimizer(0.1)
        pairs = optimizer.compute_gradients(w * w)
        assert refused(multiply_gradients, optimizer, pairs, {"w": 0.1}) == [
            "'w' is trained by FtrlOptimizer, which divides by the gradient's own size and cancels "
            "the multiplier (gradients times 0.1, measured: 6.757 of the distance, a learning rate "
            "times 0.1 gives 0.710); give it a learning rate of its own with "
            "layerwise_optimizer(factory, learning_rate, multipliers) or "
            "GroupedOptimizer([(optimizer, selector), ...]), or pass allow_normalising=True"]


@pytest.mark.parametrize("make_optimizer", PROPORTIONAL)
def test_optimizers_that_do_not_are_taken(make_optimizer):
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        optimizer = make_optimizer()
        assert multiply_gradients(optimizer, optimizer.compute_gradients(w * w), {"w": 0.1})


class LazyAdamOptimizer(tf.train.AdamOptimizer):
    """Like contrib's."""


class AdamWeightDecayOptimizer(tf.train.Optimizer):
    """Like that of a well known repository; known by its name only."""


class MovingAverageOptimizer(tf.train.Optimizer):
    def __init__(self, optimizer):
        super().__init__(False, "average")
        self._optimizer = optimizer


class SyncReplicasOptimizer(tf.train.Optimizer):
    def __init__(self, optimizer):
        super().__init__(False, "sync")
        self._opt = optimizer


@pytest.mark.parametrize("make_optimizer", [
    LazyAdamOptimizer,
    lambda: AdamWeightDecayOptimizer(False, "adam"),
    lambda: MovingAverageOptimizer(tf.train.AdamOptimizer()),
    lambda: SyncReplicasOptimizer(MovingAverageOptimizer(tf.train.AdamOptimizer())),
    lambda: DecoupledWeightDecay(tf.train.AdamOptimizer(), 0.1),
    lambda: DecoupledWeightDecay(GroupedOptimizer([(tf.train.AdamOptimizer(), "w")]), 0.1),
])
def test_relatives_and_wrapped_ones_are_refused_too(make_optimizer):
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        pairs = tf.train.GradientDescentOptimizer(0.1).compute_gradients(w * w)
        problem, = refused(multiply_gradients, make_optimizer(), pairs, {"w": 0.1})
        assert "by Adam" in problem


def test_in_groups_each_variables_own_optimizer_counts():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        optimizer = GroupedOptimizer([
            (tf.train.GradientDescentOptimizer(0.5), "w"), (tf.train.AdamOptimizer(), "v")])
        pairs = optimizer.compute_gradients(w + v)
        problem, = refused(multiply_gradients, optimizer, pairs, {"w": 0.1, "v": 0.1})
        assert problem.startswith("'v' is trained by AdamOptimizer")
        train_op = optimizer.apply_gradients(multiply_gradients(optimizer, pairs, {"w": 0.5}))
        assert values_after(train_op, w) == 0.75


def test_no_multipliers_are_refused():
    with tf.Graph().as_default():
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        pairs = optimizer.compute_gradients(2.0 * variable("w", 1.0))
        assert refused(multiply_gradients, optimizer, pairs, {}) == ["there are no multipliers"]
