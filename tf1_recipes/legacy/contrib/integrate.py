"""``tf.contrib.integrate``: ordinary differential equations, by steps in the graph.

``dy/dt = func(y, t)`` with ``y(t[0]) = y0``. `odeint` chooses its steps by the error estimated
(Dormand and Prince's pair of orders 5 and 4, with Shampine's interpolation: "Some practical
Runge-Kutta formulas", 1986), `odeint_fixed` takes those that it is told.

The numbers are those of 1.15; the ops that the steps are made of are not the same in number, so
what a script draws by a graph's seed after it, without a seed of the op's own, may differ.
"""
from collections import namedtuple

from tf1_recipes.v1 import tf

_NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
# The last row is the solution of order 5.
_ROWS = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_MIDDLE = (6025192743 / 30085553152 / 2, 0, 51252292925 / 65400821598 / 2,
           -2691868925 / 45128329728 / 2, 187940372067 / 1594534317056 / 2,
           -1776094331 / 19743644256 / 2, 11237099 / 235043384 / 2)
_ERROR = (1951 / 21600 - 35 / 384, 0, 22642 / 50085 - 500 / 1113, 451 / 720 - 125 / 192,
          -12231 / 42400 + 2187 / 6784, 649 / 6300 - 11 / 84, 1 / 60)
# Of dt f0, dt f1, y0, y1 and the middle, the coefficients of x^4 and x^3; then x^2.
_QUARTIC = ((-2, 2, -8, -8, 16), (5, -3, 18, 14, -32), (-4, 1, -11, -5, 16))

_Step = namedtuple("_Step", "y f start end dt polynomial")


def odeint(func, y0, t, rtol=1e-6, atol=1e-12, method=None, options=None, full_output=False,
           name=None):
    """Solves an equation at times, by steps of its own choice.

    Args:
        func: function of the state and a time that returns the state's derivative.
        y0: Tensor, real or complex, the state at ``t[0]``.
        t: Tensor [times], increasing; of float64 if it is not a tensor.
        rtol, atol: floats, bounds of a step's error, relative and absolute.
        method: "dopri5" or None, which is the same.
        options: dict of ``first_step``, ``safety``, ``ifactor``, ``dfactor``, ``max_num_steps``;
            given with a method only.
        full_output: bool, whether to return what was done as well.
        name: str.

    Returns:
        Tensor [times, ...] like ``y0``; with ``full_output`` a pair of it and a dict of
        "num_func_evals", "integrate_points" and "error_ratio" (above 1: a step was tried again).
    """
    if method is not None and method != "dopri5":
        raise ValueError("invalid method: %r" % method)
    if options is not None and method is None:
        raise ValueError("cannot supply `options` without specifying `method`")
    with tf.name_scope(name, "odeint", [y0, t, rtol, atol]):
        y0, t = _checked(y0, t)
        return _adaptive(func, y0, t, tf.convert_to_tensor(rtol, abs(y0).dtype),
                         tf.convert_to_tensor(atol, abs(y0).dtype), full_output,
                         **(options or {}))


def odeint_fixed(func, y0, t, dt=None, method="rk4", name=None):
    """Solves an equation at times, by steps of a given size.

    Args:
        func, y0, t: as for `odeint`.
        dt: float or Tensor [times - 1], the step in each interval, which is made smaller until a
            whole number of steps fills it; by default one step an interval.
        method: "rk4", Runge and Kutta's of order 4, or "midpoint".
        name: str.

    Returns:
        Tensor [times, ...] like ``y0``.
    """
    with tf.name_scope(name, "odeint_fixed", [y0, t, dt]):
        y0, t = _checked(y0, t)
        intervals = t[1:] - t[:-1]
        dt = intervals if dt is None else tf.convert_to_tensor(dt, preferred_dtype=tf.float64)
        if not dt.dtype.is_floating:
            raise TypeError("`dt` must have a floating point dtype")
        steps = tf.ceil(intervals / dt)
        dt, steps = intervals / steps, tf.cast(steps, tf.int32)
        if len(t.shape) > 1 or len(dt.shape) > 1:
            raise ValueError("t must be a 1D tensor")
        if t.shape[0] != dt.shape[0] + 1:
            raise ValueError("t and dt have incompatible lengths, must be N and N-1")
        if method not in _FIXED:
            raise ValueError("method not supported: {!s}".format(method))

        def advance(y, time, step, interval):
            change = _FIXED[method](func, y, time, dt[interval - 1])
            return y + tf.cast(change, y.dtype), time + dt[interval - 1], step + 1, interval

        def fill(solution, y, time, interval):
            y, time, _, _ = tf.while_loop(lambda _, __, step, ___: step < steps[interval - 1],
                                          advance, (y, time, 0, interval))
            return solution.write(interval, y), y, time, interval + 1

        with _increasing(t):
            solution = tf.TensorArray(y0.dtype, tf.size(t)).write(0, y0)
        solution = tf.while_loop(lambda *state: state[3] < tf.size(t), fill,
                                 (solution, y0, t[0], 1))[0].stack()
        solution.set_shape(t.shape.concatenate(y0.shape))
        return solution


def _midpoint(func, y, t, dt):
    size = tf.cast(dt, y.dtype)
    return size * func(y + func(y, t) * size / 2, t + dt / 2)


def _runge_kutta_4(func, y, t, dt):
    size = tf.cast(dt, y.dtype)
    k1 = func(y, t)
    k2 = func(y + size * k1 / 2, t + dt / 2)
    k3 = func(y + size * k2 / 2, t + dt / 2)
    k4 = func(y + size * k3, t + dt)
    return tf.add_n([k1, 2 * k2, 2 * k3, k4]) * (size / 6)


