"""Arrays that fit in shape in more than one layout: orders by hand, and what must be declared.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import collections
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused
from tf1_recipes.transfer.restore.flattened_images import FlattenedAxis, flattened_axes
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.layers")
CONV = np.zeros([4, 3, 3, 3], np.float32)  # PyTorch's: output, input, height, width
KHWC = ("height", "width", "channel")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def restored(plan, fetches):
    with tf.Session() as session:
        plan.restore(session)
        return session.run(fetches)


def lines_of(plan):
    """The lines of a plan's table, with one space between its columns."""
    return [re.sub(r"(?<=\S)  +", " ", line) for line in str(plan).splitlines()]


def images(*shape):
    return tf.placeholder(tf.float32, (None,) + shape)


def convolution(inputs, **settings):
    return tf.layers.conv2d(inputs, 4, 3, padding="same", activation=tf.nn.relu, name="conv1",
                            use_bias=False, **settings)


def pooled(use_resource=False):
    """Convolution and pooling of 8x8 images in 3 channels: 4x4 in 4 channels."""
    with tf.variable_scope("", use_resource=use_resource):
        return tf.layers.max_pooling2d(convolution(images(8, 8, 3)), 2, 2)


def dense(inputs, use_resource=False):
    width = inputs.shape.as_list()[-1]
    kernel = tf.get_variable("fc6/kernel", [width, 5], use_resource=use_resource)
    return tf.matmul(inputs, kernel)


# --- the rows of a kernel behind a flattened image


def places_and_channels():
    """A kernel of PyTorch's, 1x12, behind 3 channels of 2x2: each weight tells where it is for."""
    return np.float32([[100 * channel + 10 * row + column
                        for channel in range(3) for row in range(2) for column in range(2)]])


IN_TENSORFLOW_S_ORDER = [[0], [100], [200], [1], [101], [201],
                         [10], [110], [210], [11], [111], [211]]


def small_image_net(use_resource=False):
    image = images(2, 2, 3)
    with tf.variable_scope("", use_resource=use_resource):
        flat = tf.layers.flatten(image)
        kernel = tf.get_variable("fc/kernel", [12, 1])
    return image, kernel, tf.matmul(flat, kernel)


@both_kinds
def test_channels_first_rows_come_into_tensorflow_s_order(use_resource):
    image, kernel, output = small_image_net(use_resource)
    plan = plan_restore({"fc/kernel": places_and_channels()}, transpose={"fc/kernel": True},
                        flattened={"fc/kernel": "channels_first"})
    assert plan.problems == []
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(kernel).tolist() == IN_TENSORFLOW_S_ORDER
        for row, column, channel in np.ndindex(2, 2, 3):
            one = np.zeros([1, 2, 2, 3])
            one[0, row, column, channel] = 1
            assert session.run(output, {image: one}) == 100 * channel + 10 * row + column


def test_the_same_by_a_rule_of_a_map_file(tmp_path):
    _, kernel, _ = small_image_net()
    rules = [{"a": "fc.weight", "b": "fc/kernel", "change_a": [
        {"reshape": [1, 3, 2, 2]}, {"transpose": [2, 3, 1, 0]}, {"reshape": [12, 1]}]}]
    path = tmp_path / "map.json"
    path.write_text(json.dumps(
        {"format": "tf1_recipes map", "format_version": 1, "rules": rules}))
    for given_as in (rules, path, str(path)):
        plan = plan_restore({"fc.weight": places_and_channels()}, rules=given_as)
        assert restored(plan, kernel).tolist() == IN_TENSORFLOW_S_ORDER


def test_rows_declared_channels_last_stay():
    _, kernel, _ = small_image_net()
    plan = plan_restore({"fc.weight": places_and_channels()}, names={"fc.weight": "fc/kernel"},
                        transpose={"fc/kernel": True}, flattened={"fc": "channels_last"})
    assert restored(plan, kernel).tolist() == places_and_channels().T.tolist()


QUESTION = ("'fc6/kernel': its axis 0 is height, width, channel (4x4x4), flattened by %r, which "
            "other frameworks flatten from channel, height, width, and %s: declare the array's "
            "order, flattened={'fc6/kernel': 'channels_first'} (PyTorch's) or 'channels_last'")


