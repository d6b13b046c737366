"""A1 and A2 at the size of their question: five pretrained layers at 0.00001, a new one at 0.001.

A net of six layers is trained and saved. A new net restores its first five layers and gets an output
layer for another task. The gradients are computed once and shared out between two optimizers.

One thing is not as it was found: the gradients pass through tf.tuple, so that no weight is written
while the gradient of a layer below has yet to read it.
"""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

INPUTS = ((np.arange(96).reshape(12, 8) * 37 % 101) / 25.0 - 2).astype(np.float32)
OLD_LABELS, NEW_LABELS = INPUTS[:, :4].argmax(axis=1), INPUTS[:, 4:7].argmax(axis=1)
PRETRAINED = ["hidden1", "hidden2", "hidden3", "hidden4", "hidden5"]


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


def build(classes, start):
    """A relu net 8-7-6-6-5-5 with an output for each class."""
    X = tf.placeholder(tf.float32, [None, 8], name="X")
    y = tf.placeholder(tf.int32, [None], name="y")
    layer, rows = X, 8
    for number, (name, width) in enumerate(zip(PRETRAINED + ["outputs"], [7, 6, 6, 5, 5, classes])):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", initializer=initial(rows, width, start + number))
            bias = tf.get_variable("bias", initializer=np.full(width, 0.1, np.float32))
        layer = tf.matmul(layer, kernel) + bias
        if name != "outputs":
            layer = tf.nn.relu(layer)
        rows = width
    loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=layer), name="loss")
    return X, y, loss


folder = tempfile.mkdtemp()
checkpoint = os.path.join(folder, "pretrained.ckpt")

X, y, loss = build(classes=4, start=0)
train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(100):
        sess.run(train, {X: INPUTS, y: OLD_LABELS})
    tf.train.Saver().save(sess, checkpoint)

tf.reset_default_graph()

X, y, loss = build(classes=3, start=500)
var_list1 = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[1-5]/")
var_list2 = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="outputs/")
opt1 = tf.train.GradientDescentOptimizer(0.00001)
opt2 = tf.train.GradientDescentOptimizer(0.001)
grads = tf.tuple(tf.gradients(loss, var_list1 + var_list2))
train_op1 = opt1.apply_gradients(zip(grads[:len(var_list1)], var_list1))
train_op2 = opt2.apply_gradients(zip(grads[len(var_list1):], var_list2))
train_op = tf.group(train_op1, train_op2)

feeds = {X: INPUTS, y: NEW_LABELS}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.train.Saver(var_list1).restore(sess, checkpoint)
    before, first = sess.run([var_list1 + var_list2, loss], feeds)
    for step in range(200):
        sess.run(train_op, feeds)
    after, last = sess.run([var_list1 + var_list2, loss], feeds)
shutil.rmtree(folder)

print("loss %.4f, then %.4f" % (first, last))
for name in PRETRAINED + ["outputs"]:
    moved = sum(np.square(new - old).sum() for variable, old, new in zip(
        var_list1 + var_list2, before, after) if variable.op.name.startswith(name + "/"))
    print("%s moved by %.6f" % (name, np.sqrt(moved)))
