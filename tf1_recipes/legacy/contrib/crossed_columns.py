"""``tf.contrib.layers``: feature columns made of others, crossed, weighted or embedded together."""
from collections import namedtuple

from tf_slim.layers import sparse_ops

from tf1_recipes.legacy.contrib.feature_columns import Column, make_embedding
from tf1_recipes.legacy.seeds import op_counts
from tf1_recipes.v1 import tf

SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 0xDECAFCAFFE
# The constants of the hash without a key.
_FIRST, _STEP = 0xDECAFCAFFE, 0x9E3779B97F4A7800 - 2 ** 64
_BETWEEN = "_X_"

_Crossed = namedtuple("_CrossedColumn", "columns hash_bucket_size hash_key combiner")
_Weighted = namedtuple("_WeightedSparseColumn", "sparse_id_column weight_column_name dtype")


class _CrossedColumn(Column, _Crossed):
    @property
    def name(self):
        return _BETWEEN.join(sorted(column.name for column in self.columns))

    @property
    def config(self):
        return {name: spec for column in self.columns for name, spec in column.config.items()}

    @property
    def length(self):
        """How many categories there are."""
        return self.hash_bucket_size

    def leaves(self):
        """The columns that are crossed, those of a crossed one among them."""
        return [leaf for column in self.columns for leaf in (
            column.leaves() if isinstance(column, _CrossedColumn) else [column])]

    def ids(self, features):
        """The hash of each combination."""
        # Of words the words themselves; of others the numbers of their buckets.
        return sparse_feature_cross(
            [features[leaf.name] if hasattr(leaf, "numbered") else leaf.ids(features)
             for leaf in self.leaves()], True, self.hash_bucket_size, "cross", self.hash_key)

    def dense(self, features, collections, trainable):
        raise ValueError("CrossedColumn is not supported in DNN. Please use embedding_column. "
                         "column: %s" % (self,))


class _WeightedSparseColumn(Column, _Weighted):
    @property
    def name(self):
        return "%s_weighted_by_%s" % (self.sparse_id_column.name, self.weight_column_name)

    @property
    def config(self):
        return dict(self.sparse_id_column.config,
                    **{self.weight_column_name: tf.VarLenFeature(self.dtype)})

    @property
    def length(self):
        """How many categories there are."""
        return self.sparse_id_column.length

    @property
    def combiner(self):
        """How those of one example are put together."""
        return self.sparse_id_column.combiner

    def ids(self, features):
        """The numbers of the categories."""
        return self.sparse_id_column.ids(features)

    def weights(self, features):
        """The weight of each."""
        weights = features[self.weight_column_name]
        if not isinstance(weights, tf.SparseTensor):
            weights = sparse_ops.dense_to_sparse_tensor(weights)
        return weights if self.dtype.is_floating else tf.cast(weights, tf.float32)

    def dense(self, features, collections, trainable):
        raise ValueError("WeightedSparseColumn is not supported in DNN. Please use "
                         "embedding_column or one_hot_column. column: %s" % (self,))


def crossed_column(columns, hash_bucket_size, combiner="sum", ckpt_to_load_from=None,
                   tensor_name_in_ckpt=None, hash_key=None):
    """Categories that are the combinations of those of several columns, hashed.

    Args:
        columns: sparse, bucketized or crossed columns.
        hash_bucket_size: int, more than 1.
        combiner: "sum", "mean" or "sqrtn", how those of one example are put together.
        hash_key: int of the hash, see `sparse_feature_cross`.
    """
    _refuse(ckpt_to_load_from, tensor_name_in_ckpt)
    for column in columns:
        if not hasattr(column, "ids") or hasattr(column, "weights"):
            raise TypeError(
                "columns must be a set of _SparseColumn, _CrossedColumn, or _BucketizedColumn "
                "instances. (column %s is a %s)" % (column, type(column).__name__))
    if len(columns) < 2:
        raise ValueError("columns must contain at least 2 elements. columns: %s" % (columns,))
    if hash_bucket_size < 2:
        raise ValueError("hash_bucket_size must be at least 2. hash_bucket_size: %s"
                         % hash_bucket_size)
    return _CrossedColumn(tuple(sorted(columns, key=lambda column: column.name)),
                          hash_bucket_size, hash_key, combiner)


def weighted_sparse_column(sparse_id_column, weight_column_name, dtype=tf.float32):
    """Categories with weights, which are another feature of the same shape."""
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError("dtype is not convertible to float. Given %s" % dtype)
    return _WeightedSparseColumn(sparse_id_column, weight_column_name, dtype)


