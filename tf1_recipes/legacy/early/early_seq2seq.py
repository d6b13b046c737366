"""``tf.nn.seq2seq`` of TensorFlow 0.12: the models unrolled over lists, of that release's cells."""
from tf1_recipes.legacy.contrib.legacy_seq2seq.decoders import Parts, _extract_argmax_and_embed
from tf1_recipes.legacy.contrib.legacy_seq2seq.losses import Losses
from tf1_recipes.legacy.contrib.legacy_seq2seq.models import Models
from tf1_recipes.legacy.early import early_rnn, early_rnn_cell

linear = early_rnn_cell._linear

_models = Models(Parts(
    rnn=early_rnn.rnn, linear=linear, EmbeddingWrapper=early_rnn_cell.EmbeddingWrapper,
    OutputProjectionWrapper=early_rnn_cell.OutputProjectionWrapper,
    # Cells held no variables: one serves encoder and decoder, each in its scope.
    own_cell=lambda cell: cell))
_losses = Losses(by_name=False)

attention_decoder = _models.attention_decoder
basic_rnn_seq2seq = _models.basic_rnn_seq2seq
embedding_attention_decoder = _models.embedding_attention_decoder
embedding_attention_seq2seq = _models.embedding_attention_seq2seq
embedding_rnn_decoder = _models.embedding_rnn_decoder
embedding_rnn_seq2seq = _models.embedding_rnn_seq2seq
embedding_tied_rnn_seq2seq = _models.embedding_tied_rnn_seq2seq
rnn_decoder = _models.rnn_decoder
tied_rnn_seq2seq = _models.tied_rnn_seq2seq

model_with_buckets = _losses.model_with_buckets
sequence_loss = _losses.sequence_loss
sequence_loss_by_example = _losses.sequence_loss_by_example

__all__ = ["_extract_argmax_and_embed"]


def one2many_rnn_seq2seq(encoder_inputs, decoder_inputs_dict, cell, num_encoder_symbols,
                         num_decoder_symbols_dict, embedding_size, feed_previous=False,
                         dtype=None, scope=None):
    """One encoder, and a decoder for each key, all of the same cell."""
    return _models.one2many_rnn_seq2seq(
        encoder_inputs, decoder_inputs_dict, cell, dict.fromkeys(decoder_inputs_dict, cell),
        num_encoder_symbols, num_decoder_symbols_dict, embedding_size, feed_previous, dtype, scope)
