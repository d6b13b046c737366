"""Learning rates that decay: exponential, natural exponential, inverse time, polynomial.

The formulas and defaults of TF 1.15's ``tf.train.*_decay``; `Schedule` says how steps are counted.
The steps at which a stair or a cycle begins are not computed by a quotient: TensorFlow's graph
optimizer computes x / 49 as x * (1 / 49), which in float64 is less than 1 at x = 49 (in float32 the
same happens at 107). The step is rounded down by its remainder, which is exact.
"""
from __future__ import annotations

from typing import Any, List

from tf1_recipes.graph.types import Number
from tf1_recipes.old_names import old_arguments
from tf1_recipes.schedules.learning_rates import (
    Schedule,
    float64,
    name_problems,
    number_problems,
    refuse,
)
from tf1_recipes.v1 import tf


@old_arguments(initial_rate="initial_learning_rate")
def exponential_decay(initial_learning_rate: Number, decay_steps: Number, decay_rate: Number,
                      staircase: bool = False, name: str = "ExponentialDecay") -> Schedule:
    """A learning rate that falls by a factor every ``decay_steps`` steps.

        rate(t) = r0 * decay_rate ^ (t / decay_steps)

    r0 is ``initial_learning_rate``. It is ``tf.train.exponential_decay``, given float64 numbers.
    Given Python numbers, that function rounds the step and the factor to float32: at step 10^9 its
    stairs come 32 steps early, and a factor of 0.99999999 becomes 1, so that the rate never
    decays. With decay_steps 107 it misses the stair at step 107.

    Source: https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/exponential_decay

    Args:
        initial_learning_rate: finite number, the learning rate at step 0.
        decay_steps: number > 0, in steps.
        decay_rate: number > 0, the factor per ``decay_steps``.
        staircase: bool, whether t / decay_steps is rounded down.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = exponential_decay(0.1, decay_steps=10, decay_rate=0.5, staircase=True)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 9, 10, 19, 20)]))
        [0.1, 0.1, 0.05, 0.05, 0.025]
    """
    refuse(_problems(initial_learning_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], above=0) + flag_problems(
               staircase=staircase) + name_problems(name))
    return Schedule(name, lambda step: tf.train.exponential_decay(
        float64(initial_learning_rate), _stair(step, decay_steps) if staircase else step,
        float64(decay_steps), float64(decay_rate)))


@old_arguments(initial_rate="initial_learning_rate")
def natural_exp_decay(initial_learning_rate: Number, decay_steps: Number, decay_rate: Number,
                      staircase: bool = False, name: str = "NaturalExpDecay") -> Schedule:
    """A learning rate that falls with a power of e.

        rate(t) = r0 * e ^ (-decay_rate * t / decay_steps)

    r0 is ``initial_learning_rate``. ``tf.train.natural_exp_decay`` raises e ^ -decay_rate to a
    power instead. In float32 that is 1 for a decay_rate of 1e-8: it gives the initial rate even at
    step 10^9, where 1 / 22,026 of it is right. This function computes the formula as it stands.

    Source: https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/natural_exp_decay

    Args:
        initial_learning_rate: finite number, the learning rate at step 0.
        decay_steps: number > 0, in steps.
        decay_rate: number >= 0, the exponent per ``decay_steps``.
        staircase: bool, whether t / decay_steps is rounded down.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = natural_exp_decay(1.0, decay_steps=10, decay_rate=0.5, staircase=True)
        >>> with tf.Session() as session:
        ...     print("%.4f %.4f %.4f" % tuple(session.run([rate(t) for t in (9, 10, 20)])))
        1.0000 0.6065 0.3679
    """
    refuse(_problems(initial_learning_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], low=0) + flag_problems(
               staircase=staircase) + name_problems(name))

    def in_float64(step):
        step = _stair(step, decay_steps) if staircase else step
        periods = step / float64(decay_steps)
        return float64(initial_learning_rate) * tf.exp(float64(-decay_rate) * periods)

    return Schedule(name, in_float64)


