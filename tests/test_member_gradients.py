"""Optimizers in groups whose gradients are not those of the loss: they are asked for their own."""
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.learning_rates.layerwise import layerwise_optimizer
from tf1_recipes.transfer.pretraining import layerwise_autoencoders
from tf1_recipes.transfer.unfreezing import unfreeze_on_schedule
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

Descent = tf.train.GradientDescentOptimizer


class TenTimes(Descent):
    def compute_gradients(self, loss, var_list=None):
        pairs = super(TenTimes, self).compute_gradients(loss, var_list)
        return [(10 * gradient, each) for gradient, each in pairs]


class Around(tf.train.Optimizer):
    """Leaves ``compute_gradients`` to the optimizer that it wraps, as moving averages do."""

    def __init__(self, optimizer):
        super(Around, self).__init__(False, "Around")
        self._optimizer = optimizer

    def compute_gradients(self, *args, **kwargs):
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, *args, **kwargs):
        return self._optimizer.apply_gradients(*args, **kwargs)


class TenTimesAndDecay(DecoupledWeightDecay):
    """Changes a recipe that by itself only gates gradients."""

    def __init__(self, rate):
        super(TenTimesAndDecay, self).__init__(Descent(rate), 0.0)

    def compute_gradients(self, *args, **kwargs):
        pairs = super(TenTimesAndDecay, self).compute_gradients(*args, **kwargs)
        return [(10 * gradient, each) for gradient, each in pairs]


def replaced(rate):
    optimizer = Descent(rate)
    optimizer.compute_gradients = TenTimes(rate).compute_gradients
    return optimizer


@both_kinds
@pytest.mark.parametrize("make", [
    TenTimes, lambda rate: Around(TenTimes(rate)), TenTimesAndDecay, replaced,
], ids=["itself", "wrapped", "subclass of a recipe", "replaced in an instance"])
def test_a_member_s_gradients_are_its_own(make, use_resource):
    with tf.Graph().as_default():
        a, b = variable("a", 1.0, use_resource), variable("b", 1.0, use_resource)
        step = GroupedOptimizer([(make(0.01), a), (Descent(0.01), b)]).minimize(a + b)
        assert races(step) == []
        assert values_after(step, [a, b]) == pytest.approx([0.9, 0.99])


class OfTheOther(Descent):
    """Its gradients are the very memory of the other variable, as those of a * b may be."""

    def compute_gradients(self, loss, var_list=None):
        a, b = tf.trainable_variables()
        return [(tf.identity(b if each is a else a), each) for each in var_list]


@both_kinds
def test_a_gradient_that_is_another_stage_s_weight_is_that_before_the_step(use_resource):
    with tf.Graph().as_default():
        a, b = variable("a", 3.0, use_resource), variable("b", 0.5, use_resource)
        tf.train.get_or_create_global_step()
        step, _ = unfreeze_on_schedule(a * b, lambda: OfTheOther(0.5), [(0, "a"), (1, "b")])
        assert races(step) == []
        # a = 3 - 0.25, then a = 2.75 - 0.25 and b = 0.5 - 1.375
        assert values_after(step, [a, b], steps=2) == [2.5, -0.875]


def test_all_that_is_made_of_groups_asks_its_members():
    with tf.Graph().as_default():
        a, b = variable("a", 1.0), variable("b", 1.0)
        global_step = tf.train.get_or_create_global_step()
        steps = [layerwise_optimizer(TenTimes, 0.01, {"a": 1, "b": 0.5}).minimize(a + b),
                 unfreeze_on_schedule(a + b, lambda: TenTimes(0.01), [(0, "a"), (1, "b")],
                                      global_step).train_op]
        assert values_after(steps[0], [a, b]) == pytest.approx([0.9, 0.95])
        assert values_after(steps[1], [a, b]) == pytest.approx([0.9, 1.0])
        assert values_after(steps[1], [a, b], steps=2) == pytest.approx([0.8, 0.9])
    with tf.Graph().as_default():
        inputs = tf.ones([1, 1])
        code = inputs * variable("layer/kernel", [[3.0]])
        phase, = layerwise_autoencoders(
            inputs, [code], lambda: TenTimes(0.01), decoder=lambda code, _: code * 1.0)
        kernel, = phase.variables  # (3 - 1)^2: the gradient is 4
        assert values_after(phase.train_op, kernel) == pytest.approx(2.6)


