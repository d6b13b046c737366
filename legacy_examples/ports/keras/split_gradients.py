r"""A2 in Keras 3: one tape, two optimizers.

    python split_gradients.py port.npz
    tf1-recipes compare A2_split_gradients/1.15.5.json port.npz \
        --map split_gradients.map.json --ulp 4

`tape.gradient` computes the gradients of both lists, and has ended before the first optimizer is
called: in eager mode as in a `tf.function`, which keeps the order of reads and writes of variables.
There is no race.

Still possible: a variable in both lists moves twice, one in neither does not move at all. Neither
is an error, as the lists are plain Python.
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

FEATURES = (np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32)
TARGETS = (np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32)

features = keras.Input([5], name="features")
pretrained = keras.layers.Dense(1, use_bias=False, name="pretrained")
new = keras.layers.Dense(1, name="new")
net = keras.Model(features, pretrained(features[:, :3]) + new(features[:, 3:]))
pretrained.set_weights([np.float32([[0.5], [-0.25], [1.0]])])
new.set_weights([np.float32([[0.125], [-0.75]]), np.float32([0.1])])

low, high = pretrained.trainable_variables, new.trainable_variables
train_low, train_high = keras.optimizers.SGD(0.00001), keras.optimizers.SGD(0.0001)
train_low.build(low)
train_high.build(high)


@tf.function
def train():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(net(FEATURES) - TARGETS))
    gradients = tape.gradient(loss, low + high)
    train_low.apply(gradients[:len(low)], low)
    train_high.apply(gradients[len(low):], high)
    return loss


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(net)
    for step in range(10):
        loss = train()
        trace.step(variables=net, feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss))
