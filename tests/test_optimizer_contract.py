"""What holds for everything that trains, whatever it is used with: each property is a test.

The rows are in `tests.optimizer_rows`. What they are put together with is in
`tests.test_optimizer_compositions`, and where they are used in `tests.test_optimizer_surroundings`.
"""
import numpy as np
import pytest

from tests.graph_order import ancestors, races, writes_of
from tests.optimizer_rows import (
    STEPS,
    agree,
    all_recipes,
    both_kinds,
    build,
    run,
    steps_of,
    those,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf


@all_recipes
@both_kinds
@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64], ids=lambda each: each.name)
def test_two_steps_are_the_formula(each, use_resource, sparse, dtype):
    with tf.Graph().as_default():
        found = run(*build(each, dtype, sparse, use_resource=use_resource))
    agree(each, found, dtype, sparse)


@all_recipes
@both_kinds
@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
def test_no_order_is_left_open(each, use_resource, sparse):
    with tf.Graph().as_default():
        train_op, (w, v, counter) = build(each, sparse=sparse, use_resource=use_resource)
        assert races(train_op) == []
        moved, = writes_of(counter, train_op)
        trained = (w,) if each.settings["phases"] == 2 else (w, v)
        assert all(writes_of(variable, train_op) for variable in trained)
        if each.settings["counts_last"]:
            assert ancestors(moved).issuperset(
                write for variable in trained for write in writes_of(variable, train_op))


@those(lambda settings: settings["settles_loss"])
@both_kinds
def test_a_loss_fetched_beside_the_step_is_the_one_before_it(each, use_resource):
    with tf.Graph().as_default():
        train_op, _ = build(each, use_resource=use_resource)
        assert races([train_op, tf.get_collection("losses")[0]]) == []


@those(lambda settings: settings["pairs"])
@both_kinds
def test_what_is_done_to_a_gradient_reads_the_weights_before_the_step(each, use_resource):
    def change(pairs):
        (w_gradient, w), (v_gradient, v) = pairs
        return [(w_gradient * (v / v), w), (v_gradient * (w / w), v)]

    with tf.Graph().as_default():
        train_op, fetches = build(each, change=change, use_resource=use_resource)
        assert races(train_op) == []
        agree(each, run(train_op, fetches, steps=1), steps=1)


@those(lambda settings: settings["pairs"])
def test_gradients_that_nobody_changed_are_gated_once(each):
    with tf.Graph().as_default():
        train_op, _ = build(each)
        gates = [op for op in ancestors(train_op)
                 if op.type == "NoOp" and op.name.rpartition("/")[2] == "all"]
        assert gates
        assert not any(op.type == "Snapshot" for each in gates for op in each.control_inputs)


NUMBERS = {
    "tensor": lambda number: tf.constant(number),
    "placeholder": lambda number: tf.placeholder_with_default(number, []),
    "variable": lambda number: tf.get_variable("rate", initializer=number, trainable=False),
    "resource variable": lambda number: tf.get_variable("rate", initializer=number, trainable=False,
                                               use_resource=True),
    "callable": lambda number: lambda: number,
}


@all_recipes
@pytest.mark.parametrize("kind", NUMBERS)
def test_every_kind_of_number(each, kind):
    with tf.Graph().as_default():
        if kind.split()[-1] in each.settings["numbers"]:
            agree(each, run(*build(each, rate=lambda *_: NUMBERS[kind](each.rate))))
            return
        with pytest.raises(RecipeError) as error:
            build(each, rate=lambda *_: NUMBERS[kind](each.rate))
        assert "must be a number" in str(error.value)


def computed_from_weights(each, read, use_resource):
    """Trains one step with a number that is the row's own before it, and another behind it."""
    with tf.Graph().as_default():
        train_op, fetches = build(
            each, use_resource=use_resource,
            rate=lambda w, v: read(lambda: each.rate * w[0, 0] * 2.0 * v[2, 0]))  # 1 * 2 * 0.5
        assert races(train_op) == []
        agree(each, run(train_op, fetches, steps=1), steps=1)