@both_kinds
def test_an_order_that_was_never_declared_is_a_problem(use_resource):
    flat = tf.reshape(pooled(use_resource), [-1, 64], name="flat")
    dense(tf.nn.dropout(tf.nn.relu(flat), 0.5), use_resource)
    plan = plan_restore({"conv1/kernel": CONV, "fc6/kernel": np.zeros([5, 64])},
                        transpose={"conv1/kernel": (2, 3, 1, 0), "fc6/kernel": True})
    assert plan.problems == [
        QUESTION % ("flat", "'conv1/kernel' is transposed by (2, 3, 1, 0)")]
    assert str(plan).endswith("2 restored, 1 problem")


@pytest.mark.parametrize("arrays, options, evidence", [
    ({"fc6/kernel": np.zeros([5, 64])}, {"transpose": {"fc6/kernel": True}},
     "'fc6/kernel' is transposed"),
    ({"fc6/kernel": np.zeros([64, 5]), "conv1.weight": CONV}, {},
     "'conv1.weight' is a name of PyTorch's"),
    ({"fc6/kernel": np.zeros([64, 5]), "conv1_w": np.zeros([4, 8, 3, 3])}, {},
     "'conv1_w', 4x8x3x3, has its channels first"),
    ({"fc6/kernel": np.zeros([64, 5]), "conv1/kernel": CONV},
     {"rules": [{"a": "conv1/kernel", "b": "conv1/kernel", "transpose": (2, 3, 1, 0)}],
      "include": None}, "'conv1/kernel' is transposed by (2, 3, 1, 0)"),
])
def test_each_sign_of_another_framework_asks_for_the_order(arrays, options, evidence):
    dense(tf.layers.flatten(pooled(), name="flat"))
    plan = plan_restore(arrays, **dict({"include": "fc6"}, **options))
    assert plan.problems == [QUESTION % ("flat/Reshape", evidence)]


def test_a_tensorflow_net_s_own_arrays_are_asked_for_nothing():
    dense(tf.layers.flatten(pooled()))
    tf.get_variable("factor/weight", [1, 3, 4, 4])  # looks like 1 from 3 channels, 4x4
    own = {"conv1/kernel": CONV.transpose(2, 3, 1, 0), "fc6/kernel": np.zeros([64, 5]),
           "factor/weight": np.zeros([1, 3, 4, 4])}
    assert plan_restore(own).problems == []
    assert plan_restore(own, exclude="conv1").problems == []


def test_a_rule_that_orders_the_rows_declares_them_and_one_that_transposes_does_not():
    dense(tf.layers.flatten(pooled()))
    arrays = {"fc6.weight": np.zeros([5, 64], np.float32)}
    rule = {"a": "fc6.weight", "b": "fc6/kernel"}
    ordered = plan_restore(arrays, include="fc6", rules=[dict(rule, change_a=[
        {"reshape": [5, 4, 4, 4]}, {"transpose": [2, 3, 1, 0]}, {"reshape": [64, 5]}])])
    assert ordered.problems == []
    turned = plan_restore(arrays, include="fc6", rules=[dict(rule, transpose=True)])
    assert len(turned.problems) == 1 and "declare the array's order" in turned.problems[0]


def axes_of(graph):
    return {name: (axis.axis, axis.order, axis.sizes)
            for name, axis in flattened_axes(graph).items()}


def keras_net():
    layers = tf.keras.layers
    inner = layers.Dropout(0.5)(layers.Flatten()(pooled()))
    layers.Dense(5, name="fc6")(inner)


@pytest.mark.parametrize("build", [
    lambda: tf.layers.dense(tf.layers.flatten(pooled()), 5, name="fc6"),
    lambda: tf.layers.dense(tf.layers.dropout(
        tf.layers.flatten(pooled()), training=images()[0] > 0), 5, name="fc6"),
    lambda: dense(tf.reshape(pooled(), [-1, 64])),
    lambda: dense(tf.reshape(tf.reshape(pooled(), [-1, 16, 4]), [-1, 64])),  # one after another
    lambda: dense(tf.reshape(tf.identity(tf.reshape(pooled(), [-1, 4, 16])), [-1, 64])),
    lambda: dense(2.0 * tf.maximum(tf.reshape(pooled(), [-1, 64]), 0.1) + 1.0),
    lambda: dense(tf.reshape(tf.nn.local_response_normalization(pooled()), [-1, 64])),
    keras_net])
