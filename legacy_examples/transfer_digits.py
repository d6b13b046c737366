"""Transfer from the digits 0-4 to the digits 5-9, on scikit-learn's bundled images.

A relu net learns the digits 0-4 and is saved. A net for 5-9 takes over its lower layers (B2) and
trains them at a low rate and the new ones at a high rate (A1), with weight decay chained behind
the update (E2); beside it the same net trains from scratch. Few images are given to either.

The gradients are gated by tf.tuple: without it the two optimizers would race.

It prints what it finds. That is no success for transfer: the features of five digits, held by a low
rate, serve the other five less well than features learned afresh from a hundred images.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

LOW_RATE, HIGH_RATE = 0.01, 0.1
DECAY = 0.0005
BATCH = 20

tf.set_random_seed(42)
digits = load_digits()
images = (digits.data / 16).astype(np.float32)
order = np.random.RandomState(42).permutation(len(images))


def choose(first, count):
    """The images of five digits: `count` of them to train on, and the rest to test."""
    chosen = order[(digits.target[order] >= first) & (digits.target[order] < first + 5)]
    train, test = chosen[:count], chosen[count:]
    return (images[train], digits.target[train] - first), (images[test], digits.target[test] - first)


def decay(weights):
    return DECAY * tf.nn.l2_loss(weights)


def build(low_scope=None):
    """A net 64-40-30-20-5; the variables in low_scope learn at the low rate."""
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer = X
    for number, width in enumerate([40, 30, 20, 5]):
        last = number == 3
        layer = tf.layers.dense(
            layer, width, activation=None if last else tf.nn.relu,
            kernel_initializer=tf.variance_scaling_initializer(), kernel_regularizer=decay,
            name="outputs" if last else "hidden%d" % (number + 1))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=layer), name="loss")
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(layer, y, 1), tf.float32))

    low = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, low_scope) if low_scope else []
    high = [variable for variable in tf.trainable_variables() if variable not in low]
    gradients = tf.tuple(tf.gradients(loss, low + high))
    updates = [tf.train.GradientDescentOptimizer(rate).apply_gradients(list(zip(part, variables)))
               for rate, part, variables in ((LOW_RATE, gradients[:len(low)], low),
                                             (HIGH_RATE, gradients[len(low):], high)) if variables]
    with tf.control_dependencies(updates):
        penalty = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
        train = tf.train.GradientDescentOptimizer(1.0).minimize(penalty)
    return X, y, loss, train, accuracy


def fit(sess, net, train_set, test_set, steps):
    X, y, loss, train, accuracy = net
    batches = np.random.RandomState(0)
    for step in range(1, steps + 1):
        batch = batches.choice(len(train_set[0]), BATCH, replace=False)
        _, value = sess.run([train, loss], {X: train_set[0][batch], y: train_set[1][batch]})
        if step % 50 == 0:
            print("  step %3d of %d: loss %.3f, test accuracy %.3f" % (
                step, steps, value, sess.run(accuracy, {X: test_set[0], y: test_set[1]})))
    return sess.run(accuracy, {X: test_set[0], y: test_set[1]})


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "digits_0_to_4.ckpt")

print("Digits 0-4, 700 images:")
net = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fit(sess, net, *choose(0, 700), steps=300)
    tf.train.Saver().save(sess, checkpoint)

tf.reset_default_graph()
tf.set_random_seed(42)
print("Digits 5-9, 100 images, from scratch:")
net = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    scratch = fit(sess, net, *choose(5, 100), steps=200)

tf.reset_default_graph()
tf.set_random_seed(42)
print("Digits 5-9, 100 images, lower layers restored:")
net = build(low_scope="hidden[12]")
reused = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[12]")
restore = tf.train.Saver(dict((variable.op.name, variable) for variable in reused))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    restore.restore(sess, checkpoint)
    transferred = fit(sess, net, *choose(5, 100), steps=200)

shutil.rmtree(folder)
print("Test accuracy on 5-9: %.3f from scratch, %.3f with the lower layers of 0-4" % (
    scratch, transferred))
