"""1.7, 1.15: an encoder and a decoder that attends, trained to reverse; gradients clipped, Adam."""
import numpy as np
import tensorflow as tf

random = np.random.RandomState(9)
LENGTHS = random.randint(3, 8, 16)
SOURCE = np.array([np.append(random.randint(2, 12, length), [0] * (7 - length))
                   for length in LENGTHS])
TARGET = np.array([np.append(row[:length][::-1], [1] + [0] * (7 - length))
                   for row, length in zip(SOURCE, LENGTHS)])
BEGUN = np.concatenate([np.ones([16, 1], int), TARGET[:, :-1]], 1)


def losses(attend, **keywords):
    tf.reset_default_graph()
    tf.set_random_seed(21)
    source, target, begun = (tf.placeholder(tf.int32, [None, None]) for _ in range(3))
    lengths = tf.placeholder(tf.int32, [None])
    embedding = tf.get_variable("embedding", [12, 8])
    memory, state = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.GRUCell(16), tf.nn.embedding_lookup(embedding, source), lengths,
        dtype=tf.float32)
    cell = tf.contrib.seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(16), attend(16, memory, lengths, **keywords),
        attention_layer_size=16)
    batch = tf.shape(source)[0]
    helper = tf.contrib.seq2seq.TrainingHelper(
        tf.nn.embedding_lookup(embedding, begun), lengths + 1)
    decoder = tf.contrib.seq2seq.BasicDecoder(
        cell, helper, cell.zero_state(batch, tf.float32).clone(cell_state=state),
        tf.layers.Dense(12))
    logits = tf.contrib.seq2seq.dynamic_decode(decoder, impute_finished=True)[0].rnn_output
    loss_op = tf.contrib.seq2seq.sequence_loss(
        logits, target, tf.sequence_mask(lengths + 1, dtype=tf.float32))
    kept = tf.nn.dropout(memory, 0.5)
    optimizer = tf.train.AdamOptimizer(0.01)
    gradients, variables = zip(*optimizer.compute_gradients(
        loss_op + 1e-3 * tf.reduce_sum(tf.square(kept))))
    train_op = optimizer.apply_gradients(
        zip(tf.clip_by_global_norm(gradients, 1.0)[0], variables))
    noise = tf.random_normal([2])
    feed = {source: SOURCE, target: TARGET, begun: BEGUN, lengths: LENGTHS}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(20):
            print("step %d, loss %.9g" % (step, sess.run([loss_op, train_op], feed)[0]))
        print("noise %.9g %.9g" % tuple(sess.run(noise)))


losses(tf.contrib.seq2seq.BahdanauAttention, normalize=True)
losses(tf.contrib.seq2seq.LuongAttention, scale=True)
