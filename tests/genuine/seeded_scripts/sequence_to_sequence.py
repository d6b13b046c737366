"""1.4: an encoder and a decoder of contrib.legacy_seq2seq, trained to reverse; Adam."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(9)
source_ids = random.randint(2, 12, (16, 5))
target_ids = source_ids[:, ::-1]

tf.set_random_seed(21)
source = [tf.placeholder(tf.int32, [None]) for _ in range(5)]
labels = [tf.placeholder(tf.int32, [None]) for _ in range(5)]
begin = [tf.ones_like(labels[0])] + labels[:-1]
outputs, _ = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
    source, begin, tf.contrib.rnn.GRUCell(16), num_encoder_symbols=12, num_decoder_symbols=12,
    embedding_size=8)
weights = [tf.ones_like(each, dtype=tf.float32) for each in labels]
loss_op = tf.contrib.legacy_seq2seq.sequence_loss(outputs, labels, weights)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss_op)
feed = dict(zip(source, source_ids.T))
feed.update(zip(labels, target_ids.T))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(20):
        print("step %d, loss %.9g" % (step, sess.run([loss_op, train_op], feed)[0]))
