"""1.7: tf.layers' convolutions, pooling and dropout; Momentum."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(2)
images = random.rand(64, 12, 12, 1).astype(np.float32)
labels = (images.sum(axis=(1, 2, 3)) * 2).astype(np.int64) % 5

tf.set_random_seed(13)
x = tf.placeholder(tf.float32, [None, 12, 12, 1])
y = tf.placeholder(tf.int64, [None])
training = tf.placeholder_with_default(False, ())
hidden = tf.layers.conv2d(x, 8, 3, activation=tf.nn.relu)
hidden = tf.layers.max_pooling2d(hidden, 2, 2)
hidden = tf.layers.conv2d(hidden, 16, 3, activation=tf.nn.relu)
hidden = tf.layers.flatten(hidden)
hidden = tf.layers.dense(hidden, 32, activation=tf.nn.relu)
hidden = tf.layers.dropout(hidden, 0.4, training=training)
logits = tf.layers.dense(hidden, 5)
loss_op = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
train_op = tf.train.MomentumOptimizer(0.02, 0.9).minimize(loss_op)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        loss, _ = sess.run([loss_op, train_op], {x: images, y: labels, training: True})
        print("step %d, loss %.9g" % (step, loss))
