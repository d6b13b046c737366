"""A6 in JAX: the layers below a mix of x and stop_gradient(x) see a hundredth of the gradient.

    python stop_gradient_scaling.py port.npz
    tf1-recipes compare A6_stop_gradient_scaling/1.15.5.json port.npz --ulp 4

The documented mix works as it stands, and 1/100 is no 0 in Python 3. It still rounds the value
twice; the custom gradient of A4 leaves it alone. In front of Adam and its kin it still does
nothing.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)

params = {"layer1": {"kernel": jnp.array([[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]])},
          "layer2": {"kernel": jnp.array([[1.0, -0.5], [0.25, 0.75]])},
          "layer3": {"kernel": jnp.array([[0.5], [-1.0]])}}
optimizer = optax.sgd(0.001)


def scale_gradient(x, factor):
    return factor * x + (1 - factor) * jax.lax.stop_gradient(x)


def loss_of(params, inputs, targets):
    x = inputs @ params["layer1"]["kernel"] @ params["layer2"]["kernel"]
    outputs = scale_gradient(x, 1 / 100) @ params["layer3"]["kernel"]
    return jnp.sum(jnp.square(outputs - targets))


@jax.jit
def train_step(params, state, inputs, targets):
    loss, gradients = jax.value_and_grad(loss_of)(params, inputs, targets)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(params, updates), state, loss


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(params)
    state = optimizer.init(params)
    for step in range(5):
        params, state, loss = train_step(params, state, INPUTS, TARGETS)
        trace.step(variables=params, feeds={"inputs": INPUTS, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss))
