"""Old names work as the new ones do, and say so once: the text, and where it points to."""
import warnings

import pytest

import tf1_recipes
from tests.small_trainings import variable
from tf1_recipes import old_names
from tf1_recipes.v1 import tf


@pytest.fixture(autouse=True)
def nothing_was_said(monkeypatch):
    monkeypatch.setattr(old_names, "_TOLD", set())


def said_once(use):
    """What the first use warns of; the second must be silent."""
    with pytest.warns(DeprecationWarning) as said:
        use()
    assert [warning.filename for warning in said] == [__file__] * len(said)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use()
    return [str(warning.message) for warning in said]


@pytest.mark.parametrize("old, new", [
    ("RateMultipliers", "LearningRateMultipliers"),
    ("RateRecorder", "LearningRateRecorder"),
    ("ScheduledRate", "BatchLearningRateScheduler"),
    ("advance", "increment_step"),
    ("rate_range_test", "lr_range_test"),
])
def test_names(old, new):
    assert said_once(lambda: getattr(tf1_recipes, old)) == [
        "tf1_recipes.%s was renamed: use %s" % (old, new)]
    assert getattr(tf1_recipes, old) is getattr(tf1_recipes, new)
    assert old not in tf1_recipes.__all__
    assert old not in dir(tf1_recipes)


def sgd():
    return tf.train.GradientDescentOptimizer(0.5)


SCHEDULES = [
    # call, old argument, new argument, learning rate at step 0
    (lambda: tf1_recipes.cosine_decay(initial_rate=0.5, decay_steps=9),
     "initial_rate of cosine_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.cosine_decay_restarts(initial_rate=0.5, first_decay_steps=9),
     "initial_rate of cosine_decay_restarts", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.linear_cosine_decay(initial_rate=0.5, decay_steps=9, beta=0.0),
     "initial_rate of linear_cosine_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.noisy_linear_cosine_decay(
        initial_rate=0.5, decay_steps=9, initial_variance=0.0, beta=0.0),
     "initial_rate of noisy_linear_cosine_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.exponential_decay(initial_rate=0.5, decay_steps=9, decay_rate=0.5),
     "initial_rate of exponential_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.natural_exp_decay(initial_rate=0.5, decay_steps=9, decay_rate=0.5),
     "initial_rate of natural_exp_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.inverse_time_decay(initial_rate=0.5, decay_steps=9, decay_rate=0.5),
     "initial_rate of inverse_time_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.polynomial_decay(initial_rate=0.5, decay_steps=9),
     "initial_rate of polynomial_decay", "initial_learning_rate", 0.5),
    (lambda: tf1_recipes.polynomial_decay(0.5, 9, end_rate=0.25),
     "end_rate of polynomial_decay", "end_learning_rate", 0.5),
    (lambda: tf1_recipes.warm_up(0.75, 4, start_rate=0.5),
     "start_rate of warm_up", "start_learning_rate", 0.5),
    (lambda: tf1_recipes.cyclical(base_rate=0.5, max_lr=1.0, step_size=4),
     "base_rate of cyclical", "base_lr", 0.5),
    (lambda: tf1_recipes.cyclical(0.5, max_rate=1.0, step_size=4),
     "max_rate of cyclical", "max_lr", 0.5),
]


@pytest.mark.parametrize("make, old, new, first_rate", SCHEDULES,
                         ids=[old for _, old, _, _ in SCHEDULES])
def test_arguments_of_schedules(make, old, new, first_rate):
    assert said_once(make) == ["the argument %s was renamed: use %s" % (old, new)]
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(make()(0)) == first_rate


def test_arguments_of_optimizers_and_summaries():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        train_op = sgd().minimize(w)
        for use, told in [
            (lambda: tf1_recipes.layerwise_optimizer(
                tf.train.GradientDescentOptimizer, rate=0.1, multipliers={"w": 0.5}),
             "rate of layerwise_optimizer was renamed: use learning_rate"),
            (lambda: tf1_recipes.summarize_training(sgd().compute_gradients(w), rate=0.1),
             "rate of summarize_training was renamed: use learning_rate"),
            (lambda: tf1_recipes.DecoupledWeightDecay(sgd(), rate=0.1),
             "rate of DecoupledWeightDecay was renamed: use weight_decay"),
            (lambda: tf1_recipes.decay_after(train_op, rate=0.1),
             "rate of decay_after was renamed: use weight_decay"),
            (lambda: tf1_recipes.WarmRestarts(4, max_rate=0.1),
             "max_rate of WarmRestarts was renamed: use max_learning_rate"),
        ]:
            assert said_once(use) == ["the argument " + told]


def test_both_names_of_an_argument_are_one_too_many():
    with pytest.raises(TypeError) as error:
        tf1_recipes.cosine_decay(initial_rate=0.5, initial_learning_rate=0.5, decay_steps=9)
    assert str(error.value) == (
        "cosine_decay(): both initial_learning_rate and its old name initial_rate were given")


def test_both_names_of_an_argument_are_one_too_many_by_position_too():
    with pytest.raises(TypeError) as error:
        tf1_recipes.DecoupledWeightDecay(sgd(), 0.1, rate=0.1)
    assert str(error.value) == (
        "DecoupledWeightDecay(): both weight_decay and its old name rate were given")
    with pytest.raises(TypeError) as error:
        tf1_recipes.cosine_decay(0.5, 9, initial_rate=0.5)
    assert str(error.value) == (
        "cosine_decay(): both initial_learning_rate and its old name initial_rate were given")


def test_attributes():
    from tf1_recipes.schedules.learning_rates import IncrementedStep

    restarts, step = tf1_recipes.WarmRestarts(4), IncrementedStep(7, 0.5)
    assert said_once(lambda: setattr(restarts, "max_rate", 0.25)) == [
        "the attribute max_rate of WarmRestarts was renamed: use max_learning_rate"]
    assert restarts.max_learning_rate == restarts.max_rate == 0.25
    assert said_once(lambda: step.rate) == [
        "the attribute rate of IncrementedStep was renamed: use learning_rate"]
    assert step.rate == 0.5


def test_a_state_that_0_1_saved():
    state = tf1_recipes.WarmRestarts(4, max_learning_rate=0.25).get_state()
    state["max_rate"] = state.pop("max_learning_rate")
    restarts = tf1_recipes.WarmRestarts(4)
    restarts.set_state(state)
    assert restarts.max_learning_rate == 0.25
