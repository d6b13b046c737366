"""Schedules combined: one after the other, and after a warm-up."""
from __future__ import annotations

from typing import Iterable, Union

from tf1_recipes.graph.types import Number
from tf1_recipes.old_names import old_arguments
from tf1_recipes.schedules.learning_rates import (
    Schedule,
    boundary_problems,
    float64,
    is_step,
    name_problems,
    number_problems,
    refuse,
)
from tf1_recipes.v1 import tf


def join_schedules(schedules: Iterable[Union[Schedule, Number]],
                   boundaries: Iterable[int], name: str = "join_schedules") -> Schedule:
    """One schedule after the other, each counting from its own beginning.

        rate(t) = schedules[0](t)                        for t < boundaries[0]
                  schedules[i](t - boundaries[i-1])      for boundaries[i-1] <= t < boundaries[i]

    A schedule begins at its boundary, with its own step 0. (`piecewise_constant` still has the old
    rate at a boundary, as TF1's does.) The parts are joined in float64 and rounded once.

    Source: https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html, join_schedules

    Args:
        schedules: list of `Schedule`s, or of finite numbers for constant rates.
        boundaries: list of int, each larger than the one before, one fewer than there are
            schedules: the steps at which the second, the third ... schedule begins.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made.

    Example:
        >>> from tf1_recipes import polynomial_decay
        >>> rate = join_schedules([0.5, polynomial_decay(1.0, 4, end_learning_rate=0.0)], [10])
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
    refuse(problems + name_problems(name))

    def in_float64(step):
        rate = _at(schedules[0], step)
        for schedule, boundary in zip(schedules[1:], boundaries):
            start = float64(boundary)
            # Both parts are computed; before its beginning, a part is at its step 0.
            own = _at(schedule, tf.maximum(step - start, float64(0)))
            rate = tf.where(step < start, rate, own)
        return rate

    return Schedule(name, in_float64)


@old_arguments(start_rate="start_learning_rate")
def warm_up(schedule: Union[Schedule, Number], steps: int,
            start_learning_rate: Number = 0.0, name: str = "warm_up") -> Schedule:
    """A linear rise to a schedule's first rate, and then that schedule from its step 0.

        rate(t) = r0 + (schedule(0) - r0) * t / steps     for t < steps
                  schedule(t - steps)                     for t >= steps

    r0 is ``start_learning_rate``.

    Source: Goyal et al., Accurate, Large Minibatch SGD, gradual warm-up
    (https://arxiv.org/abs/1706.02677).

    Args:
        schedule: `Schedule`, or a finite number for a constant rate.
        steps: int > 0, the step at which the schedule begins.
        start_learning_rate: finite number, the learning rate at step 0.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

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
    refuse(problems + number_problems([("start_learning_rate", start_learning_rate)])
           + name_problems(name))

    def rising(step):
        start = float64(start_learning_rate)
        return start + (_at(schedule, float64(0)) - start) * (step / float64(steps))

    return Schedule(name, join_schedules(
        [Schedule("rise", rising), schedule], [steps]).in_float64)


def _at(schedule, step):
    """A schedule's rate before it is rounded to float32."""
    return schedule.in_float64(step) if isinstance(schedule, Schedule) else float64(schedule)


def _schedule_problems(named):
    numbers = [pair for pair in named if not isinstance(pair[1], Schedule)]
    problems = number_problems(numbers)
    return [problem.replace("must be a number", "must be a schedule or a number")
            for problem in problems]
