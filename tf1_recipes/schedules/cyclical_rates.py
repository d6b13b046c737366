"""Learning rates that go up and down between two bounds, as triangles."""
from tf1_recipes.schedules.learning_rates import Schedule, float64, number_problems, refuse
from tf1_recipes.v1 import tf

POLICIES = ("triangular", "triangular2", "exp_range")


def cyclical(base_rate, max_rate, step_size, policy="triangular", gamma=1.0):
    """A rate that rises and falls between two bounds, ``step_size`` steps each way.

        rate(t) = base_rate + (max_rate - base_rate) * max(0, 1 - x) * scale
        c = floor(1 + t / (2 step_size)),   x = |t / step_size - 2c + 1|
        scale = 1  for "triangular",   1 / 2^(c-1)  for "triangular2",   gamma^t  for "exp_range"

    TF1 has no such function. The place in the cycle is the remainder of the step, which is exact
    at any step, where x as written loses the digits that t / step_size has before the point.

    Source: Smith, Cyclical Learning Rates (arXiv 1506.01186).

    Args:
        base_rate: finite number, the lower bound, and the rate at step 0.
        max_rate: finite number of at least ``base_rate``.
        step_size: number more than 0: half a cycle, in steps.
        policy: "triangular", "triangular2" (each cycle is half as high as the one before) or
            "exp_range" (the height falls with every step).
        gamma: number more than 0 and at most 1, for "exp_range".

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made; also for a gamma that
            the policy does not heed.

    Example:
        >>> rate = cyclical(0.0, 1.0, step_size=4, policy="triangular2")
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (0, 3, 4, 5, 8, 12, 13)]))
        [0.0, 0.75, 1.0, 0.75, 0.0, 0.5, 0.375]
    """
    problems = number_problems([("base_rate", base_rate), ("max_rate", max_rate)])
    if not problems and max_rate < base_rate:
        problems.append("max_rate is %s, less than base_rate, %s" % (max_rate, base_rate))
    problems.extend(number_problems([("step_size", step_size)], above=0))
    problems.extend(number_problems([("gamma", gamma)], above=0, high=1))
    if policy not in POLICIES:
        problems.append("policy is %r: it must be 'triangular', 'triangular2' or 'exp_range'" % (
            policy,))
    elif policy != "exp_range" and gamma != 1:
        problems.append("gamma is %s, but the policy is %r: only 'exp_range' heeds it" % (
            gamma, policy))
    refuse(problems)

    def in_float64(step):
        half, whole = float64(step_size), float64(2 * step_size)
        place = tf.floormod(step, whole)
        height = tf.minimum(place, whole - place) / half
        if policy == "triangular2":
            # Rounded, as the graph optimizer multiplies by 1 / whole: floor could be one less.
            height = height * tf.pow(float64(0.5), tf.round((step - place) / whole))
        elif policy == "exp_range":
            height = height * tf.pow(float64(gamma), step)
        return float64(base_rate) + float64(max_rate - base_rate) * height

    return Schedule("cyclical", in_float64)
