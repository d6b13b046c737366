import numpy as np
import pytest

from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.adamw import (
    AdamWOptimizer,
    MomentumWOptimizer,
    extend_with_decoupled_weight_decay,
)

SGDW = extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)


@both_kinds
@pytest.mark.parametrize("order, expected", [
    ("before_update", 0.5),  # 2 - a quarter of 2, and 1 off
    ("after_update", 0.75),  # 2 - 1, and a quarter of that off
])
def test_the_order(order, expected, use_resource):
    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource)
        make = extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer, order)
        assert values_after(make(0.25, 1.0).minimize(w), w) == expected


def test_slots_and_step_variables_are_called_as_in_contrib():
    with tf.Graph().as_default():
        w, v = variable("w", 1.0), variable("v", 1.0)
        adam, momentum = AdamWOptimizer(0.1), MomentumWOptimizer(0.1, 0.1, 0.9)
        adam.apply_gradients([(tf.ones([]), w)])
        momentum.apply_gradients([(tf.ones([]), v)])
        assert sorted(each.op.name for each in tf.global_variables()) == [
            "beta1_power", "beta2_power", "v", "v/MomentumW", "w", "w/AdamW", "w/AdamW_1"]
        assert adam.get_slot(w, "v").op.name == "w/AdamW_1"


@both_kinds
def test_what_decays(use_resource):
    with tf.Graph().as_default():
        w, b, unused = (variable(name, 2.0, use_resource) for name in ("l/w", "l/b", "unused"))
        every = SGDW(0.5, 0.0).minimize(w + b)
        assert values_after(every, [w, b, unused]) == [1.0, 1.0, 2.0]
        for chosen in ([w], {w}, (w,), w, "l/w", ["l/w"]):
            train_op = SGDW(0.5, 0.0).minimize(w + b, decay_var_list=chosen)
            assert values_after(train_op, [w, b]) == [1.0, 2.0]


def test_a_decay_list_in_vain_is_an_error():
    with tf.Graph().as_default():
        w, unused = variable("w", 2.0), variable("unused", 2.0)
        with pytest.raises(RecipeError, match="no variable is left to decay"):
            SGDW(0.5, 0.0).minimize(w, decay_var_list=[])
        with pytest.raises(RecipeError) as error:
            SGDW(0.5, 0.0).minimize(w, decay_var_list=["v", unused])
        assert error.value.problems == [
            "include: 'v' matches no variable; the closest are 'unused', 'w'",
            "'unused' has no gradient, and decay alone would shrink it to 0: exclude it, or use "
            "decay_after, which decays all variables that it is given",
        ]


@both_kinds
@pytest.mark.parametrize("make_rate", [
    lambda step: tf.train.piecewise_constant(step, [0], [0.5, 0.25]),
    lambda step: lambda: tf.train.piecewise_constant(step, [0], [0.5, 0.25]),
], ids=["tensor", "function"])
def test_a_schedule_is_read_before_the_step_moves(make_rate, use_resource):
    with tf.Graph().as_default():
        w = variable("w", 8.0, use_resource)
        step = tf.train.get_or_create_global_step()
        train_op = SGDW(make_rate(step), 0.0).minimize(w, global_step=step)
        assert values_after(train_op, [w, step]) == [4.0, 1]
        assert values_after(train_op, [w, step], 2) == [3.0, 2]


@both_kinds
@pytest.mark.parametrize("sparse, untouched", [("touched_rows", 4), ("whole_variable", 2)])
def test_sparse_gradients_decay_under_gradient_descent_too(sparse, untouched, use_resource):
    with tf.Graph().as_default():
        table = variable("table", tf.fill([3, 1], 4.0), use_resource)
        ids = tf.placeholder(tf.int64, [None])
        make = extend_with_decoupled_weight_decay(
            tf.train.GradientDescentOptimizer, sparse=sparse)
        train_op = make(0.5, 1.0).minimize(tf.reduce_sum(tf.nn.embedding_lookup(table, ids)))
        np.testing.assert_array_equal(
            values_after(train_op, table, feed={ids: [1, 2, 1]}), [[untouched], [0], [1]])


def test_the_class_says_what_it_is():
    assert SGDW.__name__ == "GradientDescentWOptimizer"
    assert SGDW.__doc__ == (
        "GradientDescentOptimizer with decoupled weight decay, before the update.")
    assert SGDW(0.1, 0.1).get_name() == "GradientDescent"
    assert isinstance(AdamWOptimizer(0.1), tf.train.Optimizer)


def test_scaled_gradients_are_refused_as_under_the_class_itself():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        optimizer = AdamWOptimizer(0.1)
        with pytest.raises(RecipeError, match="trained by AdamOptimizer, which divides"):
            multiply_gradients(optimizer, optimizer.compute_gradients(w * w), {"w": 2.0})


def test_wrong_arguments():
    with pytest.raises(RecipeError, match="'Adam' is not a class of optimizers"):
        extend_with_decoupled_weight_decay("Adam")
    with pytest.raises(RecipeError, match="the weight decay is -0.1: it must be >= 0"):
        AdamWOptimizer(-0.1)
    with pytest.raises(RecipeError, match="order is 'first': it must be"):
        extend_with_decoupled_weight_decay(tf.train.AdamOptimizer, "first")(0.1)
