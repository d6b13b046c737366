"""B4 in JAX: the lower layers are frozen by a label, or by stop_gradient.

    python frozen_layers.py port.npz
    tf1-recipes compare B4_frozen_layers/1.15.5.json port.npz --ulp 4

`set_to_zero` makes the update of a frozen layer 0, whatever the optimizer. Do not freeze by
`optax.masked`: it passes on what it leaves out, and the frozen layer moves by its bare gradient,
uphill. stop_gradient makes the *gradient* 0, which freezes under gradient descent, but not under
weight decay, nor under momentum that has begun. The formula is the same.
"""
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)
LAYERS = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return jnp.array((values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns))


def loss_of(params, inputs, labels, cut_above=None):
    """The loss of a relu net; no gradient passes below the layer cut_above."""
    layer = inputs
    for name in LAYERS:
        layer = layer @ params[name]["kernel"] + params[name]["bias"]
        if name != "outputs":
            layer = jax.nn.relu(layer)
        if name == cut_above:
            layer = jax.lax.stop_gradient(layer)
    return optax.softmax_cross_entropy_with_integer_labels(layer, labels).mean()


def fit(trace, session, params, optimizer, cut_above=None):

    @jax.jit
    def train_step(params, state):
        gradients = jax.grad(loss_of)(params, INPUTS, LABELS, cut_above)
        updates, state = optimizer.update(gradients, state, params)
        return optax.apply_updates(params, updates), state

    trace.initial(params, session=session)
    state = optimizer.init(params)
    for step in range(5):
        params, state = train_step(params, state)
        trace.step(variables=params, feeds={"X": INPUTS, "y": LABELS}, session=session)
    return params


params = {name: {"kernel": initial(rows, columns, number), "bias": jnp.full(columns, 0.1)}
          for number, (name, rows, columns) in enumerate(
              zip(LAYERS, [8, 6, 5, 5, 4], [6, 5, 5, 4, 4]))}
labels = {name: "trained" if re.match("hidden[34]|outputs", name) else "frozen" for name in LAYERS}
partly = optax.multi_transform({"trained": optax.sgd(0.1), "frozen": optax.set_to_zero()}, labels)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    by_label = fit(trace, 0, params, partly)
    by_cut = fit(trace, 1, params, optax.sgd(0.1), cut_above="hidden2")
same = all(jax.tree.leaves(jax.tree.map(jnp.array_equal, by_label, by_cut)))
print("frozen by label and by stop_gradient: %s" % ("the same" if same else "different"))
