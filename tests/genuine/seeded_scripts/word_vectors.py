"""1.7: skip-grams by noise-contrastive estimation."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(8)

tf.set_random_seed(20)
train_inputs = tf.placeholder(tf.int32, shape=[32])
train_labels = tf.placeholder(tf.int32, shape=[32, 1])
with tf.device("/cpu:0"):
    embeddings = tf.Variable(tf.random_uniform([60, 12], -1.0, 1.0))
    embed = tf.nn.embedding_lookup(embeddings, train_inputs)
    nce_weights = tf.Variable(tf.truncated_normal([60, 12], stddev=1.0 / np.sqrt(12)))
    nce_biases = tf.Variable(tf.zeros([60]))
loss_op = tf.reduce_mean(tf.nn.nce_loss(
    weights=nce_weights, biases=nce_biases, labels=train_labels, inputs=embed, num_sampled=8,
    num_classes=60))
optimizer = tf.train.GradientDescentOptimizer(1.0).minimize(loss_op)
norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
similarity = tf.matmul(embeddings[:1] / norm[:1], embeddings / norm, transpose_b=True)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(30):
        words = random.randint(0, 60, 32)
        feed = {train_inputs: words, train_labels: ((words * 7 + 1) % 60)[:, None]}
        loss, _ = session.run([loss_op, optimizer], feed)
        print("step %d, loss %.9g" % (step, loss))
    print("nearest to 0: %s" % (-similarity.eval()[0]).argsort()[1:9])
