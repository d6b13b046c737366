"""Learning rates that decay: exponential, natural exponential, inverse time, polynomial.

The formulas and defaults of TF 1.15's ``tf.train.*_decay``; `Schedule` says how steps are counted.
Where a stair or a cycle begins is never left to a quotient: TensorFlow's graph optimizer computes
x / 49 as x * (1 / 49), which in float64 is less than 1 at x = 49 (in float32 the same befalls 107).
The step is rounded down by its remainder, which is exact.
"""
from tf1_recipes.schedules.learning_rates import Schedule, float64, number_problems, refuse
from tf1_recipes.v1 import tf


def exponential_decay(initial_rate, decay_steps, decay_rate, staircase=False):
    """A rate that falls by a factor every so many steps.

        rate(t) = initial_rate * decay_rate ^ (t / decay_steps)

    It is ``tf.train.exponential_decay``, given float64 numbers. Given Python's, that one rounds
    the step and the factor to float32: at step 10^9 its stairs come 32 steps early, and a factor
    of 0.99999999 is 1 there, so that the rate never decays. With decay_steps 107 it misses the
    stair at step 107.

    Args:
        initial_rate: finite number, the rate at step 0.
        decay_steps: number more than 0, in steps.
        decay_rate: number more than 0, the factor per ``decay_steps``.
        staircase: bool, whether t / decay_steps is rounded down.

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
    refuse(_problems(initial_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], above=0) + flag_problems(
               staircase=staircase))
    return Schedule("exponential_decay", lambda step: tf.train.exponential_decay(
        float64(initial_rate), _stair(step, decay_steps) if staircase else step,
        float64(decay_steps), float64(decay_rate)))


def natural_exp_decay(initial_rate, decay_steps, decay_rate, staircase=False):
    """A rate that falls with a power of e.

        rate(t) = initial_rate * e ^ (-decay_rate * t / decay_steps)

    ``tf.train.natural_exp_decay`` raises e ^ -decay_rate to a power instead. In float32 that is 1
    for a decay_rate of 1e-8: it gives the initial rate even at step 10^9, where 1 / 22,026 of it
    is due. So the formula is computed here, as it stands.

    Args:
        initial_rate: finite number, the rate at step 0.
        decay_steps: number more than 0, in steps.
        decay_rate: number of at least 0, the exponent per ``decay_steps``.
        staircase: bool, whether t / decay_steps is rounded down.

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
    refuse(_problems(initial_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], low=0) + flag_problems(
               staircase=staircase))

    def in_float64(step):
        step = _stair(step, decay_steps) if staircase else step
        periods = step / float64(decay_steps)
        return float64(initial_rate) * tf.exp(float64(-decay_rate) * periods)

    return Schedule("natural_exp_decay", in_float64)


def inverse_time_decay(initial_rate, decay_steps, decay_rate, staircase=False):
    """A rate that falls as one over time.

        rate(t) = initial_rate / (1 + decay_rate * t / decay_steps)

    It is ``tf.train.inverse_time_decay``, given float64 numbers.

    Args:
        initial_rate: finite number, the rate at step 0.
        decay_steps: number more than 0, in steps.
        decay_rate: number of at least 0.
        staircase: bool, whether t / decay_steps is rounded down.

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
    refuse(_problems(initial_rate, decay_steps)
           + number_problems([("decay_rate", decay_rate)], low=0) + flag_problems(
               staircase=staircase))
    return Schedule("inverse_time_decay", lambda step: tf.train.inverse_time_decay(
        float64(initial_rate), _stair(step, decay_steps) if staircase else step,
        float64(decay_steps), float64(decay_rate)))


def polynomial_decay(initial_rate, decay_steps, end_rate=0.0001, power=1.0, cycle=False):
    """A rate that reaches its end along a power of the steps that are left.

        rate(t) = (initial_rate - end_rate) * ((T - t) / T) ^ power + end_rate

    T is ``decay_steps``, and t stops there; with ``cycle``, T is the first of its multiples that t
    is not beyond, so that the rate rises again at T + 1, less each time.

    ``tf.train.polynomial_decay`` computes 1 - t / T, which loses digits near T, takes no float64
    numbers when it cycles, and rounds a quotient up: with T = 1,000 and an end of 0.001 from 0.1 it
    gives 0.02575 at step 3,000, and misses the end at steps 6,000, 7,000, 11,000 ... as well. So
    the formula is computed here.

    Args:
        initial_rate: finite number, the rate at step 0.
        decay_steps: number more than 0, in steps.
        end_rate: finite number, the rate at T.
        power: number more than 0; 1 is a straight line.
        cycle: bool.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> rate = polynomial_decay(1.0, decay_steps=10, end_rate=0.0, cycle=True)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 9, 10, 11, 20, 21)]))
        [1.0, 0.1, 0.0, 0.45, 0.0, 0.3]
    """
    refuse(_problems(initial_rate, decay_steps) + number_problems([("end_rate", end_rate)])
           + number_problems([("power", power)], above=0) + flag_problems(cycle=cycle))

    def in_float64(step):
        last = float64(decay_steps)
        if cycle:
            last = tf.maximum(last, step + tf.floormod(-step, last))
        left = (last - tf.minimum(step, last)) / last
        return (float64(initial_rate - end_rate) * tf.pow(left, float64(power))
                + float64(end_rate))

    return Schedule("polynomial_decay", in_float64)


def flag_problems(**flags):
    """What is wrong with flags: one that is no bool would pass for true.

    >>> flag_problems(cycle=True, staircase="no")
    ["staircase is 'no': it must be True or False"]
    """
    return ["%s is %r: it must be True or False" % (name, flag)
            for name, flag in flags.items() if not isinstance(flag, bool)]


def _stair(step, decay_steps):
    """The step at which the stair began, which whoever divides it cannot miss by a unit."""
    return step - tf.floormod(step, float64(decay_steps))


def _problems(initial_rate, decay_steps):
    return (number_problems([("initial_rate", initial_rate)])
            + number_problems([("decay_steps", decay_steps)], above=0))
