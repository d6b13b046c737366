"""``tf.contrib.seq2seq``: helpers, attention, beam search and losses."""
import numpy as np
import tensorflow as tf
from measured import measure, numbers, save
from tensorflow.contrib import seq2seq
from tensorflow.contrib.seq2seq.python.ops import attention_wrapper

nn = tf.nn.rnn_cell
BATCH, TIME, SIZE, UNITS, SYMBOLS, MEMORY = 2, 4, 3, 5, 6, 3
START, END = 1, 2


def embedding():
    return tf.get_variable("embedding", [SYMBOLS, SIZE])


def memory(beams=1, known=True):
    values = tf.constant(numbers((BATCH, MEMORY, 4), 0.5))
    if not known:
        values = tf.placeholder_with_default(values, [None, None, 4])
    return seq2seq.tile_batch(values, beams) if beams > 1 else values


def lengths(beams=1):
    return tf.constant(np.repeat(np.array([3, 2], np.int32), beams))


def training(cell, helper=None, output_layer=None, state=None, **options):
    if helper is None:
        helper = seq2seq.TrainingHelper(tf.constant(numbers((BATCH, TIME, SIZE))), [4, 2])
    decoder = seq2seq.BasicDecoder(
        cell, helper, state or cell.zero_state(BATCH, tf.float32), output_layer)
    outputs, state, steps = seq2seq.dynamic_decode(decoder, **options)
    return outputs, stacked(state), steps


def stacked(state):
    history = getattr(state, "alignment_history", None)
    return state._replace(alignment_history=history.stack()) if hasattr(
        history, "stack") else state


def feeding_back(helper, cell=None, **options):
    return training(cell or nn.LSTMCell(UNITS), helper, tf.layers.Dense(SYMBOLS, name="symbols"),
                    maximum_iterations=5, **options)


measure("TrainingHelper", lambda: training(nn.LSTMCell(UNITS)))
measure("TrainingHelper, imputed", lambda: training(
    nn.MultiRNNCell([nn.LSTMCell(UNITS), nn.GRUCell(UNITS)]), impute_finished=True))
measure("TrainingHelper, output layer, time major", lambda: training(
    nn.GRUCell(UNITS), output_layer=tf.layers.Dense(SYMBOLS), output_time_major=True))
measure("TrainingHelper, a scope, few iterations", lambda: training(
    nn.GRUCell(UNITS), scope="mine", maximum_iterations=3, swap_memory=True))
measure("GreedyEmbeddingHelper", lambda: feeding_back(
    seq2seq.GreedyEmbeddingHelper(embedding(), [START] * BATCH, END)))
measure("GreedyEmbeddingHelper, a function", lambda: feeding_back(
    seq2seq.GreedyEmbeddingHelper(lambda ids: tf.one_hot(ids, SIZE), [START, 4], 3),
    impute_finished=True))
measure("InferenceHelper", lambda: training(nn.GRUCell(SIZE), seq2seq.InferenceHelper(
    lambda outputs: outputs * 2.0, [SIZE], tf.float32, tf.constant(numbers((BATCH, SIZE))),
    lambda ids: ids[:, 0] > 1.5), maximum_iterations=4))
measure("CustomHelper", lambda: training(nn.GRUCell(SIZE), seq2seq.CustomHelper(
    lambda: (tf.fill([BATCH], False), tf.constant(numbers((BATCH, SIZE)))),
    lambda time, outputs, state: tf.cast(tf.argmax(outputs, 1), tf.int32) + time,
    lambda time, outputs, state, sample_ids: (
        tf.greater(sample_ids, 3), outputs + tf.to_float(time), state))))


def scheduled(probability, **options):
    inputs = tf.constant(numbers((BATCH, TIME, UNITS if not options else SIZE)))
    return seq2seq.ScheduledOutputTrainingHelper(inputs, [4, 3], probability, **options)


def scheduled_embedding(probability):
    return seq2seq.ScheduledEmbeddingTrainingHelper(
        tf.constant(numbers((BATCH, TIME, SIZE))), [4, 3], embedding(), probability, seed=3,
        scheduling_seed=4)


for probability in (0.0, 1.0):
    measure("ScheduledOutputTrainingHelper, %s" % probability, lambda p: training(
        nn.GRUCell(UNITS), scheduled(p)), probability)
    measure("ScheduledOutputTrainingHelper, mapped, %s" % probability, lambda p: training(
        nn.GRUCell(UNITS), scheduled(
            p, next_inputs_fn=lambda outputs: outputs[:, :SIZE] * 2.0,
            auxiliary_inputs=tf.constant(numbers((BATCH, TIME, 2), 3.0)))), probability)
measure("ScheduledEmbeddingTrainingHelper, never", lambda: feeding_back(scheduled_embedding(0.0)))


def attending(make, cell=None, beams=1, known=True, **options):
    return seq2seq.AttentionWrapper(
        cell or nn.LSTMCell(UNITS), make(memory(beams, known)), **options)


def luong(values, **options):
    return seq2seq.LuongAttention(UNITS, values, **options)


