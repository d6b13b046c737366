"""D1 in JAX: a schedule, joined of constants, of the count that optax keeps in its state.

    python piecewise_rate.py port.npz
    tf1-recipes compare D1_piecewise_rate/1.15.5.json port.npz --map piecewise_rate.map.json

The count is part of the state that goes into a step, so there is no second reader to race with. It
is the number of updates *before* this one, and a new rate holds from count == boundary on: updates
1 to 5, 6 to 10 ..., as documented, with the same boundaries. `minimize(loss, global_step)` with
`piecewise_constant(global_step, ...)` in TensorFlow 1 switched one update later, where the count
was above the boundary: give 6, 11, 16 for that. `optax.piecewise_constant_schedule` takes factors
instead of values: 1, 0.5, 0.2 and 0.1 of the rate before.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

schedule = optax.join_schedules(
    [optax.constant_schedule(rate) for rate in [0.1, 0.05, 0.01, 0.001]], boundaries=[5, 10, 15])
optimizer = optax.sgd(schedule)


@jax.jit
def train_step(w, state):
    rate = schedule(optax.tree.get(state, "count"))
    updates, state = optimizer.update(jax.grad(lambda w: w)(w), state)
    return optax.apply_updates(w, updates), state, rate


def variables():
    # JAX counts in int32, unless it is told to use 64 bits.
    return {"w": w, "global_step": np.int64(optax.tree.get(state, "count"))}


w = jnp.float32(1.0)
state = optimizer.init(w)
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for _ in range(20):
        w, state, rate = train_step(w, state)
        trace.step(variables=variables(),
                   fetches={"step": variables()["global_step"], "rate": jnp.float32(rate)})
        print("step %d, lr = %.3f" % (variables()["global_step"], rate))
