"""Whole models from a sequence to a sequence, of an encoder and a decoder, unrolled over lists.

Everywhere below

    encoder_inputs, decoder_inputs: lists by time of tensors, [batch, size] or, where they are
        embedded, [batch] of symbols.
    cell: the cell for both, each with weights of its own unless it says "tied".
    output_projection: (weights, biases) from outputs to symbols; without it the outputs are mapped
        to symbols by the model's own.
    feed_previous: bool or scalar bool tensor: whether the decoder is fed the symbols that it finds
        most likely, instead of the inputs behind the first.

and what is returned is (list by time of outputs, final state).
"""
from tf1_recipes.legacy.contrib.legacy_seq2seq.decoders import (
    Decoders,
    _extract_argmax_and_embed,
    check_projection,
)
from tf1_recipes.v1 import tf


class Models(Decoders):
    """The models of a release, on its `decoders.Parts`."""

    def basic_rnn_seq2seq(self, encoder_inputs, decoder_inputs, cell, dtype=tf.float32,
                          scope=None):
        """An encoder, and a decoder that begins with its state."""
        with tf.variable_scope(scope or "basic_rnn_seq2seq"):
            _, state = self._parts.rnn(self._parts.own_cell(cell), encoder_inputs, dtype=dtype)
            return self.rnn_decoder(decoder_inputs, state, cell)

    def tied_rnn_seq2seq(self, encoder_inputs, decoder_inputs, cell, loop_function=None,
                         dtype=tf.float32, scope=None):
        """As `basic_rnn_seq2seq`, with the same weights for both."""
        with tf.variable_scope("combined_tied_rnn_seq2seq"):
            scope = scope or "tied_rnn_seq2seq"
            _, state = self._parts.rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
            tf.get_variable_scope().reuse_variables()
            return self.rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function,
                                    scope=scope)

    def embedding_rnn_seq2seq(self, encoder_inputs, decoder_inputs, cell, num_encoder_symbols,
                              num_decoder_symbols, embedding_size, output_projection=None,
                              feed_previous=False, dtype=None, scope=None):
        """`basic_rnn_seq2seq` over symbols, embedded for each side."""
        with tf.variable_scope(scope or "embedding_rnn_seq2seq") as scope:
            if dtype is not None:
                scope.set_dtype(dtype)
            _, state = self._encoded(encoder_inputs, cell, num_encoder_symbols, embedding_size,
                                     scope.dtype)
            if output_projection is None:
                cell = self._parts.OutputProjectionWrapper(cell, num_decoder_symbols)

            def decode(feed, **options):
                return self.embedding_rnn_decoder(
                    decoder_inputs, state, cell, num_decoder_symbols, embedding_size,
                    output_projection=output_projection, feed_previous=feed, **options)

            return _fed(feed_previous, decode, len(decoder_inputs), state)

    def embedding_tied_rnn_seq2seq(self, encoder_inputs, decoder_inputs, cell, num_symbols,
                                   embedding_size, num_decoder_symbols=None,
                                   output_projection=None, feed_previous=False, dtype=None,
                                   scope=None):
        """`tied_rnn_seq2seq` over symbols, with one embedding."""
        with tf.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as scope:
            check_projection(output_projection, num_symbols, scope.dtype)
            embedding = tf.get_variable("embedding", [num_symbols, embedding_size],
                                        dtype=scope.dtype)
            encoded, decoded = ([tf.nn.embedding_lookup(embedding, each) for each in inputs]
                                for inputs in (encoder_inputs, decoder_inputs))
            if output_projection is None:
                cell = self._parts.OutputProjectionWrapper(
                    cell, num_decoder_symbols or num_symbols)

            def decode(feed, update_embedding_for_previous=True):
                loop_function = _extract_argmax_and_embed(
                    embedding, output_projection, update_embedding_for_previous) if feed else None
                return self.tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop_function,
                                             dtype=scope.dtype)

            return _fed(feed_previous, decode, len(decoder_inputs), cell.state_size)

    def embedding_attention_seq2seq(self, encoder_inputs, decoder_inputs, cell,
                                    num_encoder_symbols, num_decoder_symbols, embedding_size,
                                    num_heads=1, output_projection=None, feed_previous=False,
                                    dtype=None, scope=None, initial_state_attention=False):
        """`embedding_rnn_seq2seq` whose decoder attends to the encoder's outputs."""
        with tf.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as scope:
            outputs, state = self._encoded(encoder_inputs, cell, num_encoder_symbols,
                                           embedding_size, scope.dtype)
            attention_states = tf.concat(
                [tf.reshape(each, [-1, 1, cell.output_size]) for each in outputs], 1)
            output_size = None
            if output_projection is None:
                cell = self._parts.OutputProjectionWrapper(cell, num_decoder_symbols)
                output_size = num_decoder_symbols

            def decode(feed, **options):
                return self.embedding_attention_decoder(
                    decoder_inputs, state, attention_states, cell, num_decoder_symbols,
                    embedding_size, num_heads=num_heads, output_size=output_size,
                    output_projection=output_projection, feed_previous=feed,
                    initial_state_attention=initial_state_attention, **options)

            return _fed(feed_previous, decode, len(decoder_inputs), state)

    def one2many_rnn_seq2seq(self, encoder_inputs, decoder_inputs_dict, enc_cell, dec_cells_dict,
                             num_encoder_symbols, num_decoder_symbols_dict, embedding_size,
                             feed_previous=False, dtype=None, scope=None):
        """One encoder, and a decoder for each key.

        Returns:
            (dict of lists of outputs, dict of final states).
        """
        if set(dec_cells_dict) != set(decoder_inputs_dict):
            raise ValueError("keys of dec_cells_dict != keys of decoder_inputs_dict")
        outputs, states = {}, {}
        with tf.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as scope:
            wrapped = self._parts.EmbeddingWrapper(
                enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
            _, state = self._parts.rnn(wrapped, encoder_inputs, dtype=scope.dtype)
            for name, decoder_inputs in decoder_inputs_dict.items():
                symbols = num_decoder_symbols_dict[name]
                with tf.variable_scope("one2many_decoder_" + str(name)):
                    cell = self._parts.OutputProjectionWrapper(dec_cells_dict[name], symbols)

                    def decode(feed, update_embedding_for_previous=None, inputs=decoder_inputs,
                               cell=cell, symbols=symbols):
                        return self.embedding_rnn_decoder(
                            inputs, state, cell, symbols, embedding_size, feed_previous=feed)

                    outputs[name], states[name] = _fed(
                        feed_previous, decode, len(decoder_inputs), state)
        return outputs, states

    def _encoded(self, encoder_inputs, cell, num_symbols, embedding_size, dtype):
        wrapped = self._parts.EmbeddingWrapper(
            self._parts.own_cell(cell), embedding_classes=num_symbols,
            embedding_size=embedding_size)
        return self._parts.rnn(wrapped, encoder_inputs, dtype=dtype)


def _fed(feed_previous, decode, count, structure):
    """Decodes as ``feed_previous`` says; if that is a tensor, both ways, and takes one of them.

    Args:
        decode: function of a bool, and of ``update_embedding_for_previous``.
        count: int, how many outputs there will be.
        structure: what is structured as the state is.
    """
    if isinstance(feed_previous, bool):
        return decode(feed_previous)

    def branch(feed):
        with tf.variable_scope(tf.get_variable_scope(), reuse=None if feed else True):
            outputs, state = decode(feed, update_embedding_for_previous=False)
            return outputs + tf.nest.flatten(state)

    flat = tf.cond(feed_previous, lambda: branch(True), lambda: branch(False))
    state = flat[count:]
    return flat[:count], tf.nest.pack_sequence_as(structure, state) \
        if tf.nest.is_nested(structure) else state[0]
