"""1.4: two hidden layers with dropout; Adam."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(1)
images = random.rand(200, 16).astype(np.float32)
labels = np.eye(4, dtype=np.float32)[(images.sum(axis=1) * 2).astype(int) % 4]

tf.set_random_seed(12)
x = tf.placeholder("float", [None, 16])
y = tf.placeholder("float", [None, 4])
keep_prob = tf.placeholder(tf.float32)
weights = {"h1": tf.Variable(tf.random_normal([16, 32])),
           "h2": tf.Variable(tf.random_normal([32, 32])),
           "out": tf.Variable(tf.random_normal([32, 4]))}
biases = {"b1": tf.Variable(tf.random_normal([32])), "b2": tf.Variable(tf.random_normal([32])),
          "out": tf.Variable(tf.random_normal([4]))}
hidden = tf.nn.relu(tf.add(tf.matmul(x, weights["h1"]), biases["b1"]))
hidden = tf.nn.dropout(hidden, keep_prob)
hidden = tf.nn.relu(tf.add(tf.matmul(hidden, weights["h2"]), biases["b2"]))
hidden = tf.nn.dropout(hidden, keep_prob)
logits = tf.matmul(hidden, weights["out"]) + biases["out"]
loss_op = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=y))
train_op = tf.train.AdamOptimizer(learning_rate=0.01).minimize(loss_op)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        loss, _ = sess.run([loss_op, train_op], {x: images, y: labels, keep_prob: 0.8})
        print("step %d, loss %.9g" % (step, loss))
