"""Learning rates as functions of the step: whole numbers in, float32 out, computed in float64.

The formulas of TF1's ``tf.train.*`` decays (t the step, T ``decay_steps``), Smith's cyclical
policies, and combinations of them. 1 + cos x is computed as 2 cos^2(x/2), which keeps its digits
near 0. Parameters are not checked.
"""
import numpy as np


def piecewise_constant(step, boundaries, values):
    """values[i], i being how many boundaries t is beyond."""
    beyond = np.count_nonzero(
        np.greater.outer(_steps(step), np.asarray(boundaries, np.float64)), axis=-1)
    return np.asarray(values, np.float64)[beyond].astype(np.float32)


def exponential_decay(step, initial_rate, decay_steps, decay_rate, staircase=False):
    """rate * decay_rate ^ (t / T), the exponent rounded down on a staircase."""
    return _float32(initial_rate * np.power(
        np.float64(decay_rate), _periods(step, decay_steps, staircase)))


def natural_exp_decay(step, initial_rate, decay_steps, decay_rate, staircase=False):
    """rate * e ^ (-decay_rate * t / T)."""
    return _float32(initial_rate * np.exp(-decay_rate * _periods(step, decay_steps, staircase)))


def inverse_time_decay(step, initial_rate, decay_steps, decay_rate, staircase=False):
    """rate / (1 + decay_rate * t / T)."""
    return _float32(initial_rate / (1 + decay_rate * _periods(step, decay_steps, staircase)))


def polynomial_decay(step, initial_rate, decay_steps, end_rate=0.0001, power=1.0, cycle=False):
    """(rate - end) (1 - t/T)^power + end; t stops at T, or T is the next multiple of itself."""
    t, last = _steps(step), np.float64(decay_steps)
    if cycle:
        last = last * np.maximum(1, np.ceil(t / last))
    left = (last - np.minimum(t, last)) / last
    return _float32((initial_rate - end_rate) * np.power(left, power) + end_rate)


def cosine_decay(step, initial_rate, decay_steps, alpha=0.0):
    """rate ((1 - alpha) (1 + cos(pi t/T)) / 2 + alpha), t stopping at T."""
    return _float32(initial_rate * ((1 - alpha) * _annealed(_left(step, decay_steps)) + alpha))


def cosine_decay_restarts(step, initial_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0):
    """rate ((1 - alpha) m_mul^i (1 + cos(pi s/T_i)) / 2 + alpha), s steps into period i.

    T_0 = first_decay_steps, T_(i+1) = t_mul T_i.
    """
    t = _steps(step)
    rates = np.empty(t.shape)
    for place in np.ndindex(t.shape):
        start, period, number = 0.0, float(first_decay_steps), 0
        if t_mul == 1:
            number = t[place] // period
            start = number * period
        while t[place] >= _whole(start + period):
            start, period, number = _whole(start + period), period * t_mul, number + 1
        left = (start + period - t[place]) / period
        rates[place] = m_mul ** np.float64(number) * _annealed(left)
    return _float32(initial_rate * ((1 - alpha) * rates + alpha))


def linear_cosine_decay(step, initial_rate, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001):
    """rate ((alpha + 1 - t/T) (1 + cos(2 pi n t/T)) / 2 + beta), t stopping at T."""
    return noisy_linear_cosine_decay(step, initial_rate, decay_steps, num_periods=num_periods,
                                     alpha=alpha, beta=beta)


def noisy_linear_cosine_decay(step, initial_rate, decay_steps, initial_variance=1.0,
                              variance_decay=0.55, num_periods=0.5, alpha=0.0, beta=0.001,
                              noise=0.0):
    """The same with sqrt(variance / (1 + t)^variance_decay) times the given noise added to 1 - t/T.
    """
    left = _left(step, decay_steps)
    t = np.minimum(_steps(step), decay_steps)
    deviation = np.sqrt(initial_variance / np.power(1 + t, variance_decay))
    wave = np.square(np.cos(np.pi * (num_periods * (t / decay_steps))))
    return _float32(initial_rate * ((alpha + (left + noise * deviation)) * wave + beta))


def cyclical(step, base_rate, max_rate, step_size, policy="triangular", gamma=1.0):
    """base + (max - base) * max(0, 1 - |t/s - 2c + 1|) * scale, c = floor(1 + t / 2s).

    scale is 1, for "triangular2" 1 / 2^(c-1), for "exp_range" gamma^t.
    """
    t = _steps(step)
    half = np.mod(t, 2 * step_size)
    height = np.where(half < step_size, half, 2 * step_size - half) / step_size
    scale = {"triangular": np.ones_like(t),
             "triangular2": np.power(2.0, -np.floor(t / (2 * step_size))),
             "exp_range": np.power(np.float64(gamma), t)}[policy]
    return _float32(base_rate + (max_rate - base_rate) * height * scale)


def join_schedules(step, schedules, boundaries):
    """schedules[i](t - boundaries[i-1]) for boundaries[i-1] <= t < boundaries[i]."""
    t = np.asarray(step)
    rates = schedules[0](t)
    for schedule, start in zip(schedules[1:], boundaries):
        rates = np.where(t < start, rates, schedule(np.maximum(t - start, 0)))
    return rates.astype(np.float32)


def warm_up(step, schedule, steps, start_rate=0.0, first_rate=None):
    """start + (first - start) t/steps, then schedule(t - steps), first being schedule(0).

    first_rate: schedule(0) in float64, where that is not a float32.
    """
    t = np.asarray(step)
    first = np.float64(schedule(0) if first_rate is None else first_rate)
    rising = _float32(start_rate + (first - start_rate) * (_steps(t) / steps))
    return np.where(t < steps, rising, schedule(np.maximum(t - steps, 0))).astype(np.float32)


def _steps(step):
    return np.asarray(step).astype(np.float64)


def _float32(rate):
    return np.asarray(rate).astype(np.float32)


def _periods(step, decay_steps, staircase):
    periods = _steps(step) / decay_steps
    return np.floor(periods) if staircase else periods


def _left(step, decay_steps):
    return (decay_steps - np.minimum(_steps(step), decay_steps)) / decay_steps


def _annealed(left):
    """(1 + cos(pi (1 - left))) / 2."""
    return np.square(np.sin(np.pi / 2 * left))


def _whole(number):
    """A number that is whole but for its last bits, as 10 + 10 * 1.1 is, made whole."""
    nearest = np.rint(number)
    return nearest if abs(number - nearest) <= 1e-12 * nearest else number
