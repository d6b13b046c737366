"""B7 in JAX: lower layers pretrained without labels, in two ways, then taken over by their names.

    python pretrained_layers.py port.npz
    tf1-recipes compare B7_pretrained_layers/1.15.5.json port.npz --ulp 4

What is trained is what `jax.grad` is taken of: a dict of the chosen parameters, beside one of the
frozen rest. Two layers share a kernel where two formulas use it, and a net is applied twice by
calling it twice: no scope is entered again, so none is made anew by mistake. The formula is the
same.
"""
import functools
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)
CORRUPTED = np.hstack([INPUTS[:, 4:], INPUTS[:, :4]])
MARGIN = 0.05

optimizer = optax.sgd(0.1)


def layer(name, rows, columns, start):
    """Odd sixteenths from -1 to 1 over the root of their number, mixed: none is nearly 0."""
    values = ((np.arange(rows * columns) * 7 + start) % 16 * 2 - 15) / 16.0
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    return {name + "/kernel": jnp.array(kernel), name + "/bias": jnp.full(columns, 0.1)}


def dense(params, name, x):
    return x @ params[name + "/kernel"] + params[name + "/bias"]


def hidden1_of(params, x):
    return jax.nn.relu(dense(params, "hidden1", x))


def hidden2_of(params, x):
    return jax.nn.relu(dense(params, "hidden2", hidden1_of(params, x)))


def reconstruction1(params, X):
    return jnp.mean(jnp.square(dense(params, "decoders/hidden1", hidden1_of(params, X)) - X))


def reconstruction2(params, X):
    decoded = hidden2_of(params, X) @ params["hidden2/kernel"].T + params["decoders/hidden2/bias"]
    return jnp.mean(jnp.square(decoded - hidden1_of(params, X)))


def max_margin(params, X, corrupted):
    good, bad = (dense(params, "score", hidden2_of(params, each)) for each in (X, corrupted))
    return jnp.mean(jax.nn.relu(MARGIN - good + bad))


def cross_entropy(params, X, y):
    logits = dense(params, "outputs", hidden2_of(params, X))
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


@functools.partial(jax.jit, static_argnames="loss_of")
def train_step(loss_of, trained, frozen, state, feeds):
    gradients = jax.grad(lambda trained: loss_of({**frozen, **trained}, **feeds))(trained)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(trained, updates), state


def fit(trace, session, params, loss_of, feeds, scope=""):
    """Trains the parameters in a scope."""
    before = loss_of(params, **feeds)
    trained = {name: array for name, array in params.items() if re.match(scope, name)}
    frozen = {name: array for name, array in params.items() if name not in trained}
    state = optimizer.init(trained)
    for step in range(4):
        trained, state = train_step(loss_of, trained, frozen, state, feeds)
        trace.step(variables={**frozen, **trained}, feeds=feeds, session=session)
    params = {**frozen, **trained}
    print("%s: %.4f, after 4 steps %.4f" % (loss_of.__name__, before, loss_of(params, **feeds)))
    return params


def train_with_labels(trace, session, pretrained):
    """A new net of 8-6-4-4, its lower layers from the pretrained one."""
    params = {**layer("hidden1", 8, 6, 4), **layer("hidden2", 6, 4, 5), **layer("outputs", 4, 4, 6)}
    params.update((name, pretrained[name]) for name in params if name in pretrained)
    trace.initial(params, session=session)
    fit(trace, session, params, cross_entropy, {"X": INPUTS, "y": LABELS})


lower = {**layer("hidden1", 8, 6, 0), **layer("hidden2", 6, 4, 1)}
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    params = {**lower, **layer("decoders/hidden1", 6, 8, 2),
              "decoders/hidden2/bias": jnp.full(6, 0.1)}
    trace.initial(params, session=0)
    params = fit(trace, 0, params, reconstruction1, {"X": INPUTS}, "(decoders/)?hidden1/")
    params = fit(trace, 0, params, reconstruction2, {"X": INPUTS}, "(decoders/)?hidden2/")
    train_with_labels(trace, 1, params)

    params = {**lower, **layer("score", 4, 1, 2)}
    trace.initial(params, session=2)
    params = fit(trace, 2, params, max_margin, {"X": INPUTS, "corrupted": CORRUPTED})
    train_with_labels(trace, 3, params)
