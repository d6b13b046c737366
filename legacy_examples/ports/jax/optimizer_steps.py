r"""F in JAX: TF1's eleven optimizers, by optax's with other settings, or written out.

    python optimizer_steps.py port.npz
    tf1-recipes compare F_optimizer_steps/1.15.5.json port.npz \
        --map optimizer_steps.map.json --ulp 64

Seven need settings only: of optax's defaults only those of sgd are TensorFlow 1's. Adam's epsilon
stands elsewhere; Ftrl and the proximal optimizers optax does not have. README.md has the numbers.

A gradient of a lookup is dense in JAX: rows without a gradient would go on by their momentum, and
their mean squares decay. TensorFlow 1 leaves them alone, but for Adam, and so does `on_rows`.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces


def adam(rate=0.001, b1=0.9, b2=0.999, epsilon=1e-8):
    """m / (sqrt(v) + e), at the rate r sqrt(1 - b2^t) / (1 - b1^t)."""

    def init(w):
        return {"m": jnp.zeros_like(w), "v": jnp.zeros_like(w),
                "b1_power": jnp.float32(b1), "b2_power": jnp.float32(b2)}

    def update(g, state, w=None):
        m = state["m"] + (g - state["m"]) * (1 - jnp.float32(b1))
        v = state["v"] + (g * g - state["v"]) * (1 - jnp.float32(b2))
        alpha = rate * jnp.sqrt(1 - state["b2_power"]) / (1 - state["b1_power"])
        return -(m * alpha) / (jnp.sqrt(v) + epsilon), {
            "m": m, "v": v, "b1_power": state["b1_power"] * b1, "b2_power": state["b2_power"] * b2}

    return optax.GradientTransformation(init, update)


def ftrl(rate, l1, l2):
    """z += g - (sqrt(a') - sqrt(a)) / r w;  w = (sign(z) l1 - z) / (sqrt(a') / r + 2 l2), or 0."""

    def init(w):
        return {"accum": jnp.full_like(w, 0.1), "linear": jnp.zeros_like(w)}

    def update(g, state, w):
        accum = state["accum"] + g * g
        linear = state["linear"] + (
            g - (jnp.sqrt(accum) - jnp.sqrt(state["accum"])) / rate * w)
        minimum = (l1 * jnp.sign(linear) - linear) / (jnp.sqrt(accum) / rate + 2 * l2)
        return (jnp.where(jnp.abs(linear) > l1, minimum, 0) - w,
                {"accum": accum, "linear": linear})

    return optax.GradientTransformation(init, update)


def proximal(rate, l1, l2, adagrad=False):
    """p = w - r g;  w = sign(p) max(|p| - r l1, 0) / (1 + r l2); Adagrad's r is r / sqrt(a)."""

    def init(w):
        return {"accum": jnp.full_like(w, 0.1)} if adagrad else {}

    def update(g, state, w):
        accum = {name: slot + g * g for name, slot in state.items()}
        rates = rate / jnp.sqrt(accum["accum"]) if adagrad else rate
        p = w - g * rates
        nearest = jnp.sign(p) * jnp.maximum(jnp.abs(p) - rates * l1, 0) / (1 + l2 * rates)
        return nearest - w, accum

    return optax.GradientTransformation(init, update)


def on_rows(optimizer):
    """Leaves rows without a gradient, and their rows of the slots, as they are."""

    def update(g, state, w, *, touched):
        updates, new_state = optimizer.update(g, state, w)
        return jnp.where(touched, updates, 0), jax.tree.map(
            lambda new, old: jnp.where(touched, new, old), new_state, state)

    return optax.GradientTransformationExtraArgs(optimizer.init, update)


RMSPROP = {"initial_scale": 1.0, "eps": 1e-10, "momentum": 0.9}
OPTIMIZERS = {
    "gradient_descent": optax.sgd(0.1),
    "momentum": optax.sgd(0.1, momentum=0.9),
    "nesterov": optax.sgd(0.1, momentum=0.9, nesterov=True),
    "adagrad": optax.adagrad(0.1, initial_accumulator_value=0.1, eps=0.0),
    "adadelta": optax.adadelta(1.0, rho=0.95, eps=1e-8),
    "rmsprop": optax.rmsprop(0.01, decay=0.9, **RMSPROP),
    "rmsprop_centred": optax.rmsprop(0.01, decay=0.9, centered=True, **RMSPROP),
    "adam": adam(),
    "ftrl": ftrl(0.1, l1=0.01, l2=0.01),
    "proximal_gradient_descent": proximal(0.1, l1=0.01, l2=0.01),
    "proximal_adagrad": proximal(0.1, l1=0.01, l2=0.01, adagrad=True),
}
TABLE_OPTIMIZERS = {
    name: optax.with_extra_args_support(optimizer) if name == "adam" else on_rows(optimizer)
    for name, optimizer in OPTIMIZERS.items()}


def loss_of(bias, table, slope, row_slopes, ids):
    return jnp.sum(slope * bias) + jnp.sum(row_slopes * table[ids])


@jax.jit
def train_step(params, states, slope, row_slopes, ids):
    touched = jnp.zeros([4, 1], bool).at[ids].set(True)
    new_params, new_states = {}, {}
    for name in OPTIMIZERS:
        bias, table = params[name]["bias"], params[name]["table"]
        bias_gradient, table_gradient = jax.grad(loss_of, argnums=(0, 1))(
            bias, table, slope, row_slopes, ids)
        bias_update, bias_state = OPTIMIZERS[name].update(
            bias_gradient, states[name]["bias"], bias)
        table_update, table_state = TABLE_OPTIMIZERS[name].update(
            table_gradient, states[name]["table"], table, touched=touched)
        new_params[name] = {"bias": bias + bias_update, "table": table + table_update}
        new_states[name] = {"bias": bias_state, "table": table_state}
    return new_params, new_states


params = {name: {"bias": jnp.array([1.0, -0.5, 0.25]),
                 "table": jnp.array([[0.5, -1.0], [1.5, 0.75], [-0.25, 2.0], [1.25, -1.5]])}
          for name in OPTIMIZERS}
states = {name: {each: optimizer.init(params[name][each]) for each in ("bias", "table")}
          for name, optimizer in OPTIMIZERS.items()}
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial({**params, "slots": states})
    for step in range(6):
        feeds = {
            "slope": ((np.arange(3) * 5 + step * 7) % 11 / 4.0 - 1.25).astype(np.float32),
            "row_slopes": ((np.arange(4) * 3 + step * 5) % 7 / 2.0 - 1.25).astype(
                np.float32).reshape(2, 2),
            "ids": np.array([step % 4, (step + 1 + step % 3) % 4], np.int32)}
        params, states = train_step(params, states, **feeds)
        trace.step(variables={**params, "slots": states}, feeds=feeds)
for name in OPTIMIZERS:
    print("%-25s" % name, " ".join("%8.5f" % value for value in params[name]["bias"]))