def shared_embedding_columns(sparse_id_columns, dimension, combiner="mean",
                             shared_embedding_name=None, initializer=None, ckpt_to_load_from=None,
                             tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """Embeddings of several columns by one variable; returns as many columns."""
    _refuse(ckpt_to_load_from, tensor_name_in_ckpt)
    if isinstance(sparse_id_columns, str) or not isinstance(sparse_id_columns, (list, tuple)):
        raise TypeError("sparse_id_columns must be a non-string sequence (ex: list or tuple) "
                        "instead of type %s." % type(sparse_id_columns))
    if not sparse_id_columns:
        raise ValueError("The input sparse_id_columns should have at least one element.")
    if len({column.length for column in sparse_id_columns}) > 1:
        raise ValueError("The input sparse id columns are not compatible.")
    name = shared_embedding_name
    if not name and len(sparse_id_columns) > 1:
        names = [column.name for column in sorted(
            sparse_id_columns, key=lambda column: (hasattr(column, "weights"), column.name))]
        rest = ["plus_%d_others" % (len(names) - 3)] if len(names) > 3 else []
        name = "_".join(names[:3] + rest) + "_shared_embedding"
    columns = [make_embedding(column, dimension, combiner, initializer, name, max_norm, trainable)
               for column in sparse_id_columns]
    return columns if len(columns) == 1 else tuple(columns)


def sparse_feature_cross(inputs, hashed_output=False, num_buckets=0, name=None, hash_key=None):
    """All combinations of the categories of each example, one of each input.

    Without a key the hash h of a combination begins with a constant, and each category c changes it
    to h ^ (c + constant + h << 10 + h >> 4); with a key it is a fingerprint of them.

    Args:
        inputs: list of ``SparseTensor``s or tensors [examples, categories], of strings or integers.
        hashed_output: bool, gives the hashes, else the strings joined by "_X_".
        num_buckets: int, the hashes are taken modulo it if it is more than 0.
        hash_key: int.

    Returns:
        ``SparseTensor`` [examples, combinations]
    """
    graph = tf.get_default_graph()
    count = op_counts.count(graph)
    sparse = [each for each in inputs if isinstance(each, tf.SparseTensor)]
    ordered = sparse + [each for each in inputs if not isinstance(each, tf.SparseTensor)]
    with tf.name_scope(name, "SparseFeatureCross"):
        if not hashed_output:
            result = _cross([_map(_as_text, each) for each in ordered], "string")
        else:
            numbers = [_map(_as_number, each) for each in ordered]
            result = _cross(numbers, "int64", num_buckets, hash_key) if hash_key \
                else _hashed(numbers, num_buckets)
    # It was one op, which the seeds of others depend on.
    op_counts.book(graph, count + 1 - op_counts.count(graph))
    return result


def _hashed(numbers, num_buckets):
    joined = _cross([_map(tf.as_string, each) for each in numbers], "string")
    parts = tf.string_to_number(tf.reshape(tf.strings.split(
        joined.values, sep=_BETWEEN).values, [-1, len(numbers)]), tf.int64)
    hashed = tf.fill(tf.shape(joined.values), tf.constant(_FIRST, tf.int64))
    for number in range(len(numbers)):
        hashed = tf.bitwise.bitwise_xor(hashed, parts[:, number] + _STEP + (
            tf.bitwise.left_shift(hashed, tf.constant(10, tf.int64))) + (
            tf.bitwise.right_shift(hashed, tf.constant(4, tf.int64))))
    limit = tf.constant(num_buckets if num_buckets > 0 else 2 ** 63 - 1, tf.uint64)
    hashed = tf.bitcast(tf.math.floormod(tf.bitcast(hashed, tf.uint64), limit), tf.int64)
    return tf.SparseTensor(joined.indices, hashed, joined.dense_shape)


def _cross(inputs, kind, num_buckets=0, hash_key=0):
    sparse = [each for each in inputs if isinstance(each, tf.SparseTensor)]
    return tf.SparseTensor(*tf.raw_ops.SparseCross(
        indices=[each.indices for each in sparse], values=[each.values for each in sparse],
        shapes=[each.dense_shape for each in sparse], dense_inputs=inputs[len(sparse):],
        hashed_output=kind == "int64", num_buckets=num_buckets, hash_key=hash_key,
        out_type=kind, internal_type=kind))


def _map(function, given):
    if isinstance(given, tf.SparseTensor):
        return tf.SparseTensor(given.indices, function(given.values), given.dense_shape)
    return function(tf.convert_to_tensor(given))


def _as_text(tensor):
    return tensor if tensor.dtype == tf.string else tf.as_string(tf.cast(tensor, tf.int64))


def _as_number(tensor):
    if tensor.dtype != tf.string:
        return tf.cast(tensor, tf.int64)
    fingerprint = tf.raw_ops.Fingerprint(data=tf.reshape(tensor, [-1, 1]), method="farmhash64")
    return tf.reshape(tf.bitcast(fingerprint, tf.int64), tf.shape(tensor))


def _refuse(ckpt_to_load_from, tensor_name_in_ckpt):
    if ckpt_to_load_from or tensor_name_in_ckpt:
        raise ValueError("ckpt_to_load_from and tensor_name_in_ckpt are not served: call "
                         "tf.train.init_from_checkpoint for the column's variable")
