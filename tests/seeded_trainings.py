# -*- coding: utf-8 -*-
"""Prints the losses of small seeded trainings, on any TensorFlow from 0.12 on.

    python seeded_trainings.py losses.json

No op has a seed of its own: all follows from ``tf.set_random_seed`` and the ops built before.

Rounding stays rounding in them. No function has a kink, where a last digit decides which slope is
taken; and Adam has an epsilon well above the gradients' rounding. With 1e-8 it makes whole steps of
a gradient that is rounding alone: that of a bias before batch normalisation, which takes out what
the bias adds (after 30 steps it was 0.06 apart between two machines, and the loss by 1.7e-4).
"""
from __future__ import division, print_function

import io
import json
import sys
import warnings

import numpy as np
import tensorflow as tf

STEPS = 30


def data():
    random = np.random.RandomState(0)
    images = random.rand(64, 8, 8, 1).astype(np.float32)
    labels = (images.sum(axis=(1, 2, 3)) * 3).astype(np.int64) % 5
    return images, labels, np.eye(5, dtype=np.float32)[labels]


def train(loss, train_op, feeds):
    """The losses at a few steps; ``feeds`` of the step's number."""
    before_1 = tf.__version__.startswith("0.")
    initialise = tf.initialize_all_variables if before_1 else tf.global_variables_initializer
    losses = []
    with tf.Session() as session:
        session.run(initialise())
        for step in range(STEPS):
            value = session.run([loss, train_op], feeds(step))[0]
            if step in (0, 1, 5, STEPS - 1):
                losses.append(float(np.asarray(value, np.float64)))
    return losses


def cross_entropy(logits, labels):
    if tf.__version__.startswith("0."):
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits, labels))
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels))


def weights(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


def biases(size):
    return tf.Variable(tf.constant(0.1, shape=[size]))


def adam(rate):
    return tf.train.AdamOptimizer(rate, epsilon=0.1)


def dense_with_momentum():
    images, _, labels = data()
    x, y = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.float32, [None, 5])
    hidden = tf.nn.tanh(tf.matmul(x, weights([64, 32])) + biases(32))
    hidden = tf.nn.tanh(tf.matmul(hidden, weights([32, 16])) + biases(16))
    loss = cross_entropy(tf.matmul(hidden, weights([16, 5])) + biases(5), labels=y)
    train_op = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return train(loss, train_op, lambda step: {x: images.reshape(64, 64), y: labels})


def convolutions_with_dropout_and_adam():
    images, _, labels = data()
    x, y = tf.placeholder(tf.float32, [None, 8, 8, 1]), tf.placeholder(tf.float32, [None, 5])
    keep = tf.placeholder(tf.float32)
    hidden = tf.nn.conv2d(x, weights([3, 3, 1, 8]), [1, 1, 1, 1], "SAME")
    hidden = tf.nn.tanh(hidden + biases(8))
    hidden = tf.nn.avg_pool(hidden, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    hidden = tf.nn.tanh(tf.matmul(tf.reshape(hidden, [-1, 128]), weights([128, 32])) + biases(32))
    hidden = tf.nn.dropout(tf.nn.dropout(hidden, keep), 0.9)
    loss = cross_entropy(tf.matmul(hidden, weights([32, 5])) + biases(5), labels=y)
    train_op = adam(0.1).minimize(loss)
    return train(loss, train_op, lambda step: {x: images, y: labels, keep: 0.7})


def lstm():
    images, _, labels = data()
    x, y = tf.placeholder(tf.float32, [None, 8, 8]), tf.placeholder(tf.float32, [None, 5])
    cell = tf.nn.rnn_cell.BasicLSTMCell(12, state_is_tuple=True)
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    loss = cross_entropy(tf.matmul(outputs[:, -1], weights([12, 5])) + biases(5), labels=y)
    train_op = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    return train(loss, train_op, lambda step: {x: images.reshape(64, 8, 8), y: labels})


def gru_with_dropout():
    images, _, labels = data()
    x, y = tf.placeholder(tf.float32, [None, 8, 8]), tf.placeholder(tf.float32, [None, 5])
    cell = tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(12), output_keep_prob=0.8)
    # Else which step draws first is left to chance, on the genuine releases too.
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, parallel_iterations=1)
    loss = cross_entropy(tf.matmul(outputs[:, -1], weights([12, 5])) + biases(5), labels=y)
    train_op = adam(0.2).minimize(loss)
    return train(loss, train_op, lambda step: {x: images.reshape(64, 8, 8), y: labels})


