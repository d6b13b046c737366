"""Every recipe with the optimizers that its users have, and with every other recipe.

What is put together is a stack: ``(outer, inner, leaf)`` stands for ``outer(inner(leaf))``. The
expected values are the formulas of its parts in float64, put together in the same way. All numbers
are sums of powers of 2, so that most are compared to the bit.
"""
import contextlib

import numpy as np
import pytest

from tests.graph_order import ancestors, races
from tests.optimizer_rows import RECIPES, STEPS, Step, Training, V, W, run, steps_of, wrapper_of
from tests.optimizers_of_users import LEAVES, WRAPPERS
from tf1_recipes import GroupedOptimizer
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

OURS = [wrapper_of(each) for each in RECIPES if each.settings["around"] or each.settings["train"]]
OUR_LEAVES = [wrapper_of(each) for each in RECIPES if each.settings["leaf"]]
OUR_WRAPPERS = [each for each in OURS if each.around]
MOMENTUM = LEAVES[0]
DYNAMIC, = [each for each in WRAPPERS if each.name == "dynamic loss scale"]

# {outer: {inner: words of the refusal}}
REFUSED = {
    "multiply_gradients": {"AdamWOptimizer": "divides by the gradient's own size"},
    "GroupedOptimizer": {"dynamic loss scale": "put it around all groups"},
    "layerwise_optimizer": {"dynamic loss scale": "put it around all groups"},
    "layerwise_autoencoders": {"dynamic loss scale": "put it around all groups"},
    "unfreeze_on_schedule": {"dynamic loss scale": "no stage can hold it"},
    "decay_after": {"dynamic loss scale": "only in some steps"},
}

GROUPS = ("GroupedOptimizer", "layerwise_optimizer", "unfreeze_on_schedule",
          "layerwise_autoencoders")
use_resource = pytest.mark.parametrize(
    "use_resource", [(False, True), (True, False)], ids=["ref and resource", "resource and ref"])


def stacks(outers, inners, leaf=MOMENTUM):
    """Marks a test of all stacks of an outer part, an inner one and, behind wrappers, a leaf."""
    return pytest.mark.parametrize("stack", [
        pytest.param((outer, inner) + ((leaf,) if leaf else ()),
                     id="%s of %s" % (outer.name, inner.name))
        for outer in outers for inner in inners])


def made_by(stack):
    """A function of the learning rate that makes what the stack stands for, an optimizer."""
    if not stack:
        return None
    return lambda rate: stack[0].around(made_by(stack[1:]), rate)


def variables(use_resource):
    return [tf.get_variable(name, initializer=tf.constant(value, tf.float32), use_resource=kind)
            for name, value, kind in zip("wv", (W, V), use_resource)]


def product(w, v):
    return tf.reduce_sum(w * v)


def build(stack, use_resource=(False, True), loss_of=product):
    """The stack's train op, and the list of w, v and the step.

    That no order is left open is proven, but for a dynamic loss scale, whose branches the proof
    does not know.
    """
    w, v = variables(use_resource)
    step = tf.train.get_or_create_global_step()
    train_op = stack[0].train(
        made_by(stack[1:]), Training(w, v, loss_of, None, step, None))
    if len([op for op in ancestors(train_op) if op.type == "Merge"]) <= 1:
        assert races(train_op) == []
    return train_op, [w, v, step]


def expected(stack, steps=STEPS, rate_of=lambda t: 0.25):
    """The values of w, v and the step after some steps, in NumPy."""
    values, memory, leaf = {"w": W, "v": V}, {}, stack[-1]

    def update(step, level=0):
        if stack[level] is leaf:
            return leaf.update(memory, step)
        return stack[level].update(lambda changed: update(changed, level + 1), step)

    for t in range(1, steps + 1):
        gradients = {"w": values["v"], "v": values["w"]}
        for each in reversed(stack):
            gradients = {name: each.computed(value) for name, value in gradients.items()}
        values = {name: update(Step(name, values[name], gradients[name], rate_of(t), t))
                  for name in "wv"}
    return [values["w"], values["v"], steps]


