"""Learning rates as functions of the global step, and a step that is read with its rate."""
from __future__ import annotations

import math
import re
from typing import Any, Callable, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate
from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.graph.types import Number, Tensor, Variable
from tf1_recipes.old_names import old_attribute
from tf1_recipes.v1 import refuse_eager_mode, tf

# float64, in which schedules are computed, holds every whole number up to here.
LAST_STEP = 2 ** 53


class IncrementedStep(NamedTuple("IncrementedStep", [("step", Tensor), ("learning_rate", Tensor)])):
    """What `increment_step` returns.

    step: scalar tensor of the step's type, the step after 1 was added.
    learning_rate: scalar float32 tensor, the learning rate at that step.
    """

    __slots__ = ()
    rate = old_attribute("rate", "learning_rate")


class Schedule:
    """A learning rate as a function of the step: ``schedule(step)`` is a scalar float32 tensor.

    (Or a vector, where the initial learning rate is a list of one for each stage of layers.)

    The rate is computed in float64, which holds every whole number up to 2^53, and rounded to
    float32 once. It has the bits of the NumPy models in `tf1_recipes.evidence.models` at any step,
    within 1 ULP for cos, exp and pow. (Next to a zero of linear cosine's wave, with beta 0, within
    1e-15 of the initial rate.) TF1's own decays convert the step to float32, which cannot count
    beyond 2^24 = 16,777,216. In the first 10,000 steps of a 1,000 step decay they differ by at most
    6 ULP of the initial rate, or 16 where a square root magnifies the error, apart from the stairs,
    cycles and restarts that they miss.

    `piecewise_constant`, `exponential_decay` and others make schedules; `join_schedules` and
    `warm_up` combine them.

    Args:
        name: str, the name of the rate's op, and the name scope of the others.
        in_float64: function of the step (scalar float64 tensor) that returns the learning rate
            (scalar float64 tensor).
    """

    def __init__(self, name: str, in_float64: Callable[[Tensor], Tensor]) -> None:
        self.name = name
        self.in_float64 = in_float64

    def __call__(self, step: Union[int, Tensor, Variable]) -> Tensor:
        """Returns the learning rate at a step.

        Args:
            step: int, or scalar tensor or variable of an integer type. A variable is read under
                the control dependencies of the call. A tensor's value below 0 counts as 0, one
                above 2^53 as 2^53.

        Returns:
            Scalar float32 tensor, with the schedule's name.

        Raises:
            RecipeError: the step is not a whole number.
        """
        refuse_eager_mode()
        problem = step_problem(step)
        if problem:
            raise RecipeError("Cannot compute a learning rate", ["the step " + problem])
        with tf.name_scope(self.name) as scope:
            if hasattr(step, "read_value"):
                step = step.read_value()  # not the variable, whose kept read may be older
            if not hasattr(step, "op"):
                step = tf.constant(float(step), tf.float64)
            step = tf.ensure_shape(step, [])  # which is known only in the step where it is fed
            step = tf.minimum(tf.maximum(tf.cast(step, tf.float64), float64(0)),
                              float64(LAST_STEP))
            return tf.cast(self.in_float64(step), tf.float32, name=scope)

    def __repr__(self) -> str:
        return "<Schedule %s>" % self.name


