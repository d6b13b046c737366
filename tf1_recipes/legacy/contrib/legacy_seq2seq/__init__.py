"""``tf.contrib.legacy_seq2seq``: models from a sequence to a sequence, unrolled over lists."""
import copy

from tf1_recipes.legacy.contrib.legacy_seq2seq.decoders import Parts
from tf1_recipes.legacy.contrib.legacy_seq2seq.losses import Losses
from tf1_recipes.legacy.contrib.legacy_seq2seq.models import Models
from tf1_recipes.legacy.contrib.rnn import core_rnn_cell
from tf1_recipes.v1 import tf

_models = Models(Parts(
    rnn=tf.nn.static_rnn, linear=core_rnn_cell._linear,
    EmbeddingWrapper=core_rnn_cell.EmbeddingWrapper,
    OutputProjectionWrapper=core_rnn_cell.OutputProjectionWrapper, own_cell=copy.deepcopy))
_losses = Losses(by_name=True)

attention_decoder = _models.attention_decoder
basic_rnn_seq2seq = _models.basic_rnn_seq2seq
embedding_attention_decoder = _models.embedding_attention_decoder
embedding_attention_seq2seq = _models.embedding_attention_seq2seq
embedding_rnn_decoder = _models.embedding_rnn_decoder
embedding_rnn_seq2seq = _models.embedding_rnn_seq2seq
embedding_tied_rnn_seq2seq = _models.embedding_tied_rnn_seq2seq
one2many_rnn_seq2seq = _models.one2many_rnn_seq2seq
rnn_decoder = _models.rnn_decoder
tied_rnn_seq2seq = _models.tied_rnn_seq2seq

model_with_buckets = _losses.model_with_buckets
sequence_loss = _losses.sequence_loss
sequence_loss_by_example = _losses.sequence_loss_by_example