def test_a_gradient_beyond_float16_without_loss_scaling_is_found_with_it():
    module = pytest.importorskip("tensorflow.python.training.experimental.loss_scale_optimizer")
    with tf.Graph().as_default():
        a, b = variable("a", 1.0), variable("b", 1.0)
        tiny = tf.constant(1e-4, tf.float16)

        def factor(each):  # 1e-4 * 1e-4 is 0 in float16
            return tf.cast(tf.cast(each, tf.float16) * tiny * tiny, tf.float32)

        scaled = module.MixedPrecisionLossScaleOptimizer(Descent(1e7), 1024)
        step = GroupedOptimizer([(scaled, a), (Descent(1e7), b)]).minimize(factor(a) + factor(b))
        # The gradient is float16's 1e-4 * (1024 * 1e-4), of four digits, over 1024.
        assert values_after(step, [a, b]) == [pytest.approx(0.9, abs=2e-4), 1.0]


def test_what_it_was_not_asked_for_and_what_is_missing_is_said():
    class Others(Descent):
        def compute_gradients(self, loss, var_list=None):
            return [(tf.ones([]), b)]

    with tf.Graph().as_default():
        a, b = variable("a", 1.0), variable("b", 1.0)
        with pytest.raises(RecipeError) as error:
            GroupedOptimizer([(Others(0.1), a), (Descent(0.1), b)]).minimize(a * b)
        assert error.value.problems == [
            "Others computed a gradient of 'b', which it was not asked for",
            "'a' has no gradient: the loss does not depend on it; leave it out of the variables to "
            'train, or put it in a "frozen" group']


def gate_7(optimizer):
    return optimizer.compute_gradients(variable("w", 1.0) * 2.0, gate_gradients=7)


def test_a_gate_that_there_is_not_is_refused():
    with tf.Graph().as_default(), pytest.raises(RecipeError) as error:
        gate_7(GroupedOptimizer([(Descent(0.1), ".*")]))
    assert error.value.problems == [
        "gate_gradients is 7: it must be GATE_NONE, GATE_OP or GATE_GRAPH (0, 1 or 2)"]


ADAM = tf.train.AdamOptimizer
PAIRS = "they must be a list of (optimizer, selector) pairs"


@pytest.mark.parametrize("groups, problems", [
    ({"conv": 1}, ["the groups are {'conv': 1}: " + PAIRS]),
    (None, ["the groups are None: " + PAIRS]),
    ([], ["there are no groups"]),
    ([(ADAM, "a"), 3], [
        "group 0 has the class AdamOptimizer for an optimizer: give an instance, such as "
        "AdamOptimizer(0.01)",
        "group 1 is 3, not an (optimizer, selector) pair"]),
    ([("frozen", "a"), ("adam", "b")], [
        "group 1 has 'adam' for an optimizer: give a tf.train.Optimizer or \"frozen\""]),
    ([(Around(tf.train.SyncReplicasOptimizer(ADAM(), 1)), "a")], [
        "group 0 has Around for an optimizer, which counts global steps by itself: put it around "
        "all groups, SyncReplicasOptimizer(GroupedOptimizer(...), ...)"]),
])
def test_what_cannot_be_a_group(groups, problems):
    with pytest.raises(RecipeError) as error:
        GroupedOptimizer(groups)
    assert error.value.problems == problems


def test_a_keras_optimizer_cannot_be_in_a_group():
    with pytest.raises(RecipeError) as error:
        GroupedOptimizer([(tf.keras.optimizers.SGD(0.1), "a")])
    assert "a Keras optimizer cannot be in a group; give the one of tf.train" in str(error.value)
