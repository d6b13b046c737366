"""``tf.contrib.layers``' feature columns: what a model's inputs are, and layers made of them."""
import math
from collections import namedtuple

from tensorflow.python.ops import lookup_ops
from tf_slim.layers import layers, sparse_ops
from tf_slim.ops import variables

from tf1_recipes.legacy.contrib.layers import safe_embedding_lookup_sparse
from tf1_recipes.v1 import tf

# The order of the fields and the names of the classes are those of 1.15: they sort the columns.
_RealValued = namedtuple(
    "_RealValuedColumn", "column_name dimension default_value dtype normalizer")
_Sparse = namedtuple(
    "_SparseColumn", "column_name is_integerized bucket_size lookup_config combiner dtype")
_Lookup = namedtuple(
    "_SparseIdLookupConfig", "vocabulary_file keys num_oov_buckets vocab_size default_value")
_Bucketized = namedtuple("_BucketizedColumn", "source_column boundaries")
_OneHot = namedtuple("_OneHotColumn", "sparse_id_column")
_Embedding = namedtuple(
    "_EmbeddingColumn",
    "sparse_id_column dimension combiner initializer shared_embedding_name max_norm trainable")


class Column:
    """What all columns have: a name, a key to sort them by, and what it takes to parse them."""

    @property
    def key(self):
        """Sorts the columns of a model."""
        hidden = ("normalizer", "initializer")
        return "%s(%s)" % (type(self).__name__, ", ".join(
            "%s=%r" % pair for pair in self._asdict().items() if pair[0] not in hidden))


class _RealValuedColumn(Column, _RealValued):
    @property
    def name(self):
        return self.column_name

    @property
    def config(self):
        return {self.column_name: tf.FixedLenFeature(
            [self.dimension], self.dtype, self.default_value and list(self.default_value))}

    def dense(self, features, collections, trainable):
        """Numbers as they come, as rows."""
        tensor = self.values(features)
        return _of_rank_2(tensor)

    def values(self, features):
        """The numbers, normalised, in the shape they came in."""
        tensor = tf.convert_to_tensor(features[self.column_name])
        return tf.cast(self.normalizer(tensor) if self.normalizer else tensor, tf.float32)


class _SparseColumn(Column, _Sparse):
    @property
    def name(self):
        return self.column_name

    @property
    def config(self):
        return {self.column_name: tf.VarLenFeature(self.dtype)}

    @property
    def length(self):
        """How many categories there are."""
        if self.bucket_size is not None:
            return self.bucket_size
        return self.lookup_config.vocab_size + self.lookup_config.num_oov_buckets

    def ids(self, features):
        """The numbers of the categories, a ``SparseTensor``."""
        given = features[self.column_name]
        if not isinstance(given, tf.SparseTensor):
            given = _of_rank_2(tf.convert_to_tensor(given))
            given = sparse_ops.dense_to_sparse_tensor(
                given, ignore_value="" if given.dtype == tf.string else -1)
        return self.numbered(given)

    def dense(self, features, collections, trainable):
        raise ValueError("SparseColumn is not supported in DNN. Please use embedding_column or "
                         "one_hot_column. column: %s" % (self,))


def _of_rank_2(tensor):
    rank = tensor.shape.ndims
    if rank == 2:
        return tensor
    return tf.expand_dims(tensor, -1, name="expand_dims") if rank == 1 \
        else layers._inner_flatten(tensor, 2)


def _with_values(sparse, values):
    return tf.SparseTensor(sparse.indices, values, sparse.dense_shape)


class _SparseColumnIntegerized(_SparseColumn):
    def numbered(self, given):
        return _with_values(given, tf.mod(given.values, self.bucket_size, name="mod"))


class _SparseColumnHashed(_SparseColumn):
    def numbered(self, given):
        values = tf.as_string(given.values) if self.dtype.is_integer else given.values
        return _with_values(given, tf.string_to_hash_bucket_fast(
            values, self.bucket_size, name="lookup"))


class _SparseColumnKeys(_SparseColumn):
    def numbered(self, given):
        return lookup_ops.index_table_from_tensor(
            self.lookup_config.keys, default_value=self.lookup_config.default_value,
            dtype=self.dtype, name="lookup").lookup(given)


class _SparseColumnVocabulary(_SparseColumn):
    def numbered(self, given):
        if self.dtype.is_integer:
            given = _with_values(given, tf.as_string(given.values))
        config = self.lookup_config
        return lookup_ops.index_table_from_file(
            config.vocabulary_file, config.num_oov_buckets, config.vocab_size,
            config.default_value, name=self.name + "_lookup").lookup(given)


