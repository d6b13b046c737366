"""1.15: batch normalisation whose moving means are updated; plain descent."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(3)
images = random.rand(64, 16).astype(np.float32)
labels = (images.sum(axis=1) * 2).astype(np.int64) % 4

tf.set_random_seed(14)
x = tf.placeholder(tf.float32, [None, 16])
y = tf.placeholder(tf.int64, [None])
training = tf.placeholder(tf.bool)
hidden = tf.layers.dense(x, 24, use_bias=False)
hidden = tf.nn.relu(tf.layers.batch_normalization(hidden, training=training, momentum=0.9))
hidden = tf.layers.dense(hidden, 24, use_bias=False)
hidden = tf.nn.relu(tf.layers.batch_normalization(hidden, training=training, momentum=0.9))
logits = tf.layers.dense(hidden, 4, kernel_initializer=tf.variance_scaling_initializer())
loss_op = tf.losses.sparse_softmax_cross_entropy(labels=y, logits=logits)
update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
with tf.control_dependencies(update_ops):
    train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss_op)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        sess.run(train_op, {x: images, y: labels, training: True})
        print("step %d, loss %.9g" % (
            step, sess.run(loss_op, {x: images, y: labels, training: False})))