def bahdanau(values, **options):
    return seq2seq.BahdanauAttention(4, values, **options)


measure("LuongAttention", lambda: training(attending(luong)))
measure("LuongAttention, scaled, layer, history", lambda: training(attending(
    lambda values: luong(values, scale=True, memory_sequence_length=lengths()),
    attention_layer_size=4, alignment_history=True)))
measure("BahdanauAttention", lambda: training(attending(bahdanau)))
measure("BahdanauAttention, normalized, the cell's output", lambda: training(attending(
    lambda values: bahdanau(values, normalize=True, memory_sequence_length=lengths()),
    output_attention=False)))
measure("BahdanauAttention, hardmax", lambda: training(attending(
    lambda values: bahdanau(values, probability_fn=seq2seq.hardmax))))
measure("two mechanisms", lambda: training(attending(
    lambda values: [luong(values), bahdanau(values)], nn.MultiRNNCell([nn.GRUCell(UNITS)] * 1),
    attention_layer_size=[2, 3])))
measure("attention of the script's", lambda: training(attending(
    luong, attention_fn=attention_wrapper._compute_attention,
    cell_input_fn=lambda inputs, attention: inputs + attention[:, :SIZE],
    attention_layer=tf.layers.Dense(SIZE, tf.tanh, name="own"))))
for mode in ("parallel", "recursive", "hard"):
    measure("LuongMonotonicAttention, %s" % mode, lambda mode: training(attending(
        lambda values: seq2seq.LuongMonotonicAttention(
            UNITS, values, scale=True, score_bias_init=0.5, mode=mode))), mode)
    measure("BahdanauMonotonicAttention, %s" % mode, lambda mode: training(attending(
        lambda values: seq2seq.BahdanauMonotonicAttention(
            4, values, lengths(), normalize=True, mode=mode))), mode)


def with_initial_state():
    cell = attending(luong)
    first = cell.zero_state(BATCH, tf.float32).clone(cell_state=nn.LSTMStateTuple(
        tf.constant(numbers((BATCH, UNITS))), tf.constant(numbers((BATCH, UNITS), 2.0))))
    return feeding_back(seq2seq.GreedyEmbeddingHelper(embedding(), [START] * BATCH, END), cell,
                        state=first)


measure("a clone of a state, greedily", with_initial_state)


def beams(width, cell=None, attention=False, known=True, **options):
    cell = cell or nn.LSTMCell(UNITS)
    state = cell.zero_state(BATCH * width, tf.float32)
    if attention:
        cell = attending(lambda values: luong(values, memory_sequence_length=lengths(width)), cell,
                         width, known, alignment_history=True)
        state = cell.zero_state(BATCH * width, tf.float32)
    decoder = seq2seq.BeamSearchDecoder(
        cell, embedding(), [START] * BATCH, END, state, width,
        tf.layers.Dense(SYMBOLS, name="symbols"), **options)
    outputs, state, steps = seq2seq.dynamic_decode(decoder, maximum_iterations=6)
    state = state._replace(cell_state=stacked(state.cell_state))
    return outputs.predicted_ids, outputs.beam_search_decoder_output, state, steps


measure("BeamSearchDecoder", beams, 3)
measure("BeamSearchDecoder, one beam", beams, 1, nn.GRUCell(UNITS))
measure("BeamSearchDecoder, length penalty", beams, 4, length_penalty_weight=0.7)
measure("BeamSearchDecoder, attention", beams, 3, attention=True, length_penalty_weight=1.0)
measure("BeamSearchDecoder, coverage penalty", beams, 2, attention=True,
        coverage_penalty_weight=0.3, reorder_tensor_arrays=False)
measure("BeamSearchDecoder, a memory of unknown length", beams, 3, attention=True, known=False)


def trees():
    random = np.random.RandomState(0)
    ids, parents = random.randint(0, 6, (2, 7, 3, 4)).astype(np.int32)
    return [seq2seq.gather_tree(ids, parents % 4, np.array(lengths, np.int32), 5)
            for lengths in ([7, 4, 1], [0, 9, 3])]


measure("gather_tree", trees)


def losses():
    logits = tf.get_variable("logits", [BATCH, TIME, SYMBOLS])
    targets = tf.constant([[0, 1, 2, 3], [5, 4, 3, 2]])
    weights = tf.constant([[1.0, 1.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0]])
    flags = [(True, True, False, False), (True, False, False, False), (False, True, False, False),
             (False, False, False, False), (False, False, True, True),
             (False, False, True, False), (False, False, False, True)]
    return [seq2seq.sequence_loss(logits, targets, weights, *each) for each in flags] + [
        seq2seq.sequence_loss(logits, targets, weights, softmax_loss_function=(
            lambda labels, logits: tf.reduce_sum(logits ** 2, 1) * tf.to_float(labels)))]


measure("sequence_loss", losses)
measure("safe_cumprod", lambda: seq2seq.safe_cumprod(tf.constant([[0.5, 0.0, 1.0]]), axis=1))
save()
