r"""A3 in Keras 3: a gradient is a tensor between the tape and the optimizer.

    python scaled_gradient.py port.npz
    tf1-recipes compare A3_scaled_gradient/1.15.5.json port.npz --map scaled_gradient.map.json

compute_gradients is `tape.gradient`, apply_gradients is the optimizer's `apply`: what stands
between them may change the gradients. The optimizer's `iterations` is what global_step was.

What has not changed: under Adam, Adagrad or RMSprop the factor does next to nothing, as they divide
the gradient's size out; there the way is an optimizer with its own rate (A1). And a variable that
the loss does not read still has the gradient None: 2 * None is a TypeError.
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

x = keras.Variable(1.0, name="x")
y = keras.Variable(0.0, name="y")
optimizer = keras.optimizers.SGD(0.1)
optimizer.build([x, y])


def everything():
    return {"x": x, "y": y, "iterations": np.int32(optimizer.iterations)}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(5):
        with tf.GradientTape() as tape:
            loss = tf.square(x - y)
        of_x, of_y = tape.gradient(loss, [x, y])
        optimizer.apply([of_x, 2 * of_y], [x, y])
        trace.step(variables=everything())
        with np.printoptions(legacy="1.13"):  # as the documented output is printed
            print([x.numpy(), y.numpy()])
