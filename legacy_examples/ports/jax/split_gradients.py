"""A2 in JAX: one gradient with respect to two arguments, each with an optimizer of its own.

    python split_gradients.py port.npz
    tf1-recipes compare A2_split_gradients/1.15.5.json port.npz --ulp 4

`argnums` splits what `tf.gradients` gave as one list. Both gradients are of the old weights, so
there is no race. The two optimizers may be of any kind. The formula is the same.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

FEATURES = (np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32)

pretrained = {"weights": jnp.array([[0.5], [-0.25], [1.0]])}
new = {"weights": jnp.array([[0.125], [-0.75]]), "bias": jnp.array([0.1])}
low, high = optax.sgd(0.00001), optax.sgd(0.0001)


def loss_of(pretrained, new, features, targets):
    outputs = (features[:, :3] @ pretrained["weights"] + features[:, 3:] @ new["weights"]
               + new["bias"])
    return jnp.sum(jnp.square(outputs - targets))


@jax.jit
def train_step(pretrained, new, low_state, high_state, features, targets):
    loss, (low_gradients, high_gradients) = jax.value_and_grad(loss_of, argnums=(0, 1))(
        pretrained, new, features, targets)
    low_updates, low_state = low.update(low_gradients, low_state)
    high_updates, high_state = high.update(high_gradients, high_state)
    return (optax.apply_updates(pretrained, low_updates), optax.apply_updates(new, high_updates),
            low_state, high_state, loss)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    trace.initial({"pretrained": pretrained, "new": new})
    low_state, high_state = low.init(pretrained), high.init(new)
    for step in range(10):
        pretrained, new, low_state, high_state, loss = train_step(
            pretrained, new, low_state, high_state, FEATURES, TARGETS)
        trace.step(variables={"pretrained": pretrained, "new": new},
                   feeds={"features": FEATURES, "targets": TARGETS}, fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss))
