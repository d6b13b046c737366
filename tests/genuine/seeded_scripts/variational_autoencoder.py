"""1.7: a variational autoencoder; samples drawn from what it has learned."""
import numpy as np
import tensorflow as tf

images = (np.random.RandomState(6).rand(64, 16) > 0.6).astype(np.float32)

tf.set_random_seed(18)
x = tf.placeholder(tf.float32, [None, 16])


def xavier(size):
    return tf.random_normal(shape=size, stddev=1. / tf.sqrt(size[0] / 2.))


w_h, b_h = tf.Variable(xavier([16, 12])), tf.Variable(tf.zeros([12]))
w_m, b_m = tf.Variable(xavier([12, 3])), tf.Variable(tf.zeros([3]))
w_s, b_s = tf.Variable(xavier([12, 3])), tf.Variable(tf.zeros([3]))
v_h, c_h = tf.Variable(xavier([3, 12])), tf.Variable(tf.zeros([12]))
v_o, c_o = tf.Variable(xavier([12, 16])), tf.Variable(tf.zeros([16]))
hidden = tf.nn.relu(tf.matmul(x, w_h) + b_h)
mean, log_var = tf.matmul(hidden, w_m) + b_m, tf.matmul(hidden, w_s) + b_s
z = mean + tf.exp(log_var / 2) * tf.random_normal(shape=tf.shape(mean))


def decode(z):
    return tf.matmul(tf.nn.relu(tf.matmul(z, v_h) + c_h), v_o) + c_o


reconstruction = tf.reduce_sum(
    tf.nn.sigmoid_cross_entropy_with_logits(logits=decode(z), labels=x), 1)
divergence = 0.5 * tf.reduce_sum(tf.exp(log_var) + mean ** 2 - 1. - log_var, 1)
loss_op = tf.reduce_mean(reconstruction + divergence)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss_op)
samples = tf.nn.sigmoid(decode(tf.random_normal([2, 3])))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        loss, _ = sess.run([loss_op, train_op], {x: images})
        print("step %d, loss %.9g" % (step, loss))
    print("samples %s" % " ".join("%.9g" % value for value in sess.run(samples)[0]))
