"""Schedules put together: one after the other, and behind a warm-up."""
from tf1_recipes.schedules.learning_rates import (
    Schedule,
    boundary_problems,
    float64,
    is_step,
    number_problems,
    refuse,
)
from tf1_recipes.v1 import tf


def join_schedules(schedules, boundaries):
    """One schedule after the other, each counting from its own beginning.

        rate(t) = schedules[0](t)                        for t < boundaries[0]
                  schedules[i](t - boundaries[i-1])      for boundaries[i-1] <= t < boundaries[i]

    A schedule begins at its boundary, with its own step 0, where `piecewise_constant` still holds
    the old rate there, as TF1 has it. The parts are joined in float64, and rounded once.

    Args:
        schedules: list of `Schedule`s, or of finite numbers for constant rates.
        boundaries: list of whole numbers, each larger than the one before, one less than there are
            schedules: the steps at which the second, third ... begin.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> from tf1_recipes import polynomial_decay
        >>> rate = join_schedules([0.5, polynomial_decay(1.0, 4, end_rate=0.0)], [10])
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (9, 10, 11, 14)]))
        [0.5, 1.0, 0.75, 0.0]
    """
    schedules, boundaries = list(schedules), list(boundaries)
    problems = boundary_problems(boundaries)
    if len(schedules) != len(boundaries) + 1:
        problems.append("%d schedules for %d boundaries: there must be one schedule more than "
                        "there are boundaries" % (len(schedules), len(boundaries)))
    problems.extend(_schedule_problems(
        ("schedules[%d]" % position, each) for position, each in enumerate(schedules)))
    refuse(problems)

    def in_float64(step):
        rate = _at(schedules[0], step)
        for schedule, boundary in zip(schedules[1:], boundaries):
            start = float64(boundary)
            # Both parts are computed; before its beginning, a part is at its step 0.
            own = _at(schedule, tf.maximum(step - start, float64(0)))
            rate = tf.where(step < start, rate, own)
        return rate

    return Schedule("join_schedules", in_float64)


def warm_up(schedule, steps, start_rate=0.0):
    """A straight rise to a schedule's first rate, and then that schedule from its step 0.

        rate(t) = start_rate + (schedule(0) - start_rate) * t / steps     for t < steps
                  schedule(t - steps)                                     for t >= steps

    Source: Goyal et al., Accurate, Large Minibatch SGD (arXiv 1706.02677), gradual warm-up.

    Args:
        schedule: `Schedule`, or a finite number for a constant rate.
        steps: whole number more than 0, the step at which the schedule begins.
        start_rate: finite number, the rate at step 0.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> from tf1_recipes import exponential_decay
        >>> rate = warm_up(exponential_decay(1.0, 10, 0.5, staircase=True), steps=4)
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 1, 3, 4, 13, 14)]))
        [0.0, 0.25, 0.75, 1.0, 1.0, 0.5]
    """
    problems = _schedule_problems([("schedule", schedule)])
    if not is_step(steps) or steps == 0:
        problems.append("steps is %r: it must be a whole number from 1 to 2^53" % (steps,))
    refuse(problems + number_problems([("start_rate", start_rate)]))

    def rising(step):
        start = float64(start_rate)
        return start + (_at(schedule, float64(0)) - start) * (step / float64(steps))

    return Schedule("warm_up", join_schedules(
        [Schedule("rise", rising), schedule], [steps]).in_float64)


def _at(schedule, step):
    """A schedule's rate, not rounded yet."""
    return schedule.in_float64(step) if isinstance(schedule, Schedule) else float64(schedule)


def _schedule_problems(named):
    numbers = [pair for pair in named if not isinstance(pair[1], Schedule)]
    problems = number_problems(numbers)
    return [problem.replace("must be a number", "must be a schedule or a number")
            for problem in problems]
