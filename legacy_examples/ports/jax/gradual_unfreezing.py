r"""B6 in JAX: stages of one training, whose gradients reach further and further down.

    python gradual_unfreezing.py port.npz
    tf1-recipes compare B6_gradual_unfreezing/1.15.5.json port.npz \
        --map gradual_unfreezing.map.json --ulp 4

One optimizer and one state serve all stages, and the step is compiled for each: a layer that waits
has gradients of 0 (XLA does not compute what they were before), and momentum that never began
leaves it where it is. Only so: under weight decay it would shrink, and under Adam,
whose bias correction counts all steps, its first step after 1,000 would be 2.5 rates long. An
optimizer of its own per stage begins anew there. `optax.multi_transform` by stages would forget the
momentum of layers that train already. The formula is the same.
"""
import functools
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

NUMBERS = np.arange(80).reshape(10, 8) * 37 % 101
INPUTS = (NUMBERS / 101.0).astype(np.float32)
TARGETS = (NUMBERS.sum(axis=1, keepdims=True) / 101.0 + 8).astype(np.float32)
STAGES = ["outputs", "hidden3|outputs", "hidden[23]|outputs"]


def initial(rows, columns, start):
    """Weights spread evenly between 0 and 2 over their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5
    return jnp.array((values / rows).astype(np.float32).reshape(rows, columns))


params = {name: {"kernel": initial(rows, columns, number), "bias": jnp.full(columns, 0.1)}
          for number, (name, rows, columns) in enumerate(
              [("hidden1", 8, 6), ("hidden2", 6, 5), ("hidden3", 5, 4), ("outputs", 4, 1)])}
optimizer = optax.sgd(1 / 512, momentum=0.5)


def loss_of(params, inputs, targets):
    layer = inputs
    for name in ["hidden1", "hidden2", "hidden3"]:
        layer = jax.nn.relu(layer @ params[name]["kernel"] + params[name]["bias"])
    outputs = layer @ params["outputs"]["kernel"] + params["outputs"]["bias"]
    return jnp.mean(jnp.square(outputs - targets))


@functools.partial(jax.jit, static_argnames="scope")
def train_step(params, state, scope):
    gradients = jax.grad(loss_of)(params, INPUTS, TARGETS)
    unfrozen = {name: layer if re.match(scope, name) else jax.tree.map(jnp.zeros_like, layer)
                for name, layer in gradients.items()}
    updates, state = optimizer.update(unfrozen, state)
    return optax.apply_updates(params, updates), state


def variables():
    momentum = optax.tree.get(state, "trace")
    return {**params, "global_step": np.int32(step),
            "momentum": {name: momentum[name] for name in momentum if name != "hidden1"}}


state, step = optimizer.init(params), 0
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for scope in STAGES:
        print("loss %.3f, now training %s" % (loss_of(params, INPUTS, TARGETS), scope))
        for step in range(step + 1, step + 5):
            params, state = train_step(params, state, scope)
            trace.step(variables=variables(), feeds={"X": INPUTS, "y": TARGETS})
    print("loss %.3f" % loss_of(params, INPUTS, TARGETS))