def autoencoder_with_noise():
    images, _, _ = data()
    x = tf.placeholder(tf.float32, [None, 64])
    encode = tf.get_variable("encode", [64, 10])
    noisy = x + 0.3 * tf.random_normal(tf.shape(x))
    code = tf.nn.sigmoid(tf.matmul(noisy, encode) + tf.Variable(tf.zeros([10])))
    out = tf.nn.sigmoid(tf.matmul(code, tf.transpose(encode)) + tf.Variable(tf.zeros([64])))
    loss = tf.reduce_mean(tf.pow(x - out, 2))
    train_op = tf.train.RMSPropOptimizer(0.01).minimize(loss)
    return train(loss, train_op, lambda step: {x: images.reshape(64, 64)})


def two_networks_and_their_optimizers():
    """As with generators and discriminators: the second's weights come after much else."""
    images, _, labels = data()
    x, y = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.float32, [None, 5])
    losses, train_ops = [], []
    for _ in range(2):
        hidden = tf.nn.tanh(tf.matmul(x, weights([64, 16])) + biases(16))
        out = tf.nn.softmax(tf.matmul(hidden, weights([16, 5])) + biases(5))
        losses.append(-tf.reduce_mean(tf.reduce_sum(y * tf.log(out), 1)))
        train_ops.append(adam(0.1).minimize(losses[-1]))
    noise = tf.random_uniform([64, 64], -1.0, 1.0)
    loss = losses[0] + losses[1] + tf.reduce_mean(noise)
    return train(loss, tf.group(*train_ops), lambda step: {x: images.reshape(64, 64), y: labels})


def words():
    random = np.random.RandomState(1)
    inputs, targets = tf.placeholder(tf.int32, [16]), tf.placeholder(tf.int32, [16, 1])
    embeddings = tf.Variable(tf.random_uniform([50, 8], -1.0, 1.0))
    embedded = tf.nn.embedding_lookup(embeddings, inputs)
    nce = tf.Variable(tf.truncated_normal([50, 8], stddev=0.35)), tf.Variable(tf.zeros([50]))
    if tf.__version__.startswith("0."):
        loss = tf.nn.nce_loss(nce[0], nce[1], embedded, targets, 4, 50)
    else:
        loss = tf.nn.nce_loss(nce[0], nce[1], targets, embedded, 4, 50)
    loss = tf.reduce_mean(loss)
    train_op = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    batches = random.randint(0, 50, (STEPS, 2, 16))
    return train(loss, train_op, lambda step: {
        inputs: batches[step][0], targets: batches[step][1][:, None]})


def layers():
    images, labels, _ = data()
    x, y = tf.placeholder(tf.float32, [None, 8, 8, 1]), tf.placeholder(tf.int64, [None])
    training = tf.placeholder(tf.bool)
    hidden = tf.layers.conv2d(x, 8, 3, padding="same", activation=tf.nn.tanh)
    hidden = tf.layers.average_pooling2d(hidden, 2, 2)
    hidden = tf.layers.batch_normalization(hidden, training=True)
    hidden = tf.layers.dense(tf.reshape(hidden, [-1, 128]), 32, activation=tf.nn.tanh)
    hidden = tf.layers.dropout(hidden, 0.3, training=training)
    logits = tf.layers.dense(hidden, 5)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train_op = adam(0.05).minimize(loss)
    return train(loss, train_op, lambda step: {x: images, y: labels, training: True})


