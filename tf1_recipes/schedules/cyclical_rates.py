"""Learning rates that go up and down between two bounds, as triangles."""
from __future__ import annotations

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

POLICIES = ("triangular", "triangular2", "exp_range")


@old_arguments(base_rate="base_lr", max_rate="max_lr")
def cyclical(base_lr: Number, max_lr: Number, step_size: Number, policy: str = "triangular",
             gamma: Number = 1.0, name: str = "cyclical") -> Schedule:
    """A learning rate that rises and falls between two bounds, ``step_size`` steps each way.

        rate(t) = base_lr + (max_lr - base_lr) * max(0, 1 - x) * scale
        c = floor(1 + t / (2 step_size)),   x = |t / step_size - 2c + 1|
        scale = 1  for "triangular",   1 / 2^(c-1)  for "triangular2",   gamma^t  for "exp_range"

    TF1 has no such function. Here the place in the cycle is the remainder of the step, which is
    exact at any step; x as written loses the digits that t / step_size has before the point.

    Source: Smith, Cyclical Learning Rates (https://arxiv.org/abs/1506.01186).

    Args:
        base_lr: finite number, the lower bound and the learning rate at step 0.
        max_lr: finite number >= ``base_lr``, the upper bound.
        step_size: number > 0, half a cycle, in steps.
        policy: "triangular", "triangular2" (each cycle is half as high as the one before) or
            "exp_range" (the height falls with every step).
        gamma: number > 0 and <= 1, for "exp_range".
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made; also for a gamma that
            the policy does not use.

    Example:
        >>> rate = cyclical(0.0, 1.0, step_size=4, policy="triangular2")
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 3, 4, 5, 8, 12, 13)]))
        [0.0, 0.75, 1.0, 0.75, 0.0, 0.5, 0.375]
    """
    problems = number_problems([("base_lr", base_lr), ("max_lr", max_lr)])
    if not problems and max_lr < base_lr:
        problems.append("max_lr is %s, less than base_lr, %s" % (max_lr, base_lr))
    problems.extend(number_problems([("step_size", step_size)], above=0))
    problems.extend(number_problems([("gamma", gamma)], above=0, high=1))
    if policy not in POLICIES:
        problems.append("policy is %r: it must be 'triangular', 'triangular2' or 'exp_range'" % (
            policy,))
    elif policy != "exp_range" and gamma != 1:
        problems.append("gamma is %s, but the policy is %r: only 'exp_range' uses it" % (
            gamma, policy))
    refuse(problems + name_problems(name))

    def in_float64(step):
        half, whole = float64(step_size), float64(2 * step_size)
        place = tf.floormod(step, whole)
        height = tf.minimum(place, whole - place) / half
        if policy == "triangular2":
            # Rounded, as the graph optimizer multiplies by 1 / whole: floor could be one less.
            height = height * tf.pow(float64(0.5), tf.round((step - place) / whole))
        elif policy == "exp_range":
            height = height * tf.pow(float64(gamma), step)
        return float64(base_lr) + float64(max_lr - base_lr) * height

    return Schedule(name, in_float64)