class _BucketizedColumn(Column, _Bucketized):
    @property
    def name(self):
        return self.source_column.name + "_bucketized"

    @property
    def config(self):
        return self.source_column.config

    @property
    def length(self):
        return (len(self.boundaries) + 1) * self.source_column.dimension

    def dense(self, features, collections, trainable):
        """A one for the bucket of each number."""
        buckets = tf.cast(self._buckets(features), tf.int64)
        return tf.reshape(tf.one_hot(
            buckets, len(self.boundaries) + 1, on_value=1.0, off_value=0.0), [-1, self.length])

    def ids(self, features):
        """The numbers of the buckets, all apart."""
        buckets = _of_rank_2(tf.cast(self._buckets(features), tf.int64))
        buckets += (len(self.boundaries) + 1) * tf.range(
            self.source_column.dimension, dtype=tf.int64)
        return sparse_ops.dense_to_sparse_tensor(buckets, ignore_value=-1)

    def _buckets(self, features):
        return tf.raw_ops.Bucketize(
            input=self.source_column.values(features), name="bucketize",
            boundaries=list(map(float, self.boundaries)))


class _OneHotColumn(Column, _OneHot):
    @property
    def name(self):
        return self.sparse_id_column.name + "_one_hot"

    @property
    def config(self):
        return self.sparse_id_column.config

    def dense(self, features, collections, trainable):
        """How often each category occurs."""
        ids = tf.sparse_tensor_to_dense(
            layers._inner_flatten(self.sparse_id_column.ids(features), 2), default_value=-1)
        return tf.reduce_sum(tf.one_hot(
            ids, depth=self.sparse_id_column.length, on_value=1.0, off_value=0.0), axis=[1])


class _EmbeddingColumn(Column, _Embedding):
    @property
    def name(self):
        return self.sparse_id_column.name + (
            "_shared_embedding" if self.shared_embedding_name else "_embedding")

    @property
    def config(self):
        return self.sparse_id_column.config

    def dense(self, features, collections, trainable):
        """The embeddings of the categories, combined."""
        ids, by = (each and layers._inner_flatten(each, 2) for each in ids_and_weights(
            self.sparse_id_column, features))
        return safe_embedding_lookup_sparse(
            self._embeddings(collections, trainable), ids, by, combiner=self.combiner,
            max_norm=self.max_norm, name=self.name + "weights")

    def _embeddings(self, collections, trainable):
        shared = self.shared_embedding_name
        found = tf.get_collection_ref("SHARED_EMBEDDING_COLLECTION_%s" % shared.upper()) \
            if shared else []
        if not found:
            found.append(variables.model_variable(
                shared or "weights", shape=[self.sparse_id_column.length, self.dimension],
                initializer=self.initializer, trainable=trainable and self.trainable,
                collections=collections))
        return found[0]


def ids_and_weights(column, features):
    """Returns the numbers of the categories and their weights, or None, two ``SparseTensor``s."""
    return column.ids(features), \
        column.weights(features) if hasattr(column, "weights") else None


def real_valued_column(column_name, dimension=1, default_value=None, dtype=tf.float32,
                       normalizer=None):
    """Numbers: ``dimension`` of them in each example."""
    if not isinstance(dimension, int):
        raise TypeError("dimension must be an integer. dimension: %s, column_name: %s" % (
            dimension, column_name))
    if dimension < 1:
        raise ValueError("dimension must be greater than 0. dimension: %s, column_name: %s" % (
            dimension, column_name))
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError("dtype must be convertible to float. dtype: %s, column_name: %s" % (
            dtype, column_name))
    if default_value is not None:
        values = default_value if isinstance(default_value, (list, tuple)) \
            else [default_value] * dimension
        default_value = tuple(map(float, values) if dtype.is_floating else values)
    return _RealValuedColumn(column_name, dimension, default_value, dtype, normalizer)


def bucketized_column(source_column, boundaries):
    """Which of the ranges between boundaries each number of a column is in."""
    if not isinstance(source_column, _RealValuedColumn):
        raise TypeError("source_column must be an instance of _RealValuedColumn. source_column: %s"
                        % (source_column,))
    if not isinstance(boundaries, (list, tuple)) or not boundaries:
        raise ValueError("boundaries must be a non-empty list or tuple. boundaries: %s"
                         % (boundaries,))
    if sorted(boundaries) != list(boundaries):
        raise ValueError("boundaries must be a sorted list. boundaries: %s" % (boundaries,))
    return _BucketizedColumn(source_column, tuple(sorted(set(boundaries))))


def sparse_column_with_hash_bucket(column_name, hash_bucket_size, combiner="sum", dtype=tf.string):
    """Categories, numbered by a hash."""
    return _SparseColumnHashed(column_name, False, hash_bucket_size, None, combiner, dtype)


def sparse_column_with_keys(column_name, keys, default_value=-1, combiner="sum", dtype=tf.string):
    """Categories, numbered by their place in a list."""
    keys = tuple(keys)
    return _SparseColumnKeys(column_name, False, None, _Lookup(
        None, keys, 0, len(keys), default_value), combiner, dtype)


def sparse_column_with_integerized_feature(column_name, bucket_size, combiner="sum",
                                           dtype=tf.int64):
    """Categories that are numbers."""
    return _SparseColumnIntegerized(column_name, True, bucket_size, None, combiner, dtype)


