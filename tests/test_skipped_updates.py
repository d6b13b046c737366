"""Whatever skips an update skips its decay, its global step and so its schedule, or is refused.

The loss is (w - 1)^2 / 2 from w = 2, the learning rate and the decay are 0.1. In the second of
three steps the loss is NaN. A step that counts gives 2 -> 1.9 * 0.9 = 1.71 with the decay last.
"""
import collections

import numpy as np
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, variable
from tf1_recipes import (
    AdamWOptimizer,
    CaffeSGDOptimizer,
    DecoupledWeightDecay,
    GroupedOptimizer,
    MomentumWOptimizer,
    clip_gradients,
    decay_after,
    extend_with_decoupled_weight_decay,
    unfreeze_on_schedule,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

both_orders = pytest.mark.parametrize("order", ["after_update", "before_update"])


def sgd():
    return tf.train.GradientDescentOptimizer(0.1)


def scaled(optimizer):
    experimental = tf.train.experimental
    return experimental.MixedPrecisionLossScaleOptimizer(
        optimizer, experimental.DynamicLossScale(1024.0))


def decayed(optimizer, order, decay=0.1):
    return DecoupledWeightDecay(optimizer, decay, order)


class EveryOther(tf.train.Optimizer):
    """A user's own: adds gradients up, and applies them in every second step."""

    def __init__(self, optimizer):
        super().__init__(False, "EveryOther")
        self.inner = optimizer

    def compute_gradients(self, *args, **kwargs):
        return self.inner.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        pairs = list(grads_and_vars)
        steps = tf.get_variable("steps", initializer=0, trainable=False)
        sums = [tf.get_variable(each.op.name + "/sum", each.shape, trainable=False,
                                initializer=tf.zeros_initializer()) for _, each in pairs]
        added = [tf.assign_add(total, gradient) for total, (gradient, _) in zip(sums, pairs)]
        with tf.control_dependencies(added):
            count = tf.assign_add(steps, 1)
        with tf.control_dependencies(added):
            means = [total.read_value() / 2.0 for total in sums]

        def apply():
            update = self.inner.apply_gradients(
                list(zip(means, [each for _, each in pairs])), global_step)
            with tf.control_dependencies([update]):
                return tf.group(*[tf.assign(total, tf.zeros_like(total)) for total in sums])

        return tf.cond(tf.equal(count % 2, 0), apply, tf.no_op, name="every_other")


def trained(make_train_op, use_resource, factors=(1.0, float("nan"), 1.0)):
    """The weight and the global step after each step, whose loss is multiplied by a factor."""
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        w = variable("w", 2.0, use_resource)
        step = tf.train.get_or_create_global_step()
        factor = tf.placeholder(tf.float32, [])
        train_op = make_train_op(factor * tf.square(w - 1.0) / 2.0, step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = []
            for number in factors:
                session.run(train_op, {factor: number})
                found.append(tuple(session.run([w, step])))
            return found


def agree(found, expected):
    assert [step for _, step in found] == [step for _, step in expected]
    np.testing.assert_allclose([w for w, _ in found], [w for w, _ in expected], rtol=1e-6)


AFTER = [(1.71, 1), (1.71, 1), (1.4751, 2)]
BEFORE = [(1.7, 1), (1.7, 1), (1.46, 2)]

INSIDE_AND_OUT = {
    "decay around": lambda order: decayed(scaled(sgd()), order),
    "decay within": lambda order: scaled(decayed(sgd(), order)),
    "rewrite": lambda order: tf.train.experimental.enable_mixed_precision_graph_rewrite(
        decayed(sgd(), order)),
    "extended": lambda order: scaled(extend_with_decoupled_weight_decay(
        tf.train.GradientDescentOptimizer, order)(0.1, 0.1)),
}


@pytest.mark.parametrize("nesting", INSIDE_AND_OUT)
@both_orders
@both_kinds
def test_a_loss_scale_optimizer_in_either_order(nesting, order, use_resource):
    found = trained(lambda loss, step: INSIDE_AND_OUT[nesting](order).minimize(loss, step),
                    use_resource)
    agree(found, AFTER if order == "after_update" else BEFORE)


@pytest.fixture
def control_flow_v2():
    """TensorFlow 2's conditions: an ``If`` with a function for each branch."""
    tf.enable_control_flow_v2()
    yield
    tf.disable_control_flow_v2()


@pytest.mark.parametrize("nesting", INSIDE_AND_OUT)
@both_orders
def test_conditions_of_tensorflow_2(nesting, order, control_flow_v2):
    found = trained(lambda loss, step: INSIDE_AND_OUT[nesting](order).minimize(loss, step), True)
    agree(found, AFTER if order == "after_update" else BEFORE)
    with pytest.raises(RecipeError, match="EveryOther writes 'w' only in some steps"):
        trained(lambda loss, step: decayed(EveryOther(sgd()), order).minimize(loss, step), True)


@both_orders
@both_kinds
def test_two_decays_around_a_loss_scale_optimizer(order, use_resource):
    found = trained(lambda loss, step: decayed(
        decayed(scaled(sgd()), order), order).minimize(loss, step), use_resource)
    first, third = (
        (1.9 * 0.81, (1.539 * 0.9 + 0.1) * 0.81) if order == "after_update"
        else (2 * 0.81 - 0.1, 1.52 * 0.81 - 0.1 * 0.52))
    agree(found, [(first, 1), (first, 1), (third, 2)])


@both_orders
@both_kinds
def test_a_schedule_stays_where_it_is_in_a_skipped_step(order, use_resource):
    def train(loss, step):
        decay = tf.train.piecewise_constant(step, [0], [0.1, 0.2])  # a fifth from step 1 on
        return decayed(scaled(sgd()), order, decay).minimize(loss, step)

    found = trained(train, use_resource)
    last = (1.71 - 0.071) * 0.8 if order == "after_update" else 1.7 * 0.8 - 0.07
    agree(found, (AFTER if order == "after_update" else BEFORE)[:2] + [(last, 2)])


@pytest.mark.parametrize("make", [
    lambda: AdamWOptimizer(0.1, 0.1), lambda: MomentumWOptimizer(0.1, 0.1, 0.9),
    lambda: CaffeSGDOptimizer(0.1, 0.9, 0.1)], ids=["AdamW", "MomentumW", "Caffe"])
@both_kinds
def test_optimizers_with_a_decay_of_their_own_within_a_loss_scale_optimizer(make, use_resource):
    with_nan = trained(lambda loss, step: scaled(make()).minimize(loss, step), use_resource)
    plain = trained(lambda loss, step: make().minimize(loss, step), use_resource, (1.0, 1.0))
    agree(with_nan, [plain[0], plain[0], plain[1]])


@both_orders
@both_kinds
def test_clipping_that_skips_a_step(order, use_resource):
    def train(loss, step):
        optimizer = decayed(sgd(), order)
        clipped = clip_gradients(optimizer.compute_gradients(loss), "global_norm", 10.0, "skip")
        return optimizer.apply_gradients(clipped.grads_and_vars, step)

    agree(trained(train, use_resource), AFTER if order == "after_update" else BEFORE)


@both_orders
@both_kinds
def test_gradients_added_up_around_the_decay(order, use_resource):
    found = trained(lambda loss, step: EveryOther(decayed(sgd(), order)).minimize(loss, step),
                    use_resource, (1.0, 1.0, 0.5, 1.5))
    first = 1.71 if order == "after_update" else 1.7
    second = 1.4751 if order == "after_update" else 1.46
    agree(found, [(2.0, 0), (first, 1), (first, 1), (second, 2)])


@both_orders
@both_kinds
def test_within_a_branch_no_decay_is_ahead_of_a_gradient(order, use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", 2.0, use_resource), variable("v", 3.0, use_resource)
        pairs = decayed(sgd(), order).compute_gradients(w * v)
        run = tf.placeholder(tf.bool, [])
        step = tf.train.get_or_create_global_step()
        optimizer = decayed(sgd(), order)
        train_op = tf.cond(run, lambda: tf.group(optimizer.apply_gradients(pairs, step)),
                           tf.no_op)
        assert races(train_op) == []


@both_orders
def test_what_chooses_its_steps_itself_is_refused(order):
    with tf.Graph().as_default():
        w, v = variable("w", 2.0), variable("v", 2.0)
        with pytest.raises(RecipeError) as error:
            decayed(EveryOther(sgd()), order).minimize(w * v)
        assert error.value.problems == [
            "EveryOther writes 'w', 'v' only in some steps, by the condition "
            "'Equal:0': the weights would decay without an update; put "
            "DecoupledWeightDecay inside it, around the optimizer that makes the updates: "
            "EveryOther(DecoupledWeightDecay(...))"]


@both_orders
@both_kinds
def test_a_loss_scale_optimizer_further_in_is_refused(order, use_resource):
    def train(loss, step):
        return decayed(EveryOther(scaled(sgd())), order).minimize(loss, step)

    with pytest.raises(RecipeError, match="EveryOther writes 'w' only in some steps"):
        trained(train, use_resource)


@both_orders
def test_an_optimizer_that_leaves_the_variable_alone_is_refused(order):
    class Nothing(tf.train.GradientDescentOptimizer):
        def apply_gradients(self, grads_and_vars, global_step=None, name=None):
            return tf.group(*[gradient for gradient, _ in grads_and_vars])

    with tf.Graph().as_default():
        w = variable("w", 2.0)
        with pytest.raises(RecipeError, match="Nothing writes 'w' not at all: another thread"):
            decayed(Nothing(0.1), order).minimize(w * w)


@both_kinds
def test_either_branch_updates(use_resource):
    """A choice between two updates skips none."""
    class Alternating(tf.train.GradientDescentOptimizer):
        def apply_gradients(self, grads_and_vars, global_step=None, name=None):
            pairs, inner = list(grads_and_vars), super().apply_gradients
            fast = [(2.0 * gradient, each) for gradient, each in pairs]
            early = tf.equal(tf.train.get_global_step(), 0)
            return tf.cond(early, lambda: tf.group(inner(fast)), lambda: tf.group(inner(pairs)))

    found = trained(lambda loss, step: decayed(Alternating(0.1), "after_update").minimize(
        loss, step), use_resource, (1.0, 1.0))
    agree(found, [(1.8 * 0.9, 1), ((1.62 - 0.062) * 0.9, 2)])
    found = trained(lambda loss, step: decay_after(
        Alternating(0.1).minimize(loss), 0.1), use_resource, (1.0, 1.0))
    assert abs(found[0][0] - 1.62) < 1e-6


def conditional(loss, w):
    return tf.cond(tf.equal(tf.train.get_global_step() % 2, 0),
                   lambda: loss, lambda: tf.square(w - 1.0) / 2.0)


@both_orders
@both_kinds
def test_a_loss_that_is_chosen_is_no_skipped_update(order, use_resource):
    def train(loss, step):
        w, = tf.trainable_variables()
        return decayed(sgd(), order).minimize(conditional(loss, w), step)

    expected = AFTER if order == "after_update" else BEFORE
    agree(trained(train, use_resource, (1.0, 1.0)), [expected[0], expected[2]])


@both_orders
@both_kinds
def test_a_loss_in_a_loop_is_no_skipped_update(order, use_resource):
    def train(loss, step):
        w, = tf.trainable_variables()
        _, total = tf.while_loop(
            lambda number, _: number < 2,
            lambda number, total: (number + 1, total + tf.square(w - 1.0) / 4.0),
            [0, 0.0 * loss])
        return decayed(sgd(), order).minimize(total, step)

    expected = AFTER if order == "after_update" else BEFORE
    agree(trained(train, use_resource, (1.0, 1.0)), [expected[0], expected[2]])


SKIPPING = collections.OrderedDict([
    ("loss scale", lambda loss: scaled(sgd()).minimize(loss)),
    ("added up", lambda loss: EveryOther(sgd()).minimize(loss)),
    ("loss scale, grouped", lambda loss: tf.group(tf.no_op(), scaled(sgd()).minimize(loss))),
    ("unfreezing", lambda loss: unfreeze_on_schedule(
        loss, sgd, [(0, "other"), (1, "w")]).train_op),
])


@pytest.mark.parametrize("skipping", SKIPPING)
@both_kinds
def test_decay_after_refuses_a_step_that_skips_updates(skipping, use_resource):
    with tf.Graph().as_default():
        w, other = variable("w", 2.0, use_resource), variable("other", 1.0, use_resource)
        tf.train.get_or_create_global_step()
        train_op = SKIPPING[skipping](w * other)
        with pytest.raises(RecipeError, match=(
                "the train op writes .*'w'.* only in some steps, by the condition '.*', and the "
                "decay would be made in the others, too: give DecoupledWeightDecay the optimizer")):
            decay_after(train_op, 0.1, variables=[w])


@both_kinds
def test_decay_in_every_stage_of_an_unfreezing(use_resource):
    def train(loss, step):
        other = variable("other", 1.0, use_resource)
        return unfreeze_on_schedule(
            loss + other, lambda: decayed(sgd(), "after_update"), [(0, "other"), (1, "w")]).train_op

    agree(trained(train, use_resource, (1.0, 1.0)), [(2.0, 1), (1.71, 2)])


def test_a_frozen_variable_that_a_group_leaves_out_does_not_decay():
    with tf.Graph().as_default():
        w, v = variable("w", 2.0), variable("v", 2.0)
        group = GroupedOptimizer([(sgd(), "w"), ("frozen", "v")])
        with pytest.raises(RecipeError, match="GroupedOptimizer writes 'v' not at all"):
            decayed(group, "after_update").apply_gradients(
                [(tf.ones([]), w), (tf.ones([]), v)])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@both_orders
@both_kinds
def test_replicas_that_are_synchronised(order, use_resource):
    def expected(w):
        return (w - 0.1 * (w - 1)) * 0.9 if order == "after_update" else w * 0.9 - 0.1 * (w - 1)

    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource)
        step = tf.train.get_or_create_global_step()
        synchronised = tf.train.SyncReplicasOptimizer(sgd(), 2, 1)
        loss = tf.square(w - 1.0) / 2.0
        train_op = decayed(synchronised, order).minimize(loss, step)
        hook = synchronised.make_session_run_hook(is_chief=True, num_tokens=1)
        with tf.train.MonitoredTrainingSession(hooks=[hook], stop_grace_period_secs=1) as session:
            for _ in range(4):  # two gradients to an update
                session.run(train_op)
            while session.run(step) < 2:  # the update is made by another thread
                pass
            found = session.run(w)
        assert abs(found - expected(expected(2.0))) < 1e-6


def test_decay_after_refuses_gradients_handed_to_another_thread():
    with tf.Graph().as_default():
        w = variable("w", 2.0)
        step = tf.train.get_or_create_global_step()
        train_op = tf.train.SyncReplicasOptimizer(sgd(), 1).minimize(w * w, step)
        with pytest.raises(RecipeError, match="hands its gradients to another thread, which makes"):
            decay_after(train_op, 0.1)


def test_the_loss_scale_optimizer_keeps_its_own():
    with tf.Graph().as_default():
        w = variable("w", 2.0)
        inner = tf.train.MomentumOptimizer(0.1, 0.9)
        outer = scaled(inner)
        optimizer = decayed(outer, "after_update")
        train_op = optimizer.minimize(w * w)
        assert outer._optimizer is inner
        assert train_op.name == "DecoupledWeightDecay"
        assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train_op]
        assert "w/Momentum" in [each.op.name for each in tf.global_variables()]


@pytest.mark.parametrize("given, problem", [
    (tf.train.AdamOptimizer, "AdamOptimizer is a class: give an optimizer, AdamOptimizer(...)"),
    ("Adam", "'Adam' is not a tf.train.Optimizer"),
])
def test_what_is_no_optimizer(given, problem):
    with pytest.raises(RecipeError) as error:
        DecoupledWeightDecay(given, 0.1)
    assert error.value.problems == [problem]


def test_a_keras_optimizer_is_named_as_such():
    with pytest.raises(RecipeError, match="is not a tf.train.Optimizer, but one of Keras"):
        DecoupledWeightDecay(tf.keras.optimizers.SGD(0.1), 0.1)
