"""What `cache_outputs` knows of rows: nets that are proven or refused, and what a trial adds."""
import os

import numpy as np
import pytest

from tests.small_trainings import both_kinds, refused, variable
from tests.test_layer_cache import INPUTS, started
from tf1_recipes.transfer.cache.layer_cache import cache_outputs
from tf1_recipes.transfer.cache.rows.control_flow import MERGES
from tf1_recipes.transfer.cache.rows.rounding import rounding, terms
from tf1_recipes.transfer.cache.rows.table import ROW_RULES, SIZE_RULES
from tf1_recipes.transfer.cache.tensor_sources import operations_for
from tf1_recipes.v1 import tf

pytestmark = [pytest.mark.usefixtures("graph"), pytest.mark.filterwarnings("ignore")]

DEPENDS = "its rows depend on the other examples of the batch: "
BESIDE = ". With other examples beside it a row changed by "
NOT_PROVEN = "it is not proven that its rows do not depend on the other examples of the batch: "
NO_PROOF = (". 7 batches of 5 examples or fewer show no difference, which is no proof. If you know "
            "that they do not, pass rows=\"independent\"")
UNKNOWN = "is of a type that is not known to treat each example by itself"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "hidden.npy")


def found(tensor, x, path, inputs=INPUTS, **settings):
    """The problems of caching a tensor."""
    with started() as session:
        return refused(cache_outputs, session, tensor, {x: inputs}, path, **settings)


def cached(tensor, x, path, inputs=INPUTS, **settings):
    """The rows of a tensor, held against those of one batch of all examples."""
    with started() as session:
        array = cache_outputs(session, tensor, {x: inputs}, path, **settings).array
        np.testing.assert_allclose(array, session.run(tensor, {x: inputs}), rtol=1e-4, atol=1e-5)
    return array


# --- tensors that one example, compared within 5%, did not tell from a row


def beside_its_normalized(z):
    return tf.concat([z, tf.layers.batch_normalization(z, training=True)], 1)


def around_the_mean(z):
    return z / 255 + 20 - tf.reduce_mean(z, 0, name="mean") / 255


def summed_up(z):
    return tf.cumsum(z, 0)


def minus_the_one_before(z):
    return z - tf.concat([z[:1], z[:-1]], 0)


@pytest.mark.parametrize("layer, told", [
    # Of 1, 3, 5, 7, 9 the mean is 5 and the variance 8, of 1, 3, 7, 9, 1 they are 4.2 and 10.56.
    (beside_its_normalized, "'batch_normalization/moments/mean' (Mean) reduces the axis of the "
                            "examples" + BESIDE + "0.429"),
    (around_the_mean, "'mean' (Mean) reduces the axis of the examples" + BESIDE + "0.00314"),
    # The first two of 1, 3, 5, 7, 9 become 3 and 5: 4 more.
    (summed_up, "'Cumsum' (Cumsum) runs along the axis of the examples" + BESIDE + "4"),
    (minus_the_one_before, "'strided_slice' (StridedSlice) takes a part of the examples, or their "
                           "reverse; 'strided_slice_1' (StridedSlice) takes a part of the "
                           "examples, or their reverse" + BESIDE + "2"),
])
@pytest.mark.parametrize("rows", [None, "independent"])
def test_a_difference_refuses_a_tensor_whatever_is_said(layer, told, rows, path):
    x = tf.placeholder(tf.float32, [None, 2])
    expected = DEPENDS + told
    if layer is around_the_mean:
        # 0.8 / 255, beside numbers of 20 whose last bit is 2e-6.
        problem, = found(layer(x), x, path, rows=rows)
        assert problem.startswith(expected[:-3])
    else:
        assert found(layer(x), x, path, rows=rows) == [expected]


# --- what else mixes examples


def through_a_loop_over_examples(x):
    return tf.map_fn(lambda row: row * 2, x)


