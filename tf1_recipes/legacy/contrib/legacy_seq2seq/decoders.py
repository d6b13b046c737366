"""Decoders that are unrolled over lists of tensors, without and with attention.

The functions are the same in all releases; the cells' parts that they are made of are not, see
`Parts`. Everywhere below

    decoder_inputs: list by time of tensors, [batch, size] or, where they are embedded, [batch].
    initial_state: the state the decoder begins with.
    cell: the cell that decodes.
    scope: of the variables, by default the function's name.

and what is returned is (list by time of outputs, final state).
"""
from collections import namedtuple

from tf1_recipes.v1 import tf

Parts = namedtuple("Parts", "rnn linear EmbeddingWrapper OutputProjectionWrapper own_cell")
Parts.__doc__ = """What a release made its models of.

Attributes:
    rnn: function of (cell, list of inputs, dtype=, scope=), "static_rnn".
    linear: function of (list of tensors, columns, whether there is a bias).
    EmbeddingWrapper, OutputProjectionWrapper: classes of cells.
    own_cell: function that gives an encoder the cell to use for a decoder's: a copy, since cells
        hold their variables.
"""


def _extract_argmax_and_embed(embedding, output_projection=None, update_embedding=True):
    """A loop function: looks up the embedding of the most likely symbol of the last output."""
    def loop_function(previous, _):
        if output_projection is not None:
            previous = tf.nn.xw_plus_b(previous, output_projection[0], output_projection[1])
        embedded = tf.nn.embedding_lookup(embedding, tf.argmax(previous, 1))
        return embedded if update_embedding else tf.stop_gradient(embedded)
    return loop_function


class Decoders:
    """The decoders of a release.

    Args:
        parts: `Parts`.
    """

    def __init__(self, parts):
        self._parts = parts

    def rnn_decoder(self, decoder_inputs, initial_state, cell, loop_function=None, scope=None):
        """Decodes; ``loop_function(output, time)`` makes each next input, if it is given."""
        with tf.variable_scope(scope or "rnn_decoder"):
            state, outputs = initial_state, []
            for time, current in enumerate(decoder_inputs):
                if loop_function is not None and outputs:
                    current = _looped(loop_function, outputs[-1], time)
                if time:
                    tf.get_variable_scope().reuse_variables()
                output, state = cell(current, state)
                outputs.append(output)
        return outputs, state

    def embedding_rnn_decoder(self, decoder_inputs, initial_state, cell, num_symbols,
                              embedding_size, output_projection=None, feed_previous=False,
                              update_embedding_for_previous=True, scope=None):
        """`rnn_decoder` over symbols; ``feed_previous`` feeds the most likely ones back.

        Args:
            output_projection: (weights, biases) from outputs to symbols, or None.
        """
        with tf.variable_scope(scope or "embedding_rnn_decoder") as scope:
            check_projection(output_projection, num_symbols, scope.dtype)
            embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
            loop_function = _extract_argmax_and_embed(
                embedding, output_projection, update_embedding_for_previous) \
                if feed_previous else None
            embedded = (tf.nn.embedding_lookup(embedding, each) for each in decoder_inputs)
            return self.rnn_decoder(embedded, initial_state, cell, loop_function=loop_function)

    def attention_decoder(self, decoder_inputs, initial_state, attention_states, cell,
                          output_size=None, num_heads=1, loop_function=None, dtype=None,
                          scope=None, initial_state_attention=False):
        """Decodes with attention (Vinyals et al., 2014, "Grammar as a Foreign Language").

            weights = softmax(v * tanh(W_1 attention_states + W_2 state))

        Args:
            attention_states: tensor [batch, time, size] to attend to.
            output_size: int, by default the cell's.
            num_heads: int, how many times it attends.
            initial_state_attention: bool, whether the first step attends by the initial state,
                instead of to nothing.

        Raises:
            ValueError: there is no input or no head, or a size is not known.
        """
        if not decoder_inputs:
            raise ValueError("Must provide at least 1 input to attention decoder.")
        if num_heads < 1:
            raise ValueError("With less than 1 heads, use a non-attention decoder.")
        if attention_states.shape.dims[2].value is None:
            raise ValueError("Shape[2] of attention_states must be known: %s" % (
                attention_states.shape,))
        linear = self._parts.linear
        with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as scope:
            dtype = scope.dtype
            batch_size = tf.shape(decoder_inputs[0])[0]  # first of all, for the seeds that follow
            attend = _attention(attention_states, num_heads, dtype, linear)
            attended = _nothing_attended(batch_size, attention_states, num_heads, dtype)
            if initial_state_attention:
                attended = attend(initial_state)
            state, outputs = initial_state, []
            for time, current in enumerate(decoder_inputs):
                if time:
                    tf.get_variable_scope().reuse_variables()
                if loop_function is not None and outputs:
                    current = _looped(loop_function, outputs[-1], time)
                size = current.shape.with_rank(2).dims[1].value
                if size is None:
                    raise ValueError("Could not infer input size from input: %s" % current.name)
                mixed = linear([tf.cast(each, dtype) for each in [current] + attended], size, True)
                output, state = cell(mixed, state)
                with tf.variable_scope(tf.get_variable_scope(),
                                       reuse=initial_state_attention or None):
                    attended = attend(state)
                with tf.variable_scope("AttnOutputProjection"):
                    outputs.append(linear([tf.cast(output, dtype)] + attended,
                                          output_size or cell.output_size, True))
        return outputs, state

    def embedding_attention_decoder(self, decoder_inputs, initial_state, attention_states, cell,
                                    num_symbols, embedding_size, num_heads=1, output_size=None,
                                    output_projection=None, feed_previous=False,
                                    update_embedding_for_previous=True, dtype=None, scope=None,
                                    initial_state_attention=False):
        """`attention_decoder` over symbols, as `embedding_rnn_decoder`."""
        if output_projection is not None:
            biases = tf.convert_to_tensor(output_projection[1], dtype=dtype)
            biases.shape.assert_is_compatible_with([num_symbols])
        with tf.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
            embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
            loop_function = _extract_argmax_and_embed(
                embedding, output_projection, update_embedding_for_previous) \
                if feed_previous else None
            embedded = [tf.nn.embedding_lookup(embedding, each) for each in decoder_inputs]
            return self.attention_decoder(
                embedded, initial_state, attention_states, cell,
                output_size=output_size or cell.output_size, num_heads=num_heads,
                loop_function=loop_function, initial_state_attention=initial_state_attention)


