"""E5 in JAX: Caffe's SGD as a chain, whose order says what goes through the momentum.

    python caffe_sgd.py port.npz
    tf1-recipes compare E5_caffe_sgd/1.15.5.json port.npz --map caffe_sgd.map.json --ulp 8

Decay in front of `trace` goes through the momentum, and so does the rate: the history holds past
rates. `optax.sgd(rate, momentum)` has the rate behind it, as TensorFlow 1 does. At step 6, the
first of the low rate, Caffe's first weight still moves by 0.2302, and that of `sgd` by 0.0228.
"""
import sys

import jax
import jax.numpy as jnp
import optax

from tf1_recipes import traces

MOMENTUM, WEIGHT_DECAY = 0.9, 0.0005
LR_MULT, DECAY_MULT = {"weights": 1.0, "bias": 2.0}, {"weights": True, "bias": False}


@optax.inject_hyperparams
def caffe_sgd(rate):
    return optax.chain(
        optax.add_decayed_weights(WEIGHT_DECAY, mask=DECAY_MULT),
        optax.stateless(lambda diff, _: jax.tree.map(lambda g, mult: rate * mult * g,
                                                     diff, LR_MULT)),
        optax.trace(MOMENTUM),
        optax.scale(-1.0))


params = {"weights": jnp.array([2.0, -1.5, 0.25]), "bias": jnp.float32(0.5)}
optimizer = caffe_sgd(rate=0.1)


def loss_of(params):
    return (jnp.sum(jnp.square(params["weights"] - 1)) / 2
            + jnp.square(params["bias"] + 0.1) / 2)


@jax.jit
def train_step(params, state, rate):
    state.hyperparams["rate"] = rate
    updates, state = optimizer.update(jax.grad(loss_of)(params), state, params)
    return optax.apply_updates(params, updates), state


def variables():
    return {**params, "history": optax.tree.get(state, "trace")}


state = optimizer.init(params)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for step in range(8):
        rate = jnp.float32(0.1 if step < 5 else 0.01)
        params, state = train_step(params, state, rate)
        trace.step(variables=variables(), feeds={"rate": rate})
        print("weights %.5f %.5f %.5f" % tuple(params["weights"]))
