"""``tf.contrib.layers``: the encoders and lookups of embeddings, which tf_slim left out."""
from tf_slim.layers import sparse_ops
from tf_slim.ops import variables

from tf1_recipes.v1 import tf


def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False, initializer=None,
                   regularizer=None, trainable=True, scope=None, reuse=None):
    """The embedding of every symbol.

    Args:
        ids: integer tensor [batch, length].
        vocab_size, embed_dim: int, the shape of the model variable "embeddings".
        unique: bool, looks every symbol up once, however often it occurs.
        initializer, regularizer, trainable: of the variable.
        scope, reuse: of the variable; the scope is "EmbedSequence" by default.

    Returns:
        Tensor [batch, length, embed_dim].
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing. Got "
                         "vocab_size=%s and embed_dim=%s" % (vocab_size, embed_dim))
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        if (reuse and vocab_size is None) or embed_dim is None:
            shape = None
        embeddings = variables.model_variable(
            "embeddings", shape=shape, initializer=initializer, regularizer=regularizer,
            trainable=trainable)
        if unique:
            return embedding_lookup_unique(embeddings, ids)
        return tf.nn.embedding_lookup(embeddings, ids)


def bow_encoder(ids, vocab_size, embed_dim, sparse_lookup=True, initializer=None, regularizer=None,
                trainable=True, scope=None, reuse=None):
    """The mean of the embeddings of a document's symbols.

    Args:
        ids: integer tensor or ``SparseTensor`` [batch, length].
        vocab_size, embed_dim: int, the shape of the model variable "embeddings".
        sparse_lookup: bool: the symbol 0 is padding, and is left out of the mean.
        initializer, regularizer, trainable: of the variable.
        scope, reuse: of the variable; the scope is "bow_encoder" by default.

    Returns:
        Tensor [batch, embed_dim].
    """
    if not vocab_size or not embed_dim:
        raise ValueError("Must specify vocab size and embedding dimension")
    sparse = isinstance(ids, tf.SparseTensor)
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        embeddings = variables.model_variable(
            "embeddings", shape=[vocab_size, embed_dim], initializer=initializer,
            regularizer=regularizer, trainable=trainable)
        if sparse_lookup:
            ids = ids if sparse else sparse_ops.dense_to_sparse_tensor(ids)
            return safe_embedding_lookup_sparse([embeddings], ids, combiner="mean", default_id=0)
        if sparse:
            raise TypeError("ids are expected to be dense Tensor, got: %s" % ids)
        return tf.reduce_mean(tf.nn.embedding_lookup(embeddings, ids), axis=1)


def embedding_lookup_unique(params, ids, partition_strategy="mod", name=None):
    """``tf.nn.embedding_lookup`` that looks every id up once, however often it occurs."""
    with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        unique, positions = tf.unique(tf.reshape(ids, tf.reduce_prod(shape, keepdims=True)))
        rows = tf.nn.embedding_lookup(params, unique, partition_strategy)
        result = tf.reshape(tf.gather(rows, positions), tf.concat(
            [shape, tf.shape(rows)[1:]], axis=0))
        result.set_shape(ids.get_shape().concatenate(rows.get_shape()[1:]))
        return result


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner=None,
                                 default_id=None, name=None, partition_strategy="div",
                                 max_norm=None):
    """``tf.nn.safe_embedding_lookup_sparse``, which takes the mean by default."""
    return tf.nn.safe_embedding_lookup_sparse(
        embedding_weights, sparse_ids, sparse_weights, combiner or "mean", default_id, name,
        partition_strategy, max_norm)
