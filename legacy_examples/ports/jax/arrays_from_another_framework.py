"""B3 in JAX: weights of another framework are arrays, and so are JAX's parameters.

    python arrays_from_another_framework.py port.npz
    tf1-recipes compare B3_arrays_from_another_framework/1.15.5.json port.npz --ulp 4

The two ways of the recipe come to one: put the arrays into the tree, the kernel transposed, as the
other framework keeps it as (outputs, inputs). JAX does not check what is put there: a kernel of a
wrong shape is an error when it is multiplied, but a wrong bias may broadcast; hence the check.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


THEIR_KERNEL = initial(8, 6, 500).T  # (6, 8)
THEIR_BIAS = np.linspace(-0.25, 0.25, 6).astype(np.float32)

optimizer = optax.sgd(0.1)


def loss_of(params, inputs, labels):
    hidden1 = jax.nn.relu(inputs @ params["hidden1/kernel"] + params["hidden1/bias"])
    hidden2 = jax.nn.relu(hidden1 @ params["hidden2/kernel"] + params["hidden2/bias"])
    logits = hidden2 @ params["outputs/kernel"] + params["outputs/bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


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


params = {}
for number, (name, rows, columns) in enumerate(
        [("hidden1", 8, 6), ("hidden2", 6, 5), ("outputs", 5, 4)]):
    params[name + "/kernel"] = jnp.array(initial(rows, columns, number))
    params[name + "/bias"] = jnp.full(columns, 0.1)

theirs = {"hidden1/kernel": jnp.array(THEIR_KERNEL.T), "hidden1/bias": jnp.array(THEIR_BIAS)}
for name, array in theirs.items():
    assert array.shape == params[name].shape, name

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    fit(trace, 0, {**params, **theirs})  # in place of the initial values
    fit(trace, 1, {name: theirs.get(name, array) for name, array in params.items()})