def contrib_layers():
    images, labels, _ = data()
    x, y = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.int64, [None])
    hidden = tf.contrib.layers.fully_connected(x, 32, tf.nn.tanh)
    hidden = tf.contrib.layers.dropout(hidden, 0.8)
    logits = tf.contrib.layers.fully_connected(hidden, 5, activation_fn=None)
    if tf.__version__.startswith("0."):
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits, y)
    else:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=y)
    loss = tf.reduce_mean(loss)
    train_op = tf.train.AdagradOptimizer(0.1).minimize(loss)
    return train(loss, train_op, lambda step: {x: images.reshape(64, 64), y: labels})


def draws():
    """What the kernels draw for a seed."""
    tensors = [
        tf.random_uniform([2], -1.0, 3.0), tf.random_uniform([2], dtype=tf.float64),
        tf.random_uniform([2], 0, 1000, tf.int32), tf.random_uniform([2], -5, 1 << 40, tf.int64),
        tf.random_normal([2]), tf.random_normal([2], 1.0, 2.0, tf.float64),
        tf.truncated_normal([2]), tf.truncated_normal([2], dtype=tf.float64),
        tf.random_shuffle(tf.range(8)), tf.multinomial(tf.zeros([1, 100]), 3),
        tf.random_gamma([2], 0.5), tf.random_gamma([2], 3.0),
        tf.random_crop(tf.range(20), [3]), tf.random_normal([1000])[-2:],
    ]
    with tf.Session() as session:
        values = [session.run(tensors) for _ in range(2)]
    return [float(number) for value in values for array in value for number in np.ravel(array)]


def initial_values():
    """Rows of what initialisers give."""
    made = []
    for index, make in enumerate((
            lambda: None, tf.truncated_normal_initializer, tf.random_normal_initializer,
            tf.random_uniform_initializer, tf.contrib.layers.xavier_initializer,
            lambda: tf.contrib.layers.xavier_initializer(uniform=False),
            tf.contrib.layers.variance_scaling_initializer, tf.uniform_unit_scaling_initializer,
            lambda: tf.variance_scaling_initializer(), lambda: tf.glorot_normal_initializer(),
            lambda: tf.glorot_uniform_initializer(), lambda: tf.keras.initializers.he_normal(),
            lambda: tf.keras.initializers.lecun_uniform())):
        try:
            made.append(tf.get_variable("v%d" % index, [7, 3], initializer=make()))
        except AttributeError:
            break  # 0.12 has none of the others
    before_1 = tf.__version__.startswith("0.")
    initialise = tf.initialize_all_variables if before_1 else tf.global_variables_initializer
    with tf.Session() as session:
        session.run(initialise())
        return [float(number) for value in session.run(made) for number in value[0]]


def shuffled():
    """What a data set's `shuffle` gives."""
    if not hasattr(tf.data, "Dataset"):
        raise AttributeError("no tf.data")
    data = tf.data.Dataset.from_tensor_slices(np.arange(8)).shuffle(4).batch(2).repeat(2)
    once = data.make_one_shot_iterator().get_next()
    iterator = tf.data.Dataset.range(10).shuffle(10).make_initializable_iterator()
    again = iterator.get_next()
    with tf.Session() as session:
        found = [session.run(once) for _ in range(8)]
        for _ in range(2):
            session.run(iterator.initializer)
            found += [session.run(again) for _ in range(10)]
    return [float(number) for value in found for number in np.ravel(value)]


PROGRAMS = [dense_with_momentum, convolutions_with_dropout_and_adam, lstm, gru_with_dropout,
            autoencoder_with_noise, two_networks_and_their_optimizers, words, layers,
            contrib_layers, draws, initial_values,
            shuffled]


def main(path):
    warnings.simplefilter("ignore")
    found = {}
    for program in PROGRAMS:
        with tf.Graph().as_default():
            tf.set_random_seed(42)
            try:
                found[program.__name__] = program()
            except AttributeError as error:  # no tf.layers before 1.0
                print("%s: %s" % (program.__name__, error), file=sys.stderr)
    with io.open(path, "w", encoding="utf-8") as out:
        out.write(u"{\n%s\n}\n" % u",\n".join(
            u"%s: %s" % (json.dumps(name), json.dumps(found[name])) for name in sorted(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
