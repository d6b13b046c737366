"""Learning rates along a cosine: once, with warm restarts, with a line, with noise.

The formulas and defaults of TF 1.15's ``tf.train.*cosine_decay*``, computed here, as those take no
float64 numbers. 1 + cos x stands as 2 cos^2(x/2): near the end of a period the sum keeps but few of
its digits (``tf.train.cosine_decay(0.1, 999, 1000)`` gives 2.4736e-7 in place of 2.4674e-7).
"""
from __future__ import annotations

import fractions
import math
from typing import Optional, Sequence, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Number
from tf1_recipes.old_names import old_arguments
from tf1_recipes.schedules.learning_rates import (
    LAST_STEP,
    Schedule,
    float64,
    name_problems,
    number_problems,
    refuse,
)
from tf1_recipes.v1 import tf

MOST_RESTARTS = 4096


@old_arguments(initial_rate="initial_learning_rate")
def cosine_decay(initial_learning_rate: Number, decay_steps: Number,
                 alpha: Number = 0.0, name: str = "CosineDecay") -> Schedule:
    """A learning rate that falls along half a cosine.

        rate(t) = r0 * ((1 - alpha) * (1 + cos(pi t / T)) / 2 + alpha)

    r0 is ``initial_learning_rate``, T is ``decay_steps``. The rate stays the same after T.

    Source: Loshchilov and Hutter, SGDR, equation 5 (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: finite number, the learning rate at step 0.
        decay_steps: number > 0, in steps.
        alpha: finite number, the share of the rate that is left at T.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = cosine_decay(1.0, decay_steps=10)
        >>> with tf.Session() as session:
        ...     print("%.4f %.4f %.4f %.4f" % tuple(
        ...         session.run([rate(t) for t in (0, 5, 9, 10)])))
        1.0000 0.5000 0.0245 0.0000
    """
    refuse(_problems(initial_learning_rate, decay_steps, alpha=alpha) + name_problems(name))

    def in_float64(step):
        return _decayed(initial_learning_rate, _annealed(_left(step, decay_steps)), alpha)

    return Schedule(name, in_float64)


@old_arguments(initial_rate="initial_learning_rate")
def cosine_decay_restarts(initial_learning_rate: Union[Number, Sequence[Number]],
                          first_decay_steps: Number, t_mul: Number = 2.0, m_mul: Number = 1.0,
                          alpha: Number = 0.0, name: str = "SGDRDecay") -> Schedule:
    """A learning rate that falls along half a cosine and restarts, in longer and longer periods.

        rate(t) = r0 * ((1 - alpha) * m_mul^i * (1 + cos(pi s / T_i)) / 2 + alpha)

    r0 is ``initial_learning_rate``. i is the number of the period, t lies s steps into it,
    T_0 = ``first_decay_steps`` and T_(i+1) = t_mul * T_i. Every period begins with the full rate.

    ``tf.train.cosine_decay_restarts`` finds the period by a float32 logarithm. With t_mul 2 it
    misses the 13th and 15th restart, whatever the first period; with t_mul 1.1 and a first period
    of 10 steps it misses the second one, at step 21. This function computes the restarts with exact
    fractions, of t_mul as it is written: 1.1 is 11/10.

    Source: Loshchilov and Hutter, SGDR (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: finite number, the learning rate at step 0; or a list of them, one
            for each stage of layers, which makes every rate a vector.
        first_decay_steps: number > 0, in steps.
        t_mul: number >= 1. With shorter and shorter periods there would be a last step, and no
            rate behind it.
        m_mul: number >= 0, the factor on the learning rate at every restart.
        alpha: finite number, the share of the rate that is left at the end of a period.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made; also for a t_mul so
            close above 1 that there are more than 4,096 restarts before step 2^53.

    Example:
        >>> rate = cosine_decay_restarts(1.0, first_decay_steps=10)
        >>> with tf.Session() as session:
        ...     print("%.4f %.4f %.4f %.4f" % tuple(
        ...         session.run([rate(t) for t in (9, 10, 29, 30)])))
        0.0245 1.0000 0.0062 1.0000
    """
    refuse(_problems_of_stages(initial_learning_rate) + number_problems([("alpha", alpha)])
           + number_problems([("first_decay_steps", first_decay_steps)], above=0)
           + number_problems([("t_mul", t_mul)], low=1)
           + number_problems([("m_mul", m_mul)], low=0) + name_problems(name))
    starts, periods = _restarts(first_decay_steps, t_mul)

    def in_float64(step):
        if t_mul == 1:
            period = float64(first_decay_steps)
            place = tf.floormod(step, period)
            # Rounded, as the graph optimizer multiplies by 1 / period: floor could be one less.
            number = tf.round((step - place) / period)
            left = (period - place) / period
        else:
            begun = tf.cast(step >= tf.constant(starts, tf.float64), tf.int32)
            index = tf.reduce_sum(begun) - 1
            number = tf.cast(index, tf.float64)
            period = tf.gather(tf.constant(periods, tf.float64), index)
            left = (tf.gather(tf.constant(starts, tf.float64), index) + period - step) / period
        scale = tf.pow(float64(m_mul), number) * _annealed(left)
        return _decayed(initial_learning_rate, scale, alpha)

    return Schedule(name, in_float64)


