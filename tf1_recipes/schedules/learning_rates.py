"""Learning rates as functions of the global step, and the step and its rate read together."""
import collections
import math
import numbers

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate
from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.v1 import refuse_eager_mode, tf

# Every whole number up to here is one in float64, which schedules are computed in.
LAST_STEP = 2 ** 53

Advanced = collections.namedtuple("Advanced", "step rate")
Advanced.__doc__ = """What `advance` returns.

step: scalar tensor of the step's type, the step after 1 was added.
rate: scalar float32 tensor, the learning rate at that very step.
"""


class Schedule:
    """A learning rate as a function of the step: ``schedule(step)`` is a scalar float32 tensor.

    (A vector where the initial rate is one, a rate for each stage of layers.)

    The step is converted to float64, which holds every whole number up to 2^53, the rate is
    computed in float64 and rounded to float32 once: the same bits as the NumPy models in
    `tf1_recipes.evidence.models`, at any step; 1 ULP is allowed for cos, exp and pow. (Next to a
    zero of linear cosine's wave, with beta 0: 1e-15 of the initial rate.) TF1's own decays
    convert the step to float32, which cannot count beyond 2^24 = 16,777,216. Within the first
    10,000 steps of a 1,000 step decay theirs are 6 ULP of the initial rate away at most, and 16
    where a square root magnifies it, but for the stairs, cycles and restarts that they miss.

    Schedules are made by `piecewise_constant`, `exponential_decay` and the other functions that
    return one; `join_schedules` and `warm_up` put them together.

    Args:
        name: str, the name scope of its ops.
        in_float64: function of the step (scalar float64 tensor) giving the rate (the same).
    """

    def __init__(self, name, in_float64):
        self.name = name
        self.in_float64 = in_float64

    def __call__(self, step):
        """Returns the rate at a step.

        Args:
            step: whole number, or scalar tensor or variable of an integer type. A variable is read
                where the call stands, under the control dependencies there.

        Returns:
            Scalar float32 tensor.

        Raises:
            RecipeError: the step is no whole number.
        """
        problem = step_problem(step)
        if problem:
            raise RecipeError("Cannot compute a learning rate", ["the step " + problem])
        with tf.name_scope(self.name):
            if hasattr(step, "read_value"):
                step = step.read_value()  # not the variable, whose kept read may be older
            if not hasattr(step, "op"):
                step = tf.constant(float(step), tf.float64)
            return tf.cast(self.in_float64(tf.cast(step, tf.float64)), tf.float32)

    def __repr__(self):
        return "<Schedule %s>" % self.name


def piecewise_constant(boundaries, values):
    """A rate that is constant between given steps.

        rate(t) = values[0]    for t <= boundaries[0]
                  values[i]    for boundaries[i-1] < t <= boundaries[i]
                  values[-1]   for t > boundaries[-1]

    It is ``tf.train.piecewise_constant``; the old rate holds at the boundary itself.

    Args:
        boundaries: list of whole numbers, each larger than the one before, in steps.
        values: list of finite numbers, one more than there are boundaries.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made: no boundary, one that
            is no whole number or not larger than the one before, a number of values that does not
            fit, a value that is not finite.

    Example:
        >>> rate = piecewise_constant([5, 10, 15], [0.1, 0.05, 0.01, 0.001])
        >>> with tf.Session() as session:
        ...     print(session.run([rate(t) for t in (5, 6, 10, 11, 15, 16)]))
        [0.1, 0.05, 0.05, 0.01, 0.01, 0.001]
    """
    boundaries, values = list(boundaries), list(values)
    problems = boundary_problems(boundaries)
    if not boundaries:
        problems.append("there is no boundary")
    if len(values) != len(boundaries) + 1:
        problems.append("%d values for %d boundaries: there must be one value more than there are "
                        "boundaries" % (len(values), len(boundaries)))
    problems.extend(number_problems(
        ("values[%d]" % position, value) for position, value in enumerate(values)))
    refuse(problems)

    def in_float64(step):
        return tf.train.piecewise_constant(
            step, [float64(boundary) for boundary in boundaries], [float64(v) for v in values])

    return Schedule("piecewise_constant", in_float64)


