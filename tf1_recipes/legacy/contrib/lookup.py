"""``tf.contrib.lookup``: tables of strings and numbers, by the names they had there."""
from tensorflow.python.ops import lookup_ops

from tf1_recipes.v1 import tf

MutableHashTable = lookup_ops.MutableHashTable
MutableDenseHashTable = lookup_ops.DenseHashTable
InitializableLookupTableBase = lookup_ops.InitializableLookupTableBase
LookupInterface = lookup_ops.LookupInterface
TableInitializerBase = lookup_ops.TableInitializerBase
KeyValueTensorInitializer = lookup_ops.KeyValueTensorInitializer
TextFileIndex = lookup_ops.TextFileIndex
TextFileInitializer = lookup_ops.TextFileInitializer
TextFileIdTableInitializer = lookup_ops.TextFileIdTableInitializer
TextFileStringTableInitializer = lookup_ops.TextFileStringTableInitializer
IdTableWithHashBuckets = lookup_ops.IdTableWithHashBuckets
HasherSpec = lookup_ops.HasherSpec
FastHashSpec = lookup_ops.FastHashSpec
StrongHashSpec = lookup_ops.StrongHashSpec
index_table_from_file = lookup_ops.index_table_from_file
index_to_string_table_from_file = lookup_ops.index_to_string_table_from_file


class HashTable(lookup_ops.StaticHashTableV1):
    """A table that an initialiser fills; sharing it by name between graphs is not served."""

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        if shared_name is not None:
            raise ValueError("tf.contrib.lookup.HashTable: shared_name is not served: use the one "
                             "table, or make one in each graph")
        super().__init__(initializer, default_value, name=name)


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec,
                            dtype=tf.string, name=None):
    """A table from each entry of ``mapping`` to its position."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return lookup_ops.index_table_from_tensor(
        vocabulary_list=mapping, num_oov_buckets=num_oov_buckets, default_value=default_value,
        hasher_spec=hasher_spec, dtype=dtype, name=name)


def index_to_string_table_from_tensor(mapping, default_value="UNK", name=None):
    """A table from each position in ``mapping`` to the string there."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return lookup_ops.index_to_string_table_from_tensor(
        vocabulary_list=mapping, default_value=default_value, name=name)


def string_to_index(tensor, mapping, default_value=-1, name=None):
    """Looks strings up in a table made for it by `index_table_from_tensor`."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor, mapping, default_value="UNK", name=None):
    """Looks positions up in a table made for it by `index_to_string_table_from_tensor`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)


def string_to_index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None,
                                    default_value=-1, hasher_spec=FastHashSpec, name=None):
    """`index_table_from_file` of strings, by its older name."""
    return index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec,
        key_dtype=tf.string, name=name)


def string_to_index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1,
                                      hasher_spec=FastHashSpec, name=None):
    """`index_table_from_tensor` of strings, by its older name."""
    return index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, tf.string, name)