def chosen_by_the_batch(x):
    return x * tf.cond(tf.reduce_mean(x) > 0, lambda: tf.constant(1.0), lambda: tf.constant(-1.0))


def chosen_by_its_size(x):
    return x * tf.cond(tf.shape(x)[0] > 2, lambda: tf.constant(1.0), lambda: tf.constant(-1.0))


MIXING = [
    ("reverse", lambda x: tf.reverse(x, [0]), "'ReverseV2' (ReverseV2) runs along the axis"),
    ("roll", lambda x: tf.roll(x, 1, 0), "'Roll' (Roll) runs along the axis"),
    ("sort", lambda x: tf.sort(x, 0, "DESCENDING"), "(TopKV2) runs along the axis"),
    ("softmax", lambda x: tf.nn.softmax(x, 0), "(Softmax) runs along the axis"),
    ("gather", lambda x: tf.gather(x, [0, 0]), "(GatherV2) picks examples by their place"),
    ("gather by rows", lambda x: tf.gather(x, tf.cast(x[:, 0], tf.int32) % 2),
     "(GatherV2) combines the examples with each other"),
    ("unique", lambda x: tf.unique(tf.cast(x[:, 0], tf.int32))[1], "(Unique) " + UNKNOWN),
    ("boolean mask", lambda x: tf.boolean_mask(x, x[:, 0] > 1), "(Where) " + UNKNOWN),
    ("partition", lambda x: tf.dynamic_partition(x, tf.cast(x[:, 0] > 3, tf.int32), 2)[0],
     "(DynamicPartition) " + UNKNOWN),
    ("product", lambda x: tf.matmul(x, x, transpose_b=True), "multiplies examples with examples"),
    ("outer", lambda x: x[:, :1] * x[:, 0], "(Mul) puts an example beside other examples"),
    ("largest", lambda x: x - tf.reduce_max(x), "(Max) reduces the axis of the examples"),
    ("norm", tf.nn.l2_normalize, "(Sum) reduces the axis of the examples"),
    ("size", lambda x: x * tf.cast(tf.shape(x)[0], tf.float32),
     "(Mul) combines the examples with the number of examples in the batch"),
    ("place", lambda x: x + tf.cast(tf.range(tf.shape(x)[0]), tf.float32)[:, None],
     "combines the examples with the number of examples in the batch"),
    ("size rounded up to even", lambda x: x * tf.cast(
        (tf.shape(x)[0] + 1) // 2 * 2 - tf.shape(x)[0], tf.float32),
     "(Mul) combines the examples with the number of examples in the batch"),
    ("as many constants as examples", lambda x: x * tf.cast(tf.reduce_sum(
        tf.constant([1, 2, 3])[:tf.shape(x)[0]]), tf.float32),
     "(Mul) combines the examples with the number of examples in the batch"),
    ("one constant for each example", lambda x: x * tf.cast(tf.reduce_sum(
        tf.slice(tf.range(9), [tf.shape(x)[0]], [2])), tf.float32),
     "(Mul) combines the examples with the number of examples in the batch"),
    ("columns by size", lambda x: tf.tile(x, [1, tf.shape(x)[0]]),
     "(Tile) takes an argument that hangs on the number of examples"),
    ("columns from size", lambda x: tf.slice(x, [0, tf.shape(x)[0] - 4], [-1, 1]),
     "(Slice) takes an argument that hangs on the number of examples"),
    ("constant of a batch", lambda x: x + np.float32([[1], [2], [3], [4], [5]]),
     "combines each place in the batch with a value of its own"),
    ("mixed reshape", lambda x: tf.reshape(tf.transpose(x), [-1, 2]),
     "(Reshape) puts parts of several examples into one row"),
    ("space", lambda x: tf.reshape(tf.batch_to_space_nd(
        tf.concat([x, x], 1)[:, :, None, None], [1, 1], [[0, 0], [0, 0]])[::-1], [-1, 4]),
     "(StridedSlice) takes a part of the examples, or their reverse"),
    ("channels first", lambda x: tf.nn.conv2d(
        tf.reshape(x, [1, -1, 1, 2]), np.ones([3, 1, 2, 2], np.float32), [1, 1, 1, 1], "SAME")[0],
     "(Conv2D) takes another axis than that of the examples for the batch"),
    ("map_fn", through_a_loop_over_examples,
     "(TensorArrayV3) takes an argument that hangs on the number of examples"),
    ("condition", chosen_by_the_batch, "(Mean) reduces the axis of the examples"),
    ("condition of size", chosen_by_its_size,
     "(Switch) asks a condition that hangs on the number of examples"),
]


@pytest.mark.parametrize("layer, told", [each[1:] for each in MIXING],
                         ids=[each[0] for each in MIXING])
def test_what_mixes_examples_is_refused_with_the_op(layer, told, path):
    x = tf.placeholder(tf.float32, [None, 2])
    problem, = found(layer(x), x, path)
    assert problem.startswith((DEPENDS, NOT_PROVEN)) and told in problem


@pytest.mark.parametrize("layer, told", [
    (tf.transpose, "its examples are on the axis 1, and must be on the first one: cache its "
                   "transpose"),
    (lambda x: tf.reshape(x, [-1]), "its first axis has 2 places for each example: cache it in the "
                                    "shape [examples, ...]"),
    (lambda x: tf.ones([5, 1]) * tf.cast(tf.shape(x)[1], tf.float32),
     "it is computed from no example: the same value would be kept for all")])
def test_what_has_no_row_for_each_example(layer, told, path):
    x = tf.placeholder(tf.float32, [None, 2])
    assert found(layer(x), x, path) == [told]


# --- nets of all kinds


def images(x):
    return tf.reshape(x, [-1, 8, 8, 2])


def inception(x):
    branches = [tf.layers.conv2d(images(x), 2, size, padding="same", activation=tf.nn.relu)
                for size in (1, 3)]
    pooled = tf.layers.average_pooling2d(images(x), 3, 1, "same")
    return tf.layers.flatten(tf.concat(branches + [pooled], 3))


def convolutions(x):
    layer = tf.layers.conv2d(images(x), 4, 3, activation=tf.nn.relu)
    layer = tf.nn.lrn(tf.layers.max_pooling2d(layer, 2, 2))
    return tf.layers.dense(tf.layers.flatten(layer), 5, tf.nn.softmax)


def residual(x):
    layer = tf.layers.conv2d(images(x), 2, 3, padding="same", use_bias=False)
    layer = tf.nn.relu(images(x) + tf.layers.batch_normalization(layer, training=False))
    return tf.reduce_mean(layer, [1, 2])


def dilated_and_transposed(x):
    layer = tf.layers.separable_conv2d(images(x), 2, 3, dilation_rate=2, padding="same")
    layer = tf.nn.atrous_conv2d(layer, np.ones([2, 2, 2, 2], np.float32), 2, "SAME")
    return tf.layers.conv2d_transpose(tf.image.resize_bilinear(layer, [4, 4]), 2, 3, 2)


def embedding(x):
    table = variable("table", np.float32(np.arange(20)).reshape(10, 2))
    return tf.reduce_mean(tf.nn.embedding_lookup(table, tf.cast(tf.abs(x), tf.int32) % 10), 1)


def normalized(x):
    mean, variance = tf.nn.moments(x, [1], keep_dims=True)
    return tf.where(x > 0, (x - mean) * tf.rsqrt(variance + 1), tf.zeros_like(x))


def recurrent(x, cell=tf.nn.rnn_cell.LSTMCell, **settings):
    steps = tf.reshape(x, [-1, 16, 8])
    outputs, state = tf.nn.dynamic_rnn(cell(3), steps, dtype=tf.float32, **settings)
    return tf.concat([outputs[:, -1], tf.nn.l2_normalize(tf.nn.static_rnn(
        tf.nn.rnn_cell.GRUCell(2), tf.unstack(steps, axis=1), dtype=tf.float32)[1], 1)], 1)


def folded_in_time(x):
    steps = tf.transpose(tf.reshape(x, [-1, 16, 8]), [1, 0, 2])
    return tf.reshape(tf.layers.dense(tf.reshape(steps, [-1, 8]), 2), [16, -1, 2])[-1]


def attention(x):
    heads = tf.transpose(tf.reshape(tf.layers.dense(x, 24), [-1, 4, 2, 3]), [0, 2, 1, 3])
    weights = tf.nn.softmax(tf.matmul(heads, heads, transpose_b=True))
    mixed = tf.transpose(tf.matmul(weights, heads), [0, 2, 1, 3])
    return tf.reshape(mixed, [tf.shape(x)[0], 24])


def of_keras(x):
    return tf.keras.Sequential([
        tf.keras.layers.Reshape([8, 8, 2]), tf.keras.layers.Conv2D(3, 3, activation="relu"),
        tf.keras.layers.BatchNormalization(), tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Reshape([9, 3]), tf.keras.layers.LSTM(4), tf.keras.layers.Dropout(0.5),
        tf.keras.layers.Dense(2, activation="sigmoid")])(x)


def in_columns_of_weights(x):
    return tf.transpose(tf.matmul(variable("w", np.ones([3, 128], np.float32)), x,
                                  transpose_b=True))


NETS = [inception, convolutions, residual, dilated_and_transposed, embedding, normalized, recurrent,
        folded_in_time, attention, of_keras, in_columns_of_weights]


@pytest.mark.parametrize("net", NETS, ids=[net.__name__ for net in NETS])
@pytest.mark.parametrize("size", [None, 4], ids=["any", "fixed"])
def test_nets_are_proven(net, size, path):
    x = tf.placeholder(tf.float32, [size, 128])
    inputs = np.random.RandomState(0).randn(6, 128).astype(np.float32)
    tensor = net(x)
    with started() as session:
        cache = cache_outputs(session, tensor, {x: inputs}, path, batch_size=4)
        assert len(cache) == 6


@both_kinds
def test_weights_of_both_kinds(use_resource, path):
    x = tf.placeholder(tf.int32, [None, 2])
    table = variable("table", np.float32(np.arange(24)).reshape(12, 2), use_resource)
    layer = tf.layers.dense(tf.nn.embedding_lookup(table, x), 3, use_bias=True)
    assert cached(layer, x, path, np.int32(INPUTS)).shape == (5, 2, 3)


def test_dimensions_that_the_graph_does_not_say(path):
    x = tf.placeholder(tf.float32, [None, None, None])
    layer = tf.layers.dense(tf.reshape(x, [tf.shape(x)[0], -1, 3]), 5)
    assert cached(layer, x, path, np.random.RandomState(0).randn(5, 4, 3)).shape == (5, 4, 5)


def test_a_placeholder_of_unknown_shape(path):
    x = tf.placeholder(tf.float32)
    assert cached(tf.nn.relu(1 - 2 * x) + [1.0, 2.0], x, path).tolist() == [[1, 2]] * 5
    assert found(x - tf.reduce_mean(x, -2), x, path + "2")[0].startswith(
        DEPENDS + "'Mean' (Mean) reduces the axis of the examples. ")


def test_loops_after_each_other(path):
    # Each may change what the next one is given.
    x = tf.placeholder(tf.float32, [None, 2])
    tensor = x
    for _ in range(25):
        zero = tf.fill([tf.shape(tensor)[0], 2], 0.0)
        tensor = tf.while_loop(lambda i, *_: i < 2,
                               lambda i, one, other: (i + 1, other + 1, one), [0, zero, tensor])[2]
    assert cached(tensor, x, path).tolist() == (INPUTS + 25).tolist()


def test_a_placeholder_of_which_only_its_batch_is_one(path):
    # One example is never beside another.
    x = tf.placeholder(tf.float32, [1, 2])
    assert cached(tf.cumsum(x, 0), x, path, INPUTS[:1], batch_size=1).tolist() == [[1, 2]]


# --- what has no proof


def by_partitions(x):
    tables = [variable("table%d" % number, np.float32(np.arange(12)).reshape(6, 2))
              for number in range(2)]
    return tf.nn.embedding_lookup(tables, tf.cast(x[:, 0], tf.int32))


def test_what_is_not_known_needs_to_be_said(path):
    x = tf.placeholder(tf.float32, [None, 2])
    layer = by_partitions(x)
    problem, = found(layer, x, path)
    assert problem.startswith(NOT_PROVEN + "'embedding_lookup/DynamicPartition")
    assert "(DynamicPartition) " + UNKNOWN in problem
    assert problem.endswith("(ParallelDynamicStitch) " + UNKNOWN + NO_PROOF)
    # Row k of a table of two parts is row k // 2 of part k % 2.
    assert cached(layer, x, path, rows="independent").tolist() == [
        [0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert found(layer, x, path + "2", INPUTS[:1])[0].endswith(
        ". One example alone cannot be tried. If you know that they do not, pass "
        "rows=\"independent\"")
    assert cached(layer, x, path + "2", INPUTS[:1], rows="independent").tolist() == [[0, 1]]


def test_sequences_of_several_lengths_need_to_be_said(path):
    # The loop runs for the longest sequence of the batch, which does not change the others.
    x = tf.placeholder(tf.float32, [None, 128])
    inputs = np.random.RandomState(0).randn(5, 128).astype(np.float32)
    layer = recurrent(x, sequence_length=tf.cast(tf.abs(x[:, 0]) * 3, tf.int32) + 1)
    problem, = found(layer, x, path, inputs)
    assert problem == NOT_PROVEN + "'rnn/Max' (Max) reduces the axis of the examples" + NO_PROOF
    cached(layer, x, path, inputs, rows="independent")


def test_what_else_is_said_of_rows_is_an_error(path):
    x = tf.placeholder(tf.float32, [None, 2])
    assert found(tf.abs(x), x, path, rows="dependent") == [
        "rows is 'dependent': it must be 'independent' or None"]
    # Said of what is proven, it is true.
    cached(tf.abs(x), x, path, rows="independent")


@pytest.mark.parametrize("layer, told", [
    (lambda x: tf.segment_sum(x, tf.range(tf.shape(x)[0]) // 2),
     ". A batch of 5 examples gives the shape (3, 2): the first dimension must be the batch"),
    # 1 + 3 + 5 + 7 become 1 + 3 + 7 + 9.
    (lambda x: tf.gather(tf.unsorted_segment_sum(x, tf.range(tf.shape(x)[0]) // 4, 2),
                         tf.range(tf.shape(x)[0]) // 4), BESIDE + "4"),
    # Differences that only the place in the batch, or its size, makes: of 0 and 4, of 2 and 10.
    (lambda x: x + tf.cast(tf.range(tf.shape(x)[0]), tf.float32)[:, None],
     ". In the reverse order a row changed by 4, by rounding alone at most by "),
    (lambda x: x * tf.cast(tf.shape(x)[0], tf.float32),
     ". In a batch of 1 instead of 5 a row changed by 8, by rounding alone at most by "),
])
def test_a_trial_shows_every_kind_of_dependence(layer, told, path):
    x = tf.placeholder(tf.float32, [None, 2])
    problem, = found(layer(x), x, path, rows="independent")
    assert problem.startswith(DEPENDS) and told in problem


def test_the_rounding_that_a_trial_allows():
    x = tf.placeholder(tf.float32, [None, 40])
    hidden = tf.nn.relu(tf.matmul(x, tf.ones([40, 30])))
    total = tf.reduce_sum(tf.reshape(hidden, [-1, 5, 6]), 2)
    with tf.Session() as session:
        operations = operations_for(session, total, {x.name}, {})
    counted = {op.type: terms(op) for op in operations}
    assert (counted["MatMul"], counted["Relu"], counted["Sum"]) == (40, 1, 30)
    number = sum(map(terms, operations)) * 2.0 ** -24
    # 2 gamma max |rows|
    assert rounding(operations, np.float32([[3, -8]])) == pytest.approx(
        2 * number / (1 - number) * 8, rel=1e-12)
    assert rounding(operations, np.int32([[3, -8]])) == np.inf
    assert rounding([], np.int32([[3, -8]])) == 0


# --- rows with NaN


def with_nan(*rows):
    inputs = INPUTS.copy()
    inputs[list(rows), 1] = np.nan
    return inputs


@pytest.mark.parametrize("rows, told", [
    ([1], "the row of example 1 has NaN, as in what 'x:0' is fed. Leave it out, or pass "
          "allow_nan=True to keep it"),
    ([0, 3, 4], "the rows of examples 0, 3, 4 have NaN, as in what 'x:0' is fed. Leave them out, "
                "or pass allow_nan=True to keep them")])
def test_rows_with_nan_are_named(rows, told, path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    assert found(tf.abs(x), x, path, with_nan(*rows)) == [told]
    array = cached(tf.abs(x), x, path, with_nan(*rows), allow_nan=True)
    assert np.flatnonzero(np.isnan(array).any(axis=1)).tolist() == rows


def test_nan_that_the_net_makes_of_good_examples(path):
    x = tf.placeholder(tf.float32, [None, 2])
    assert found(tf.log(x - 4), x, path) == [
        "the rows of examples 0, 1 have NaN, though the examples have none. Look at the weights, "
        "or pass allow_nan=True to keep them"]


def test_the_rows_before_a_batch_with_nan_are_kept(path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    layer = tf.abs(x)
    inputs = np.concatenate([INPUTS, with_nan(0, 1, 2, 3, 4), with_nan(0, 1, 2)])
    five = ("the rows of examples 5, 6, 7, 8, 9 have NaN, as in what 'x:0' is fed. Leave them out, "
            "or pass allow_nan=True to keep them")
    assert found(layer, x, path, inputs, batch_size=5) == [five]
    assert os.path.getsize(path + ".partial") == 128 + 5 * 8
    assert len(cached(layer, x, path, inputs, batch_size=5, allow_nan=True)) == 15
    assert found(layer, x, path + "2", inputs, batch_size=13) == [
        five.replace("9 have", "9 and 3 more up to 12 have")]


# --- the table

# Not yet in 1.15.
NEW = {"BatchMatMulV3", "BesselI0", "BesselI1", "CheckNumericsV2", "Erfinv", "Ndtri", "Xlog1py"}


def test_the_table_has_no_type_that_does_not_exist_or_has_a_state():
    from tensorflow.python.framework import op_def_registry
    if hasattr(op_def_registry, "get"):
        of_type = op_def_registry.get
    else:
        of_type = op_def_registry.get_registered_ops().get
    definitions = {name: of_type(name) for name in {**ROW_RULES, **SIZE_RULES}}
    missing = {name for name, definition in definitions.items() if definition is None}
    assert missing == (NEW if tf.__version__.startswith("1.") else set())
    assert {name for name in set(definitions) - missing if definitions[name].is_stateful} <= {
        "CheckNumerics", "CheckNumericsV2", "ResourceGather", "ResourceGatherNd", "TensorArrayV3",
        "TensorArrayReadV3", "TensorArrayWriteV3", "TensorArrayScatterV3", "TensorArrayGatherV3",
        "TensorArraySizeV3"}
    assert not set(MERGES) & set(ROW_RULES)
