r"""E4 in JAX: decoupled decay for any optimizer: decay, then add its update.

    python decoupled_optimizers.py port.npz
    tf1-recipes compare E4_decoupled_optimizers/1.15.5.json port.npz \
        --map decoupled_optimizers.map.json --ulp 4 --atol 1e-7

contrib.opt decays by decay * w, optax.adamw by learning_rate * decay * w: a weight_decay of 0.01 at
a rate of 0.1 is 0.1 there. Gradients and decay are both of the old weights here; contrib.opt left
to chance which weights the gradients read. Its AdamW is TensorFlow 1's Adam, whose epsilon is added
to the root of v before the bias correction: to be equal, optax's `eps` would have to be
1e-8 / sqrt(1 - 0.999^t), which is 3.2e-7 at step 1.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

DECAY = 0.01
SLOPES = (np.arange(24).reshape(8, 3) * 5 % 11 / 8.0 - 0.5).astype(np.float32)


def adam(rate, b1=0.9, b2=0.999, epsilon=1e-8):
    """TensorFlow 1's Adam: its epsilon is the paper's "epsilon hat"."""

    def init(params):
        zeros = jax.tree.map(jnp.zeros_like, params)
        return {"m": zeros, "v": zeros, "b1_power": jnp.float32(b1), "b2_power": jnp.float32(b2)}

    def update(gradients, state, params=None):
        m = jax.tree.map(lambda m, g: m + (g - m) * (1 - jnp.float32(b1)), state["m"], gradients)
        v = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - jnp.float32(b2)), state["v"],
                         gradients)
        alpha = rate * jnp.sqrt(1 - state["b2_power"]) / (1 - state["b1_power"])
        updates = jax.tree.map(lambda m, v: -(m * alpha) / (jnp.sqrt(v) + epsilon), m, v)
        return updates, {"m": m, "v": v, "b1_power": state["b1_power"] * b1,
                         "b2_power": state["b2_power"] * b2}

    return optax.GradientTransformation(init, update)


params = {"w": jnp.array([2.0, -1.5, 0.25]), "v": jnp.array([2.0, -1.5, 0.25])}
optimizers = {"w": adam(0.1), "v": optax.sgd(0.1, momentum=0.9)}


@jax.jit
def train_step(params, states, slope):
    new_params, new_states = {}, {}
    for name, optimizer in optimizers.items():
        updates, new_states[name] = optimizer.update(slope, states[name])
        decayed = params[name] - DECAY * params[name]
        new_params[name] = optax.apply_updates(decayed, updates)
    return new_params, new_states


def variables():
    return {**params, "AdamW": states["w"], "MomentumW": optax.tree.get(states["v"], "trace")}


states = {name: optimizer.init(params[name]) for name, optimizer in optimizers.items()}
with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial(variables())
    for slope in SLOPES:
        params, states = train_step(params, states, slope)
        trace.step(variables=variables(), feeds={"slope": slope})
        print("AdamW %.5f %.5f %.5f" % tuple(params["w"]))
        print("MomentumW %.5f %.5f %.5f" % tuple(params["v"]))