_FIXED = {"rk4": _runge_kutta_4, "midpoint": _midpoint}


def _checked(y0, t):
    y0 = tf.convert_to_tensor(y0, name="y0")
    t = tf.convert_to_tensor(t, preferred_dtype=tf.float64, name="t")
    if not (y0.dtype.is_floating or y0.dtype.is_complex):
        raise TypeError("`y0` must have a floating point or complex floating point dtype")
    if not t.dtype.is_floating:
        raise TypeError("`t` must have a floating point dtype")
    return y0, t


def _increasing(t):
    return tf.control_dependencies([tf.Assert(
        tf.reduce_all(t[1:] > t[:-1]), ["`t` must be monotonic increasing"])])


def _sum(scale, weights, slopes):
    return tf.add_n([(scale * weight) * slope
                     for weight, slope in zip(weights, slopes) if weight != 0])


def _adaptive(func, y0, t, rtol, atol, full_output, first_step=None, safety=0.9, ifactor=10.0,
              dfactor=0.2, max_num_steps=1000):
    first_step = tf.convert_to_tensor(1.0 if first_step is None else first_step, t.dtype)

    def advance(step, points, ratios, count):
        y, f, _, start, dt, polynomial = step
        with tf.control_dependencies([
                tf.Assert(start + dt > start, ["underflow in dt", dt]),
                tf.Assert(count < max_num_steps, ["max_num_steps exceeded"]),
                tf.Assert(tf.reduce_all(tf.is_finite(abs(y))),
                          ["non-finite values in state `y`", y])]):
            y1, slopes, error = _step(func, y, f, start, dt)
        bound = atol + rtol * tf.maximum(abs(y), abs(y1))
        ratio = tf.sqrt(tf.reduce_mean(_squared(error) / _squared(bound)))
        accepted = ratio <= 1
        # One that is not accepted is empty, and another follows at once.
        after = _Step(
            tf.cond(accepted, lambda: y1, lambda: y),
            tf.cond(accepted, lambda: slopes[-1], lambda: f),
            start, tf.cond(accepted, lambda: start + dt, lambda: start),
            _next_size(dt, ratio, safety, ifactor, dfactor),
            tf.cond(accepted, lambda: _polynomial(y, y1, slopes, dt), lambda: polynomial))
        return (after, points.write(points.size(), start + dt),
                ratios.write(ratios.size(), ratio), count + 1)

    def interpolate(solution, step, points, ratios, i):
        step, points, ratios, _ = tf.while_loop(
            lambda step, *_: t[i] > step.end, advance, (step, points, ratios, 0))
        y = _evaluated(step.polynomial, step.start, step.end, t[i])
        return solution.write(i, y), step, points, ratios, i + 1

    with _increasing(t):
        times = tf.size(t)
    solution, _, points, ratios, _ = tf.while_loop(
        lambda *state: state[-1] < times, interpolate,
        (tf.TensorArray(y0.dtype, times).write(0, y0),
         _Step(y0, func(y0, t[0]), t[0], t[0], first_step, [y0] * 5),
         tf.TensorArray(t.dtype, 0, dynamic_size=True),
         tf.TensorArray(rtol.dtype, 0, dynamic_size=True), 1))
    y = solution.stack()
    y.set_shape(t.shape.concatenate(y0.shape))
    if not full_output:
        return y
    points = points.stack()
    return y, {"num_func_evals": 6 * tf.size(points) + 1, "integrate_points": points,
               "error_ratio": ratios.stack()}


def _step(func, y, f, t, dt):
    """Returns the state after a step, the seven slopes, and the error estimated."""
    size, slopes = tf.cast(dt, y.dtype), [f]
    for node, row in zip(_NODES, _ROWS):
        after = y + _sum(size, row, slopes)
        slopes.append(tf.convert_to_tensor(func(after, t + node * dt)))
    return after, slopes, _sum(size, _ERROR, slopes)


def _squared(x):
    return tf.square(tf.real(x)) + tf.square(tf.imag(x)) if x.dtype.is_complex else tf.square(x)


def _next_size(dt, ratio, safety, ifactor, dfactor):
    safety, ifactor, dfactor = (tf.cast(each, dt.dtype) for each in (safety, ifactor, dfactor))
    root = tf.cast(ratio, dt.dtype) ** tf.cast(1 / 5, dt.dtype)
    # The error above the line: it may be none.
    return dt / tf.maximum(1 / ifactor, tf.minimum(root / safety, 1 / dfactor))


def _polynomial(y0, y1, slopes, dt):
    """The coefficients of x^4, x^3, x^2, x and 1, where x goes from 0 to 1 in the step."""
    dt = tf.cast(dt, y0.dtype)
    middle = y0 + _sum(dt, _MIDDLE, slopes)
    found = [tf.add_n([factor * each for factor, each in zip(
        (row[0] * dt, row[1] * dt) + row[2:], (slopes[0], slopes[-1], y0, y1, middle))])
        for row in _QUARTIC]
    return found + [dt * slopes[0], y0]


def _evaluated(polynomial, start, end, t):
    with tf.control_dependencies([tf.Assert((start <= t) & (t <= end), [
            "invalid interpolation, fails `t0 <= t <= t1`:", start, t, end])]):
        x = tf.cast((t - start) / (end - start), polynomial[0].dtype)
    powers = [tf.ones([], x.dtype), x]
    while len(powers) < len(polynomial):
        powers.append(powers[-1] * x)
    return tf.add_n([each * power for each, power in zip(polynomial, reversed(powers))])