def test_every_way_of_flattening_is_found(graph, build):
    build()
    tf.train.AdamOptimizer().minimize(tf.add_n([
        tf.reduce_sum(variable ** 2) for variable in tf.trainable_variables()]))
    assert axes_of(graph)["fc6/kernel"] == (0, KHWC, (4, 4, 4))


@pytest.mark.parametrize("build", [
    lambda: dense(tf.reduce_mean(pooled(), [1, 2])),  # one number for each channel
    lambda: tf.layers.dense(pooled(), 5, name="fc6"),  # a product at each place
    lambda: dense(tf.matmul(tf.reshape(pooled(), [-1, 64]), tf.ones([64, 64]))),
    lambda: dense(tf.reshape(images(6, 8), [-1, 8])),  # rows of a sequence
    lambda: dense(tf.reshape(tf.reshape(pooled(), [-1, 16, 4]), [-1, 4])),  # rows of places
    lambda: dense(tf.reshape(tf.transpose(images(2, 6, 4), [0, 2, 1, 3]), [-1, 8])),  # attention
])
def test_what_is_no_flattened_image_is_not_taken_for_one(graph, build):
    build()
    assert "fc6/kernel" not in axes_of(graph)


def test_a_graph_that_flattens_channels_first_needs_no_order(graph):
    dense(tf.layers.flatten(tf.transpose(pooled(), [0, 3, 1, 2])))
    assert axes_of(graph)["fc6/kernel"] == (0, ("channel", "height", "width"), (4, 4, 4))
    arrays = {"conv1/kernel": CONV, "fc6/kernel": np.zeros([5, 64])}
    transpose = {"conv1/kernel": (2, 3, 1, 0), "fc6/kernel": True}
    assert plan_restore(arrays, transpose=transpose).problems == []


def test_a_data_format_of_channels_first_is_seen(graph):
    tensor = tf.nn.conv2d(images(3, 8, 8), tf.zeros([3, 3, 3, 4]), [1, 1, 1, 1], "SAME",
                          data_format="NCHW")
    dense(tf.reshape(tensor, [-1, 256]))
    assert axes_of(graph)["fc6/kernel"] == (0, ("channel", "height", "width"), (4, 8, 8))


@pytest.mark.parametrize("sizes, same", [
    ((4, 4, 3), False), ((1, 1, 3), True), ((4, 4, 1), True), ((1, 4, 3), False),
    ((4, 1, 1), True)])
def test_an_image_of_one_channel_or_one_place_has_one_order(sizes, same):
    assert FlattenedAxis(0, "flat", KHWC, sizes).same_either_way() == same


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_changes_move_each_number_to_its_place(data):
    """Of a random image, axis and rank: each number tells the place and channel that it is for."""
    from tf1_recipes.traces.layouts import changed
    rank = data.draw(st.integers(1, 3))
    sizes = tuple(data.draw(st.integers(1, 3)) for _ in range(rank + 1))
    before = tuple(data.draw(st.lists(st.integers(1, 2), max_size=1)))
    order = ("depth", "height", "width")[-rank:] + ("channel",)
    flattened = FlattenedAxis(len(before), "flat", order, sizes)
    here = np.arange(np.prod(before + sizes)).reshape(before + sizes)
    there = np.moveaxis(here, -1, len(before)).reshape(before + (-1,))
    found, = changed(flattened.changes(there.shape, "channels_first"), [there])
    np.testing.assert_array_equal(found, here.reshape(before + (-1,)))


def test_batch_normalisation_behind_the_flattening_is_ordered_too(graph):
    flat = tf.layers.flatten(pooled())
    dense(tf.layers.batch_normalization(flat, name="bn"))
    own = axes_of(graph)
    assert sorted(own) == ["bn/beta", "bn/gamma", "bn/moving_mean", "bn/moving_variance",
                           "fc6/kernel"]
    assert set(own.values()) == {(0, KHWC, (4, 4, 4))}


