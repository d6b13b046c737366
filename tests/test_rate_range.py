import numpy as np
import pytest

from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.range_test import keras_step, lr_range_test
from tf1_recipes.v1 import tf


@pytest.fixture(autouse=True)
def own_graph():
    with tf.Graph().as_default():
        yield


@both_kinds
def test_rates_grow_by_a_factor_and_weights_slots_and_step_are_put_back(use_resource):
    rate = tf.placeholder(tf.float32, [])
    w = variable("w", [3.0, -2.0], use_resource)
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdamOptimizer(rate).minimize(tf.nn.l2_loss(w), global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train, {rate: 0.5})
        everything = tf.global_variables()
        before = session.run(everything)
        operations = len(tf.get_default_graph().get_operations())

        found = lr_range_test(
            lambda value: session.run([tf.get_default_graph().get_tensor_by_name("L2Loss:0"),
                                       train], {rate: value})[0], 1e-4, 1e-1, steps=4)

        for old, new in zip(before, session.run(everything)):
            np.testing.assert_array_equal(old, new)
        assert len(tf.get_default_graph().get_operations()) == operations
    np.testing.assert_allclose(found.history["lr"], [1e-4, 1e-3, 1e-2, 1e-1])
    assert found.history["iterations"] == [1, 2, 3, 4]
    assert not found.diverged


@pytest.mark.parametrize("losses, count, diverged", [
    ([1, 1, 1, 4, 1], 5, False),
    ([1, 1, 1, 4.5, 1], 4, True),           # more than 4 times the mean of 1, 1 and 1
    ([1, float("nan"), 1, 1, 1], 2, True),
    ([float("inf"), 1, 1, 1, 1], 1, True),
    ([1e-9, 0, 1e-12, 0, 0], 5, False),
    ([-1, 7, -1, -1, 3], 5, False),         # below 0 there is no multiple
])
def test_it_ends_where_the_loss_diverges(losses, count, diverged):
    variable("w", 1.0)
    rest = iter(losses)
    with tf.Session():
        found = lr_range_test(lambda rate: next(rest), 0.1, 1, steps=5)
    assert len(found.history["loss"]) == count
    assert found.diverged == diverged


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interrupted_test_puts_the_weights_back(stop):
    w = variable("w", 1.0)
    spoil = tf.assign(w, 7.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())

        def step(rate):
            session.run(spoil)
            raise stop()

        with pytest.raises(stop):
            lr_range_test(step, 0.1, 1)
        assert session.run(w) == 1


def test_a_variable_that_the_training_initialised_is_initialised_again():
    w, late = variable("w", 1.0), variable("late", 2.0)
    spoil = tf.assign(late, 7.0)
    with tf.Session() as session:
        session.run(w.initializer)

        lr_range_test(lambda rate: session.run(spoil), 0.1, 1, steps=2)

        assert session.run([w, late]) == [1, 2]


def test_of_a_keras_model_weights_momentum_and_rate_are_put_back():
    x = np.arange(8).reshape(4, 2) % 5 / 4.0
    with tf.Session().as_default() as session:
        model = tf.keras.Sequential([tf.keras.layers.Dense(
            1, kernel_initializer="ones", input_shape=(2,))])
        model.compile(tf.keras.optimizers.SGD(0.01, momentum=0.5), "mse", metrics=["mae"])
        model.train_on_batch(x, x[:, :1])
        before = session.run(tf.global_variables())

        found = lr_range_test(keras_step(model, [(x, x[:, :1])]), 1e-3, 100, steps=50)

        for old, new in zip(before, session.run(tf.global_variables())):
            np.testing.assert_array_equal(old, new)
    assert found.diverged and len(found.history["lr"]) < 50
    assert np.argmin(found.history["loss"]) > 10
    assert found.history["loss"][0] > min(found.history["loss"])


def test_before_the_first_training_the_slots_are_made_by_the_test_and_empty_afterwards():
    x = np.ones([2, 2])
    with tf.Session().as_default() as session:
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
        model.compile(tf.keras.optimizers.SGD(0.01, momentum=0.5), "mse")
        weights = model.get_weights()
        lr_range_test(keras_step(model, [(x, x[:, :1])]), 1e-3, 1, steps=4)
        for old, new in zip(weights, model.get_weights()):
            np.testing.assert_array_equal(old, new)
        slots = [each for each in tf.global_variables() if "momentum" in each.name.lower()
                 and each.shape.ndims]
        assert slots and all((session.run(slot) == 0).all() for slot in slots)
        assert session.run(model.optimizer.lr) == np.float32(0.01)


def test_the_rates_of_stages_keep_their_ratios():
    with tf.Session().as_default() as session:
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
        model.compile(tf.train.GradientDescentOptimizer(0.1), "mse")
        rate = model.optimizer.lr = tf.keras.backend.variable([0.25, 0.5])
        seen = []
        step = keras_step(model, [(np.ones([2, 2]), np.ones([2, 1]))])
        lr_range_test(lambda value: (step(value), seen.append(session.run(rate)))[0],
                        1, 4, steps=3)
        np.testing.assert_array_equal(seen, [[0.5, 1], [1, 2], [2, 4]])
        np.testing.assert_array_equal(session.run(rate), [0.25, 0.5])


def test_a_range_that_is_empty_and_a_graph_without_variables_are_refused():
    with pytest.raises(RecipeError, match="low is 1 and high is 0.1: low must be less"):
        lr_range_test(max, 1, 0.1)
    with tf.Session(), pytest.raises(RecipeError, match="the session's graph has no variable"):
        lr_range_test(float, 0.1, 1)


def test_all_that_is_wrong_with_a_request_is_told():
    with pytest.raises(RecipeError) as raised:
        lr_range_test(None, 0, float("inf"), steps=1, divergence=1)
    assert raised.value.problems == [
        "low is 0: it must be > 0", "high is inf: it must be finite",
        "divergence is 1: it must be > 1", "steps is 1: it must be a whole number >= 2",
        "None is not a function of the learning rate"]
    with pytest.raises(RecipeError) as raised:
        keras_step("model", 3)
    assert raised.value.problems == ["'model' is not a Keras model",
                                     "3 is not an iterable of batches"]


def test_a_function_that_returns_no_loss_is_refused_and_all_is_put_back():
    w = variable("w", 1.0)
    spoil = tf.assign(w, 7.0)
    with tf.Session() as session:
        session.run(w.initializer)
        with pytest.raises(RecipeError) as raised:
            lr_range_test(lambda rate: session.run(spoil.op), 0.1, 1)
        assert session.run(w) == 1
    assert str(raised.value) == (
        "Cannot test a range of learning rates:\n"
        "  - the function of the learning rate returned None: it must be the loss, a number")


@pytest.mark.parametrize("batches, problem", [
    ([], "there are no batches"), (iter([]), "there are no batches"),
    ([np.ones([2, 2])],
     "a batch is a ndarray: it must be a tuple, the arguments of train_on_batch"),
])
def test_batches_that_are_none(batches, problem):
    with tf.Session().as_default():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        with pytest.raises(RecipeError) as raised:
            lr_range_test(keras_step(model, batches), 0.1, 1)
    assert raised.value.problems == [problem]


def test_a_model_that_is_not_compiled():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    with pytest.raises(RecipeError, match="the model is not compiled"):
        keras_step(model, [(1, 2)])
