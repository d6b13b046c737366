"""C in JAX: every element of every gradient clipped to [-1, 1], by a transform in the chain.

    python clipped_gradients.py port.npz
    tf1-recipes compare C_clipped_gradients/1.15.5.json port.npz --ulp 2

There are no None gradients: what the loss does not read has a gradient of zeros. A NaN still
passes `optax.clip`; `optax.apply_if_finite(optimizer, n)` leaves such a step out. Of
the other forms only `optax.clip_by_global_norm(limit)` is ready; `clip_by_norm` of each gradient is
a `jax.tree.map` of one line. (`optax.clip_by_block_rms` divides by the root mean square: a limit
that is smaller by the root of the number of elements.) The formula is the same.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

STEEPNESS = np.array([[0.3, 1.7, 0.6], [1.1, 0.2, 0.9]], np.float32)
TARGETS = np.array([[2.0, -1.0, 1.5], [0.5, -3.0, 1.0]], np.float32)

params = {"weights": jnp.array([[0.5, -0.25, 1.25], [1.25, -0.75, 0.7]]),
          "bias": jnp.array([0.1, -0.9, 0.3])}
optimizer = optax.chain(optax.clip(1.0), optax.sgd(0.1))


def loss_of(params, steepness, targets):
    return (jnp.sum(steepness * jnp.square(params["weights"] - targets))
            + jnp.sum(jnp.square(params["bias"] - 0.2)))


@jax.jit
def train_step(params, state, steepness, targets):
    loss, gradients = jax.value_and_grad(loss_of)(params, steepness, targets)
    clipped = sum(jnp.sum(jnp.abs(each) > 1.0) for each in jax.tree.leaves(gradients))
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(params, updates), state, loss, clipped


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(params)
    state = optimizer.init(params)
    for step in range(10):
        params, state, loss, clipped = train_step(params, state, STEEPNESS, TARGETS)
        trace.step(variables=params, feeds={"steepness": STEEPNESS, "targets": TARGETS})
        print("step %d: loss %.4f, %d of 9 elements clipped" % (step, loss, clipped))
