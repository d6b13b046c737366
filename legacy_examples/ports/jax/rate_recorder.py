"""D3 in JAX: a list that holds rate, iteration and loss of every batch, while the rate doubles.

    python rate_recorder.py port.npz
    tf1-recipes compare D3_rate_recorder/1.15.5.json port.npz --map rate_recorder.map.json --ulp 2

The step returns the loss, and the rate is in the state that goes into it: kept before the next rate
is set, they are of one batch. Only the order of two lines in the loop still says so. `float(loss)`
waits for the device; keep the arrays themselves, and convert them at the end, where that matters.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

X = np.eye(2, dtype=np.float32)[[0, 1, 1, 0]]
Y = np.array([[1.25], [-0.5], [-0.75], [1.0]], np.float32)

optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=2.0 ** -14)


def loss_of(params, x, y):
    return jnp.mean(jnp.square(x @ params["dense"]["kernel"] - y))


@jax.jit
def train_step(params, state, x, y):
    loss, gradients = jax.value_and_grad(loss_of)(params, x, y)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(params, updates), state, loss


def plot_loss(history, n_skip=10):
    import matplotlib.pyplot as plt
    plt.xlabel("learning rate (log scale)")
    plt.ylabel("loss")
    plt.plot(history[n_skip:, 1], history[n_skip:, 2])
    plt.xscale("log")


def variables():
    return {**params, "lr": state.hyperparams["learning_rate"], "history": kept}


params = {"dense": {"kernel": jnp.full((2, 1), 0.5)}}
state = optimizer.init(params)
history, kept = [], np.zeros((18, 3), np.float32)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for iteration in range(1, 19):
        x, y = X[iteration % 2 * -2 + 2:][:2], Y[iteration % 2 * -2 + 2:][:2]
        params, state, loss = train_step(params, state, x, y)
        trace.step(variables=variables(), feeds={"x": x, "y": y}, fetches={"loss": loss})
        rate = state.hyperparams["learning_rate"]
        history.append((iteration, rate, loss))
        state.hyperparams["learning_rate"] = rate * 2
        trace.step(variables=variables(), feeds={"rate": rate * 2}, fetches={"rate": rate * 2})
    kept = np.array(history, np.float32)
    trace.step(variables=variables(), feeds={"history": kept}, fetches={"history": kept})
for iteration, lr, loss in kept:
    print("%2d  rate %.6f  loss %.6f" % (iteration, lr, loss))
