"""0.12: softmax regression from random weights, noise added to the images."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(0)
images = random.rand(200, 16).astype(np.float32)
labels = np.eye(4, dtype=np.float32)[(images.sum(axis=1) * 2).astype(int) % 4]

tf.set_random_seed(11)
x = tf.placeholder(tf.float32, [None, 16])
y_ = tf.placeholder(tf.float32, [None, 4])
w = tf.Variable(tf.truncated_normal([16, 4], stddev=0.1))
b = tf.Variable(tf.zeros([4]))
noisy = x + tf.mul(0.05, tf.random_normal(tf.shape(x)))
y = tf.nn.softmax(tf.matmul(noisy, w) + b)
cross_entropy = tf.reduce_mean(-tf.reduce_sum(tf.mul(y_, tf.log(y)), reduction_indices=[1]))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)
sess = tf.InteractiveSession()
sess.run(tf.initialize_all_variables())
for step in range(20):
    loss, _ = sess.run([cross_entropy, train_step], {x: images, y_: labels})
    print("step %d, loss %.9g" % (step, loss))