def test_a_dense_layer_in_front_of_an_image_has_flattened_columns():
    """A generator: 3 channels of 1x2, whose kernel and bias tell channel and column."""
    codes = tf.placeholder(tf.float32, [None, 1])
    kernel = tf.get_variable("project/kernel", [1, 6])
    bias = tf.get_variable("project/bias", [6])
    image = tf.reshape(tf.nn.relu(tf.nn.bias_add(tf.matmul(codes, kernel), bias)), [-1, 1, 2, 3])
    tf.nn.conv2d(image, tf.zeros([1, 1, 3, 1]), [1, 1, 1, 1], "SAME")
    state = {"project.weight": np.float32([[0], [1], [10], [11], [20], [21]]),
             "project.bias": np.float32([0, 1, 10, 11, 20, 21])}
    options = {"names": {r"project\.weight": "project/kernel", r"project\.bias": "project/bias"},
               "transpose": {"project/kernel": True}}
    problems = plan_restore(state, **options).problems
    assert [problem.partition(" is height")[0] for problem in problems] == [
        "'project/kernel': its axis 1", "'project/bias': its axis 0"]
    plan = plan_restore(state, flattened={"project": "channels_first"}, **options)
    assert [value.ravel().tolist() for value in restored(plan, [kernel, bias])] == [
        [0, 10, 20, 1, 11, 21]] * 2
    assert lines_of(plan)[3:11] == [
        "project/kernel 1x6 float32 restored",
        "  from project.weight, transposed 6x1 float32",
        "    axis 1 from channel, height, width",
        "    to height, width, channel",
        "project/bias 6 float32 restored",
        "  from project.bias",
        "    axis 0 from channel, height, width",
        "    to height, width, channel"]


def test_slots_have_their_variable_s_order():
    _, kernel, output = small_image_net()
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(tf.reduce_sum(output))
    arrays = {"fc/kernel": places_and_channels().T, "fc/kernel/Momentum": places_and_channels().T}
    slot = optimizer.get_slot(kernel, "momentum")
    plan = plan_restore(arrays, slots=True, flattened={"fc": "channels_first"})
    assert restored(plan, slot).tolist() == IN_TENSORFLOW_S_ORDER
    changes = [{"reshape": [3, 2, 2, 1]}, {"transpose": [1, 2, 0, 3]}, {"reshape": [12, 1]}]
    plan = plan_restore(arrays, slots=True, rules=[
        {"a": "fc/kernel", "b": "fc/kernel", "change_a": changes}])
    assert restored(plan, slot).tolist() == IN_TENSORFLOW_S_ORDER


def test_all_that_is_wrong_with_orders_is_in_one_error():
    dense(tf.reshape(convolution(images(None, None, 3)), [-1, 64]))
    assert refused(plan_restore, {"fc6/kernel": np.zeros([64, 5])}, include="fc6",
                   flattened=collections.OrderedDict([
                       ("fc6", "NCHW"), ("fc7", "channels_first"), ("conv1", "channels_first"),
                       ("fc6/kernel", "channels_first")])) == [
        "flattened: 'fc6' has 'NCHW': give 'channels_first' or 'channels_last'",
        "flattened: 'fc7' matches no variable; the closest are 'fc6'",
        "flattened: 'conv1' matches no variable that is restored, without a rule, and that has an "
        "axis along a flattened image",
        "flattened: 'fc6/kernel': the sides of the image that 'Reshape' flattens are not known, "
        "?x?x4: give a rule with a reshape for 'fc6/kernel'"]


# --- matrices and kernels that fit either way


def test_a_square_kernel_is_asked_for_its_transpose_where_others_have_one():
    tf.get_variable("fc1/kernel", [2, 3])
    square = tf.get_variable("fc2/kernel", [2, 2])
    arrays = {"fc1/kernel": np.zeros([3, 2]), "fc2/kernel": np.float32([[1, 2], [3, 4]])}
    assert plan_restore(arrays, transpose={"fc1/kernel": True}).problems == [
        "'fc2/kernel', 2x2, fits as it is and transposed, and 'fc1/kernel' is transposed: declare "
        "transpose={'fc2/kernel': True}, or (0, 1) for as it is"]
    for order, expected in ((True, [[1, 3], [2, 4]]), ((0, 1), [[1, 2], [3, 4]])):
        plan = plan_restore(arrays, transpose={"fc1/kernel": True, "fc2/kernel": order})
        assert plan.problems == []
        assert restored(plan, square).tolist() == expected
    assert "from the arrays, as it is" in str(plan)


