r"""B6 in Keras 3: the output layer learns alone, then with hidden3, then with hidden2 too.

    python gradual_unfreezing.py port.npz
    tf1-recipes compare B6_gradual_unfreezing/1.15.5.json port.npz \
        --map gradual_unfreezing.map.json --ulp 4

`trainable` is set, and the model compiled again, with the same optimizer: its momentum stays. It is
built for all the variables that will be trained, before the first stage: an optimizer that fit has
built for the outputs alone refuses the others ("unknown variable") in the second stage, and a new
one at each stage begins with momentum 0 again, silently.

No session, no initialiser: nothing can be initialised again. What has not changed is Adam's count
of steps: one Adam for all stages takes a layer's first steps up to 6.6 rates long, as its moments
begin at 0 but its `iterations` does not.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces

NUMBERS = np.arange(80).reshape(10, 8) * 37 % 101
INPUTS = (NUMBERS / 101.0).astype(np.float32)
TARGETS = (NUMBERS.sum(axis=1, keepdims=True) / 101.0 + 8).astype(np.float32)


def initial(rows, columns, start):
    """Weights spread evenly between 0 and 2 over their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5
    return (values / rows).astype(np.float32).reshape(rows, columns)


output = X = keras.Input([8], name="X")
layers = {}
for number, (name, width) in enumerate(
        [("hidden1", 6), ("hidden2", 5), ("hidden3", 4), ("outputs", 1)]):
    layers[name] = keras.layers.Dense(width, activation=None if name == "outputs" else "relu",
                                      name=name)
    output = layers[name](output)
    layers[name].set_weights([initial(*layers[name].kernel.shape, number),
                              np.full(width, 0.1, np.float32)])
net = keras.Model(X, output)

layers["hidden1"].trainable = False
optimizer = keras.optimizers.SGD(1 / 512, momentum=0.5, name="sgd")
optimizer.build(net.trainable_variables)


def everything():
    return {**traces.arrays_of(net), **traces.arrays_of(optimizer),
            "global_step": np.int32(optimizer.iterations)}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    def record(batch, logs):
        trace.step(variables=everything(), feeds={"X": INPUTS, "y": TARGETS})

    trace.initial(everything())
    for stage in ["outputs"], ["hidden3", "outputs"], ["hidden2", "hidden3", "outputs"]:
        for name, layer in layers.items():
            layer.trainable = name in stage
        net.compile(optimizer, "mse")
        print("loss %.3f, now training %s" % (
            net.evaluate(INPUTS, TARGETS, verbose=0), "|".join(stage)))
        net.fit(INPUTS, TARGETS, batch_size=10, epochs=4, shuffle=False, verbose=0,
                callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)])
    print("loss %.3f" % net.evaluate(INPUTS, TARGETS, verbose=0))
