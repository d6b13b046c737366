"""B5 in JAX: the frozen layers are a function, whose output over the training set is kept.

    python cached_layer.py port.npz
    tf1-recipes compare B5_cached_layer/1.15.5.json port.npz --map cached_layer.map.json --ulp 4

`jax.grad` is taken with respect to the upper layers alone, so nothing is computed for the lower
ones. The cache is an array, which is indexed as the labels are: shuffle both by the same order, as
ever. That the cache is old when the lower layers change, nothing tells. The formula is the same.
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces

INPUTS = ((np.arange(88).reshape(11, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(11) * 3 % 4).astype(np.int32)

optimizer = optax.sgd(0.1)


def net():
    """The lower and the upper layers of a relu net 8-6-5-5-4-4."""
    layers, rows = {}, 8
    names = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]
    for number, (name, width) in enumerate(zip(names, [6, 5, 5, 4, 4])):
        values = (np.arange(rows * width) * 7919 + number) % 1009 / 504.5 - 1
        kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, width)
        layers[name] = {"kernel": jnp.array(kernel), "bias": jnp.full(width, 0.1)}
        rows = width
    lower = {name: layers.pop(name) for name in names[:2]}
    return lower, layers


def relu_layer(params, x):
    return jax.nn.relu(x @ params["kernel"] + params["bias"])


@jax.jit
def hidden2_of(lower, inputs):
    return relu_layer(lower["hidden2"], relu_layer(lower["hidden1"], inputs))


def loss_of(upper, hidden2, labels):
    hidden4 = relu_layer(upper["hidden4"], relu_layer(upper["hidden3"], hidden2))
    logits = hidden4 @ upper["outputs"]["kernel"] + upper["outputs"]["bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


@jax.jit
def train_step(upper, state, hidden2, labels):
    updates, state = optimizer.update(jax.grad(loss_of)(upper, hidden2, labels), state)
    return optax.apply_updates(upper, updates), state


def fit(trace, session, name, data, layer_of):
    """Trains on batches of `data`, the inputs or what is cached; `layer_of` makes hidden2 of it."""
    lower, upper = net()
    trace.initial({**lower, **upper}, session=session)
    state = optimizer.init(upper)
    for epoch in range(3):
        order = np.arange(11) * (epoch + 1) % 11
        for rows in np.array_split(order, 3):
            upper, state = train_step(upper, state, layer_of(lower, data[rows]), LABELS[rows])
            trace.step(variables={**lower, **upper}, session=session,
                       feeds={name: data[rows], "y": LABELS[rows]})
    return upper


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="jax " + jax.__version__) as trace:
    without_cache = fit(trace, 0, "X", INPUTS, hidden2_of)
    cache = np.asarray(hidden2_of(net()[0], INPUTS))
    with_cache = fit(trace, 1, "hidden2", cache, lambda lower, batch: batch)
apart = max(jax.tree.leaves(jax.tree.map(
    lambda a, b: jnp.abs(a - b).max(), without_cache, with_cache)))
print("trained without the cache and with it: %s" % ("the same" if apart < 1e-6 else "different"))
