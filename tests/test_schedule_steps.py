"""Every schedule at every kind of step, beside its formula in NumPy's float64; and its name."""
import fractions
import math

import numpy as np
import pytest

from tf1_recipes import (
    cosine_decay,
    cosine_decay_restarts,
    cyclical,
    exponential_decay,
    inverse_time_decay,
    join_schedules,
    linear_cosine_decay,
    natural_exp_decay,
    noisy_linear_cosine_decay,
    piecewise_constant,
    polynomial_decay,
    warm_up,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf


def cosine(share):
    return (1 + math.cos(math.pi * share)) / 2


def in_period(t, first, t_mul):
    """The number of the period that a step lies in, and its share of it that is over."""
    number, start, period = 0, 0, fractions.Fraction(first)
    while t >= start + period:
        number, start, period = number + 1, start + period, period * t_mul
    return number, float((t - start) / period)


def restarts(t):
    number, share = in_period(t, 10, 2)
    return 0.5 ** number * cosine(share)


def triangle(t):
    return min(t % 8, 8 - t % 8) / 4


def linear_cosine(t):
    left = 1 - min(t, 10) / 10
    return left * cosine(1 - left) + 0.001


# name: (function of the name, the rate at a whole number t >= 0, the name that TF1 gives it)
SCHEDULES = {
    "piecewise_constant": (
        lambda **name: piecewise_constant([1, 5], [1.0, 0.5, 0.25], **name),
        lambda t: 1.0 if t <= 1 else 0.5 if t <= 5 else 0.25, "PiecewiseConstant"),
    "exponential_decay": (
        lambda **name: exponential_decay(1.0, 10, 0.5, **name),
        lambda t: 0.5 ** (t / 10), "ExponentialDecay"),
    "natural_exp_decay": (
        lambda **name: natural_exp_decay(1.0, 10, 0.5, **name),
        lambda t: math.exp(-0.5 * (t / 10)), "NaturalExpDecay"),
    "inverse_time_decay": (
        lambda **name: inverse_time_decay(1.0, 10, 0.5, **name),
        lambda t: 1 / (1 + 0.5 * (t / 10)), "InverseTimeDecay"),
    "polynomial_decay": (
        lambda **name: polynomial_decay(1.0, 10, 0.25, 2.0, **name),
        lambda t: 0.75 * (1 - min(t, 10) / 10) ** 2 + 0.25, "PolynomialDecay"),
    "cosine_decay": (
        lambda **name: cosine_decay(1.0, 10, 0.25, **name),
        lambda t: 0.75 * cosine(min(t, 10) / 10) + 0.25, "CosineDecay"),
    "cosine_decay_restarts": (
        lambda **name: cosine_decay_restarts(1.0, 10, 2.0, 0.5, **name), restarts, "SGDRDecay"),
    "cosine_decay_restarts at regular steps": (
        lambda **name: cosine_decay_restarts(1.0, 10, 1.0, 1.0, **name),
        lambda t: cosine(t % 10 / 10), "SGDRDecay"),
    "linear_cosine_decay": (
        lambda **name: linear_cosine_decay(1.0, 10, **name), linear_cosine, "LinearCosineDecay"),
    "noisy_linear_cosine_decay": (
        lambda **name: noisy_linear_cosine_decay(1.0, 10, initial_variance=0, **name),
        linear_cosine, "NoisyLinearCosineDecay"),
    "cyclical": (
        lambda **name: cyclical(0.25, 1.0, 4, **name),
        lambda t: 0.25 + 0.75 * triangle(t), None),
    "join_schedules": (
        lambda **name: join_schedules([0.5, cosine_decay(1.0, 10)], [3], **name),
        lambda t: 0.5 if t < 3 else cosine(min(t - 3, 10) / 10), None),
    "warm_up": (
        lambda **name: warm_up(cosine_decay_restarts(1.0, 10, 2.0, 0.5), 4, **name),
        lambda t: t / 4 if t < 4 else restarts(t - 4), None),
}
# of each type: the least and the largest there is, and steps around 0, the ends and restarts
STEPS = {
    "int32": [-2 ** 31, -1000, -1, 0, 1, 3, 4, 5, 9, 10, 11, 29, 30, 69, 70, 2 ** 31 - 1],
    "int64": [-2 ** 63, -10, -1, 0, 10, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 1, 2 ** 63 - 1],
    "uint8": [0, 1, 10, 255],
    "int16": [-2 ** 15, -1, 0, 9],
}

every_schedule = pytest.mark.parametrize("name", SCHEDULES)


@every_schedule
def test_the_rate_at_every_step_of_every_type(name):
    make, formula, _ = SCHEDULES[name]
    with tf.Graph().as_default(), tf.Session() as session:
        for dtype, steps in STEPS.items():
            step = tf.placeholder(dtype, [])
            rate = make()(step)
            assert (rate.dtype, rate.shape.as_list()) == (tf.float32, [])
            found = [session.run(rate, {step: each}) for each in steps]
            right = [formula(min(max(each, 0), 2 ** 53)) for each in steps]
            np.testing.assert_allclose(found, right, rtol=4e-7, atol=1e-15, err_msg=dtype)


@every_schedule
def test_a_tensor_is_as_good_as_the_number(name):
    make, formula, _ = SCHEDULES[name]
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.get_variable("step", initializer=np.int64(7))
        unknown = tf.placeholder(tf.int64)
        rates = [make()(each) for each in (7, np.int32(7), tf.constant(7), step, unknown)]
        session.run(step.initializer)
        assert len(set(session.run(rates, {unknown: 7}))) == 1
        assert session.run(rates[0]) == pytest.approx(formula(7), rel=4e-7)
        with pytest.raises(tf.errors.InvalidArgumentError, match="(?i)shape"):
            session.run(rates[-1], {unknown: [7, 8]})


@every_schedule
@pytest.mark.parametrize("step,problem", [
    (-1, "the step is -1: it must be a whole number from 0 to 2^53, or an integer tensor"),
    (7.0, "the step is 7.0: it must be a whole number"),
    (float("nan"), "the step is nan: it must be a whole number"),
    (2 ** 53 + 1, "the step is 9007199254740993: it must be a whole number"),
    (None, "the step is None: it must be a whole number"),
    (lambda: tf.constant(7.0), "the step is of type float32: it must be of an integer type"),
    (lambda: tf.constant([7, 8]), "the step has the shape (2,): it must be a scalar"),
])
def test_what_is_no_step_is_refused(name, step, problem):
    with tf.Graph().as_default():
        with pytest.raises(RecipeError) as error:
            SCHEDULES[name][0]()(step() if callable(step) else step)
        assert problem in str(error.value)


@every_schedule
def test_its_ops_carry_its_name(name):
    make, _, title = SCHEDULES[name]
    with tf.Graph().as_default() as graph:
        with tf.name_scope("outer"):
            assert make(name="rates/mine")(tf.constant(3, name="step")).op.name == (
                "outer/rates/mine")
        assert all(op.name.startswith(("outer/rates/mine", "outer/step"))
                   for op in graph.get_operations())
        title = title or name
        assert make()(3).op.name == title
        assert make()(4).op.name == title + "_1"
    with pytest.raises(RecipeError) as error:
        make(name="my rate")
    assert "name is 'my rate': it must be of letters, digits and _ . - /" in str(error.value)


# natural_exp_decay has the name of 0.12 to 1.12; from 1.13 on TF1 lent it ExponentialDecay's.
TF1 = {
    "exponential_decay": lambda function, step: function(1.0, step, 10, 0.5),
    "inverse_time_decay": lambda function, step: function(1.0, step, 10, 0.5),
    "polynomial_decay": lambda function, step: function(1.0, step, 10),
    "cosine_decay": lambda function, step: function(1.0, step, 10),
    "cosine_decay_restarts": lambda function, step: function(1.0, step, 10),
    "linear_cosine_decay": lambda function, step: function(1.0, step, 10),
    "noisy_linear_cosine_decay": lambda function, step: function(1.0, step, 10),
    "piecewise_constant": lambda function, step: function(step, [1, 5], [1.0, 0.5, 0.25]),
}


@pytest.mark.parametrize("name", TF1)
def test_the_scope_is_the_one_that_tf1_makes(name):
    with tf.Graph().as_default():
        # Some of TF1's give the rate itself the name, others an op within the scope.
        theirs = TF1[name](getattr(tf.train, name), tf.constant(3)).op.name
        assert theirs.split("/")[0] == SCHEDULES[name][2]
