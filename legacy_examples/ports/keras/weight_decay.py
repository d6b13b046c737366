r"""E2 in Keras 3: weight decay behind the update, one line behind `apply`.

    python weight_decay.py port.npz
    tf1-recipes compare E2_weight_decay/1.15.5.json port.npz

Reads and writes of variables happen in the order of the lines, in eager mode and in a tf.function:
the decay reads the weight that `apply` has left. The three meanings of the documented form, by
chance even, cannot arise.

The optimizer's own `weight_decay` is another decay: before the update, of the weight that the
gradient was computed at, and times the rate: w - rate * weight_decay * w - update. Here, with rate
and decay 0.1, the first four values are 1.71000 1.47510 1.28483 1.13071; SGD(0.1, weight_decay=1.0)
gives 1.70000 1.46000 1.26800 1.11440.
"""
import sys

import keras
import tensorflow as tf

from tf1_recipes import traces

DECAY = 0.1

w = keras.Variable(2.0, name="w")
optimizer = keras.optimizers.SGD(0.1)
optimizer.build([w])


@tf.function
def train():
    with tf.GradientTape() as tape:
        loss = tf.square(w - 1) / 2
    optimizer.apply(tape.gradient(loss, [w]), [w])
    w.assign_sub(DECAY * w)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial({"w": w})
    for step in range(4):
        train()
        trace.step(variables={"w": w})
        print("%.5f" % w.numpy())
