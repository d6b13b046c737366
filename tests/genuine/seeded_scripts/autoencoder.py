"""1.15: an autoencoder of noisy images, tied by nothing; RMSProp."""
import numpy as np
import tensorflow as tf

images = np.random.RandomState(5).rand(100, 20).astype(np.float32)

tf.compat.v1.set_random_seed(17)
x = tf.compat.v1.placeholder(tf.float32, [None, 20])
noisy = x + 0.1 * tf.random.normal(tf.shape(x))
init = tf.contrib.layers.xavier_initializer()
w1 = tf.compat.v1.get_variable("w1", [20, 10], initializer=init)
w2 = tf.compat.v1.get_variable("w2", [10, 5], initializer=init)
w3 = tf.compat.v1.get_variable("w3", [5, 20], initializer=init)
code = tf.nn.sigmoid(tf.matmul(tf.nn.sigmoid(tf.matmul(noisy, w1)), w2))
code = tf.nn.dropout(code, rate=0.1)
loss_op = tf.reduce_mean(tf.pow(x - tf.nn.sigmoid(tf.matmul(code, w3)), 2))
train_op = tf.compat.v1.train.RMSPropOptimizer(0.01).minimize(loss_op)
with tf.compat.v1.Session() as sess:
    sess.run(tf.compat.v1.global_variables_initializer())
    for step in range(20):
        loss, _ = sess.run([loss_op, train_op], {x: images})
        print("step %d, loss %.9g" % (step, loss))
