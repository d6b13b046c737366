r"""B7 in Keras 3: the lower layers are pretrained without labels, then reused.

    python pretrained_layers.py port.npz
    tf1-recipes compare B7_pretrained_layers/1.15.5.json port.npz \
        --map pretrained_layers.map.json --ulp 4

A layer is an object: what is pretrained is handed on as it is, and `set_weights` copies it where
the new net is to have layers of its own. One function trains any loss over any variables; each
phase has an optimizer of its own, so that no count of steps is shared (an Adam shared by the
phases takes the second one's first steps up to 6.6 times too long, here as there). The second
autoencoder's weights are tied by using the kernel's transpose. Both scores of the max margin come
of the same layers, and have one shape, [10, 1].
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

INPUTS = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
LABELS = (np.arange(10) * 3 % 4).astype(np.int32)
CORRUPTED = np.hstack([INPUTS[:, 4:], INPUTS[:, :4]])
MARGIN = 0.05
STEPS = 4


def dense(name, rows, columns, start, activation=None):
    """Odd sixteenths from -1 to 1 over the root of their number, mixed: none is nearly 0."""
    values = ((np.arange(rows * columns) * 7 + start) % 16 * 2 - 15) / 16.0
    layer = keras.layers.Dense(columns, activation=activation, name=name)
    layer.build([None, rows])
    layer.set_weights([(values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns),
                       np.full(columns, 0.1, np.float32)])
    return layer


def lower_layers(start=0):
    """The layers that are pretrained: relu, 8-6-4."""
    return [dense("hidden1", 8, 6, start, "relu"), dense("hidden2", 6, 4, start + 1, "relu")]


def named(*layers):
    return {"%s/%s" % (layer.name, weight.name): weight
            for layer in layers for weight in layer.weights}


def descend(name, loss, variables, recorded, feeds, trace, session):
    """Trains some variables for a few steps."""
    optimizer = keras.optimizers.SGD(0.1)
    before = loss()
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply(tape.gradient(value, variables), variables)
        trace.step(variables=recorded, feeds=feeds, session=session)
    print("%s: %.4f, after %d steps %.4f" % (name, before, STEPS, loss()))


def train_with_labels(pretrained, trace, session):
    """A new net of 8-6-4-4, its lower layers' weights from those that were pretrained."""
    hidden1, hidden2 = lower = lower_layers(start=4)
    for layer, source in zip(lower, pretrained):
        layer.set_weights(source.get_weights())
    net = [*lower, dense("outputs", 4, 4, 6)]
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    trace.initial(named(*net), session)
    descend("cross_entropy", lambda: cross_entropy(LABELS, net[2](hidden2(hidden1(INPUTS)))),
            list(named(*net).values()), named(*net), {"X": INPUTS, "y": LABELS}, trace, session)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    hidden1, hidden2 = lower_layers()
    decoder1 = dense("decoder1", 6, 8, 2)
    bias2 = keras.Variable(np.full(6, 0.1, np.float32), name="decoder2_bias")
    recorded = {**named(hidden1, hidden2, decoder1), "decoder2/bias": bias2}
    trace.initial(recorded)

    def reconstruction1():
        return tf.reduce_mean(tf.square(decoder1(hidden1(INPUTS)) - INPUTS))

    def reconstruction2():
        below = hidden1(INPUTS)
        decoded = tf.matmul(hidden2(below), hidden2.kernel, transpose_b=True) + bias2
        return tf.reduce_mean(tf.square(decoded - below))

    descend("reconstruction1", reconstruction1, hidden1.trainable_variables
            + decoder1.trainable_variables, recorded, {"X": INPUTS}, trace, 0)
    descend("reconstruction2", reconstruction2, hidden2.trainable_variables + [bias2],
            recorded, {"X": INPUTS}, trace, 0)
    train_with_labels([hidden1, hidden2], trace, session=1)

    hidden1, hidden2 = lower_layers()
    score = dense("score", 4, 1, 2)
    ranked = named(hidden1, hidden2, score)
    trace.initial(ranked, session=2)

    def max_margin():
        good, bad = score(hidden2(hidden1(INPUTS))), score(hidden2(hidden1(CORRUPTED)))
        return tf.reduce_mean(tf.nn.relu(MARGIN - good + bad))

    descend("max_margin", max_margin, list(ranked.values()), ranked,
            {"X": INPUTS, "corrupted": CORRUPTED}, trace, 2)
    train_with_labels([hidden1, hidden2], trace, session=3)
