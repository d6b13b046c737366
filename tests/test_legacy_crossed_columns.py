"""``tf.contrib.layers``: crossed columns fall into the buckets of then, as old weights need it."""

SCRIPT = """
    import tensorflow as tf
    from tensorflow.contrib import layers
    from tensorflow.contrib.layers.python.ops.sparse_feature_cross_op import sparse_feature_cross
    words = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], ["a", "b", "c"], [2, 2])
    numbers = tf.constant([[1], [2]], tf.int64)
    with tf.Session() as session:
        for given in ({}, {"num_buckets": 1000}, {"num_buckets": 1000, "hash_key": 7}):
            hashes = sparse_feature_cross([words, numbers], True, **given)
            print(session.run(hashes).values.tolist())
        print(session.run(sparse_feature_cross([words, numbers])).values.tolist())
    column = layers.crossed_column([layers.sparse_column_with_hash_bucket("word", 9),
                                    layers.sparse_column_with_hash_bucket("other", 9)], 100)
    print(column.name, sorted(layers.create_feature_spec_for_parsing([column])))
    for wrong in ([], [layers.real_valued_column("x")] * 2):
        try:
            layers.crossed_column(wrong, 100)
        except (TypeError, ValueError) as error:
            print(type(error).__name__, str(error).splitlines()[0][:60])
    """

# What genuine TensorFlow 1.15.5 and 1.7.1 print.
PRINTED = [
    "[8479621863018342127, 1603331213059006420, 3379466774602871878]",
    "[934, 420, 878]",
    "[477, 852, 919]",
    "[b'a_X_1', b'b_X_1', b'c_X_2']",
    "other_X_word ['other', 'word']",
    "ValueError columns must contain at least 2 elements. columns: []",
    "TypeError columns must be a set of _SparseColumn, _CrossedColumn, or _",
]


def test_hashes_of_crossed_categories(run_script):
    done = run_script(SCRIPT)
    assert done.lines == PRINTED, done.stderr