def piecewise_constant(boundaries: Iterable[int], values: Iterable[Number],
                       name: str = "PiecewiseConstant") -> Schedule:
    """A learning rate that is constant between given steps.

        rate(t) = values[0]    for t <= boundaries[0]
                  values[i]    for boundaries[i-1] < t <= boundaries[i]
                  values[-1]   for t > boundaries[-1]

    It is ``tf.train.piecewise_constant``. At a boundary the rate is still the old one.

    Source: "How to Train Your Model", day 16, iThome Ironman contest 11 (2019);
    https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/piecewise_constant

    Args:
        boundaries: list of int, each larger than the one before, in steps.
        values: list of finite numbers, one more than there are boundaries.
        name: str, the name of the learning rate's op, and of the scope of what computes it.

    Returns:
        `Schedule`.

    Raises:
        RecipeError: with all problems in one message, before any op is made: no boundary, one that
            is not a whole number or not larger than the one before, the wrong number of values, a
            value that is not finite.

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
    refuse(problems + name_problems(name))

    def in_float64(step):
        return tf.train.piecewise_constant(
            step, [float64(boundary) for boundary in boundaries], [float64(v) for v in values])

    return Schedule(name, in_float64)


def increment_step(global_step: Variable, schedule: Callable[[Tensor], Tensor],
                   name: str = "increment_step") -> IncrementedStep:
    """Adds 1 to the global step and returns the new step with its learning rate.

        step = global_step = global_step + 1;   learning_rate = schedule(step)

    Both are computed from one copy of the step, made after the addition, whatever is fetched and in
    any order, with ref and resource variables. The documented form fetches the variable beside the
    op that changes it: with a resource variable, that gave the old step in all of 3,000 runs on
    1.7.1, in 2,905 on 1.15.5 and in 138 on 2.21.

    Use it in loops that count the steps themselves. Where ``minimize(loss, global_step=...)``
    counts, use ``schedule(global_step)`` as the learning rate: the optimizer reads it before the
    step moves.

    Source: "How to Train Your Model", day 16, iThome Ironman contest 11 (2019).

    Args:
        global_step: scalar variable of an integer type.
        schedule: `Schedule`, or another function of the step (scalar tensor) that returns a tensor.
        name: str, the name scope of its ops.

    Returns:
        `IncrementedStep`, a namedtuple ``(step, learning_rate)``. A run that needs either or both
        adds 1 once.

    Raises:
        RecipeError: with all problems in one message, before any op is made: the step is not an
            integer variable, the schedule is not a function.

    Example:
        >>> global_step = tf.train.get_or_create_global_step()
        >>> advanced = increment_step(global_step, piecewise_constant([2], [0.1, 0.01]))
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
        problems.append("the global step %s" % step_problem(global_step))
    if not callable(schedule):
        problems.append("%r is not a schedule" % (schedule,))
    if problems:
        raise RecipeError("Cannot increment the step", problems)
    with tf.name_scope(name):
        # The gate copies what would otherwise be the variable's own memory.
        step, = gate([tf.convert_to_tensor(tf.assign_add(global_step, 1))], name="step")
        return IncrementedStep(step, schedule(step))


def float64(number: Any) -> Tensor:
    """A number, or a list of them, as a float64 constant; ``tf.cast`` rounds to float32 first."""
    return tf.constant(np.float64(number), tf.float64)


def refuse(problems: List[str]) -> None:
    """Raises all problems with a schedule's arguments as one error."""
    if problems:
        raise RecipeError("Cannot make a schedule", problems)


def number_problems(named: Iterable[Tuple[str, Any]], low: float = -math.inf,
                    above: float = -math.inf, high: float = math.inf) -> List[str]:
    """Returns what is wrong with numbers that must be finite and within bounds.

    Args:
        named: (name, number) pairs.
        low, above, high: numbers must be >= ``low``, > ``above`` and <= ``high``.

    Returns:
        List of str, one for each wrong number.

    >>> number_problems([("alpha", 2.0), ("beta", float("nan")), ("power", 1)], high=1)
    ['alpha is 2.0: it must be <= 1', 'beta is nan: it must be finite']
    """
    problems = []
    for name, number in named:
        problem = problem_with(number, low, above)
        if hasattr(number, "op"):
            problem = "is a tensor: it must be a number that is known before the graph is built"
        elif not problem and number > high:
            problem = "is %s: it must be <= %s" % (number, high)
        if problem:
            problems.append("%s %s" % (name, problem.replace(" or a scalar tensor", "")))
    return problems


def name_problems(name: Any) -> List[str]:
    """Returns what is wrong with the name of a schedule's op.

    >>> name_problems("rates/decay"), name_problems("my decay")
    ... # doctest: +NORMALIZE_WHITESPACE
    ([], ["name is 'my decay': it must be of letters, digits and _ . - /, and begin with a letter, a
     digit or ."])
    """
    if isinstance(name, str) and re.match(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*\Z", name):
        return []
    return ["name is %r: it must be of letters, digits and _ . - /, and begin with a letter, a "
            "digit or ." % (name,)]


def boundary_problems(boundaries: Sequence[Any]) -> List[str]:
    """Returns what is wrong with steps that must be whole numbers in increasing order.

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


def is_step(number: Any) -> bool:
    """Whether a value is a whole number from 0 to 2^53, of an integer type.

    >>> is_step(10 ** 9), is_step(-1), is_step(2.5), is_step(True), is_step(2 ** 53 + 1)
    (True, False, False, False, False)
    """
    return (isinstance(number, (int, np.integer)) and not isinstance(number, bool)
            and bool(0 <= number <= LAST_STEP))


def step_problem(step: Any) -> Optional[str]:
    """Returns what keeps a value from being a step, the rest of a sentence; None if it is one."""
    if not hasattr(step, "op"):
        return None if is_step(step) else (
            "is %r: it must be a whole number from 0 to 2^53, or an integer tensor" % (step,))
    dtype = step.dtype.base_dtype
    if not dtype.is_integer:
        return "is of type %s: it must be of an integer type, which counts exactly" % dtype.name
    if not step.shape.is_compatible_with([]):
        return "has the shape %s: it must be a scalar" % (tuple(step.shape.as_list()),)
    return None
