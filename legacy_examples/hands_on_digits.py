"""Chapter 11 of Hands-On Machine Learning at its real size: a net is trained, and reused.

A relu net 784-300-50-50-50-50-10 is trained and saved (gradient descent, gradients clipped to
[-1, 1]), restored as a whole and trained on (B1); then the three lower hidden layers are restored
into a net 784-300-50-50-20-10 (B2). After every epoch the test accuracy is printed as in the book.

    tf1-recipes run hands_on_digits.py [--epochs 20] [--activation relu] [FOLDER]

FOLDER has the four files of MNIST in the idx format, with .gz or without. Without it the old net is
trained on scikit-learn's 1,797 digits. The new net is trained on these in either case: their 8 x 8
pixels are resized to the 28 x 28 of the old net's inputs.

Initial values and batches are NumPy's. With --activation elu releases agree to seven digits over all
epochs. With the book's relu they part: a slope jumps where a unit's input rounds to the other side
of 0, and the accuracies differ by some images.
"""
from __future__ import print_function

import argparse
import gzip
import os
import shutil
import struct
import tempfile

import numpy as np
import tensorflow as tf

OLD_NET = [300, 50, 50, 50, 50, 10]
NEW_NET = [300, 50, 50, 20, 10]
SIDE = 28
LEARNING_RATE = 0.01
THRESHOLD = 1.0


def idx(folder, name):
    """An array from a file in MNIST's format: its type and rank, its sizes, and the bytes."""
    path = os.path.join(folder, name)
    with (gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")) as file:
        content = file.read()
    rank = struct.unpack(">HBB", content[:4])[2]
    sizes = struct.unpack(">%dI" % rank, content[4:4 + 4 * rank])
    return np.frombuffer(content[4 + 4 * rank:], np.uint8).reshape(sizes)


def mnist(folder):
    """Images from 0 to 1 [count, 784] and labels: to train on, and to test."""
    return [(idx(folder, kind + "-images-idx3-ubyte").reshape(-1, SIDE * SIDE) / np.float32(255),
             idx(folder, kind + "-labels-idx1-ubyte").astype(np.int32)) for kind in ("train", "t10k")]


def resized(images, side, new_side):
    """Square images [count, side * side], resized to the size that a net was trained with."""
    with tf.Graph().as_default(), tf.Session() as sess:
        squares = tf.reshape(tf.constant(images), [-1, side, side, 1])
        return sess.run(tf.reshape(
            tf.image.resize_images(squares, [new_side, new_side]), [-1, new_side * new_side]))


def small_digits():
    """scikit-learn's digits, resized; the last fifth is to test."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.RandomState(42).permutation(len(digits.data))
    images = resized((digits.data[order] / 16).astype(np.float32), 8, SIDE)
    labels = digits.target[order].astype(np.int32)
    cut = len(labels) * 4 // 5
    return [(images[:cut], labels[:cut]), (images[cut:], labels[cut:])]


def build(widths):
    """A relu net of 784 inputs: hidden1, hidden2 ... and outputs."""
    X = tf.placeholder(tf.float32, [None, SIDE * SIDE], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer, rows = X, SIDE * SIDE
    for number, width in enumerate(widths):
        name = "outputs" if number == len(widths) - 1 else "hidden%d" % (number + 1)
        random = np.random.RandomState(1000 * number + width)
        kernel = (random.randn(rows, width) * np.sqrt(2.0 / (rows + width))).astype(np.float32)
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", initializer=kernel)
            bias = tf.get_variable("bias", initializer=np.zeros(width, np.float32))
        layer, rows = tf.matmul(layer, kernel) + bias, width
        if name != "outputs":
            layer = getattr(tf.nn, arguments.activation)(layer)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=layer), name="loss")
    optimizer = tf.train.GradientDescentOptimizer(LEARNING_RATE)
    grads_and_vars = optimizer.compute_gradients(
        loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH)
    capped = [(tf.clip_by_value(grad, -THRESHOLD, THRESHOLD), var) for grad, var in grads_and_vars]
    training_op = optimizer.apply_gradients(capped)
    accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(layer, y, 1), tf.float32), name="accuracy")
    return X, y, training_op, accuracy


def fit(sess, net, data, epochs):
    X, y, training_op, accuracy = net
    (images, labels), (test_images, test_labels) = data
    batch_size = 200 if len(images) > 10000 else min(20, len(images))
    random = np.random.RandomState(0)
    for epoch in range(epochs):
        order = random.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            batch = order[start:start + batch_size]
            sess.run(training_op, feed_dict={X: images[batch], y: labels[batch]})
        accuracy_val = sess.run(accuracy, feed_dict={X: test_images, y: test_labels})
        print(epoch, "Test accuracy: %.4g" % accuracy_val)


parser = argparse.ArgumentParser()
parser.add_argument("folder", nargs="?")
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--activation", choices=["relu", "elu"], default="relu")
arguments = parser.parse_args()
small = small_digits()
data = mnist(arguments.folder) if arguments.folder else small

folder = tempfile.mkdtemp()
old_checkpoint = os.path.join(folder, "my_model_final.ckpt")

print("784-300-50-50-50-50-10, %d images:" % len(data[0][0]))
net = build(OLD_NET)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fit(sess, net, data, arguments.epochs)
    saver.save(sess, old_checkpoint)

print("All of it restored, and trained on:")
with tf.Session() as sess:
    saver.restore(sess, old_checkpoint)
    fit(sess, net, data, arguments.epochs)

tf.reset_default_graph()

print("784-300-50-50-20-10, hidden1 to hidden3 restored, %d images of 8 x 8, resized:" % (
    len(small[0][0])))
net = build(NEW_NET)
reuse_vars = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[123]")
restore_saver = tf.train.Saver(dict((var.op.name, var) for var in reuse_vars))
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    restore_saver.restore(sess, old_checkpoint)
    fit(sess, net, small, arguments.epochs)
    saver.save(sess, os.path.join(folder, "my_new_model_final.ckpt"))

shutil.rmtree(folder)