def test_a_convolution_that_fits_either_way_is_asked_for_its_transpose():
    tf.get_variable("conv/kernel", [3, 3, 3, 3])
    plan = plan_restore({"conv.weight": np.zeros([3, 3, 3, 3])},
                        names={r"conv\.weight": "conv/kernel"})
    assert plan.problems == [
        "'conv/kernel', 3x3x3x3, fits as it is and transposed, and 'conv.weight' is a name of "
        "PyTorch's: declare transpose={'conv/kernel': (2, 3, 1, 0)}, or (0, 1, 2, 3) for as it is"]


def test_a_square_embedding_is_not_asked():
    table = tf.get_variable("embedding", [4, 4])
    tf.nn.embedding_lookup(table, [1, 2])
    state = {"emb.weight": np.zeros([4, 4])}
    assert plan_restore(state, names={r"emb\.weight": "embedding"}).problems == []


def test_means_and_variances_are_not_confused():
    tf.get_variable("bn/moving_mean", [2], trainable=False)
    tf.get_variable("bn/moving_variance", [2], trainable=False)
    state = {"bn.running_mean": [0.0, -1.0], "bn.running_var": [1.0, 2.0]}
    plan = plan_restore(state, names={r"bn\.running_mean": "bn/moving_variance",
                                      r"bn\.running_var": "bn/moving_mean"})
    assert plan.problems == [
        "'bn/moving_mean' would take 'bn.running_var': these are a mean and a variance",
        "'bn/moving_variance' would take 'bn.running_mean': these are a mean and a variance",
        "'bn/moving_variance': the array has negative numbers, which no variance is"]
    assert plan_restore({"a": [1.0, -1.0], "b": [0.0, 0.0]}, names={
        "a": "bn/moving_variance", "b": "bn/moving_mean"}).problems == [
        "'bn/moving_variance': the array has negative numbers, which no variance is"]


# --- recurrent cells

LSTM = {"lstm.weight_ih_l0": np.float32([[1], [2], [3], [4]]),  # gates i, f, g, o; one input
        "lstm.weight_hh_l0": np.float32([[10], [20], [30], [40]]),
        "lstm.bias_ih_l0": np.float32([0.1, 0.2, 0.3, 0.4]),
        "lstm.bias_hh_l0": np.float32([1, 2, 3, 4])}


def test_a_pytorch_lstm_goes_into_a_cell_of_tensorflow_1():
    kernel = tf.get_variable("rnn/lstm_cell/kernel", [2, 4])
    bias = tf.get_variable("rnn/lstm_cell/bias", [4])
    order = [0, 2, 1, 3]
    plan = plan_restore(LSTM, rules=[
        {"a": ["lstm.weight_ih_l0", "lstm.weight_hh_l0"], "b": "rnn/lstm_cell/kernel",
         "change_a": [{"transpose": True}, {"concat": 0}, {"order": order, "axis": 1}]},
        {"a": ["lstm.bias_ih_l0", "lstm.bias_hh_l0"], "b": "rnn/lstm_cell/bias",
         "change_a": [{"sum": True}, {"order": order, "axis": 0},
                      {"add": [0, 0, -1.0, 0], "axis": 0}]}])
    assert plan.problems == []
    values = restored(plan, [kernel, bias])
    assert values[0].tolist() == [[1, 3, 2, 4], [10, 30, 20, 40]]
    np.testing.assert_allclose(values[1], [1.1, 3.3, 1.2, 4.4], rtol=1e-6)  # f: 2.2 - 1
    assert lines_of(plan)[3:9] == [
        "rnn/lstm_cell/kernel 2x4 float32 restored",
        "  from lstm.weight_ih_l0 + lstm.weight_hh_l0 4x1 float32",
        "    transposed",
        "    joined along axis 0",
        "    blocks of axis 1 in the order 0, 2, 1, 3",
        "rnn/lstm_cell/bias 4 float32 restored"]


