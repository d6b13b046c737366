"""1.4: an LSTM over the rows of images, static, and a dense layer of its last output."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

random = np.random.RandomState(4)
images = random.rand(64, 8, 8).astype(np.float32)
labels = np.eye(5, dtype=np.float32)[(images.sum(axis=(1, 2)) * 2).astype(int) % 5]

tf.set_random_seed(15)
X = tf.placeholder("float", [None, 8, 8])
Y = tf.placeholder("float", [None, 5])
weights = tf.Variable(tf.random_normal([16, 5]))
biases = tf.Variable(tf.random_normal([5]))
outputs, _ = rnn.static_rnn(rnn.BasicLSTMCell(16, forget_bias=1.0), tf.unstack(X, 8, 1),
                            dtype=tf.float32)
logits = tf.matmul(outputs[-1], weights) + biases
loss_op = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=Y))
train_op = tf.train.GradientDescentOptimizer(learning_rate=0.1).minimize(loss_op)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        loss, _ = sess.run([loss_op, train_op], {X: images, Y: labels})
        print("step %d, loss %.9g" % (step, loss))
