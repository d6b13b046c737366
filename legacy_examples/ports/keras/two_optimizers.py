r"""A1 in Keras 3: a MultiOptimizer, which has an optimizer for each pattern of names.

    python two_optimizers.py port.npz
    tf1-recipes compare A1_two_optimizers/1.15.5.json port.npz --map two_optimizers.map.json --ulp 4

One tape gives all gradients before the first weight moves, so the race that the grouped optimizers
of TensorFlow 1 run cannot be written down here. A variable has exactly one optimizer: the pattern
is matched against the whole name, and what no pattern matches is the default optimizer's. Two
patterns that match one variable are a ValueError.

Still possible: a pattern that matches nothing is no error; its layers learn at the default's rate.
Keras 3.15 has MultiOptimizer; where an older one has not, A2 does.
"""
import sys

import keras
import numpy as np
from keras import ops

from tf1_recipes import traces

FEATURES = (np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32)

features = keras.Input([5], name="features")
pretrained = keras.layers.Dense(1, use_bias=False, name="pretrained")
new = keras.layers.Dense(1, name="new")
net = keras.Model(features, pretrained(features[:, :3]) + new(features[:, 3:]))
pretrained.set_weights([np.float32([[0.5], [-0.25], [1.0]])])
new.set_weights([np.float32([[0.125], [-0.75]]), np.float32([0.1])])

rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.0001))
rates["pretrained/.*"] = keras.optimizers.SGD(0.00001)
net.compile(keras.optimizers.MultiOptimizer(rates),
            loss=lambda targets, outputs: ops.sum(ops.square(outputs - targets)))

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    def record(batch, logs):
        trace.step(variables=net, feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": np.float32(logs["loss"])})
        print("step %d: loss %.4f" % (net.optimizer.iterations - 1, logs["loss"]))

    trace.initial(net)
    net.fit(FEATURES, TARGETS, batch_size=8, epochs=10, shuffle=False, verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
