r"""A7 in Keras 3: multipliers under momentum, by layer, in a train_step of one's own.

    python momentum_multipliers.py port.npz
    tf1-recipes compare A7_momentum_multipliers/1.15.5.json port.npz \
        --map momentum_multipliers.map.json --ulp 4

Here the factors are kept by layer, and asked for by layer: no name is composed that may not be that
of a variable. The net is trained twice, as the documented script does in effect (no factor, as its
names match nothing) and as it was meant. `fit` calls `train_step`.

The trap of the defaultdict can be had here as well: keyed by `layer.output.name` ("keras_tensor_1")
and looked up by `variable.path` ("dense/kernel") it gives its default, silently.

Keras' momentum holds rate * multiplier * gradient. That is the same while the rate stays.
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

# The outputs are below all targets, and rise: no slope changes its sign, no sum cancels out.
FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 / 8.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 + 10.0).astype(np.float32)


class Net(keras.Model):
    def multiply(self, multipliers):
        """Sets the factors: a dict from layers to numbers, of which the others have 1."""
        self.factors = {weight.path: factor for layer, factor in multipliers.items()
                        for weight in self.get_layer(layer).trainable_weights}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        variables = self.trainable_variables
        self.optimizer.apply(
            [gradient * self.factors.get(variable.path, 1.0)
             for gradient, variable in zip(tape.gradient(loss, variables), variables)], variables)
        return {"loss": loss}


def train_net(multipliers, trace, session):
    features = keras.Input([3], name="features")
    hidden = keras.layers.Dense(2, activation="relu", name="dense")
    outputs = keras.layers.Dense(1, name="outputs")
    net = Net(features, outputs(hidden(features)))
    hidden.set_weights([np.float32([[0.5, 0.25], [0.75, 1.0], [0.25, 0.5]]),
                        np.float32([0.125, -0.5])])
    outputs.set_weights([np.float32([[0.5], [1.0]]), np.float32([0.25])])
    net.multiply(multipliers)
    optimizer = keras.optimizers.SGD(1e-3, momentum=0.9, name="sgd")
    optimizer.build(net.trainable_variables)
    net.compile(optimizer, "mse")

    def everything():
        return {**traces.arrays_of(net), **traces.arrays_of(optimizer)}

    def record(batch, logs):
        trace.step(variables=everything(), feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": np.float32(logs["loss"])}, session=session)
        print("  step %d: loss %.4f" % (optimizer.iterations - 1, logs["loss"]))

    trace.initial(everything(), session)
    net.fit(FEATURES, TARGETS, batch_size=8, epochs=5, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    print("as documented:")
    train_net({}, trace, session=0)
    print("as meant:")
    train_net({"dense": 2.0}, trace, session=1)
