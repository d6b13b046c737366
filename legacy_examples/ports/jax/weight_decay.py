"""E2 in JAX: decay of the updated weights, as a line behind the update.

    python weight_decay.py port.npz
    tf1-recipes compare E2_weight_decay/1.15.5.json port.npz --ulp 2

New weights come of old ones by functions, so the line says which of them decay; on TensorFlow 1 it
depended on the release and on the kind of variable. optax decays by the *old* weights:
`chain(sgd(0.1), add_decayed_weights(-0.1))` gives 1.70000 1.46000 1.26800 1.11440 in place of the
numbers below, as resource variables do on 2.21; the other way around, as in `optax.adamw`, the
decay is multiplied by the rate as well: 1.88000 1.77320 1.67815 1.59355.
"""
import sys

import jax
import jax.numpy as jnp
import optax

from tf1_recipes import traces

DECAY = 0.1

w = jnp.float32(2.0)
optimizer = optax.sgd(0.1)


def loss_of(w):
    return jnp.square(w - 1) / 2


@jax.jit
def train_step(w, state):
    updates, state = optimizer.update(jax.grad(loss_of)(w), state)
    w = optax.apply_updates(w, updates)
    return w - DECAY * w, state


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial({"w": w})
    state = optimizer.init(w)
    for step in range(4):
        w, state = train_step(w, state)
        trace.step(variables={"w": w})
        print("%.5f" % w)
