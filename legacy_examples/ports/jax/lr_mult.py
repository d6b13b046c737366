"""A4 in JAX: a learning rate multiplier as a function with a gradient of its own.

    python lr_mult.py port.npz
    tf1-recipes compare A4_lr_mult/1.15.5.json port.npz

`custom_vjp` is what `tf.custom_gradient` was: identity forward, dy * alpha backward. JAX's
gradient of a lookup is dense, so the documented form's TypeError on sparse gradients is gone. In
front of Adam and its kin the multiplier still does nothing. The formula is the same.
"""
import functools
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def lr_mult(alpha, x):
    return x


lr_mult.defvjp(lambda alpha, x: (x, None),
               lambda alpha, _, dy: (dy * alpha,))

params = {"x0": jnp.float32(1), "x1": jnp.float32(1)}
optimizer = optax.sgd(0.1)


def loss_of(params):
    return jnp.square(params["x0"]) + jnp.square(lr_mult(0.1, params["x1"]))


@jax.jit
def train_step(params, state):
    updates, state = optimizer.update(jax.grad(loss_of)(params), state)
    return optax.apply_updates(params, updates), state


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(params)
    state = optimizer.init(params)
    for step in range(5):
        params, state = train_step(params, state)
        trace.step(variables=params)
        print("[%s, %s, %s]" % tuple(
            str(np.asarray(each)) for each in (params["x0"], params["x1"], loss_of(params))))
