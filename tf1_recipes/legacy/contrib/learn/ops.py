"""``tf.contrib.learn.ops``: losses, embeddings and recurrent parts of learn's first models."""
from tf1_recipes.v1 import tf

__all__ = ["categorical_variable", "embedding_lookup", "mean_squared_error_regressor",
           "rnn_decoder", "rnn_seq2seq", "seq2seq_inputs", "sequence_classifier",
           "softmax_classifier"]


def mean_squared_error_regressor(tensor_in, labels, weights, biases, name=None):
    """Returns the predictions of a linear model and their mean squared error."""
    with tf.name_scope(name, "mean_squared_error_regressor", [tensor_in, labels]):
        predictions = tf.nn.xw_plus_b(tensor_in, weights, biases)
        if len(labels.shape) == 1 and len(predictions.shape) == 2:
            predictions = tf.squeeze(predictions, axis=[1])
        return predictions, tf.losses.mean_squared_error(labels, predictions)


def softmax_classifier(tensor_in, labels, weights, biases, class_weight=None, name=None):
    """Returns the probabilities of classes, and the cross entropy of one-hot labels.

    Args:
        tensor_in: Tensor [batch, features].
        labels: Tensor [batch, classes].
        weights, biases: Tensors [features, classes] and [classes].
        class_weight: Tensor [classes], by which the logits are multiplied, or None.
        name: str.
    """
    with tf.name_scope(name, "softmax_classifier", [tensor_in, labels]):
        logits = tf.nn.xw_plus_b(tensor_in, weights, biases)
        if class_weight is not None:
            logits = tf.multiply(logits, class_weight)
        return tf.nn.softmax(logits), tf.losses.softmax_cross_entropy(labels, logits)


def embedding_lookup(params, ids, name="embedding_lookup"):
    """Looks ids of any shape up: Tensor [shape of the ids, shape of an embedding]."""
    with tf.name_scope(name, "embedding_lookup", [params, ids]):
        params, ids = tf.convert_to_tensor(params), tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        flat = tf.nn.embedding_lookup(
            params, tf.reshape(ids, tf.reduce_prod(shape, keepdims=True)), name=name)
        found = tf.reshape(flat, tf.concat([shape, [-1]], 0))
        found.set_shape(ids.shape.concatenate(params.shape[1:]))
        return found


def categorical_variable(tensor_in, n_classes, embedding_size, name):
    """Embeds classes by a new variable ``<name>/<name>_embeddings``."""
    with tf.variable_scope(name):
        return embedding_lookup(
            tf.get_variable(name + "_embeddings", [n_classes, embedding_size]), tensor_in)


def sequence_classifier(decoding, labels, sampling_decoding=None, name=None):
    """Returns the probabilities [batch, time, classes] and the summed cross entropy of sequences.

    Args:
        decoding: list of Tensors [batch, classes], the logits.
        labels: list of Tensors [batch, classes].
        sampling_decoding: list of Tensors, of which to make the probabilities; by default the
            logits.
        name: str.
    """
    with tf.name_scope(name, "sequence_classifier", [decoding, labels]):
        predictions, losses = [], []
        for at, logits in enumerate(decoding):
            losses.append(tf.nn.softmax_cross_entropy_with_logits(
                labels=labels[at], logits=logits, name="sequence_loss/xent_raw%d" % at))
            predictions.append(tf.nn.softmax(sampling_decoding[at] if sampling_decoding
                                             else logits))
        loss = tf.reduce_sum(tf.add_n(losses, name="sequence_loss/xent"), name="sequence_loss")
        return tf.stack(predictions, axis=1), loss


def seq2seq_inputs(x, y, input_length, output_length, sentinel=None, name=None):
    """Returns lists over time of the encoder's inputs and the decoder's inputs and outputs.

    Args:
        x, y: Tensors [batch, time, depth].
        input_length, output_length: ignored, as in 1.x.
        sentinel: Tensor [batch, depth], before and after the outputs; by default zeros.
        name: str.
    """
    with tf.name_scope(name, "seq2seq_inputs", [x, y]):
        inputs, outputs = tf.unstack(x, axis=1), tf.unstack(y, axis=1)
        if sentinel is None:
            sentinel = tf.zeros(tf.stack([tf.shape(x)[0], outputs[0].shape[1]]))
            sentinel.set_shape(outputs[0].shape)
        return inputs, [sentinel] + outputs, outputs + [sentinel]


def rnn_decoder(decoder_inputs, initial_state, cell, scope=None):
    """Returns outputs and states of a decoder by its inputs, then those by its own outputs.

    Args:
        decoder_inputs: list of Tensors.
        initial_state: of ``cell``.
        cell: an RNN cell.
        scope: of the variables, by default "dnn_decoder".
    """
    with tf.variable_scope(scope or "dnn_decoder"):
        outputs, states = [], [initial_state]
        with tf.name_scope("training", values=[decoder_inputs, initial_state]):
            for at, each in enumerate(decoder_inputs):
                if at:
                    tf.get_variable_scope().reuse_variables()
                output, state = cell(each, states[-1])
                outputs.append(output)
                states.append(state)
        # The first state is the initial one twice, as it was.
        sampled, sampled_states = outputs[:1], [initial_state] + states[:1]
        with tf.name_scope("sampling", values=[initial_state]):
            for _ in decoder_inputs[1:]:
                output, state = cell(sampled[-1], sampled_states[-1])
                sampled.append(output)
                sampled_states.append(state)
    return outputs, states, sampled, sampled_states


def rnn_seq2seq(encoder_inputs, decoder_inputs, encoder_cell, decoder_cell=None, dtype=tf.float32,
                scope=None):
    """`rnn_decoder` from the last state of an encoder; both by one cell if one is given."""
    with tf.variable_scope(scope or "rnn_seq2seq"):
        _, state = tf.nn.static_rnn(encoder_cell, encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, decoder_cell or encoder_cell)
