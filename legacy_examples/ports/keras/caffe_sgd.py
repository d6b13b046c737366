r"""E5 in Keras 3: keras.optimizers.SGD with momentum is Caffe's SGD.

    python caffe_sgd.py port.npz
    tf1-recipes compare E5_caffe_sgd/1.15.5.json port.npz --map caffe_sgd.map.json

Keras accumulates rate * gradient in its momentum, as Caffe does in its history, with the sign of
the step: velocity = momentum * velocity - rate * gradient, w += velocity. TensorFlow 1's Momentum
accumulates the gradient alone and multiplies by the rate of the day. At a constant rate that is the
same. Where the rate drops from 0.1 to 0.01, in mid-training, TensorFlow 1's step drops at once to a
tenth; Caffe's and Keras' go on with the old rate in the history, and lose 10% of it per step.

lr_mult is an optimizer of its own for the biases, decay_mult a term in the gradient of the weights.
What can still happen: `weight_decay` of the optimizer does not go through the momentum (E4).
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

WEIGHT_DECAY = 0.0005

weights = keras.Variable([2.0, -1.5, 0.25], name="weights")
bias = keras.Variable(0.5, name="bias")
of_weights = keras.optimizers.SGD(0.1, momentum=0.9, name="sgd")
of_bias = keras.optimizers.SGD(2 * 0.1, momentum=0.9, name="sgd")
of_weights.build([weights])
of_bias.build([bias])


def everything():
    return {"weights": weights, "bias": bias, "history/weights": of_weights.momentums[0],
            "history/bias": of_bias.momentums[0]}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(8):
        rate = np.float32(0.1 if step < 5 else 0.01)
        of_weights.learning_rate, of_bias.learning_rate = rate, 2 * rate
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2
        of_w, of_b = tape.gradient(loss, [weights, bias])
        of_weights.apply([of_w + WEIGHT_DECAY * weights], [weights])
        of_bias.apply([of_b], [bias])
        trace.step(variables=everything(), feeds={"rate": rate})
        print("weights %.5f %.5f %.5f" % tuple(weights.numpy()))