def test_gates_whose_order_was_never_declared_are_a_problem():
    tf.get_variable("rnn/lstm_cell/kernel", [2, 4])
    tf.get_variable("rnn/lstm_cell/bias", [4])
    plan = plan_restore(LSTM, names={r"lstm\.bias_ih_l0": "rnn/lstm_cell/bias"}, rules=[
        {"a": ["lstm.weight_ih_l0", "lstm.weight_hh_l0"], "b": "rnn/lstm_cell/kernel",
         "change_a": [{"transpose": True}, {"concat": 0}]}])
    told = "the LSTM of PyTorch has the gates i, f, g, o, TensorFlow 1's i, j, f, o: give a rule "
    assert plan.problems == [
        "'rnn/lstm_cell/kernel': " + told + "with {'order': [0, 2, 1, 3], 'axis': 1}",
        "'rnn/lstm_cell/bias': " + told + "with {'order': [0, 2, 1, 3], 'axis': 0}; and its "
        "LSTMCell adds forget_bias, 1.0 by default, to f: {'add': [0, 0, -1.0, 0], 'axis': 0} "
        "takes it off again"]


def test_keras_gates_are_pytorch_s_and_not_tensorflow_1_s():
    tf.get_variable("rnn/lstm_cell/bias", [4])
    arrays = {"lstm/recurrent_kernel:0": np.zeros([1, 4]), "lstm/bias:0": np.zeros(4)}
    problem, = plan_restore(arrays, names={"lstm/bias:0": "rnn/lstm_cell/bias"}).problems
    assert problem.startswith("'rnn/lstm_cell/bias': the LSTM of Keras has the gates i, f, g, o")
    with tf.variable_scope("keras"):
        tf.get_variable("lstm/recurrent_kernel", [1, 4])
    plan = plan_restore(LSTM, include="keras", transpose={"keras/lstm/recurrent_kernel": True},
                        names={r"lstm\.weight_hh_l0": "keras/lstm/recurrent_kernel"})
    assert plan.problems == []


def test_a_pytorch_gru_has_another_formula_than_tensorflow_1_s():
    tf.get_variable("rnn/gru_cell/candidate/bias", [3])
    state = {"gru.weight_hh_l0": np.zeros([3, 1]), "gru.bias_hh_l0": np.zeros(3)}
    assert plan_restore(state, names={
        r"gru\.bias_hh_l0": "rnn/gru_cell/candidate/bias"}).problems == [
        "'rnn/gru_cell/candidate/bias': TensorFlow 1's GRUCell multiplies the state by the gate r "
        "before its kernel, that of PyTorch behind it: no layout makes them equal; take a Keras "
        "GRU, reset_after"]


# --- rules


def test_one_array_is_split_over_several_variables():
    queries, keys = (tf.get_variable(name + "/kernel", [2, 2]) for name in "qk")
    plan = plan_restore({"qk.weight": np.float32([[1, 2], [3, 4], [5, 6], [7, 8]])}, rules=[
        {"a": "qk.weight", "b": ["q/kernel", "k/kernel"],
         "change_a": [{"split": [2, 2], "axis": 0}, {"transpose": True}]}])
    assert plan.problems == []
    assert [value.tolist() for value in restored(plan, [queries, keys])] == [
        [[1, 3], [2, 4]], [[5, 7], [6, 8]]]
    assert "    piece 2 of 2" in str(plan).splitlines()


def test_a_rule_with_a_pattern_serves_many_and_yields_to_an_exact_one():
    kernels = [tf.get_variable("fc%d/kernel" % number, [1, 2]) for number in (1, 2)]
    state = {"fc1.weight": np.float32([[1], [2]]), "fc2.weight": np.float32([[3, 4]])}
    plan = plan_restore(state, rules=[
        {"a": r"(fc\d)\.weight", "b": r"\1/kernel", "regex": True, "transpose": True},
        {"a": "fc2.weight", "b": "fc2/kernel"}])
    assert [value.tolist() for value in restored(plan, kernels)] == [[[1, 2]], [[3, 4]]]


def test_a_rule_takes_precedence_over_patterns_and_says_so_beside_an_exact_name():
    kernel = tf.get_variable("fc/kernel", [1, 2])
    state = {"fc.weight": np.float32([[1], [2]])}
    rules = [{"a": "fc.weight", "b": "fc/kernel", "transpose": True}]
    plan = plan_restore(state, names={r"(\w+)\.weight": r"\1/kernel"}, rules=rules)
    assert restored(plan, kernel).tolist() == [[1, 2]]
    assert refused(plan_restore, state, names={"fc.weight": "fc/kernel"}, rules=rules) == [
        "names and rule 1 (fc.weight) both give 'fc/kernel' its value"]


