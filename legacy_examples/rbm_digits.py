"""Restricted Boltzmann machines beside autoencoders, on scikit-learn's digits without labels (B7).

The two hidden layers of a sigmoid net are pretrained on a thousand images, one after the other:

* as restricted Boltzmann machines, by contrastive divergence with one Gibbs step (CD-1), as Hinton's
  guide writes it: both statistics, then the three updates;
* as autoencoders: each layer gives back what came into it, the others frozen.

The layers are restored into a net (B2) that learns ten digits from fifty labels, with all its layers
and with the outputs alone (B4), and beside it the same net from scratch. Initial values, choices and
the chance of the machines are NumPy's, so that releases agree but for draws that lie on the border.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

SIZES = [64, 40, 20]
BATCH, PRETRAINING_STEPS, RATE = 50, 1000, 0.1
LABELLED, DRAWS, STEPS = 50, 8, 200

digits = load_digits()
order = np.random.RandomState(42).permutation(len(digits.data))
images = (digits.data[order] / 16).astype(np.float32)
labels = digits.target[order]
unlabelled, test_images, test_labels = images[:1000], images[1000:], labels[1000:]


def weights(name, rows, columns):
    """A layer's weights, drawn by NumPy: from its name and size, the same everywhere."""
    random = np.random.RandomState(1000 * rows + columns + len(name))
    with tf.variable_scope(name):
        return (tf.get_variable("kernel", initializer=np.float32(
                    random.randn(rows, columns) * np.sqrt(2.0 / rows))),
                tf.get_variable("bias", initializer=np.zeros(columns, np.float32)))


def hidden_layers(X):
    """The inputs, and the output of each hidden layer."""
    layers, parts = [X], []
    for number in (1, 2):
        parts.append(weights("hidden%d" % number, SIZES[number - 1], SIZES[number]))
        kernel, bias = parts[-1]
        layers.append(tf.sigmoid(tf.matmul(layers[-1], kernel) + bias))
    return layers, parts


def machine(number, visible, hidden, kernel, bias):
    """A layer's reconstruction error, and its train op with the two uniform tensors it takes."""
    rows, columns = SIZES[number - 1], SIZES[number]
    visible_bias = tf.get_variable(
        "rbms/hidden%d/bias" % number, initializer=np.zeros(rows, np.float32))
    chance = [tf.placeholder(tf.float32, [None, size]) for size in (columns, rows)]
    state = tf.cast(chance[0] < hidden, tf.float32)
    fantasy = tf.sigmoid(tf.matmul(state, kernel, transpose_b=True) + visible_bias)
    fantasy = tf.cast(chance[1] < fantasy, tf.float32)
    hidden_after = tf.sigmoid(tf.matmul(fantasy, kernel) + bias)
    count = tf.cast(tf.shape(visible)[0], tf.float32)
    steps = [(tf.matmul(visible, hidden, transpose_a=True)
              - tf.matmul(fantasy, hidden_after, transpose_a=True)) / count,
             tf.reduce_mean(hidden - hidden_after, 0), tf.reduce_mean(visible - fantasy, 0)]
    steps = tf.tuple([RATE * step for step in steps])
    train = tf.group(*[tf.assign_add(variable, step) for variable, step in zip(
        [kernel, bias, visible_bias], steps)])
    back = tf.sigmoid(tf.matmul(hidden, kernel, transpose_b=True) + visible_bias)
    return tf.reduce_mean(tf.square(back - visible)), train, chance


def autoencoder(number, below, hidden, kernel, bias):
    """The same of an autoencoder, which takes no chance."""
    decoder, decoder_bias = weights(
        "decoders/hidden%d" % number, SIZES[number], SIZES[number - 1])
    loss = tf.reduce_mean(tf.square(tf.matmul(hidden, decoder) + decoder_bias - below))
    train = tf.train.AdamOptimizer(0.01).minimize(
        loss, var_list=[kernel, bias, decoder, decoder_bias],
        gate_gradients=tf.train.Optimizer.GATE_GRAPH)
    return loss, train, []


def pretrain(way, checkpoint):
    tf.reset_default_graph()
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    layers, parts = hidden_layers(X)
    phases = [way(number, layers[number - 1], layers[number], *parts[number - 1])
              for number in (1, 2)]
    random = np.random.RandomState(0)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number, (loss, train, chance) in enumerate(phases, start=1):
            before = sess.run(loss, {X: unlabelled})
            for step in range(PRETRAINING_STEPS):
                feeds = {X: unlabelled[random.choice(1000, BATCH, replace=False)]}
                feeds.update((each, random.rand(BATCH, each.shape.as_list()[1])) for each in chance)
                sess.run(train, feeds)
            print("  hidden%d: reconstruction error %.3f, after %d steps %.3f" % (
                number, before, PRETRAINING_STEPS, sess.run(loss, {X: unlabelled})))
        tf.train.Saver().save(sess, checkpoint)


def with_labels(scope, checkpoint=None):
    """Trains a scope of the net on fifty labels, eight times; its accuracies on the test images."""
    tf.reset_default_graph()
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layers, _ = hidden_layers(X)
    kernel, bias = weights("outputs", 20, 10)
    logits = tf.matmul(layers[-1], kernel) + bias
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(0.03).minimize(
        loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope),
        gate_gradients=tf.train.Optimizer.GATE_GRAPH)
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
    reused = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[12]/")
    restore = tf.train.Saver(dict((variable.op.name, variable) for variable in reused))
    accuracies = []
    for draw in range(DRAWS):
        chosen = np.random.RandomState(draw).choice(1000, LABELLED, replace=False)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            if checkpoint:
                restore.restore(sess, checkpoint)
            for step in range(STEPS):
                sess.run(train, {X: images[chosen], y: labels[chosen]})
            accuracies.append(sess.run(accuracy, {X: test_images, y: test_labels}))
    return np.array(accuracies)


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "pretrained.ckpt")
rows = []
for title, way in (("from scratch", None), ("machines", machine), ("autoencoders", autoencoder)):
    if way:
        print("Pretraining, %s:" % title)
        pretrain(way, checkpoint)
    rows.append((title, [with_labels(scope, checkpoint if way else None)
                         for scope in (None, "outputs/")]))
shutil.rmtree(folder)

print("Test accuracy after %d steps on %d labels, the mean of %d choices of them (in how many it is"
      % (STEPS, LABELLED, DRAWS))
print("better than from scratch):")
print("  %-16s %-16s %s" % ("", "all layers", "outputs alone, the hidden layers frozen"))
for title, columns in rows:
    print("  %-16s %s" % (title, "".join("%-17s" % (
        "%.3f (%d)" % (column.mean(), np.sum(column > scratch)))
        for column, scratch in zip(columns, rows[0][1])).rstrip()))
