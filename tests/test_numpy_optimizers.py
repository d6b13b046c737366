import collections
import inspect

import numpy as np
import pytest

from tests.small_trainings import refused
from tf1_recipes.optimizers.numpy_optimizers import numpy_optimizer
from tf1_recipes.v1 import tf

NAMES = ["GradientDescent", "Momentum", "Adagrad", "Adadelta", "RMSProp", "Adam", "Ftrl",
         "ProximalGradientDescent", "ProximalAdagrad"]
REQUIRED = {"Momentum": {"learning_rate": 0.1, "momentum": 0.9}, "Adadelta": {}, "Adam": {}}
# What the constructors take besides the settings, and what came after 1.15: no arithmetic of TF1's.
NO_SETTINGS = {"self", "use_locking", "name", "accum_name", "linear_name",
               "beta", "use_own_namescope_for_non_slot_vars"}


def make(name):
    return numpy_optimizer(name, **REQUIRED.get(name, {"learning_rate": 0.1}))


@pytest.mark.parametrize("name", NAMES)
def test_settings_and_defaults_are_those_of_tf1_s_constructor(name):
    constructor = getattr(tf.train, name + "Optimizer").__init__
    parameters = inspect.signature(constructor).parameters
    expected = {key: parameter.default for key, parameter in parameters.items()
                if key not in NO_SETTINGS}
    twin = inspect.signature(type(make(name)._twin)).parameters
    assert {key: parameter.default for key, parameter in twin.items()} == expected
    assert list(twin) == [key for key in parameters if key in expected]


@pytest.mark.parametrize("name", NAMES)
def test_slots_are_called_as_in_tf1(name):
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0, 2.0])
        optimizer = getattr(tf.train, name + "Optimizer")(**REQUIRED.get(
            name, {"learning_rate": 0.1}))
        optimizer.minimize(tf.reduce_sum(w))
        slots = set(optimizer.get_slot_names())
    state = make(name).initial(np.float32([1, 2]))
    assert {slot for slot in state if not slot.endswith("_power")} == slots


def test_takes_what_session_run_returns_for_a_sparse_gradient():
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.get_variable("table", initializer=np.zeros((3, 2), np.float32))
        gradient, = tf.gradients(tf.reduce_sum(tf.gather(table, [1, 1])), [table])
        session.run(tf.global_variables_initializer())
        value, sparse = session.run([table, gradient])
    descent = numpy_optimizer("GradientDescent", learning_rate=0.5)
    value, _ = descent.update(value, sparse, descent.initial(value))
    np.testing.assert_array_equal(value, [[0, 0], [-1, -1], [0, 0]])  # 0.5 for each of two looks


def test_a_scheduled_rate_is_given_with_the_step():
    descent = numpy_optimizer("GradientDescent", learning_rate=0.5)
    w, g = np.float32([1]), np.float32([1])
    assert descent.update(w, g, {})[0] == [0.5]
    assert descent.update(w, g, {}, learning_rate=0.25)[0] == [0.75]
    assert descent.update(w, g, {})[0] == [0.5]


def test_an_unknown_optimizer_is_named_with_the_closest():
    assert refused(numpy_optimizer, "Adagard", learning_rate=0.1) == [
        "'Adagard' is not an optimizer of TF1; the closest are Adagrad, ProximalAdagrad, Adam"]


@pytest.mark.parametrize("settings, problem", [
    ({"learning_rate": "fast"}, "learning_rate is 'fast': it must be a number"),
    ({"learning_rate": True}, "learning_rate is True: it must be a number"),
    ({"learning_rate": float("nan")}, "learning_rate is nan: it must be finite"),
    ({"learning_rate": 0.1, "centered": 1}, "centered is 1: it must be True or False"),
])
def test_a_setting_of_another_type_is_refused(settings, problem):
    assert refused(numpy_optimizer, "RMSProp", **settings) == [problem]


W = np.zeros((3, 2), np.float32)
Rows = collections.namedtuple("Rows", "values indices")


@pytest.mark.parametrize("gradient, problem", [
    (None, "the gradient is None: TF1 does not change such a variable"),
    (np.float32([1, 1]), "the gradient has shape (2,) and type float32: it must be an array of "
                         "(3, 2) and float32"),  # which NumPy would have repeated
    (np.ones((3, 2)), "the gradient has shape (3, 2) and type float64: it must be an array of "
                      "(3, 2) and float32"),
    (Rows(np.ones((3, 2), np.float32), np.array([0, 3, -1])),
     "the gradient's indices 3, -1 are outside of the variable's 3 rows"),
    (Rows(np.ones((3, 2), np.float32), np.array([0.0, 1.0, 2.0])),
     "the gradient's indices must be a vector of integers"),
])
def test_a_gradient_that_does_not_fit_is_refused(gradient, problem):
    momentum = make("Momentum")
    assert refused(momentum.update, W, gradient, momentum.initial(W)) == [problem]


def test_all_that_does_not_fit_is_named():
    assert refused(make("Momentum").update, W, W[0], {"momentum": W[0]}, learning_rate="x") == [
        "the gradient has shape (2,) and type float32: it must be an array of (3, 2) and float32",
        "the slot momentum has shape (2,) and type float32: it must have (3, 2) and float32",
        "learning_rate is 'x': it must be a number"]
    assert refused(make("Momentum").update, W, W, {"accumulator": W}) == [
        "the state has accumulator; it must have momentum"]
    assert refused(make("Adam").initial, [1, 2]) == [
        "the variable is int64: it must be float32 or float64"]


def test_shows_its_settings():
    assert repr(make("GradientDescent")) == "<NumpyOptimizer GradientDescent(learning_rate=0.1)>"