def test_all_that_is_wrong_with_rules_is_in_one_error():
    tf.get_variable("fc/kernel", [2, 3])
    tf.get_variable("fc/count", [2], tf.int32)
    state = {"fc.weight": np.zeros([3, 2]), "fc.count": np.int32([1, 2])}
    assert refused(plan_restore, state, rules=[
        {"a": "fc.wieght", "b": "fc/kernel"}, {"a": "fc.weight", "b": "fc/kernl"},
        {"a": "fc.weight", "b": "fc/kernel", "change_a": [{"reshape": [4]}]},
        {"a": "fc.weight", "b": "fc/kernel", "change_a": [{"split": [2, 1], "axis": 0}]},
        {"a": "fc.count", "b": "fc/count", "change_a": [{"scale": 2}]},
        {"a": "fc.weight", "b": "fc/kernel", "change_b": [{"transpose": True}]},
        {"a": r"cnn(\d)", "b": r"fc\1", "regex": True}]) == [
        "rules: rule 1 (fc.wieght): 'fc.wieght' matches no array; the closest are 'fc.weight', "
        "'fc.count'",
        "rules: rule 2 (fc.weight): 'fc/kernl' matches no variable; the closest are "
        "'fc/kernel', 'fc/count'",
        "rules: rule 3 (fc.weight): fc.weight: reshape: [3, 2] has 6 elements, not 4",
        "rules: rule 4 (fc.weight): it makes 2 arrays for 1 variable",
        "rules: rule 5 (fc.count): fc.count: int32 takes no scale and no add",
        "rules: rule 6 (fc.weight): 'change_b' changes the variable: write the reverse in "
        "'change_a'",
        "rules: rule 7 (cnn(\\d)): it matches no array with its partners"]
    assert refused(plan_restore, state, rules=[{"a": "fc.weight"}, {
        "a": "x", "b": "y", "transpose": [0, 2]}]) == [
        "rules: rule 1: it needs 'a' and 'b' (or 'ignore')",
        "rules: rule 2: {'transpose': [0, 2]}: write true or a permutation of 0, 1, 2 ..."]
    assert refused(plan_restore, state, rules=[{"a": "fc.weight", "b": "fc/kernel", "change_a": [
        {"scale": 1e300}]}, {"a": ["fc.weight", "fc.count"], "b": "fc/kernel", "change_a": [
            {"concat": 0}]}]) == [
        "rules: rule 2 (fc.weight, fc.count): fc.weight, fc.count: dtypes float64, int32 are mixed"]


def test_a_rule_that_misfits_the_variable_says_its_shape():
    tf.get_variable("fc/kernel", [2, 3])
    assert plan_restore({"w": np.zeros(6, np.float32)}, rules=[
        {"a": "w", "b": "fc/kernel", "change_a": [{"reshape": [3, 2]}]}]).problems == [
        "'fc/kernel' is 2x3 float32 in the graph and 6 float32 in the arrays: rule 1 (w) makes it "
        "3x2"]


def test_numbers_that_a_rule_makes_too_large_are_refused():
    tf.get_variable("w", [1], tf.float16)
    assert plan_restore({"w": np.float16([60000])}, rules=[
        {"a": "w", "b": "w", "change_a": [{"scale": 2.0}]}]).problems == [
        "'w': its changes make numbers too large for float16"]


def test_ignored_variables_are_initialised():
    kernel = tf.get_variable("w", initializer=[5.0])
    tf.get_variable("v", initializer=[6.0])
    plan = plan_restore({"w": np.float32([1]), "v": np.float32([2])},
                        rules=[{"b": "w", "ignore": True}])
    assert restored(plan, kernel).tolist() == [5]


def test_a_checkpoint_takes_no_layouts(tmp_path):
    variable = tf.get_variable("w", [2])
    with tf.Session() as session:
        session.run(variable.initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "m.ckpt"))
    advice = ("a checkpoint of TensorFlow has its own layout; give a dict of its arrays, "
              "tf.train.NewCheckpointReader(path).get_tensor(name)")
    assert refused(plan_restore, path, rules=[], flattened={"w": "channels_first"}) == [
        "rules: " + advice, "flattened: " + advice]
