"""B2 in JAX: the lower layers of a trained net, taken over into a new one by their names.

    python partial_restore.py port.npz
    tf1-recipes compare B2_partial_restore/1.15.5.json port.npz --ulp 4

The new net's parameters are a dict, and what is restored is put over it: nothing initialises after
that, and slots of an optimizer are in a tree of their own, so they cannot be asked for by mistake.
A pattern that matches nothing is still silent: hence the check. `re.match` compares from the start,
as the scope of `get_collection` did: without the / in it, hidden1 also means hidden10.
"""
import os
import re
import sys
import tempfile

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)

optimizer = optax.sgd(0.1)


def net(widths, start):
    """Parameters of a relu net: hidden1, hidden2 ... and outputs."""
    params, rows = {}, 8
    for number, width in enumerate(widths):
        name = "outputs" if number == len(widths) - 1 else "hidden%d" % (number + 1)
        values = (np.arange(rows * width) * 7919 + start + number) % 1009 / 504.5 - 1
        kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, width)
        params[name + "/kernel"], params[name + "/bias"] = jnp.array(kernel), jnp.full(width, 0.1)
        rows = width
    return params


def logits_of(params, layer):
    for number in range(1, len(params) // 2):
        name = "hidden%d" % number
        layer = jax.nn.relu(layer @ params[name + "/kernel"] + params[name + "/bias"])
    return layer @ params["outputs/kernel"] + params["outputs/bias"]


def loss_of(params, inputs, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits_of(params, inputs), labels).mean()


@jax.jit
def train_step(params, state, inputs, labels):
    updates, state = optimizer.update(jax.grad(loss_of)(params, inputs, labels), state)
    return optax.apply_updates(params, updates), state


def fit(trace, session, params, steps):
    trace.initial(params, session=session)
    state = optimizer.init(params)
    for step in range(steps):
        params, state = train_step(params, state, INPUTS, LABELS)
        trace.step(variables=params, feeds={"X": INPUTS, "y": LABELS}, session=session)
    correct = jnp.argmax(logits_of(params, INPUTS), axis=1) == LABELS
    print("accuracy after %d steps: %.1f" % (steps, jnp.mean(correct)))
    return params


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    checkpoint = os.path.join(folder, "old_net.npz")
    np.savez(checkpoint, **fit(trace, 0, net([6, 5, 5, 5, 5, 4], start=0), steps=3))

    params = net([6, 5, 5, 3, 4], start=500)
    with np.load(checkpoint) as saved:
        reused = {name: jnp.asarray(saved[name]) for name in params
                  if re.match("hidden[123]/", name)}
    assert reused, "the pattern matches no parameter"
    np.savez(os.path.join(folder, "new_net.npz"), **fit(trace, 1, {**params, **reused}, steps=5))
