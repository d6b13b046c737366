r"""A8 in JAX: Keras 2's Adam as an optax transform, with a rate for each stage of layers.

    python keras_discriminative_adam.py port.npz
    tf1-recipes compare A8_keras_discriminative_adam/1.15.5.json port.npz \
        --map keras_discriminative_adam.map.json --ulp 64

A stage is a label of a layer: no order of layers, and no step that counts as the first or as the
second by chance. A layer without a label is a KeyError.

Keras 2 adds epsilon to the root of v before the bias correction, optax after it; and its AMSGrad
takes the largest v as it stands, optax's (`scale_by_amsgrad`) the largest of the corrected ones,
which is v / (1 - 0.999^t): 1000 v at first, so that early steps are kept for the largest.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

RATES = {"early": 1e-7, "middle": 1e-4, "final": 1e-2}
STAGES = {"block1": "early", "block2": "early", "block3": "middle", "top": "final"}


def keras_adam(b1=0.9, b2=0.999, epsilon=1e-7, decay=0.0, amsgrad=False):
    """Keras 2's Adam at a rate of 1: the direction and length of a step, before its rate."""

    def init(params):
        names = ["m", "v"] + ["vhat"] * amsgrad
        return {"iterations": jnp.int32(0),
                **{name: jax.tree.map(jnp.zeros_like, params) for name in names}}

    def update(gradients, state, params=None):
        done = state["iterations"].astype(jnp.float32)
        t = done + 1
        rate = 1 / (1 + decay * done) * (
            jnp.sqrt(1 - jnp.float32(b2) ** t) / (1 - jnp.float32(b1) ** t))
        m = jax.tree.map(lambda m, g: b1 * m + (1 - jnp.float32(b1)) * g, state["m"], gradients)
        v = jax.tree.map(lambda v, g: b2 * v + (1 - jnp.float32(b2)) * jnp.square(g),
                         state["v"], gradients)
        new_state = {"iterations": state["iterations"] + 1, "m": m, "v": v}
        if amsgrad:
            v = new_state["vhat"] = jax.tree.map(jnp.maximum, state["vhat"], v)
        return jax.tree.map(lambda m, v: rate * m / (jnp.sqrt(v) + epsilon), m, v), new_state

    return optax.GradientTransformation(init, update)


def rate_by_stage():
    return optax.multi_transform(
        {stage: optax.scale(-rate) for stage, rate in RATES.items()}, STAGES)


def values(offset, *shape):
    """Eighths from -0.5 to 0.75, of either sign."""
    numbers = (np.arange(np.prod(shape)) * 7 + offset) % 11
    return ((numbers - 4) / 8.0).astype(np.float32).reshape(shape)


def outputs_of(params, features):
    return sum(features[name] @ params[name]["kernel"] + params[name]["bias"] for name in STAGES)


def mean_squared_error(params, features, targets):
    return jnp.mean(jnp.square(outputs_of(params, features) - targets))


def linear_loss(params, features, targets):
    return jnp.mean(targets * outputs_of(params, features))


def train(trace, session, loss_of, **settings):
    optimizer = optax.chain(keras_adam(**settings), rate_by_stage())

    @jax.jit
    def train_step(params, state, features, targets):
        loss, gradients = jax.value_and_grad(loss_of)(params, features, targets)
        updates, state = optimizer.update(gradients, state, params)
        params = optax.apply_updates(params, updates)
        params["block3"]["kernel"] = jnp.maximum(params["block3"]["kernel"], 0)  # "non_neg"
        return params, state, loss

    def variables():
        adam = dict(state[0], iterations=np.int64(state[0]["iterations"]))
        constants = {"beta_1": settings.get("b1", 0.9), "beta_2": settings.get("b2", 0.999),
                     "decay": settings.get("decay", 0.0), "lr": list(RATES.values())}
        return {**params, "adam": adam, "settings": {
            name: np.float32(value) for name, value in constants.items()}}

    params = {name: {"kernel": jnp.array(values(number, 3, 2)),
                     "bias": jnp.array(values(number + 3, 2))}
              for number, name in enumerate(STAGES)}
    state = optimizer.init(params)
    trace.initial(variables(), session=session)
    features = {name: values(number, 16, 3) for number, name in enumerate(STAGES)}
    targets = values(5, 16, 2)
    for step in range(8):
        batch = slice(step % 4 * 4, step % 4 * 4 + 4)
        batch_features = {name: array[batch] for name, array in features.items()}
        params, state, loss = train_step(params, state, batch_features, targets[batch])
        trace.step(variables=variables(), fetches={"loss": loss}, session=session,
                   feeds={"features": batch_features, "targets": targets[batch]})
    for name in ("block1", "block3", "top"):
        kernel = params[name]["kernel"][:, 0]
        print(loss_of.__name__, name, " ".join("%.7f" % weight for weight in kernel))


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    train(trace, 0, mean_squared_error, decay=0.125, amsgrad=True)
    train(trace, 1, linear_loss, b1=0.5, b2=0.75)
