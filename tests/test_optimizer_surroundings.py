"""Every recipe where its users have it: in what graphs, under what names, in what sessions.

The rows, their formulas and how they are run are in `tests.optimizer_rows`.
"""
import re

import numpy as np
import pytest

from tests.optimizer_rows import (
    IDS,
    STEPS,
    V,
    W,
    agree,
    all_recipes,
    both_kinds,
    build,
    expected,
    momentum,
    run,
    those,
    whole,
)
from tf1_recipes import (
    AdamWOptimizer,
    CaffeSGDOptimizer,
    DecoupledWeightDecay,
    GroupedOptimizer,
    decay_after,
    layerwise_optimizer,
    multiply_gradients,
    unfreeze_on_schedule,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf


def dense_and_sparse(w, v):
    """A table that is both looked up and multiplied by, as one that is tied to the outputs."""
    return tf.reduce_sum(tf.nn.embedding_lookup(w, IDS, partition_strategy="div") * v) + \
        tf.reduce_sum(whole(w) * v)


def in_a_branch(w, v):
    return tf.cond(tf.placeholder_with_default(True, []),
                   lambda: tf.reduce_sum(whole(w) * v), lambda: tf.reduce_sum(v))


def in_a_loop(w, v):
    def add(row, total):
        return row + 1, total + tf.reduce_sum(tf.gather(w, row) * tf.gather(v, row))
    return tf.while_loop(lambda row, _: row < 4, add, [0, tf.zeros([], v.dtype.base_dtype)])[1]


# name: (loss, the gradient of w in NumPy, that of v)
LOSSES = {
    "tied": (dense_and_sparse, lambda w, v: scattered(v) + v, lambda w, v: w[IDS] + w),
    "cond": (in_a_branch, lambda w, v: v, lambda w, v: w),
    "while_loop": (in_a_loop, lambda w, v: v, lambda w, v: w),
    "empty batch": (lambda w, v: tf.reduce_sum(tf.matmul(tf.zeros([0, 4]), whole(w) * v)),
                    lambda w, v: 0 * v, lambda w, v: 0 * w),
}


def scattered(rows):
    gradient = np.zeros_like(W)
    np.add.at(gradient, IDS, rows)
    return gradient


@all_recipes
@both_kinds
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_of_every_shape(each, use_resource, loss):
    loss_of, *gradients = LOSSES[loss]
    with tf.Graph().as_default():
        found = run(*build(each, loss_of=loss_of, use_resource=use_resource))
    agree(each, found, wanted=expected(each, gradients=gradients))


@all_recipes
@both_kinds
def test_an_empty_batch_of_rows(each, use_resource):
    ids = np.zeros([0], np.int32)
    with tf.Graph().as_default():
        found = run(*build(
            each, use_resource=use_resource,
            loss_of=lambda w, v: tf.reduce_sum(tf.nn.embedding_lookup(w, ids) * v[:0])))
    agree(each, found, wanted=expected(each, touched=[], gradients=(
        lambda w, v: 0 * w, lambda w, v: 0 * v)))


@all_recipes
@both_kinds
def test_a_constraint_holds_after_every_step(each, use_resource):
    w, v = abs(W) + 2.0, abs(V) + 2.0
    with tf.Graph().as_default():
        found = run(*build(each, use_resource=use_resource, values=(w, v),
                           constraint=lambda value: tf.maximum(value, 1.0)), steps=1)
    right = expected(each, steps=1, values=(w, v))
    agree(each, found, steps=1, wanted=tuple(np.maximum(value, 1.0) for value in right))


@all_recipes
@both_kinds
def test_one_step_in_bfloat16(each, use_resource):
    with tf.Graph().as_default():
        *found, _ = run(*build(each, tf.bfloat16, use_resource=use_resource), steps=1)
    for value, right in zip(found, expected(each, steps=1)):
        # 8 digits, and few roundings of numbers that are below 16.
        np.testing.assert_allclose(value.astype(np.float64), right, atol=2 * 16 * 2.0 ** -8)


@all_recipes
@both_kinds
def test_what_comes_after_sees_the_step(each, use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        train_op, fetches = build(each, use_resource=use_resource)
        with tf.control_dependencies([train_op]):
            after = [variable.read_value() for variable in fetches]
        session.run(tf.global_variables_initializer())
        agree(each, session.run(after), steps=1)


@all_recipes
@both_kinds
def test_a_plain_checkpoint_and_its_own_fit_each_other(each, use_resource, tmp_path):
    """w, v and the slot come from a plain Momentum, and go back to one."""
    if each.settings["slot"] != "w/Momentum":
        pytest.skip("its slots are others than Momentum's")

    def plain():
        optimizer = momentum(0.5)
        w, v = (tf.get_variable(name, initializer=tf.constant(value, tf.float32),
                                use_resource=use_resource) for name, value in zip("wv", (W, V)))
        return optimizer.minimize(tf.reduce_sum(w * v), tf.train.get_or_create_global_step(),
                                  gate_gradients=optimizer.GATE_GRAPH)

    def recipe():
        return build(each, use_resource=use_resource)[0]

    def goes_on(make, begin):
        with tf.Graph().as_default(), tf.Session() as session:
            train_op = make()
            session.run(tf.global_variables_initializer())
            names = [variable for variable in tf.global_variables()
                     if begin is None or variable.op.name in begin]
            saver = tf.train.Saver(names)
            if begin is not None:
                saver.restore(session, str(tmp_path / "model"))
                found = dict(zip([each.op.name for each in names], session.run(names)))
                for name in found:
                    np.testing.assert_array_equal(found[name], begin[name])
            session.run(train_op)
            everything = tf.global_variables()
            tf.train.Saver().save(session, str(tmp_path / "model"))
            return dict(zip([each.op.name for each in everything], session.run(everything)))

    before = goes_on(plain, None)
    between = goes_on(recipe, before)
    assert {"w", "v", "global_step", "w/Momentum"} <= set(between) <= set(before)
    after = goes_on(plain, between)
    assert set(after) == set(before)


@all_recipes
@both_kinds
def test_a_monitored_session_goes_on_where_the_last_one_stopped(each, use_resource, tmp_path):
    """The weights come from ``Scaffold(init_fn=)``, once."""
    if each.settings["phases"] == 0:
        pytest.skip("such a session saves by the global step, which Keras does not count")
    calls = []
    for last in (1, 2):
        with tf.Graph().as_default():
            train_op, fetches = build(each, use_resource=use_resource, values=(0 * W, 0 * V))
            given = [tf.assign(variable, value) for variable, value in zip(fetches, (W, V))]

            def init(scaffold, session, given=given):
                calls.append(session.run(given))

            hooks = [tf.train.StopAtStepHook(last_step=last)]
            with tf.train.MonitoredTrainingSession(
                    checkpoint_dir=str(tmp_path), hooks=hooks, log_step_count_steps=None,
                    save_checkpoint_secs=None, save_checkpoint_steps=1, save_summaries_steps=None,
                    save_summaries_secs=None, scaffold=tf.train.Scaffold(init_fn=init)) as session:
                session.run(train_op)
                found = session.run_step_fn(reader_of(fetches))
    assert len(calls) == 1
    agree(each, found)


@pytest.mark.long
@those(lambda settings: settings["phases"])
@both_kinds
def test_an_estimator(each, use_resource, tmp_path):
    if not hasattr(tf, "estimator"):
        pytest.skip("this TensorFlow has none but within `tf1-recipes run`")

    def model_fn(features, labels, mode):
        train_op, _ = build(each, use_resource=use_resource)
        return tf.estimator.EstimatorSpec(
            mode, loss=tf.get_collection("losses")[0], train_op=train_op)

    config = tf.estimator.RunConfig(save_summary_steps=None, log_step_count_steps=None)
    model = tf.estimator.Estimator(model_fn, str(tmp_path), config)
    for _ in range(STEPS):  # each in a graph and session of its own
        model.train(lambda: tf.data.Dataset.from_tensors({"x": 0.0}), steps=1)
    agree(each, [model.get_variable_value(name) for name in ("w", "v", "global_step")])


def reader_of(fetches):
    return lambda step_context: step_context.session.run(fetches)


@all_recipes
# As patterns, the first of the second pair would match the other, too.
@pytest.mark.parametrize("names", [("layers.0-a/w", "layers.0-b/w"), ("0.1/w", "0-1/w")])
def test_names_with_characters_of_regular_expressions(each, names):
    with tf.Graph().as_default():
        agree(each, run(*build(each, names=names)))


def selected(selector_of):
    """Trains one step of every recipe that takes selectors, with those of the given kind."""
    with tf.Graph().as_default(), tf.Session() as session:
        w, v = (tf.get_variable(name, initializer=1.0) for name in ("0.1/w", "0-1/w"))
        step, sgd = tf.train.get_or_create_global_step(), tf.train.GradientDescentOptimizer
        first, second = selector_of(w), selector_of(v)
        pairs = [(tf.ones([]), w), (tf.ones([]), v)]
        multiplied = multiply_gradients(sgd(0.5), pairs, [(first, 0.5), (second, 0.25)])
        steps = [
            GroupedOptimizer([(sgd(0.25), first), (sgd(0.125), second)]).minimize(w + v),
            layerwise_optimizer(sgd, 0.5, [(first, 0.5), (second, 0.25)]).minimize(w + v),
            unfreeze_on_schedule(w + v, lambda: sgd(0.25), [
                (0, first), (1, second, lambda: sgd(0.125))], step).train_op,
            sgd(0.5).apply_gradients(multiplied),
            CaffeSGDOptimizer(0.25, lr_mult=[(second, 0.5)]).minimize(w + v),
            DecoupledWeightDecay(sgd(0.0), 0.25, include=first).minimize(w + v),
            DecoupledWeightDecay(sgd(0.0), 0.25, exclude=second).minimize(w + v),
            decay_after(tf.no_op(), 0.25, include=first),
            AdamWOptimizer(0.25, 0.0).minimize(w + v, decay_var_list=[first]),
        ]
        found = []
        for train_op in steps:
            session.run(tf.global_variables_initializer())
            session.run(train_op)
            found.append(session.run([w, v]))
        return found


SELECTORS = {
    "variable": lambda variable: variable,
    "escaped name": lambda variable: re.escape(variable.op.name),
    "name with :0": lambda variable: re.escape(variable.op.name) + ":0",
    "scope": lambda variable: re.escape(variable.op.name.split("/")[0]),
    "predicate": lambda variable: lambda other: other is variable,
    "list": lambda variable: [re.escape(variable.op.name)],
}


@pytest.mark.parametrize("kind", SELECTORS)
def test_selectors_of_every_kind_where_recipes_take_them(kind):
    assert selected(SELECTORS[kind]) == [[0.75, 0.875]] * 2 + [[0.75, 1.0]] + [
        [0.75, 0.875]] * 2 + [[0.75, 1.0]] * 4


@pytest.mark.parametrize("pattern", ["gewöhnlich/w", "重み", "w\u0301", "0.1/w["])
def test_patterns_in_unicode_match_nothing_or_are_no_patterns(pattern):
    with pytest.raises(RecipeError) as error:
        selected(lambda variable: pattern)
    assert repr(pattern) in str(error.value)


GROUPS = 500


@pytest.mark.long
@both_kinds
@pytest.mark.parametrize("recipe", ["GroupedOptimizer", "layerwise_optimizer"])
def test_500_groups(recipe, use_resource):
    with tf.Graph().as_default():
        weights = [tf.get_variable("layer%d/w" % number, initializer=1.0, use_resource=use_resource)
                   for number in range(GROUPS)]
        rates = [2.0 ** -(number % 16) for number in range(GROUPS)]
        sgd = tf.train.GradientDescentOptimizer
        if recipe == "GroupedOptimizer":
            optimizer = GroupedOptimizer([
                (sgd(rate), "layer%d" % number) for number, rate in enumerate(rates)])
        else:
            optimizer = layerwise_optimizer(sgd, 1.0, {
                "layer%d" % number: rate for number, rate in enumerate(rates)})
        train_op = optimizer.minimize(tf.add_n(weights), tf.train.get_or_create_global_step())
        assert run(train_op, weights) == [1.0 - 2 * rate for rate in rates]


@pytest.mark.long
@both_kinds
def test_500_stages(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        weights = [tf.get_variable("layer%d/w" % number, initializer=1.0, use_resource=use_resource)
                   for number in range(GROUPS)]
        step = tf.train.get_or_create_global_step()
        train_op, stage = unfreeze_on_schedule(
            tf.add_n(weights), lambda: tf.train.GradientDescentOptimizer(0.25),
            [(number, "layer%d" % number) for number in range(GROUPS)], step)
        session.run(tf.global_variables_initializer())
        session.run(tf.assign(step, 100))
        assert session.run([stage, train_op])[0] == 100
        assert session.run(weights) == [0.75] * 101 + [1.0] * 399
