"""Recurrent nets of old scripts, where their numbers can be had without an old TensorFlow.

`genuine.test_recurrent` compares all of them with the releases.
"""

import pytest


@pytest.mark.parametrize("era, names", [
    ("0.12", ["RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias",
              "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
              "RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Bias",
              "RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix"]),
    ("1.15", ["rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias",
              "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"]),
])
def test_one_cell_in_two_layers_had_weights_for_each_before_1(run_script, era, names):
    # As printed by TensorFlow 0.12.1 and 1.15.5: since 1.1 both layers share the weights.
    assert run_script("""
        import tensorflow as tf
        cell = tf.nn.rnn_cell.BasicLSTMCell(3)
        tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell([cell] * 2), tf.zeros([2, 4, 3]),
                          dtype=tf.float32)
        for variable in sorted(tf.trainable_variables(), key=lambda each: each.op.name):
            print(variable.op.name)
    """, options=["--as-of", era], check=True).lines == names


def test_a_random_field_and_beams_against_all_sequences(run_script):
    # Every sequence of 3 tags is scored; a beam as wide as all sequences finds the best of them.
    assert run_script("""
        import itertools
        import numpy as np
        import tensorflow as tf
        from tensorflow.contrib import crf
        from tensorflow.contrib.seq2seq.python.ops import beam_search_decoder

        random = np.random.RandomState(0)
        scores = random.randn(1, 3, 2).astype(np.float32)
        between = random.randn(2, 2).astype(np.float32)
        every = list(itertools.product(range(2), repeat=3))
        sums = [scores[0, range(3), tags].sum() + sum(between[a, b] for a, b in zip(
            tags, tags[1:])) for tags in every]
        likelihood, _ = crf.crf_log_likelihood(
            tf.constant(scores), tf.constant([every[5]]), np.array([3]), tf.constant(between))
        tags, best = crf.crf_decode(tf.constant(scores), tf.constant(between), np.array([3]))
        with tf.Session() as session:
            print(np.allclose(session.run(likelihood), sums[5] - np.log(np.exp(sums).sum())))
            print(tuple(session.run(tags)[0]) == every[np.argmax(sums)])
            print(crf.viterbi_decode(scores[0], between)[0] == list(every[np.argmax(sums)]))

            class Chain(tf.nn.rnn_cell.RNNCell):
                state_size = output_size = 4
                def call(self, inputs, state):
                    return tf.matmul(inputs, tf.constant(chances)), state

            # Ids 0 and 1 are tags, 2 starts, and 3 ends: it is never likely.
            chances = random.randn(4, 4).astype(np.float32)
            chances[:, 2:] = -50
            decoder = beam_search_decoder.BeamSearchDecoder(
                Chain(), tf.eye(4), [2], 3, tf.zeros([8, 4]), 8)
            outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=3)
            logs = chances - np.log(np.exp(chances).sum(1, keepdims=True))
            likely = [logs[2, t[0]] + logs[t[0], t[1]] + logs[t[1], t[2]] for t in every]
            order = sorted(range(8), key=lambda i: -likely[i])
            print(session.run(outputs.predicted_ids)[0].T.tolist() == [
                list(every[i]) for i in order])
    """, options=["--as-of", "1.15"], check=True).lines == ["True"] * 4


def test_what_scripts_import_from_its_sources_is_there(run_script):
    assert run_script("""
        import tensorflow as tf
        from tensorflow.contrib.legacy_seq2seq.python.ops.seq2seq import _extract_argmax_and_embed
        from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _Linear, _linear
        from tensorflow.contrib.rnn.python.ops import core_rnn_cell_impl, rnn_cell
        from tensorflow.contrib.seq2seq.python.ops import attention_wrapper
        from tensorflow.python.ops import rnn_cell_impl
        from tensorflow.python.ops.rnn_cell_impl import LSTMStateTuple, _zero_state_tensors
        print(rnn_cell_impl._linear is _linear, rnn_cell_impl.LSTMCell is tf.contrib.rnn.LSTMCell)
        print(core_rnn_cell_impl._linear is _linear, rnn_cell.AttentionCellWrapper.__name__)
        print(attention_wrapper._BaseAttentionMechanism.__name__)
        try:
            tf.contrib.rnn.BidirectionalGridLSTMCell
        except AttributeError as error:
            print(str(error).partition(":")[0])
    """, options=["--as-of", "1.4"], check=True).lines == [
        "True True", "True AttentionCellWrapper", "_BaseAttentionMechanism",
        "tensorflow.contrib.rnn.BidirectionalGridLSTMCell is not served"]