def agree(stack, found, wanted=None):
    for value, right in zip(found, wanted or expected(stack)):
        bound = stack[-1].rounds * 2.0 ** -24 * np.abs(right).max() * (2 ** STEPS - 1)
        np.testing.assert_allclose(value, right, rtol=0, atol=bound)


def check(stack, use_resource):
    with tf.Graph().as_default(), refused_or_not(stack):
        agree(stack, run(*build(stack, use_resource)))


def refused_or_not(stack):
    """Asks for the refusal of what is refused."""
    refusal = REFUSED.get(stack[0].name, {}).get(stack[1].name)
    return pytest.raises(RecipeError, match=refusal) if refusal else contextlib.nullcontext()


@stacks(OURS, LEAVES + OUR_LEAVES, leaf=None)
@use_resource
def test_an_optimizer_in_a_recipe(stack, use_resource):
    check(stack, use_resource)


@stacks(WRAPPERS, OUR_LEAVES, leaf=None)
@use_resource
def test_an_optimizer_of_ours_in_a_wrapper_of_users(stack, use_resource):
    check(stack, use_resource)


@stacks(OURS, WRAPPERS)
@use_resource
def test_a_wrapper_of_users_in_a_recipe(stack, use_resource):
    check(stack, use_resource)


@stacks(WRAPPERS, OUR_WRAPPERS)
@use_resource
def test_a_recipe_in_a_wrapper_of_users(stack, use_resource):
    check(stack, use_resource)


@stacks(OURS, OUR_WRAPPERS)
@use_resource
def test_a_recipe_in_another(stack, use_resource):
    check(stack, use_resource)


@stacks([each for each in OURS if "clip" not in each.name],
        [each for each in WRAPPERS if "loss scale" in each.name])
def test_a_loss_scale_saves_gradients_from_underflow(stack):
    """The gradients of w and v, 2^-26 v and 2^-26 w, are 0 in float16 but for the scale of 1024."""
    def small(w, v):
        factor = tf.constant(2.0 ** -13, tf.float16)
        return tf.cast(tf.cast(product(w, v), tf.float16) * factor * factor, tf.float32)

    def make(_, rate):
        return tf.train.MomentumOptimizer(2.0 ** 26 * rate, 0.5)

    outer, inner, leaf = stack
    with tf.Graph().as_default(), refused_or_not(stack):
        train_op, fetches = build((outer, inner, leaf._replace(around=make)), loss_of=small)
        agree(stack, run(train_op, fetches))


def skips_a_step(stack):
    """Trains with a step between two that has no finite gradient."""
    with tf.Graph().as_default(), tf.Session() as session:
        factor = tf.placeholder_with_default(1.0, [])
        train_op, fetches = build(
            stack, loss_of=lambda w, v: factor * product(w, v))
        session.run(tf.global_variables_initializer())
        session.run(train_op)
        # `clip_gradients` fails where it is not told to do otherwise.
        fails = stack[0].name.startswith("clip_gradients")
        with pytest.raises(tf.errors.InvalidArgumentError) if fails else contextlib.nullcontext():
            session.run(train_op, {factor: float("nan")})
        session.run(train_op)
        agree(stack, session.run(fetches))


@stacks(OURS, [DYNAMIC])
def test_what_skips_a_step_skips_all_of_it(stack):
    with refused_or_not(stack):
        skips_a_step(stack)


@stacks([DYNAMIC], OUR_WRAPPERS)
def test_a_recipe_is_skipped_with_all_that_it_does(stack):
    skips_a_step(stack)


@stacks([DYNAMIC], OUR_LEAVES, leaf=None)
def test_an_optimizer_is_skipped_with_all_that_it_does(stack):
    skips_a_step(stack)


