"""Two auxiliary tasks on scikit-learn's digits, and what their lower layers are worth (B7).

Chapter 11 of Hands-On Machine Learning names them. The two hidden layers of an elu net learn

* to tell good images from bad ones, whose lower half is another image's: labels that cost nothing;
* whether two images of the digits 0-4 show the same digit, as one would with faces of strangers.

Both are measured on images that were never trained on, all in one pair or image only. Then the
layers are restored into a net that learns the digits 5-9 from fifty labels (B2), with all its
layers and with the outputs alone (B4), and beside it the same net from scratch. Initial values and
choices are NumPy's, so that releases agree.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

BATCH, PRETRAINING_STEPS = 50, 600
LABELLED, DRAWS, STEPS = 50, 8, 100

digits = load_digits()
order = np.random.RandomState(42).permutation(len(digits.data))
images = (digits.data[order] / 16).astype(np.float32)
labels = digits.target[order]
train, test = np.arange(1000), np.arange(1000, len(images))


def dense(inputs, name, rows, columns):
    """A layer whose weights are drawn by NumPy: from its name and size, the same everywhere."""
    random = np.random.RandomState(1000 * rows + columns + len(name))
    kernel = (random.randn(rows, columns) * np.sqrt(2.0 / rows)).astype(np.float32)
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", initializer=kernel)
        bias = tf.get_variable("bias", initializer=np.zeros(columns, np.float32))
    return tf.matmul(inputs, kernel) + bias


def hidden_layers(X):
    return tf.nn.elu(dense(tf.nn.elu(dense(X, "hidden1", 64, 40)), "hidden2", 40, 20))


def descend(loss, rate=0.1, scope=None):
    """A train op for the variables in a scope, all gradients before the first update."""
    return tf.train.MomentumOptimizer(rate, 0.9).minimize(
        loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope),
        gate_gradients=tf.train.Optimizer.GATE_GRAPH)


def halves(upper, lower):
    """Images of the upper half of some and the lower half of others."""
    return np.hstack([images[upper, :32], images[lower, 32:]])


def good_or_bad(chosen):
    """Of indices: a third are good images, and of two thirds the bad ones are made."""
    count = len(chosen) // 3
    good, upper, lower = (chosen[count * part:count * (part + 1)] for part in range(3))
    return [np.concatenate([images[good], halves(upper, lower)])], np.repeat([1.0, 0.0], count)


def pairs(chosen):
    """Of indices: pairs of images of the digits 0-4, half of them of one digit, each image once."""
    of = [chosen[labels[chosen] == digit] for digit in range(5)]
    quarter = min(len(each) for each in of) // 4
    first, second, same = [], [], []
    for digit in range(5):
        own, other = of[digit], of[(digit + 1) % 5]
        first += [own[:quarter], own[2 * quarter:3 * quarter]]
        second += [own[quarter:2 * quarter], other[3 * quarter:4 * quarter]]
        same += [np.ones(quarter), np.zeros(quarter)]
    return [images[np.concatenate(each)] for each in (first, second)], np.concatenate(same)


def auxiliary_task(title, checkpoint, examples, towers, rate):
    """Trains one logit above the hidden layers of one image, or of two; its accuracy on new ones."""
    tf.reset_default_graph()
    inputs = [tf.placeholder(tf.float32, [None, 64]) for tower in range(towers)]
    wanted = tf.placeholder(tf.float32, [None])
    with tf.variable_scope(tf.get_variable_scope()) as scope:
        codes = [hidden_layers(inputs[0])]
        scope.reuse_variables()
        codes += [hidden_layers(X) for X in inputs[1:]]
    code = codes[0] if towers == 1 else tf.square(codes[0] - codes[1])
    logit = dense(code, "auxiliary", 20, 1)[:, 0]
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logit))
    step = descend(loss, rate)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(logit > 0, wanted > 0.5), tf.float32))

    def feeds(chosen):
        values, answers = examples(chosen)
        return dict(zip(inputs + [wanted], values + [answers]))

    random = np.random.RandomState(0)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(PRETRAINING_STEPS):
            sess.run(step, feeds(random.permutation(train)[:3 * BATCH]))
        right = sess.run(accuracy, feeds(test))
        tf.train.Saver().save(sess, checkpoint)
    count = len(examples(test)[1])
    print("%s: test accuracy %.3f of %d" % (title, right, count))
    return right, count


def with_labels(scope, checkpoint=None):
    """Trains a scope of the net on fifty labels, eight times; its accuracies on the digits 5-9."""
    tf.reset_default_graph()
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    logits = dense(hidden_layers(X), "outputs", 20, 5)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    step = descend(loss, scope=scope)
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
    reused = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[12]/")
    restore = tf.train.Saver(dict((variable.op.name, variable) for variable in reused))
    known, new = (part[labels[part] >= 5] for part in (train, test))
    accuracies = []
    for draw in range(DRAWS):
        chosen = np.random.RandomState(draw).choice(known, LABELLED, replace=False)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            if checkpoint:
                restore.restore(sess, checkpoint)
            for _ in range(STEPS):
                sess.run(step, {X: images[chosen], y: labels[chosen] - 5})
            accuracies.append(sess.run(accuracy, {X: images[new], y: labels[new] - 5}))
    return np.array(accuracies)


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "auxiliary.ckpt")
rows = [("from scratch", [with_labels(scope) for scope in (None, "outputs/")])]
for title, examples, towers, rate in (("good or bad", good_or_bad, 1, 0.1),
                                      ("the same digit", pairs, 2, 0.02)):
    auxiliary_task(title, checkpoint, examples, towers, rate)
    rows.append((title, [with_labels(scope, checkpoint) for scope in (None, "outputs/")]))
shutil.rmtree(folder)

print("Test accuracy on 5-9 after %d steps on %d labels, the mean of %d choices of them (in how many"
      % (STEPS, LABELLED, DRAWS))
print("it is better than from scratch):")
print("  %-16s %-16s %s" % ("", "all layers", "outputs alone, the hidden layers frozen"))
for title, columns in rows:
    print("  %-16s %s" % (title, "".join("%-17s" % (
        "%.3f (%d)" % (column.mean(), np.sum(column > scratch)))
        for column, scratch in zip(columns, rows[0][1])).rstrip()))
