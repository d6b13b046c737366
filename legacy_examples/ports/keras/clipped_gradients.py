r"""C in Keras 3: `clipvalue` of any optimizer.

    python clipped_gradients.py port.npz
    tf1-recipes compare C_clipped_gradients/1.15.5.json port.npz

The optimizer clips what it is given. `clipnorm` clips each gradient by its own norm, and
`global_clipnorm` all by their common one; only one of the three may be given. A gradient that is
None is left out, with a warning, and no longer crashes the clipping.

What has not changed: a NaN passes `clipvalue`, and under `global_clipnorm` takes all weights along.
And of rows with one id each is clipped on its own, before they are summed.
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

STEEPNESS = np.array([[0.3, 1.7, 0.6], [1.1, 0.2, 0.9]], np.float32)
TARGETS = np.array([[2.0, -1.0, 1.5], [0.5, -3.0, 1.0]], np.float32)

weights = keras.Variable([[0.5, -0.25, 1.25], [1.25, -0.75, 0.7]], name="weights")
bias = keras.Variable([0.1, -0.9, 0.3], name="bias")
net = {"weights": weights, "bias": bias}
optimizer = keras.optimizers.SGD(0.1, clipvalue=1.0)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(net)
    for step in range(10):
        with tf.GradientTape() as tape:
            loss = (tf.reduce_sum(STEEPNESS * tf.square(weights - TARGETS))
                    + tf.reduce_sum(tf.square(bias - 0.2)))
        gradients = tape.gradient(loss, [weights, bias])
        count = sum(np.count_nonzero(np.abs(each) > 1) for each in gradients)
        optimizer.apply(gradients, [weights, bias])
        trace.step(variables=net, feeds={"steepness": STEEPNESS, "targets": TARGETS})
        print("step %d: loss %.4f, %d of 9 elements clipped" % (step, loss, count))