@old_arguments(initial_rate="initial_learning_rate")
def inverse_time_decay(initial_learning_rate: Number, decay_steps: Number, decay_rate: Number,
                       staircase: bool = False, name: str = "InverseTimeDecay") -> Schedule:
    """A learning rate that falls as one over time.

        rate(t) = r0 / (1 + decay_rate * t / decay_steps)

    r0 is ``initial_learning_rate``. It is ``tf.train.inverse_time_decay``, given float64 numbers.

    Source: https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/inverse_time_decay

    Args:
        initial_learning_rate: finite number, the learning rate at step 0.
        decay_steps: number > 0, in steps.
        decay_rate: number >= 0.
        staircase: bool, whether t / decay_steps is rounded down.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = inverse_time_decay(0.1, decay_steps=10, decay_rate=1.0, staircase=True)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (9, 10, 29, 30)]))
        [0.1, 0.05, 0.033333335, 0.025]
    """
    refuse(_problems(initial_learning_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], low=0) + flag_problems(
               staircase=staircase) + name_problems(name))
    return Schedule(name, lambda step: tf.train.inverse_time_decay(
        float64(initial_learning_rate), _stair(step, decay_steps) if staircase else step,
        float64(decay_steps), float64(decay_rate)))


@old_arguments(initial_rate="initial_learning_rate", end_rate="end_learning_rate")
def polynomial_decay(initial_learning_rate: Number, decay_steps: Number,
                     end_learning_rate: Number = 0.0001, power: Number = 1.0,
                     cycle: bool = False, name: str = "PolynomialDecay") -> Schedule:
    """A learning rate that falls to its end with a power of the steps that are left.

        rate(t) = (r0 - r1) * ((T - t) / T) ^ power + r1

    r0 is ``initial_learning_rate``, r1 is ``end_learning_rate``, T is ``decay_steps``. The rate
    stays the same after T. With ``cycle``, T is the first multiple of ``decay_steps`` that is not
    less than t, so that the rate rises again after each multiple, less each time.

    ``tf.train.polynomial_decay`` computes 1 - t / T, which loses digits near T. It takes no float64
    numbers when it cycles, and rounds a quotient up: with T = 1,000 and an end of 0.001 from 0.1 it
    gives 0.02575 at step 3,000, and also misses the end at steps 6,000, 7,000, 11,000 ...

    Source: https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/polynomial_decay

    Args:
        initial_learning_rate: finite number, the learning rate at step 0.
        decay_steps: number > 0, in steps.
        end_learning_rate: finite number, the learning rate at T.
        power: number > 0; 1 is a straight line.
        cycle: bool, whether the rate rises again after T.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = polynomial_decay(1.0, decay_steps=10, end_learning_rate=0.0, cycle=True)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 9, 10, 11, 20, 21)]))
        [1.0, 0.1, 0.0, 0.45, 0.0, 0.3]
    """
    refuse(_problems(initial_learning_rate, decay_steps)
           + number_problems([("end_learning_rate", end_learning_rate)])
           + number_problems([("power", power)], above=0) + flag_problems(cycle=cycle)
           + name_problems(name))

    def in_float64(step):
        last = float64(decay_steps)
        if cycle:
            last = tf.maximum(last, step + tf.floormod(-step, last))
        left = (last - tf.minimum(step, last)) / last
        return (float64(initial_learning_rate - end_learning_rate) * tf.pow(left, float64(power))
                + float64(end_learning_rate))

    return Schedule(name, in_float64)


def flag_problems(**flags: Any) -> List[str]:
    """Returns what is wrong with flags: a value other than a bool would pass for true.

    >>> flag_problems(cycle=True, staircase="no")
    ["staircase is 'no': it must be True or False"]
    """
    return ["%s is %r: it must be True or False" % (name, flag)
            for name, flag in flags.items() if not isinstance(flag, bool)]


def _stair(step, decay_steps):
    """The step at which the stair began. A quotient of it is a whole number, whatever rounds it."""
    return step - tf.floormod(step, float64(decay_steps))


def _problems(initial_learning_rate, decay_steps):
    return (number_problems([("initial_learning_rate", initial_learning_rate)])
            + number_problems([("decay_steps", decay_steps)], above=0))
