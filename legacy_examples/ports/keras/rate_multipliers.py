r"""A5 in Keras 3: a multiplier per variable, under the variable's path, with summaries.

    python rate_multipliers.py port.npz
    tf1-recipes compare A5_rate_multipliers/1.15.5.json port.npz --ulp 2

A variable's `path` ("hidden/kernel") is what `var.op.name` was. The rate is no placeholder: it is a
variable of the optimizer, which is set. `multipliers[path]` is a KeyError for a name that is
missing; one too many would be ignored, so the two sets are compared once.

What has not changed: under Adam and its kin a multiplied gradient does next to nothing, and None
times a number is a TypeError. Where only rates differ, A1 needs no loop of one's own.
"""
import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

FEATURES = (np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32)
MULTIPLIERS = {"hidden/kernel": 0.1, "hidden/bias": 0.2, "outputs/kernel": 1.0, "outputs/bias": 2.0}

features = keras.Input([3], name="features")
hidden = keras.layers.Dense(2, activation="relu", name="hidden")
outputs = keras.layers.Dense(1, name="outputs")
net = keras.Model(features, outputs(hidden(features)))
hidden.set_weights([np.float32([[0.5, -0.25], [0.75, 1.0], [-0.5, 0.25]]),
                    np.float32([0.125, -0.125])])
outputs.set_weights([np.float32([[0.5], [-1.0]]), np.float32([0.25])])
variables = net.trainable_variables
assert {each.path for each in variables} == set(MULTIPLIERS)
optimizer = keras.optimizers.SGD(0.01)

with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="keras " + keras.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder, \
        tf.summary.create_file_writer(folder).as_default():
    trace.initial(net)
    for step in range(6):
        rate = np.float32(0.01 if step < 3 else 0.001)
        optimizer.learning_rate = rate
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(net(FEATURES) - TARGETS))
        gradients = [gradient * MULTIPLIERS[variable.path]
                     for gradient, variable in zip(tape.gradient(loss, variables), variables)]
        written = [tf.summary.scalar("learning_rate", rate, step)]
        for gradient, variable in zip(gradients, variables):
            written.append(tf.summary.histogram("variables/" + variable.path, variable, step))
            written.append(tf.summary.histogram("gradients/" + variable.path, gradient, step))
        optimizer.apply(gradients, variables)
        trace.step(variables=net, feeds={
            "features": FEATURES, "targets": TARGETS, "learning_rate": rate})
        print("step %d: loss %.4f, %d summaries" % (step, loss, sum(map(bool, written))))
