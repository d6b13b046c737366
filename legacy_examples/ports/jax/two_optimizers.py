"""A1 in JAX: one gradient, and an optax transform for each group of layers.

    python two_optimizers.py port.npz
    tf1-recipes compare A1_two_optimizers/1.15.5.json port.npz --ulp 4

`jax.value_and_grad` is a function of the old weights and `apply_updates` makes new ones, so the
race that the grouped optimizers of TensorFlow 1 run cannot be written down here. A layer without a
label is a ValueError. The formula is the same.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

FEATURES = (np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32)

params = {"pretrained": {"weights": jnp.array([[0.5], [-0.25], [1.0]])},
          "new": {"weights": jnp.array([[0.125], [-0.75]]), "bias": jnp.array([0.1])}}
optimizer = optax.multi_transform({"low": optax.sgd(0.00001), "high": optax.sgd(0.0001)},
                                  {"pretrained": "low", "new": "high"})


def loss_of(params, features, targets):
    outputs = (features[:, :3] @ params["pretrained"]["weights"]
               + features[:, 3:] @ params["new"]["weights"] + params["new"]["bias"])
    return jnp.sum(jnp.square(outputs - targets))


@jax.jit
def train_step(params, state, features, targets):
    loss, gradients = jax.value_and_grad(loss_of)(params, features, targets)
    updates, state = optimizer.update(gradients, state, params)
    return optax.apply_updates(params, updates), state, loss


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(params)
    state = optimizer.init(params)
    for step in range(10):
        params, state, loss = train_step(params, state, FEATURES, TARGETS)
        trace.step(variables=params, feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss))
