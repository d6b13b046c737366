"""``tf.contrib.crf``, with sequences of one step, of none, and of a length known when it runs."""
import numpy as np
import tensorflow as tf
from measured import RESULTS, measure, numbers, save

crf = tf.contrib.crf
BATCH, TIME, TAGS = 3, 5, 4
TAG_INDICES = np.array([[0, 1, 2, 3, 1], [3, 3, 0, 2, 1], [1, 0, 0, 0, 0]], np.int32)


def fields(time, lengths, known, index_type=np.int32):
    scores = tf.get_variable("scores", [BATCH, time, TAGS])
    transitions = tf.get_variable("between", [TAGS, TAGS])
    tags = tf.constant(TAG_INDICES[:, :time].astype(index_type))
    inputs = scores
    if not known:
        inputs = tf.placeholder_with_default(scores, [None, None, TAGS])
        tags = tf.placeholder_with_default(tags, [None, None])
    lengths = tf.constant(lengths)
    return (
        crf.crf_sequence_score(inputs, tags, lengths, transitions),
        crf.crf_log_norm(inputs, lengths, transitions),
        crf.crf_unary_score(tags, lengths, inputs),
        crf.crf_binary_score(tags, lengths, transitions),
        crf.crf_log_likelihood(inputs, tags, lengths)[0],
        crf.crf_multitag_sequence_score(inputs, inputs > -0.3, tf.maximum(lengths, 1), transitions),
        crf.crf_decode(inputs, transitions, lengths),
    )


for known in (True, False):
    measure("several steps, %s" % known, fields, TIME, [5, 3, 1], known)
    measure("one step, %s" % known, fields, 1, [1, 1, 0], known)
measure("indices of 64 bits", fields, TIME, [5, 3, 1], True, np.int64)
tags, score = crf.viterbi_decode(numbers((TIME, TAGS)), numbers((TAGS, TAGS), 2.0))
RESULTS["viterbi_decode"] = {"shapes": {}, "initial": {}, "gradients": {},
                             "values": [[int(tag) for tag in tags], float(score)]}
save()
