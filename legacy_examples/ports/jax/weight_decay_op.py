r"""E3 in JAX: W = W * (1 - 0.0005) of the updated weights, the bias left out by a tree of rates.

    python weight_decay_op.py port.npz
    tf1-recipes compare E3_weight_decay_op/1.15.5.json port.npz \
        --map weight_decay_op.map.json --ulp 2

The decay is a function of what the update gave; without an order it cannot be written down. A
parameter that the tree of rates lacks is a ValueError. `optax.adamw` and `add_decayed_weights`
decay by the old weights, and multiply by the learning rate: see E2 and E4.
"""
import sys

import jax
import jax.numpy as jnp
import optax

from tf1_recipes import traces

DECAY = {"weights": 0.0005, "bias": 0.0}

params = {"weights": jnp.array([2.0, -1.5, 0.25]), "bias": jnp.float32(0.5)}
optimizer = optax.sgd(0.125, momentum=0.5)


def loss_of(params):
    return (jnp.sum(jnp.square(params["weights"] - 1)) / 2
            + jnp.square(params["bias"] + 0.1) / 2)


@jax.jit
def train_step(params, state):
    updates, state = optimizer.update(jax.grad(loss_of)(params), state)
    params = optax.apply_updates(params, updates)
    return jax.tree.map(lambda w, decay: w - decay * w, params, DECAY), state


def variables():
    return {**params, "momentum": optax.tree.get(state, "trace")}


state = optimizer.init(params)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for step in range(6):
        params, state = train_step(params, state)
        trace.step(variables=variables())
        print("weights %.5f %.5f %.5f" % tuple(params["weights"]))
