"""A5 in JAX: a multiplier per parameter, in a tree of the parameters' own shape.

    python rate_multipliers.py port.npz
    tf1-recipes compare A5_rate_multipliers/1.15.5.json port.npz --ulp 4

A name that is missing in the tree, or one too many, is a ValueError. The rate is an argument of the
step, as the placeholder was; `inject_hyperparams` makes it a part of the optimizer's state. In
front of Adam and its kin the multipliers still do nothing; behind it they are rates. JAX has no
TensorBoard writer: the summaries are not ported, their numbers are the leaves of two trees.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)

params = {"hidden": {"kernel": jnp.array([[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]]),
                     "bias": jnp.array([0.125, -0.125])},
          "outputs": {"kernel": jnp.array([[0.5], [-1.0]]), "bias": jnp.array([0.25])}}
multipliers = {"hidden": {"kernel": 0.1, "bias": 0.2}, "outputs": {"kernel": 1.0, "bias": 2.0}}
optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=0.01)


def loss_of(params, features, targets):
    hidden = jax.nn.relu(features @ params["hidden"]["kernel"] + params["hidden"]["bias"])
    outputs = hidden @ params["outputs"]["kernel"] + params["outputs"]["bias"]
    return jnp.sum(jnp.square(outputs - targets))


@jax.jit
def train_step(params, state, features, targets, learning_rate):
    state.hyperparams["learning_rate"] = learning_rate
    loss, gradients = jax.value_and_grad(loss_of)(params, features, targets)
    gradients = jax.tree.map(lambda gradient, mult: gradient * mult, gradients, multipliers)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(params, updates), state, loss


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(params)
    state = optimizer.init(params)
    for step in range(6):
        learning_rate = jnp.float32(0.01 if step < 3 else 0.001)
        params, state, loss = train_step(params, state, FEATURES, TARGETS, learning_rate)
        trace.step(variables=params, feeds={"features": FEATURES, "targets": TARGETS,
                                            "learning_rate": learning_rate})
        print("step %d: loss %.4f" % (step, loss))