def check_projection(output_projection, num_symbols, dtype):
    """Raises ValueError where (weights, biases) do not lead to ``num_symbols``."""
    if output_projection is not None:
        for part, shape in zip(output_projection, ([None, num_symbols], [num_symbols])):
            tf.convert_to_tensor(part, dtype=dtype).shape.assert_is_compatible_with(shape)


def _looped(loop_function, previous, time):
    with tf.variable_scope("loop_function", reuse=True):
        return loop_function(previous, time)


def _nothing_attended(batch_size, attention_states, num_heads, dtype):
    size = attention_states.shape.dims[2].value
    shape = tf.stack([batch_size, size])
    zeros = [tf.zeros(shape, dtype=dtype) for _ in range(num_heads)]
    for each in zeros:
        each.set_shape([None, size])
    return zeros


def _attention(attention_states, num_heads, dtype, linear):
    """A function of a state that gives what each head attends to, [batch, size]."""
    length = attention_states.shape.dims[1].value or tf.shape(attention_states)[1]
    size = attention_states.shape.dims[2].value
    hidden = tf.reshape(attention_states, [-1, length, 1, size])
    features, vectors = [], []
    for head in range(num_heads):
        kernel = tf.get_variable("AttnW_%d" % head, [1, 1, size, size], dtype=dtype)
        features.append(tf.nn.conv2d(hidden, kernel, [1, 1, 1, 1], "SAME"))
        vectors.append(tf.get_variable("AttnV_%d" % head, [size], dtype=dtype))

    def attend(query):
        if tf.nest.is_nested(query):
            query = tf.concat(tf.nest.flatten(query), 1)
        attended = []
        for head in range(num_heads):
            with tf.variable_scope("Attention_%d" % head):
                y = tf.reshape(linear(query, size, True), [-1, 1, 1, size])
                scores = tf.reduce_sum(
                    vectors[head] * tf.tanh(features[head] + tf.cast(y, dtype)), [2, 3])
                weights = tf.cast(tf.nn.softmax(tf.cast(scores, tf.float32)), dtype)
                weights = tf.reshape(weights, [-1, length, 1, 1])
                attended.append(tf.reshape(tf.reduce_sum(weights * hidden, [1, 2]), [-1, size]))
        return attended
    return attend
