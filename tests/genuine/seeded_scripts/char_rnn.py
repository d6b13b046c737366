"""0.12: the next character by two layers of LSTM, clipped gradients, Adam; then a sample."""
import numpy as np
import tensorflow as tf

text = "the quick brown fox jumps over the lazy dog and the cat sleeps on. " * 8
chars = sorted(set(text))
ids = np.array([chars.index(c) for c in text])
batches = ids[:8 * 64].reshape(8, 64)

tf.set_random_seed(16)
inputs = tf.placeholder(tf.int32, [8, 16])
targets = tf.placeholder(tf.int32, [8, 16])
cell = tf.nn.rnn_cell.BasicLSTMCell(24, state_is_tuple=True)
cell = tf.nn.rnn_cell.MultiRNNCell([cell] * 2, state_is_tuple=True)
initial_state = cell.zero_state(8, tf.float32)
with tf.variable_scope("rnnlm"):
    softmax_w = tf.get_variable("softmax_w", [24, len(chars)])
    softmax_b = tf.get_variable("softmax_b", [len(chars)])
    embedding = tf.get_variable("embedding", [len(chars), 24])
    parts = tf.split(1, 16, tf.nn.embedding_lookup(embedding, inputs))
    parts = [tf.squeeze(part, [1]) for part in parts]
outputs, last_state = tf.nn.seq2seq.rnn_decoder(parts, initial_state, cell, scope="rnnlm")
output = tf.reshape(tf.concat(1, outputs), [-1, 24])
logits = tf.matmul(output, softmax_w) + softmax_b
losses = tf.nn.seq2seq.sequence_loss_by_example(
    [logits], [tf.reshape(targets, [-1])], [tf.ones([8 * 16])])
cost = tf.reduce_sum(losses) / 8 / 16
variables = tf.trainable_variables()
gradients, _ = tf.clip_by_global_norm(tf.gradients(cost, variables), 5.0)
train_op = tf.train.AdamOptimizer(0.01).apply_gradients(zip(gradients, variables))
with tf.Session() as sess:
    sess.run(tf.initialize_all_variables())
    for step in range(20):
        start = 16 * (step % 3)
        feed = {inputs: batches[:, start:start + 16], targets: batches[:, start + 1:start + 17]}
        loss, _ = sess.run([cost, train_op], feed)
        print("step %d, loss %.9g" % (step, loss))
    print("sample %r" % "".join(chars[i] for i in sess.run(logits, feed).argmax(1)[:16]))
