r"""E1 in JAX: weight decay as L2 in the loss, of the weights that a function chooses.

    python l2_loss_collections.py port.npz
    tf1-recipes compare E1_l2_loss_collections/1.15.5.json port.npz \
        --map l2_loss_collections.map.json --ulp 4 --atol 1e-6

There are no collections, so none is empty: the loss names what decays. That under momentum it is
no decoupled decay holds here too. `optax.add_decayed_weights(0.0005, mask)` in front of
`optax.sgd(0.1, momentum=0.9)` adds the same to the gradients; behind it, or in `optax.adamw`, it
would not go through the momentum.
"""
import sys

import jax
import jax.numpy as jnp
import optax

from tf1_recipes import traces

WEIGHT_DECAY_FACTOR = 0.0005

params = {"w": jnp.array([2.0, -1.5, 0.25]), "v": jnp.array([0.75, -0.5]),
          "bias": jnp.float32(0.5)}
optimizer = optax.sgd(0.1, momentum=0.9)


def l2_loss(array):
    return jnp.sum(jnp.square(array)) / 2


def weights_norm(params):
    return WEIGHT_DECAY_FACTOR * (l2_loss(params["w"]) + l2_loss(params["v"]))


def total_loss(params):
    data_loss = l2_loss(params["w"] - 1) + l2_loss(params["v"] + 2) + l2_loss(params["bias"] + 0.1)
    return data_loss + weights_norm(params)


@jax.jit
def train_step(params, state):
    updates, state = optimizer.update(jax.grad(total_loss)(params), state)
    return optax.apply_updates(params, updates), state


def variables():
    return {**params, "momentum": optax.tree.get(state, "trace")}


state = optimizer.init(params)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for step in range(6):
        params, state = train_step(params, state)
        trace.step(variables=variables())
        print("total loss %.4f, of which weights %.4f" % (total_loss(params), weights_norm(params)))
