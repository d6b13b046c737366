r"""B5 in Keras 3: the frozen layers run once, and the rest is trained on their output.

    python cached_layer.py port.npz
    tf1-recipes compare B5_cached_layer/1.15.5.json port.npz --ulp 4 --atol 6e-8

The net is one model behind the other, `lower` and `upper`: what `upper` is trained on, the whole
net has learned, as they share the layers. `lower.predict` runs in inference mode: dropout and batch
normalization cannot leave their noise in the cache.

What can still happen: nothing compares the cache with the weights and data that it came from.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces

INPUTS = ((np.arange(88).reshape(11, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(11) * 3 % 4).astype(np.int32)
NAMES = ["hidden1", "hidden2", "hidden3", "hidden4", "outputs"]

n_epochs = 3
n_batches = 3


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build():
    """Returns the lower layers of a relu net 8-6-5-5-4-4, frozen, the upper ones and the net."""
    layers = [keras.layers.Dense(width, activation=None if name == "outputs" else "relu", name=name)
              for name, width in zip(NAMES, [6, 5, 5, 4, 4])]
    lower = keras.Sequential([keras.Input([8]), *layers[:2]], name="lower")
    upper = keras.Sequential([keras.Input([5]), *layers[2:]], name="upper")
    for number, layer in enumerate(layers):
        rows, columns = layer.kernel.shape
        layer.set_weights([initial(rows, columns, number), np.full(columns, 0.1, np.float32)])
    lower.trainable = False
    net = keras.Sequential([keras.Input([8]), lower, upper])
    for each in upper, net:
        each.compile(keras.optimizers.SGD(0.1),
                     keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lower, upper, net


def train(model, features, called, net, trace, session):
    """Trains on batches of the rows, in another order in every epoch."""
    lower, upper = net.layers

    def everything():
        return {"%s/%s" % (layer.name, weight.name): weight
                for layer in lower.layers + upper.layers for weight in layer.weights}

    trace.initial(everything(), session)
    for epoch in range(n_epochs):
        shuffled_idx = np.arange(11) * (epoch + 1) % 11
        for batch in np.array_split(shuffled_idx, n_batches):
            model.train_on_batch(features[batch], LABELS[batch])
            trace.step(variables=everything(), session=session,
                       feeds={called: features[batch], "y": LABELS[batch]})
    return net.get_weights()


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    lower, upper, net = build()
    without_cache = train(net, INPUTS, "X", net, trace, session=0)

    lower, upper, net = build()
    h2_cache = lower.predict(INPUTS, verbose=0)
    with_cache = train(upper, h2_cache, "hidden2/relu", net, trace, session=1)

apart = max(np.abs(a - b).max() for a, b in zip(without_cache, with_cache))
print("trained without the cache and with it: %s" % ("the same" if apart < 1e-6 else "different"))
