"""B1 in JAX: parameters are saved and loaded as a tree of arrays, and the training goes on.

    python restore_all.py port.npz
    tf1-recipes compare B1_restore_all/1.15.5.json port.npz --ulp 4 --atol 6e-8

The state of the optimizer is a tree as well: what is to go on exactly saves it too (gradient
descent has none). Nothing is initialised after a restore, so nothing is undone by it. For large
nets Orbax saves trees; NumPy's archive does here. The formula is the same.
"""
import os
import sys
import tempfile

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 25.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)

optimizer = optax.chain(optax.clip(1.0), optax.sgd(0.01))


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return jnp.array((values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns))


def logits_of(params, inputs):
    hidden1 = jax.nn.relu(inputs @ params["hidden1/kernel"] + params["hidden1/bias"])
    hidden2 = jax.nn.relu(hidden1 @ params["hidden2/kernel"] + params["hidden2/bias"])
    return hidden2 @ params["outputs/kernel"] + params["outputs/bias"]


def loss_of(params, inputs, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits_of(params, inputs), labels).sum()


@jax.jit
def train_step(params, state, inputs, labels):
    updates, state = optimizer.update(jax.grad(loss_of)(params, inputs, labels), state)
    return optax.apply_updates(params, updates), state


def fit(trace, session, params):
    trace.initial(params, session=session)
    state = optimizer.init(params)
    for step in range(4):
        params, state = train_step(params, state, INPUTS, LABELS)
        trace.step(variables=params, feeds={"X": INPUTS, "y": LABELS}, session=session)
    print("accuracy: %.1f" % jnp.mean(jnp.argmax(logits_of(params, INPUTS), axis=1) == LABELS))
    return params


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    checkpoint = os.path.join(folder, "net.npz")
    params = {}
    for number, (name, rows, columns) in enumerate(
            [("hidden1", 8, 6), ("hidden2", 6, 5), ("outputs", 5, 4)]):
        params[name + "/kernel"] = initial(rows, columns, number)
        params[name + "/bias"] = jnp.full(columns, 0.1)
    np.savez(checkpoint, **fit(trace, 0, params))
    with np.load(checkpoint) as saved:
        params = {name: jnp.asarray(saved[name]) for name in saved}
    np.savez(checkpoint, **fit(trace, 1, params))