def advance(global_step, schedule, name="advance"):
    """Adds 1 to the step, once, and gives the step after that together with its learning rate.

        step = global_step = global_step + 1;   rate = schedule(step)

    Both are computed from one copy of the step that is made after the addition, whoever fetches
    what and in any order, on ref and resource variables alike. The documented form fetches the
    variable beside the op that changes it: with a resource variable, that gave the old step in all
    of 3,000 runs on 1.7.1, in 2,905 on 1.15.5 and in 138 on 2.21.

    It is for loops that count by themselves. Where ``minimize(loss, global_step=...)`` counts, use
    ``schedule(global_step)`` as the rate: the optimizer reads it before the step moves.

    Args:
        global_step: scalar variable of an integer type.
        schedule: `Schedule`, or another function of the step (scalar tensor) giving a tensor.
        name: str, the name scope of its ops.

    Returns:
        `Advanced`, a namedtuple ``(step, rate)``. A run that needs either adds 1 once.

    Raises:
        RecipeError: with all problems in one message, before any op is made: the step is no integer
            variable, the schedule no function.

    Example:
        >>> global_step = tf.train.get_or_create_global_step()
        >>> advanced = advance(global_step, piecewise_constant([2], [0.1, 0.01]))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     for _ in range(3):
        ...         print("step %d, lr = %.3f" % session.run(advanced))
        step 1, lr = 0.100
        step 2, lr = 0.100
        step 3, lr = 0.010
    """
    refuse_eager_mode()
    problems = []
    if not (hasattr(global_step, "op") and hasattr(global_step, "read_value")):
        problems.append("the global step is %r: it must be a variable" % (global_step,))
    elif step_problem(global_step):
        problems.append("the global step " + step_problem(global_step))
    if not callable(schedule):
        problems.append("%r is not a schedule" % (schedule,))
    if problems:
        raise RecipeError("Cannot advance the step", problems)
    with tf.name_scope(name):
        # The gate copies what would otherwise be the variable's own memory.
        step, = gate([tf.convert_to_tensor(tf.assign_add(global_step, 1))], name="step")
        return Advanced(step, schedule(step))


def float64(number):
    """A number, or a list of them, as a float64 constant; ``tf.cast`` rounds to float32 first."""
    return tf.constant(np.float64(number), tf.float64)


def refuse(problems):
    """Raises all problems of a schedule's arguments as one error."""
    if problems:
        raise RecipeError("Cannot make a schedule", problems)


def number_problems(named, low=-math.inf, above=-math.inf, high=math.inf):
    """What is wrong with numbers that must be finite, at least ``low`` and so on.

    Args:
        named: iterable of (name, number).
        low, above, high: numbers: the least that is right, what is already too small, the most.

    Returns:
        List of str, one a wrong number.

    >>> number_problems([("alpha", 2.0), ("beta", float("nan")), ("power", 1)], high=1)
    ['alpha is 2.0: it must be at most 1', 'beta is nan: it must be finite']
    """
    problems = []
    for name, number in named:
        problem = problem_with(number)
        if hasattr(number, "op"):
            problem = "is a tensor: it must be a number, known before the graph is made"
        elif not problem and number < low:
            problem = "is %s: it must be at least %s" % (number, low)
        elif not problem and number <= above:
            problem = "is %s: it must be more than %s" % (number, above)
        elif not problem and number > high:
            problem = "is %s: it must be at most %s" % (number, high)
        if problem:
            problems.append("%s %s" % (name, problem.replace(" or a scalar tensor", "")))
    return problems


def boundary_problems(boundaries):
    """What is wrong with steps that must be whole numbers, each larger than the one before.

    >>> boundary_problems([5, 5, 2.5, 10, 7])
    ... # doctest: +NORMALIZE_WHITESPACE
    ['boundaries[1] is 5, not larger than boundaries[0], 5',
     'boundaries[2] is 2.5: it must be a whole number from 0 to 2^53',
     'boundaries[4] is 7, not larger than boundaries[3], 10']
    """
    problems, last = [], None
    for position, boundary in enumerate(boundaries):
        if not is_step(boundary):
            problems.append("boundaries[%d] is %r: it must be a whole number from 0 to 2^53" % (
                position, boundary))
            continue
        if last is not None and boundary <= boundaries[last]:
            problems.append("boundaries[%d] is %d, not larger than boundaries[%d], %d" % (
                position, boundary, last, boundaries[last]))
        last = position
    return problems


def is_step(number):
    """Whether a value is a whole number from 0 to 2^53, of an integer type.

    >>> is_step(10 ** 9), is_step(-1), is_step(2.5), is_step(True), is_step(2 ** 53 + 1)
    (True, False, False, False, False)
    """
    return (isinstance(number, numbers.Integral) and not isinstance(number, bool)
            and 0 <= number <= LAST_STEP)


def step_problem(step):
    if not hasattr(step, "op"):
        return None if is_step(step) else (
            "is %r: it must be a whole number from 0 to 2^53, or an integer tensor" % (step,))
    dtype = step.dtype.base_dtype
    if not dtype.is_integer:
        return "is of type %s: it must be of an integer type, which counts exactly" % dtype.name
    if not step.shape.is_compatible_with([]):
        return "has the shape %s: it must be a scalar" % (tuple(step.shape.as_list()),)
    return None
