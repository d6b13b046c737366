r"""A7 in JAX: one layer learns twice as fast under momentum, by a tree with a number per layer.

    python momentum_multipliers.py port.npz
    tf1-recipes compare A7_momentum_multipliers/1.15.5.json port.npz \
        --map momentum_multipliers.map.json --ulp 8

The documented defaultdict was keyed by a layer's output, and gave its default without a word. Here
the multipliers are a prefix of the tree of parameters: a name that is not there is a ValueError, so
the trap cannot be written down. The first of the two trainings has multipliers of 1, which is all
that the documented form came to; the second is what it meant. Momentum's formula is the same.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 / 8.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 + 10.0).astype(np.float32)

START = {"dense": {"kernel": jnp.array([[0.5, 0.25], [0.75, 1.0], [0.25, 0.5]]),
                   "bias": jnp.array([0.125, -0.5])},
         "outputs": {"kernel": jnp.array([[0.5], [1.0]]), "bias": jnp.array([0.25])}}


def loss_of(params, features, targets):
    hidden = jax.nn.relu(features @ params["dense"]["kernel"] + params["dense"]["bias"])
    outputs = hidden @ params["outputs"]["kernel"] + params["outputs"]["bias"]
    return jnp.mean(jnp.square(outputs - targets))


def multiply(multipliers):
    """A transform: every gradient of a layer times the layer's number."""
    return optax.stateless(lambda gradients, _: jax.tree.map(
        lambda mult, layer: jax.tree.map(lambda gradient: gradient * mult, layer),
        multipliers, gradients))


def train(trace, session, multipliers):
    optimizer = optax.chain(multiply(multipliers), optax.sgd(1e-3, momentum=0.9))

    @jax.jit
    def train_step(params, state):
        loss, gradients = jax.value_and_grad(loss_of)(params, FEATURES, TARGETS)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(params, updates), state, loss

    def variables():
        return {**params, "momentum": optax.tree.get(state, "trace"),
                "global_step": np.int64(step)}

    params, state, step = START, optimizer.init(START), 0
    trace.initial(variables(), session=session)
    for step in range(1, 6):
        params, state, loss = train_step(params, state)
        trace.step(variables=variables(), feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": loss}, session=session)
        print("  step %d: loss %.4f" % (step - 1, loss))


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    print("as documented:")
    train(trace, 0, {"dense": 1.0, "outputs": 1.0})
    print("as meant:")
    train(trace, 1, {"dense": 2.0, "outputs": 1.0})
