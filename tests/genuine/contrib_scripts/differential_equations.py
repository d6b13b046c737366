"""``tf.contrib.integrate``: the solutions of equations, and the steps that were taken to them."""
import cases
import numpy as np
import tensorflow as tf
from tensorflow.contrib.integrate import odeint, odeint_fixed

TIMES, ZERO = [0.0, 0.4, 1.0, 2.5], np.zeros([], np.float64)


def lorenz(state, t):
    x, y, z = tf.unstack(state)
    return tf.stack([10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z])


def solved(func, y0, t=TIMES, **options):
    return lambda: odeint(func, y0, t, **options)


def in_full():
    y, info = odeint(lorenz, tf.constant([1.0, 2.0, 3.0], tf.float64), TIMES, full_output=True,
                     rtol=1e-5, atol=1e-6)
    return [y, info["num_func_evals"], info["integrate_points"], info["error_ratio"]]


def trained():
    # In float64: how large a step is taken hangs on the rounding of small differences.
    rate = tf.cast(tf.get_variable("rate", [3]), tf.float64)
    y = odeint(lambda y, t: -rate * y, tf.ones([3], tf.float64), TIMES, rtol=1e-3, atol=1e-3)
    return tf.cast(y, tf.float32)


def rotating():
    y = odeint(lambda y, t: 1j * y, tf.constant([1.0 + 0.5j], tf.complex64), tf.constant(TIMES),
               rtol=1e-4, atol=1e-5)
    return [tf.real(y), tf.imag(y)]


def fixed(**options):
    return lambda: odeint_fixed(lambda y, t: tf.stack([y[1], tf.cast(t, y.dtype) - y[0]]),
                                [1.0, 0.5], TIMES, **options)


CASES = {
    "decay": solved(lambda y, _: -y, 1.0, rtol=1e-4, atol=1e-5),
    "in full": in_full,
    "trained": trained,
    "rotating": rotating,
    "of options": solved(lambda y, t: tf.cos(10.0 * t), ZERO,
                         method="dopri5", options={"first_step": 0.05, "safety": 0.8,
                                                   "ifactor": 4.0, "dfactor": 0.5}),
    "too many steps": solved(lambda y, t: tf.cos(100.0 * t), ZERO,
                             method="dopri5", options={"max_num_steps": 5}),
    "going back": solved(lambda y, _: -y, 1.0, [1.0, 0.0]),
    "of integers": solved(lambda y, _: -y, 1),
    "another method": solved(lambda y, _: -y, 1.0, method="euler"),
    "fixed": fixed(),
    "fixed, smaller": fixed(dt=0.25),
    "fixed, each": fixed(dt=[0.1, 0.2, 0.3], method="midpoint"),
    "fixed, of another length": fixed(dt=[0.1]),
    "fixed, another method": fixed(method="euler"),
}
cases.main(CASES)
