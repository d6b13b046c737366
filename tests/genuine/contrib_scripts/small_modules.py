"""Small modules of contrib: cuDNN's cells, predictors, sparsemax, resampler."""
import tempfile

import cases
import numpy as np
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import cudnn_rnn, predictor, resampler, sparsemax

INPUTS = numbers("inputs", 3, 4, 5)


def recurrent(cell, **options):
    return lambda: list(tf.nn.dynamic_rnn(cell(4, **options), INPUTS, dtype=tf.float32)[:1])


def lstm():
    output, state = tf.nn.dynamic_rnn(
        cudnn_rnn.CudnnCompatibleLSTMCell(4), INPUTS, dtype=tf.float32)
    return [output, state.c, state.h]


def seeded():
    tf.set_random_seed(3)
    return recurrent(cudnn_rnn.CudnnCompatibleGRUCell)()


def sparse():
    logits = tf.get_variable("logits", [3, 4])
    found = sparsemax.sparsemax(3 * logits)
    labels = numbers("labels", 3, 4)
    return [found, sparsemax.sparsemax_loss(3 * logits, found, labels)]


def limits():
    return tf.where(tf.is_nan(sparsemax.sparsemax([[np.inf, 0.0], [-np.inf, -np.inf]])),
                    tf.ones([2, 2]), tf.zeros([2, 2]))


def resampled(points, *shape):
    def build():
        data = tf.get_variable("data", [2, 4, 5, 3])
        warp = tf.get_variable("warp", [2] + list(shape) + [2])
        return resampler.resampler(data, points * warp + 1.5)
    return build


def predicted(**options):
    def build():
        folder = tempfile.mkdtemp() + "/model"
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, [None, 2], "x")
            y = tf.multiply(x, tf.get_variable("w", [2], initializer=tf.constant_initializer(3.0)),
                            "y")
            session.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
        function = predictor.from_saved_model(folder, **options)
        name, = function.feed_tensors
        values = function({name: [[1.0, 2.0]]})
        try:
            function({"other": 1})
        except ValueError as error:
            text = str(error).splitlines()[0]
        return [tf.constant(values[each]) for each in sorted(values)] + [tf.constant(
            [text, name, function.feed_tensors[name].name])]
    return build


CASES = {
    "lstm": lstm,
    "gru": recurrent(cudnn_rnn.CudnnCompatibleGRUCell),
    "gru, initialised": recurrent(cudnn_rnn.CudnnCompatibleGRUCell,
                                  kernel_initializer=tf.ones_initializer()),
    "gru, seeded": seeded,
    "sparsemax": sparse,
    "limits": limits,
    "resampled": resampled(2.0, 6),
    "resampled, beyond the edges": resampled(6.0, 3, 4),
    "predicted": predicted(),
    "predicted by names": predicted(input_names={"in": "x:0"}, output_names={"out": "y:0"}),
}
cases.main(CASES, initial=("gru, initialised", "gru, seeded"))