def sparse_column_with_vocabulary_file(column_name, vocabulary_file, num_oov_buckets=0,
                                       vocab_size=None, default_value=-1, combiner="sum",
                                       dtype=tf.string):
    """Categories, numbered by their line in a file."""
    if vocab_size is None:
        raise ValueError("vocab_size should be defined. column_name: %s" % column_name)
    return _SparseColumnVocabulary(column_name, False, None, _Lookup(
        vocabulary_file, None, num_oov_buckets, vocab_size, default_value), combiner, dtype)


def one_hot_column(sparse_id_column):
    """A number for each category: how often it occurs."""
    return _OneHotColumn(sparse_id_column)


def embedding_column(sparse_id_column, dimension, combiner="mean", initializer=None, max_norm=None,
                     trainable=True):
    """An embedding of categories."""
    return make_embedding(sparse_id_column, dimension, combiner, initializer, None, max_norm,
                          trainable)


def make_embedding(sparse_id_column, dimension, combiner, initializer, shared_embedding_name,
                   max_norm, trainable):
    """An embedding of categories, whose variable may be shared with others of the same name."""
    if initializer is None:
        initializer = tf.truncated_normal_initializer(
            mean=0.0, stddev=1 / math.sqrt(sparse_id_column.length))
    return _EmbeddingColumn(sparse_id_column, dimension, combiner, initializer,
                            shared_embedding_name, max_norm, trainable)


def check_feature_columns(feature_columns):
    """Refuses columns with the same key."""
    keys = [column.key for column in feature_columns]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError("Duplicate feature column key found for column: %s. This usually "
                             "means that the column is almost identical to another column, and "
                             "one must be discarded." % key)


def create_feature_spec_for_parsing(feature_columns):
    """What ``tf.parse_example`` takes to read the columns."""
    return {name: spec for column in feature_columns for name, spec in column.config.items()}


def infer_real_valued_columns(features):
    """A list of real-valued columns for the tensors of a model's input."""
    if not isinstance(features, dict):
        return [_column_of("", features)]
    return [_column_of(name, features[name]) for name in sorted(features)]


def _column_of(name, tensor):
    if not (tensor.dtype.is_integer or tensor.dtype.is_floating):
        raise ValueError("Unsupported data type for feature %s: %s" % (name, tensor.dtype))
    shape = tensor.get_shape().as_list()
    if len(shape) not in (1, 2):
        raise ValueError("Feature not supported: %s has %d dimensions" % (name, len(shape)))
    return real_valued_column(name, dimension=shape[1] if len(shape) == 2 else 1,
                              dtype=tensor.dtype)


def _collections(names):
    return list(set(names) | {tf.GraphKeys.GLOBAL_VARIABLES}) if names else None


def input_from_feature_columns(columns_to_tensors, feature_columns, weight_collections=None,
                               trainable=True, scope=None):
    """All columns side by side, as the first layer of a network."""
    check_feature_columns(feature_columns)
    with tf.variable_scope(scope, "input_from_feature_columns", columns_to_tensors.values()):
        parts = []
        for column in sorted(feature_columns, key=lambda each: each.key):
            with tf.variable_scope(None, column.name, columns_to_tensors.values()):
                parts.append(column.dense(
                    columns_to_tensors, _collections(weight_collections), trainable))
        return tf.concat(parts, 1)


def weighted_sum_from_feature_columns(columns_to_tensors, feature_columns, num_outputs,
                                      weight_collections=None, trainable=True, scope=None):
    """The outputs of a linear model.

    Returns:
        (outputs [batch, num_outputs], {column: [weights]}, bias)
    """
    check_feature_columns(feature_columns)
    collections = _collections(weight_collections)
    with tf.variable_scope(scope, "weighted_sum_from_feature_columns",
                           columns_to_tensors.values()):
        outputs, weights = [], {}
        for column in sorted(feature_columns, key=lambda each: each.key):
            sparse = hasattr(column, "ids")
            ids, by = ids_and_weights(column, columns_to_tensors) if sparse else (None, None)
            with tf.variable_scope(None, column.name, columns_to_tensors.values()):
                tensor = None if sparse else column.dense(
                    columns_to_tensors, collections, trainable)
                weight = variables.model_variable(
                    "weights" if sparse else "weight", initializer=tf.zeros_initializer(),
                    shape=[column.length if sparse else tensor.shape[1], num_outputs],
                    trainable=trainable, collections=collections)
                output = safe_embedding_lookup_sparse(
                    [weight], ids, by, combiner=getattr(column, "combiner", "sum"),
                    name=column.name + "_weights") if sparse \
                    else tf.matmul(tensor, weight, name="matmul")
            outputs.append(tf.reshape(output, [-1, num_outputs]))
            weights[column] = [weight]
        bias = variables.model_variable(
            "bias_weight", shape=[num_outputs], initializer=tf.zeros_initializer(),
            trainable=trainable, collections=collections)
        return tf.nn.bias_add(tf.add_n(outputs), bias), weights, bias
