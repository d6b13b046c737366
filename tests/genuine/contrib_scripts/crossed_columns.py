"""tf.contrib.layers' feature columns that are made of others: crossed, weighted, shared."""
import cases
import numpy as np
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import layers
from tensorflow.contrib.layers.python.ops.sparse_feature_cross_op import sparse_feature_cross

WORDS = np.array([["a", "b", ""], ["c", "", ""], ["", "", ""], ["b", "d", "a"]], object)
OTHERS = np.array([["x", ""], ["y", "x"], ["x", "y"], ["z", ""]], object)
WEIGHTS = np.array([[0.5, 2.0, 0.0], [1.5, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, -1.0, 0.25]], "f")


def sparse(rows, kept):
    indices = np.argwhere(kept)
    return tf.SparseTensor(tf.constant(indices, tf.int64), tf.constant(rows[kept]),
                           tf.constant(rows.shape, tf.int64))


def features():
    return {"word": sparse(WORDS, WORDS != ""), "other": sparse(OTHERS, OTHERS != ""),
            "weight": sparse(WEIGHTS, WORDS != ""), "number": tf.constant(numbers("n", 4, 1)),
            "id": tf.constant([[0], [3], [1], [3]], tf.int64),
            "dense": tf.constant([["a"], ["b"], ["c"], ["a"]]),
            "pair": tf.constant(numbers("p", 4, 2))}


def word():
    return layers.sparse_column_with_hash_bucket("word", 20)


def other():
    return layers.sparse_column_with_keys("other", ["x", "y"])


def buckets(name="number", dimension=1):
    return layers.bucketized_column(
        layers.real_valued_column(name, dimension), [-0.5, 0.0, 0.5])


def number_ids():
    return layers.sparse_column_with_integerized_feature("id", 5)


def crossed(*columns, **options):
    return lambda: wide(layers.crossed_column([each() for each in columns], 13, **options))


def wide(*columns):
    output, _, bias = layers.weighted_sum_from_feature_columns(features(), columns, 2)
    return [output, bias]


def deep(*columns):
    tf.set_random_seed(5)
    return layers.input_from_feature_columns(features(), columns)


def cross(names, *arguments, **options):
    def build():
        given = features()
        result = sparse_feature_cross([given[each] for each in names], *arguments, **options)
        return [result.indices, result.values, result.dense_shape]
    return build


CASES = {
    "words": crossed(word, other),
    "words by a key": crossed(word, other, hash_key=layers.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY),
    "means": crossed(word, other, combiner="mean"),
    "buckets": crossed(word, buckets),
    "two of a feature": crossed(other, lambda: buckets("pair", 2)),
    "integers": crossed(number_ids, word),
    "all": crossed(number_ids, word, buckets, other),
    "nested": lambda: wide(layers.crossed_column(
        [layers.crossed_column([word(), other()], 7), buckets()], 11), word(), other()),
    "dense words": lambda: wide(layers.crossed_column([
        layers.sparse_column_with_hash_bucket("dense", 9), word()], 13)),
    "dense words, later": lambda: wide(layers.crossed_column([
        layers.sparse_column_with_hash_bucket("dense", 9), layers.sparse_column_with_hash_bucket(
            "word", 9), number_ids()], 13)),
    "embedded": lambda: deep(layers.embedding_column(
        layers.crossed_column([word(), other()], 13), 3)),
    "weighted": lambda: wide(layers.weighted_sparse_column(word(), "weight"), other()),
    "weighted embedding": lambda: deep(layers.embedding_column(
        layers.weighted_sparse_column(word(), "weight"), 3, combiner="sum")),
    "shared": lambda: deep(*layers.shared_embedding_columns([
        word(), layers.sparse_column_with_hash_bucket("other", 20)], 3)),
    "shared by a name": lambda: deep(*layers.shared_embedding_columns([
        layers.sparse_column_with_hash_bucket("other", 20), layers.weighted_sparse_column(
            word(), "weight")], 3, shared_embedding_name="words")),
    "parsed": lambda: tf.constant([str(sorted(layers.create_feature_spec_for_parsing([
        layers.crossed_column([word(), buckets()], 7),
        layers.weighted_sparse_column(word(), "weight")])))]),
    "strings": cross(["word", "other", "id"]),
    "hashes": cross(["word", "other"], True),
    "hashes in buckets": cross(["word", "id", "other", "dense"], True, 100),
    "hashes by a key": cross(["word", "other"], True, 100, hash_key=7),
}
cases.main(CASES, initial=("embedded", "shared"))
