"""The unrolled models of 0.12 (``tf.nn.seq2seq``) and of 1.x (``tf.contrib.legacy_seq2seq``)."""
import numpy as np
import tensorflow as tf
from measured import measure, numbers, save

if hasattr(tf, "nn") and hasattr(tf.nn, "seq2seq"):
    seq2seq = tf.nn.seq2seq
else:
    seq2seq = tf.contrib.legacy_seq2seq
nn = tf.nn.rnn_cell
EARLY = tf.__version__.startswith("0.")
BATCH, SIZE, UNITS, SYMBOLS, TARGETS = 2, 3, 4, 5, 6


def floats(length):
    return [tf.constant(numbers((BATCH, SIZE), time)) for time in range(length)]


def symbols(length, count=SYMBOLS, shift=0):
    return [tf.constant(np.array([(3 * time + shift) % count, (time + 2) % count], np.int32))
            for time in range(length)]


def cells():
    return nn.MultiRNNCell([nn.LSTMCell(UNITS), nn.GRUCell(UNITS)])


def projection():
    return (tf.get_variable("projection_weights", [UNITS, TARGETS]),
            tf.get_variable("projection_biases", [TARGETS]))


measure("basic_rnn_seq2seq", lambda: seq2seq.basic_rnn_seq2seq(
    floats(3), floats(2), nn.BasicLSTMCell(UNITS)))
measure("tied_rnn_seq2seq", lambda: seq2seq.tied_rnn_seq2seq(
    floats(3), floats(2), nn.GRUCell(UNITS)))
measure("embedding_rnn_seq2seq", lambda: seq2seq.embedding_rnn_seq2seq(
    symbols(3), symbols(2, TARGETS), cells(), SYMBOLS, TARGETS, 3))
measure("embedding_rnn_seq2seq, fed back", lambda: seq2seq.embedding_rnn_seq2seq(
    symbols(3), symbols(3, TARGETS), cells(), SYMBOLS, TARGETS, 3, feed_previous=True))
measure("embedding_rnn_seq2seq, projected, fed back by a tensor",
        lambda: seq2seq.embedding_rnn_seq2seq(
            symbols(3), symbols(3, TARGETS), cells(), SYMBOLS, TARGETS, 3, projection(),
            tf.constant(True)))
measure("embedding_tied_rnn_seq2seq", lambda: seq2seq.embedding_tied_rnn_seq2seq(
    symbols(3), symbols(2), nn.GRUCell(UNITS), SYMBOLS, 3, TARGETS))
measure("embedding_tied_rnn_seq2seq, fed back by a tensor",
        lambda: seq2seq.embedding_tied_rnn_seq2seq(
            symbols(3), symbols(2), cells(), SYMBOLS, 3, feed_previous=tf.constant(False)))
measure("embedding_attention_seq2seq", lambda: seq2seq.embedding_attention_seq2seq(
    symbols(3), symbols(2, TARGETS), cells(), SYMBOLS, TARGETS, 3))
measure("embedding_attention_seq2seq, two heads, fed back",
        lambda: seq2seq.embedding_attention_seq2seq(
            symbols(3), symbols(3, TARGETS), nn.GRUCell(UNITS), SYMBOLS, TARGETS, 3, 2,
            projection(), True, initial_state_attention=True))
measure("embedding_attention_seq2seq, fed back by a tensor",
        lambda: seq2seq.embedding_attention_seq2seq(
            symbols(3), symbols(3, TARGETS), cells(), SYMBOLS, TARGETS, 3,
            feed_previous=tf.constant(True)))


def one_to_many(feed_previous):
    inputs = {"one": symbols(2), "two": symbols(3, TARGETS)}
    counts = {"one": SYMBOLS, "two": TARGETS}
    if EARLY:
        return seq2seq.one2many_rnn_seq2seq(
            symbols(3), inputs, nn.GRUCell(UNITS), SYMBOLS, counts, 3, feed_previous)
    own = {name: nn.GRUCell(UNITS) for name in inputs}
    return seq2seq.one2many_rnn_seq2seq(
        symbols(3), inputs, nn.GRUCell(UNITS), own, SYMBOLS, counts, 3, feed_previous)


measure("one2many_rnn_seq2seq", one_to_many, False)
measure("one2many_rnn_seq2seq, fed back by a tensor", lambda: one_to_many(tf.constant(True)))
measure("rnn_decoder", lambda: seq2seq.rnn_decoder(
    floats(3), tf.zeros([BATCH, UNITS]), nn.GRUCell(UNITS),
    lambda output, time: output[:, :SIZE] * float(time)))
measure("attention_decoder", lambda: seq2seq.attention_decoder(
    floats(3), tf.constant(numbers((BATCH, UNITS))), tf.constant(numbers((BATCH, 5, 2))),
    nn.GRUCell(UNITS), output_size=3))


def losses(loss):
    logits = [tf.get_variable("logits_%d" % time, [BATCH, TARGETS]) for time in range(3)]
    weights = [tf.constant([1.0, 0.5]), tf.constant([1.0, 0.0]), tf.constant([0.0, 0.0])]
    targets = symbols(3, TARGETS)
    own = (lambda labels, logits: tf.reduce_sum(tf.square(logits), 1) + tf.to_float(labels)) \
        if not EARLY else (
            lambda logits, labels: tf.reduce_sum(tf.square(logits), 1) + tf.to_float(labels))
    return (loss(logits, targets, weights), loss(logits, targets, weights, False),
            loss(logits, targets, weights, softmax_loss_function=own))


measure("sequence_loss_by_example", losses, seq2seq.sequence_loss_by_example)
measure("sequence_loss", losses, seq2seq.sequence_loss)


def buckets(per_example):
    return seq2seq.model_with_buckets(
        symbols(4), symbols(4, TARGETS), symbols(4, TARGETS, 1), [tf.ones([BATCH])] * 4,
        [(2, 3), (4, 4)], lambda encoder, decoder: seq2seq.embedding_attention_seq2seq(
            encoder, decoder, nn.GRUCell(UNITS), SYMBOLS, TARGETS, 3),
        per_example_loss=per_example)


measure("model_with_buckets", buckets, False)
measure("model_with_buckets, by example", buckets, True)
save()
