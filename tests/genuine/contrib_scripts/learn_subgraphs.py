"""``tf.contrib.learn.models`` and ``ops``: regressions, embeddings and recurrent nets."""
import cases
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import learn
from tensorflow.contrib.learn import models

INPUTS, TIMES = numbers("inputs", 4, 3), numbers("times", 4, 5, 3)
CLASSES = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]]


def regression(model, labels, **options):
    def build():
        tf.set_random_seed(4)
        return list(model(tf.constant(INPUTS), tf.constant(labels), **options))
    return build


def weighted():
    tf.constant([1.0, 2.0, 0.5], name="class_weight")
    return list(models.logistic_regression(tf.constant(INPUTS), tf.constant(CLASSES, tf.float32)))


def recurrent(cell_type, both=False, predictor=models.logistic_regression, **options):
    given = {"rnn_size": 2, "cell_type": cell_type, "num_layers": 2, "bidirectional": both,
             "input_op_fn": lambda x: tf.unstack(x, axis=1), "target_predictor_fn": predictor,
             "sequence_length": None, "initial_state": None, "attn_length": None,
             "attn_size": None, "attn_vec_size": None}
    given.update(options)

    def build():
        tf.set_random_seed(4)
        return list(models.get_rnn_model(**given)(
            tf.constant(TIMES), tf.constant(CLASSES, tf.float32)))
    return build


def both_ways():
    cells = [tf.nn.rnn_cell.GRUCell(2), tf.nn.rnn_cell.GRUCell(2)]
    outputs, state = models.bidirectional_rnn(
        cells[0], cells[1], tf.unstack(tf.constant(TIMES), axis=1), dtype=tf.float32)
    return outputs + [state]


def embedded():
    return learn.ops.categorical_variable([[1, 0], [2, 4]], 5, 3, "word")


def sequences():
    inputs, decoder, expected = learn.ops.seq2seq_inputs(
        tf.constant(TIMES), tf.constant(numbers("y", 4, 2, 3)), 5, 2)
    outputs, _, sampled, states = learn.ops.rnn_seq2seq(
        inputs, decoder, tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(3))
    predictions, loss = learn.ops.sequence_classifier(
        outputs, [tf.nn.softmax(each) for each in expected], sampled)
    return [predictions, loss] + states


CASES = {
    "linear": regression(models.linear_regression, numbers("y", 4)),
    "linear, of two": regression(models.linear_regression, numbers("y", 4, 2), init_mean=0.5),
    "linear, zeros": regression(models.linear_regression_zero_init, numbers("y", 4, 1)),
    "logistic": regression(models.logistic_regression, numbers("y", 4, 3), init_stddev=0.1),
    "logistic, zeros": regression(models.logistic_regression_zero_init, numbers("y", 4, 3)),
    "logistic, weighted": weighted,
    "rnn": recurrent("rnn"),
    "gru, seeded": recurrent("gru"),
    "lstm": recurrent("lstm"),
    "lstm both ways": recurrent("lstm", True),
    "attention": recurrent("gru", attn_length=2, attn_size=2, attn_vec_size=2),
    "of another kind": recurrent("sru"),
    "both ways": both_ways,
    "embedded": embedded,
    "sequences": sequences,
}
cases.main(CASES, initial=("linear", "linear, of two", "linear, zeros", "logistic",
                           "logistic, zeros", "gru, seeded"))