optimizers = pytest.mark.parametrize(
    "stack", [(each, MOMENTUM) for each in OUR_WRAPPERS] + [(each,) for each in OUR_LEAVES],
    ids=lambda stack: stack[0].name)


@optimizers
def test_an_exponential_moving_average_after_the_step(stack):
    with tf.Graph().as_default():
        train_op, fetches = build(stack)
        average = tf.train.ExponentialMovingAverage(0.5)
        with tf.control_dependencies([train_op]):
            train_op = average.apply(fetches[:2])
        found = run(train_op, fetches + [average.average(each) for each in fetches[:2]])
    wanted = expected(stack)
    averages = [start / 4 + once / 4 + twice / 2
                for start, once, twice in zip((W, V), expected(stack, steps=1), wanted)]
    agree(stack, found, wanted + averages)


@optimizers
@use_resource
def test_gradients_accumulated_over_four_batches(stack, use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        w, v = variables(use_resource)
        step = tf.train.get_or_create_global_step()
        optimizer = made_by(stack)(0.25)
        pairs = optimizer.compute_gradients(product(w, v))
        sums = [tf.get_variable("sum_of_" + each.op.name, initializer=tf.zeros([4, 2]),
                                trainable=False) for _, each in pairs]
        accumulate = [tf.assign_add(total, gradient / 4.0)
                      for total, (gradient, _) in zip(sums, pairs)]
        train_op = optimizer.apply_gradients(
            [(total.read_value(), each) for total, (_, each) in zip(sums, pairs)], step)
        clear = tf.variables_initializer(sums)
        session.run(tf.global_variables_initializer())
        for _ in range(STEPS):
            for _ in range(4):
                session.run(accumulate)
            session.run(train_op)
            session.run(clear)
        agree(stack, session.run([w, v, step]))


@optimizers
@use_resource
def test_a_rate_that_another_group_trains(stack, use_resource):
    with tf.Graph().as_default():
        w, v = variables(use_resource)
        rate = tf.get_variable("rate", initializer=0.25, use_resource=use_resource[0])
        step = tf.train.get_or_create_global_step()
        train_op = GroupedOptimizer([
            (made_by(stack)(rate), [w, v]), (tf.train.GradientDescentOptimizer(0.125), rate),
        ]).minimize(product(w, v) + rate, step)
        assert races(train_op) == []
        found = run(train_op, [w, v, step])
    agree(stack, found, expected(stack, rate_of=lambda t: 0.375 - 0.125 * t))


def synchronous(optimizer):
    return tf.train.SyncReplicasOptimizer(optimizer, 1, 1)


@optimizers
@use_resource
def test_synchronous_replicas(stack, use_resource):
    with tf.Graph().as_default():
        w, v = variables(use_resource)
        step = tf.train.get_or_create_global_step()
        optimizer = synchronous(made_by(stack)(0.25))
        train_op = optimizer.minimize(product(w, v), step)
        # As the chief does it. Without tokens at the start no step begins before the last is made.
        initialize = [tf.global_variables_initializer(), optimizer.chief_init_op,
                      optimizer.get_init_tokens_op(num_tokens=0)]
        coordinator = tf.train.Coordinator()
        with tf.Session() as session:
            for each in initialize:
                session.run(each)
            threads = optimizer.get_chief_queue_runner().create_threads(
                session, coordinator, start=True)
            found = steps_of(session, train_op, [w, v, step], STEPS)
            coordinator.request_stop()
        coordinator.join(threads)
    agree(stack, found)


@pytest.mark.parametrize("outer", [
    each for each in OURS if each.name in GROUPS + ("decay_after",)],
    ids=lambda outer: outer.name)
def test_synchronous_replicas_are_refused_inside(outer):
    inside = MOMENTUM._replace(around=lambda _, rate: synchronous(MOMENTUM.around(None, rate)))
    with tf.Graph().as_default(), pytest.raises(RecipeError, match="SyncReplicasOptimizer"):
        build((outer, inside))