# `decay_after` refuses it.
@those(lambda settings: "tensor" in settings["numbers"] and settings["counts_last"])
@both_kinds
def test_a_number_computed_from_weights_is_read_before_the_step(each, use_resource):
    computed_from_weights(each, lambda number: number(), use_resource)


@those(lambda settings: "callable" in settings["numbers"])
@both_kinds
def test_a_function_of_weights_is_called_before_the_step(each, use_resource):
    computed_from_weights(each, lambda number: number, use_resource)


@all_recipes
@both_kinds
def test_a_variable_kept_on_a_caching_device(each, use_resource):
    with tf.Graph().as_default():
        agree(each, run(*build(each, use_resource=use_resource, caching_device="/cpu:0")))


@those(lambda settings: settings["parts"])
@both_kinds
def test_a_variable_in_parts(each, use_resource):
    with tf.Graph().as_default():
        found = run(*build(each, use_resource=use_resource,
                           partitioner=tf.fixed_size_partitioner(2)))
    agree(each, found)


@those(lambda settings: settings["none"] == "refused")
def test_a_variable_without_gradient_is_refused(each):
    with tf.Graph().as_default():
        tf.get_variable("unused", initializer=1.0)
        with pytest.raises(RecipeError, match="'unused'"):
            build(each)


@those(lambda settings: settings["none"] == "stays")
def test_a_variable_without_gradient_stays(each):
    with tf.Graph().as_default():
        unused = tf.get_variable("unused", initializer=1.0)
        train_op, fetches = build(each)
        *found, left = run(train_op, fetches + [unused])
        agree(each, found)
        assert left == 1.0


@all_recipes
def test_what_goes_before_is_done_before(each):
    with tf.Graph().as_default():
        flag = tf.get_variable("flag", initializer=0.0, trainable=False)
        with tf.control_dependencies([tf.assign_add(flag, 1.0)]):
            train_op, fetches = build(each)
        *found, count = run(train_op, fetches + [flag])
        agree(each, found)
        assert count == STEPS


@all_recipes
def test_two_graphs_at_a_time(each):
    with tf.Graph().as_default(), tf.Session() as one:
        first = build(each)
        one.run(tf.global_variables_initializer())
        with tf.Graph().as_default(), tf.Session() as other:
            second = build(each)
            other.run(tf.global_variables_initializer())
            agree(each, steps_of(other, *second), steps=1)
        agree(each, steps_of(one, *first, steps=STEPS))


@all_recipes
def test_names_are_those_without_the_recipe(each):
    with tf.Graph().as_default(), tf.name_scope("outer"):
        train_op, _ = build(each)
        train_ops = tf.get_collection(tf.GraphKeys.TRAIN_OP)
        assert len(train_ops) == each.settings["phases"]
        if each.settings["counts_last"] and train_ops:
            assert train_ops[0] is train_op
        if each.settings["slot"]:
            assert each.settings["slot"] in [other.op.name for other in tf.global_variables()]


@all_recipes
@both_kinds
def test_a_restored_training_goes_on_to_the_bit(each, use_resource, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        train_op, fetches = build(each, use_resource=use_resource)
        session.run(tf.global_variables_initializer())
        steps_of(session, train_op, fetches)
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
        expected = steps_of(session, train_op, fetches)
    with tf.Graph().as_default(), tf.Session() as session:
        train_op, fetches = build(each, use_resource=use_resource)
        tf.train.Saver().restore(session, path)
        np.testing.assert_equal(steps_of(session, train_op, fetches), expected)


@all_recipes
@both_kinds
def test_every_run_gives_the_same_bits(each, use_resource):
    with tf.Graph().as_default():
        built = build(each, times=20000, use_resource=use_resource)
        runs = [b"".join(value.tobytes() for value in run(*built, steps=3)) for _ in range(3)]
        assert len(set(runs)) == 1


@all_recipes
def test_an_empty_request_is_an_error(each):
    with tf.Graph().as_default(), pytest.raises(RecipeError):
        build(each._replace(build=each.empty))
