"""1.4: a generator and a discriminator, whose second use shares weights; two Adams."""
import numpy as np
import tensorflow as tf

real_data = np.random.RandomState(7).randn(64, 8).astype(np.float32) * 0.5 + 1

tf.set_random_seed(19)
real = tf.placeholder(tf.float32, [None, 8])


def generator(z):
    with tf.variable_scope("generator"):
        hidden = tf.contrib.layers.fully_connected(z, 16)
        return tf.contrib.layers.fully_connected(hidden, 8, activation_fn=None)


def discriminator(data, reuse=False):
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden = tf.layers.dense(data, 16, activation=tf.nn.relu)
        hidden = tf.layers.dropout(hidden, 0.2, training=True)
        return tf.layers.dense(hidden, 1)


fake = generator(tf.random_uniform([64, 4], -1., 1.))
d_real, d_fake = discriminator(real), discriminator(fake, reuse=True)
cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
d_loss = tf.reduce_mean(cross_entropy(logits=d_real, labels=tf.ones_like(d_real))) \
    + tf.reduce_mean(cross_entropy(logits=d_fake, labels=tf.zeros_like(d_fake)))
g_loss = tf.reduce_mean(cross_entropy(logits=d_fake, labels=tf.ones_like(d_fake)))
variables = tf.trainable_variables()
d_step = tf.train.AdamOptimizer(0.01, beta1=0.5).minimize(
    d_loss, var_list=[v for v in variables if v.name.startswith("discriminator")])
g_step = tf.train.AdamOptimizer(0.01, beta1=0.5).minimize(
    g_loss, var_list=[v for v in variables if v.name.startswith("generator")])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        d, _ = sess.run([d_loss, d_step], {real: real_data})
        g, _ = sess.run([g_loss, g_step], {real: real_data})
        print("step %d, losses %.9g %.9g" % (step, d, g))
