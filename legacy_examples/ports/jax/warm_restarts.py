r"""D2 in JAX: cosine annealing with warm restarts, set between the batches as a callback did.

    python warm_restarts.py port.npz
    tf1-recipes compare D2_warm_restarts/1.15.5.json port.npz \
        --map warm_restarts.map.json --ulp 4 --atol 1e-7

`inject_hyperparams` puts the rates into the optimizer's state, where the loop sets them: the
largest rates are constants, so a second training cannot take annealed ones for them. The cosine is
NumPy's, in 64 bits. As a schedule of the count the same is

    cycles = [optax.cosine_decay_schedule(0.25, n) for n in (4, 8, 16, 32)]
    schedule = optax.join_schedules(cycles, [4, 12, 28])

whose cosine is of 32 bits: up to 16 ULP apart, where 1 + cos is small. (A cycle length
that is no whole number never ends in the callback; here it ends.) Another schedule of optax's,
`sgdr_schedule`, begins each cycle with a warm-up of its own.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

MAX_RATES = {"early": 0.03125, "final": 0.25}
X = np.eye(4, dtype=np.float32)[np.arange(8) % 4]
Y = (np.arange(8) * 5 % 7 / 4.0).astype(np.float32).reshape(8, 1)


def annealing(n, cycle_mult=1):
    """Yields the fraction of the largest rate for each batch."""
    c = 0
    while True:
        yield (np.cos(np.pi * c / n) + 1) / 2
        c += 1
        if c >= n:
            c, n = 0, n * cycle_mult


@optax.inject_hyperparams
def sgd_by_stage(early, final):
    return optax.multi_transform({"early": optax.sgd(early), "final": optax.sgd(final)},
                                 {"early": "early", "final": "final"})


def loss_of(params, x, y):
    outputs = x @ params["early"]["kernel"] + x @ params["final"]["kernel"]
    return jnp.mean(jnp.square(outputs - y))


@jax.jit
def train_step(params, state, x, y):
    loss, gradients = jax.value_and_grad(loss_of)(params, x, y)
    updates, state = optimizer.update(gradients, state, params)
    return optax.apply_updates(params, updates), state, loss


def variables():
    rates = np.array([state.hyperparams[stage] for stage in MAX_RATES])
    return {**params, "lr": rates}


params = {"early": {"kernel": jnp.full((4, 1), 0.5)}, "final": {"kernel": jnp.full((4, 1), -0.25)}}
optimizer = sgd_by_stage(**MAX_RATES)
state = optimizer.init(params)
fractions = annealing(4, cycle_mult=2)
next(fractions)  # of the first batch: 1, as the rates are
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for batch in range(32):
        x, y = X[batch % 4 * 2:][:2], Y[batch % 4 * 2:][:2]
        params, state, loss = train_step(params, state, x, y)
        trace.step(variables=variables(), feeds={"x": x, "y": y}, fetches={"loss": loss})
        fraction = np.float32(next(fractions))
        state.hyperparams.update((stage, jnp.asarray(rate * fraction))
                                 for stage, rate in MAX_RATES.items())
        rates = variables()["lr"]
        trace.step(variables=variables(), feeds={"rates": rates}, fetches={"rates": rates})
for name in params:
    print(name, " ".join("%.5f" % weight for weight in params[name]["kernel"].ravel()))
