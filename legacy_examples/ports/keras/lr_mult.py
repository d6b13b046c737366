r"""A4 in Keras 3 and TensorFlow 2: tf.custom_gradient, as it was.

    python lr_mult.py port.npz
    tf1-recipes compare A4_lr_mult/1.15.5.json port.npz

The decorated function needs no graph and works under a tape as it did. `ones_like(x)` is left out:
dy has x's shape already. What still holds: an optimizer that normalises by the gradient's size
(Adam, Adagrad, RMSprop) undoes the multiplier, silently; and in front of an embedding lookup dy is
of IndexedSlices, and `dy * alpha` a TypeError: the multiplier belongs behind the lookup.
"""
import sys

import keras
import tensorflow as tf

from tf1_recipes import traces


def lr_mult(alpha):
    @tf.custom_gradient
    def multiply(x):
        return tf.identity(x), lambda dy: dy * alpha
    return multiply


def loss():
    return tf.square(x0) + tf.square(lr_mult(0.1)(tf.convert_to_tensor(x1)))


x0 = keras.Variable(1.0, name="x0")
x1 = keras.Variable(1.0, name="x1")
optimizer = keras.optimizers.SGD(0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial({"x0": x0, "x1": x1})
    for step in range(5):
        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply(tape.gradient(value, [x0, x1]), [x0, x1])
        trace.step(variables={"x0": x0, "x1": x1})
        print("[%s]" % ", ".join(str(each.numpy()) for each in (x0, x1, loss())))
