"""Three ways to pretrain on scikit-learn's digits without their labels, each against none (B7).

A thousand images are at hand, and labels for fifty of them. The two hidden layers of an elu net are
pretrained on the thousand

* as a stack of autoencoders: each layer gives back what came into it, the others frozen;
* on an auxiliary task, whose labels cost nothing: by how many quarters was the image turned?
* by a max margin: an image must score higher than one with the lower half of another image.

Each time the layers are restored into a new net (B2), which learns from the fifty labels, and beside
it the same net from scratch: with all its layers, and with the outputs alone (B4). Decoders and
other outputs stay behind. Initial values and choices are NumPy's, so that releases agree.

It prints what it finds. With all layers to train, a small net learns fifty labels about as well from
scratch. With the hidden layers frozen, the features of the autoencoders and of the max margin are
worth more than random ones; those that tell how an image is turned are worth less.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

BATCH, PRETRAINING_STEPS = 50, 400
LABELLED, DRAWS, STEPS = 50, 8, 100

digits = load_digits()
order = np.random.RandomState(42).permutation(len(digits.data))
images = (digits.data[order] / 16).astype(np.float32)
labels = digits.target[order]
unlabelled, test_images, test_labels = images[:1000], images[1000:], labels[1000:]


def dense(inputs, name, rows, columns):
    """A layer whose weights are drawn by NumPy: from its name and size, the same everywhere."""
    random = np.random.RandomState(1000 * rows + columns + len(name))
    kernel = (random.randn(rows, columns) * np.sqrt(2.0 / rows)).astype(np.float32)
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", initializer=kernel)
        bias = tf.get_variable("bias", initializer=np.zeros(columns, np.float32))
    return tf.matmul(inputs, kernel) + bias


def hidden_layers(X):
    hidden1 = tf.nn.elu(dense(X, "hidden1", 64, 40))
    return hidden1, tf.nn.elu(dense(hidden1, "hidden2", 40, 20))


def descend(loss, scope=None, optimizer=None):
    """A train op for the variables in a scope, all gradients before the first update."""
    optimizer = optimizer or tf.train.MomentumOptimizer(0.1, 0.9)
    return optimizer.minimize(
        loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope),
        gate_gradients=tf.train.Optimizer.GATE_GRAPH)


def cross_entropy(y, logits):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def pretrain(sess, what, loss, train, feeds_of):
    """Trains on batches of the images; feeds_of makes the feeds from one batch and another."""
    batches = np.random.RandomState(0)
    everything = feeds_of(unlabelled, np.roll(unlabelled, 1, axis=0))
    before = sess.run(loss, everything)
    for step in range(PRETRAINING_STEPS):
        batch, other = (unlabelled[batches.choice(1000, BATCH, replace=False)] for _ in range(2))
        sess.run(train, feeds_of(batch, other))
    print("  %-16s loss %.3f, after %d steps %.3f" % (
        what, before, PRETRAINING_STEPS, sess.run(loss, everything)))


def autoencoders(checkpoint):
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    hidden1, hidden2 = hidden_layers(X)
    phases = []
    for name, below, rows, hidden, columns in (("hidden1", X, 64, hidden1, 40),
                                               ("hidden2", hidden1, 40, hidden2, 20)):
        decoded = dense(hidden, "decoders/" + name, columns, rows)
        loss = tf.reduce_mean(tf.square(decoded - below))
        phases.append((name, loss, descend(
            loss, "(decoders/)?%s/" % name, tf.train.AdamOptimizer(0.01))))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for name, loss, train in phases:
            pretrain(sess, name, loss, train, lambda batch, other: {X: batch})
        tf.train.Saver().save(sess, checkpoint)


def quarter_turns(batch, other):
    """The images of two batches, turned by 0 to 3 quarters, and by how many."""
    turned = [np.rot90(image.reshape(8, 8), index % 4).reshape(64)
              for index, image in enumerate(np.concatenate([batch, other]))]
    return np.array(turned), np.arange(len(turned)) % 4


def auxiliary_task(checkpoint):
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    loss = cross_entropy(y, dense(hidden_layers(X)[1], "turns", 20, 4))
    train = descend(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        pretrain(sess, "quarter turns", loss, train,
                 lambda batch, other: dict(zip((X, y), quarter_turns(batch, other))))
        tf.train.Saver().save(sess, checkpoint)


def max_margin(checkpoint):
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    corrupted = tf.placeholder(tf.float32, [None, 64], name="corrupted")
    with tf.variable_scope(tf.get_variable_scope()) as scope:
        good = dense(hidden_layers(X)[1], "score", 20, 1)
        scope.reuse_variables()
        bad = dense(hidden_layers(corrupted)[1], "score", 20, 1)
    loss = tf.reduce_mean(tf.nn.relu(1.0 - good + bad))
    # Under momentum the kinks of this loss make another net of the last bit's rounding.
    train = descend(loss, optimizer=tf.train.GradientDescentOptimizer(0.1))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        pretrain(sess, "max margin", loss, train, lambda batch, other: {
            X: batch, corrupted: np.hstack([batch[:, :32], other[:, 32:]])})
        tf.train.Saver().save(sess, checkpoint)


def with_labels(scope, checkpoint=None):
    """Trains a scope of the net on fifty labels, eight times; its accuracies on the test images."""
    tf.reset_default_graph()
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    logits = dense(hidden_layers(X)[1], "outputs", 20, 10)
    train = descend(cross_entropy(y, logits), scope)
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
for title, way in (("from scratch", None), ("autoencoders", autoencoders),
                   ("auxiliary task", auxiliary_task), ("max margin", max_margin)):
    if way:
        print("Pretraining, %s:" % title)
        tf.reset_default_graph()
        way(checkpoint)
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
