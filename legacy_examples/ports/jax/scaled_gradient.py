"""A3 in JAX: y's gradient counts twice, by a masked transform in front of the optimizer.

    python scaled_gradient.py port.npz
    tf1-recipes compare A3_scaled_gradient/1.15.5.json port.npz

What `masked` leaves out it passes on as it is: behind the optimizer that would be an update, in
front of it it is a gradient. As in TensorFlow 1 the factor does nothing in front of Adam and its
kin; behind them, as `optax.chain(optax.adam(0.1), twice_for_y)`, it is a rate of its own. Names
that the mask lacks are an error. global_step is the count that optax keeps for a schedule.
"""
import sys

import jax
import jax.numpy as jnp
import optax

from tf1_recipes import traces

params = {"x": jnp.float32(1), "y": jnp.float32(0)}
twice_for_y = optax.masked(optax.scale(2.0), {"x": False, "y": True})
optimizer = optax.chain(twice_for_y, optax.sgd(optax.constant_schedule(0.1)))


def loss_of(params):
    return jnp.square(params["x"] - params["y"])


@jax.jit
def train_step(params, state):
    updates, state = optimizer.update(jax.grad(loss_of)(params), state, params)
    return optax.apply_updates(params, updates), state


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    state = optimizer.init(params)
    trace.initial({**params, "global_step": optax.tree.get(state, "count")})
    for step in range(5):
        params, state = train_step(params, state)
        trace.step(variables={**params, "global_step": optax.tree.get(state, "count")})
        print("[%.8g, %.8g]" % (params["x"], params["y"]))