@old_arguments(initial_rate="initial_learning_rate")
def linear_cosine_decay(initial_learning_rate: Number, decay_steps: Number,
                        num_periods: Number = 0.5, alpha: Number = 0.0,
                        beta: Number = 0.001, name: str = "LinearCosineDecay") -> Schedule:
    """A learning rate that falls along a line times a cosine wave.

        rate(t) = r0 * ((alpha + (T - t) / T) * (1 + cos(2 pi n t / T)) / 2 + beta)

    r0 is ``initial_learning_rate``, T is ``decay_steps``, n is ``num_periods``. The rate stays the
    same after T.

    Source: Bello et al., Neural Optimizer Search (https://arxiv.org/abs/1709.07417).

    Args:
        initial_learning_rate: finite number; the rate at step 0 is (1 + alpha + beta) times this.
        decay_steps: number > 0, in steps.
        num_periods: finite number, how many waves there are before T.
        alpha: finite number, added to the line.
        beta: finite number, the share of the rate that is left at the end.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = linear_cosine_decay(1.0, decay_steps=10, beta=0.0)
        >>> with tf.Session() as session:
        ...     print("%.4f %.4f %.4f %.4f" % tuple(
        ...         session.run([rate(t) for t in (0, 5, 9, 10)])))
        1.0000 0.2500 0.0024 0.0000
    """
    refuse(_problems(
        initial_learning_rate, decay_steps, num_periods=num_periods, alpha=alpha, beta=beta)
        + name_problems(name))

    def in_float64(step):
        return _linear_cosine(step, initial_learning_rate, decay_steps, num_periods, alpha, beta)

    return Schedule(name, in_float64)


@old_arguments(initial_rate="initial_learning_rate")
def noisy_linear_cosine_decay(initial_learning_rate: Number, decay_steps: Number,
                              initial_variance: Number = 1.0, variance_decay: Number = 0.55,
                              num_periods: Number = 0.5, alpha: Number = 0.0, beta: Number = 0.001,
                              seed: Optional[int] = None,
                              name: str = "NoisyLinearCosineDecay") -> Schedule:
    """`linear_cosine_decay` with decaying noise on its line.

        rate(t) = r0 * ((alpha + (T - t) / T + e) * (1 + cos(2 pi n t / T)) / 2 + beta)
        e ~ Normal(0, initial_variance / (1 + t) ^ variance_decay)

    Every run draws new noise. With a variance of 0 it is `linear_cosine_decay`.

    Source: Bello et al., Neural Optimizer Search (https://arxiv.org/abs/1709.07417).

    Args:
        initial_learning_rate, decay_steps, num_periods, alpha, beta: as in `linear_cosine_decay`.
        initial_variance: number >= 0, the variance of the noise at step 0.
        variance_decay: finite number.
        seed: int or None, the seed of the random op.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = noisy_linear_cosine_decay(1.0, decay_steps=10, initial_variance=0, beta=0.0)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 5)]))
        [1.0, 0.25]
    """
    refuse(_problems(initial_learning_rate, decay_steps, variance_decay=variance_decay,
                     num_periods=num_periods, alpha=alpha, beta=beta)
           + number_problems([("initial_variance", initial_variance)], low=0)
           + name_problems(name))

    def in_float64(step):
        counted = tf.minimum(step, float64(decay_steps))
        variance = float64(initial_variance) / tf.pow(1 + counted, float64(variance_decay))
        noise = tf.random_normal([], dtype=tf.float64, seed=seed) * tf.sqrt(variance)
        return _linear_cosine(
            step, initial_learning_rate, decay_steps, num_periods, alpha, beta, noise)

    return Schedule(name, in_float64)


def _problems(rate, decay_steps, **numbers):
    return (number_problems([("initial_learning_rate", rate)])
            + number_problems([("decay_steps", decay_steps)], above=0)
            + number_problems(sorted(numbers.items())))


def _problems_of_stages(rates):
    if not isinstance(rates, (list, tuple, np.ndarray)) or np.ndim(rates) != 1:
        return number_problems([("initial_learning_rate", rates)])
    if len(rates) == 0:
        return ["initial_learning_rate is empty: it must be a number, or one number for each stage"]
    return number_problems(
        ("initial_learning_rate[%d]" % stage, rate) for stage, rate in enumerate(rates))


def _linear_cosine(step, rate, decay_steps, num_periods, alpha, beta, noise=0):
    left = _left(step, decay_steps)
    # cos(pi n (1 - left)) by the steps that are left, so that n = 1/2 ends in 0 and not in 1e-33.
    turned = float64((num_periods - 0.5) % 1.0) - float64(num_periods) * left
    wave = tf.square(tf.sin(math.pi * turned))
    line = float64(alpha) + (left + noise)
    return float64(rate) * (line * wave + float64(beta))


def _left(step, decay_steps):
    """The share of the steps that is left; not 1 - t / T, which loses digits near T."""
    last = float64(decay_steps)
    return (last - tf.minimum(step, last)) / last


def _annealed(left):
    """(1 + cos(pi * (1 - left))) / 2."""
    return tf.square(tf.sin(math.pi / 2 * left))


def _decayed(rates, annealed, alpha):
    return float64(rates) * ((1 - float64(alpha)) * annealed + float64(alpha))


def _restarts(first_decay_steps, t_mul):
    """The steps at which the periods begin, and their lengths, until step 2^53."""
    start, starts, periods = fractions.Fraction(0), [], []
    period = _as_written(first_decay_steps)
    ratio = _as_written(t_mul)
    while ratio > 1 and start <= LAST_STEP:
        if len(starts) == MOST_RESTARTS:
            raise RecipeError("Cannot make a schedule", [
                "t_mul is %s: there are more than %d restarts before step 2^53; 1 restarts "
                "at regular steps" % (t_mul, MOST_RESTARTS)])
        starts.append(float(start))
        periods.append(float(period))
        start, period = start + period, period * ratio
    return starts, periods


def _as_written(number):
    """The fraction that a number's decimal spelling stands for: 11/10 for 1.1."""
    return fractions.Fraction(repr(number.item() if hasattr(number, "item") else number))
