"""From a layer's output to the layer's own variables, whatever the layer is made by."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds
from tf1_recipes.graph.layer_outputs import variables_of_output
from tf1_recipes.graph.variable_selection import select
from tf1_recipes.v1 import tf


@pytest.fixture(params=[False, True], ids=["ref", "resource"])
def x(request):
    """Inputs, in a graph whose variables are all of one kind."""
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(request.param)
        yield tf.placeholder(tf.float32, [None, 4], name="x")


def variables_of(output):
    names, problem = variables_of_output(output)
    assert problem is None, problem
    return names


def refused(output):
    names, problem = variables_of_output(output)
    assert names == []
    return problem


def affine(x, width):
    """As documents write a layer by hand."""
    kernel = tf.get_variable("kernel", [x.shape[-1], width])
    return tf.matmul(x, kernel) + tf.get_variable("bias", [width])


@pytest.mark.parametrize("activation", [None, tf.tanh, tf.nn.leaky_relu, tf.nn.softmax])
def test_dense_above_another_layer(x, activation):
    hidden = tf.layers.dense(x, 4, activation)
    assert variables_of(hidden) == ["dense/bias", "dense/kernel"]
    outputs = tf.layers.dense(hidden, 4, activation, name="outputs")
    assert variables_of(outputs) == ["outputs/bias", "outputs/kernel"]


def test_an_activation_applied_outside(x):
    hidden = tf.nn.leaky_relu(tf.layers.dense(x, 4, name="hidden"))
    assert variables_of(tf.nn.relu(hidden)) == ["hidden/bias", "hidden/kernel"]


def test_a_layer_used_again_reads_the_same_variables_under_another_scope(x):
    once = tf.layers.dense(x, 4, name="shared")
    again = tf.layers.dense(tf.layers.dense(once, 4), 4, tf.nn.relu, name="shared", reuse=True)
    assert again.op.name == "shared_1/Relu"
    assert variables_of(once) == variables_of(again) == ["shared/bias", "shared/kernel"]


def test_without_bias_and_with_more_axes(x):
    thin = tf.layers.dense(x, 4, use_bias=False, name="thin")
    assert variables_of(thin) == ["thin/kernel"]
    deep = tf.layers.dense(tf.expand_dims(thin, 1), 4, use_bias=False, name="deep")
    assert variables_of(deep) == ["deep/kernel"]


def test_convolutions_with_what_stands_between_them(x):
    images = tf.reshape(x, [-1, 2, 2, 1])
    first = tf.layers.conv2d(images, 4, 2, padding="same", activation=tf.nn.relu, name="first")
    assert variables_of(first) == ["first/bias", "first/kernel"]
    pooled = tf.layers.max_pooling2d(first, 2, 2)
    flat = tf.layers.flatten(tf.layers.dropout(pooled, training=True))
    assert variables_of(pooled) == variables_of(flat) == ["first/bias", "first/kernel"]
    second = tf.layers.conv2d(pooled, 4, 1, name="second")
    assert variables_of(second) == ["second/bias", "second/kernel"]


@pytest.mark.parametrize("training", [True, False, "fed"])
def test_batch_normalisation_is_a_layer_of_its_own(x, training):
    training = tf.placeholder(tf.bool, []) if training == "fed" else training
    below = tf.layers.dense(x, 4, name="below")
    scaled = tf.layers.batch_normalization(below, training=training, name="normal")
    assert variables_of(scaled) == ["normal/beta", "normal/gamma"]


def test_layer_objects_of_keras_called_twice(x):
    layer = tf.keras.layers.Dense(4, activation="relu", name="mine")
    once = layer(x)
    again = layer(tf.keras.layers.Dense(4, name="between")(once))
    assert again.op.name == "mine_1/Relu"
    assert variables_of(once) == variables_of(again) == ["mine/bias", "mine/kernel"]


def test_written_by_hand_in_a_scope(x):
    with tf.variable_scope("hidden1"):
        hidden = tf.nn.relu(affine(x, 4))
    with tf.variable_scope("hidden2"):
        outputs = affine(hidden, 2)
    assert variables_of(hidden) == ["hidden1/bias", "hidden1/kernel"]
    assert variables_of(outputs) == ["hidden2/bias", "hidden2/kernel"]
    with tf.variable_scope("hidden1", reuse=True):
        again = tf.nn.relu(affine(hidden, 4))
    assert again.op.name == "hidden1_1/Relu"
    assert variables_of(again) == ["hidden1/bias", "hidden1/kernel"]


def test_variables_from_anywhere_used_in_a_name_scope(x):
    w, b = tf.get_variable("w", [4, 4]), tf.get_variable("b", [4])
    below = tf.layers.dense(x, 4)
    with tf.name_scope("layer"):
        outputs = tf.tanh(tf.matmul(below, w) + b)
    assert variables_of(outputs) == ["b", "w"]


def test_embeddings_recurrent_layers_and_variables_themselves(x):
    table = tf.get_variable("table", [10, 4])
    rows = tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None, 3]))
    assert variables_of(rows) == ["table"]
    cell = tf.nn.rnn_cell.LSTMCell(3)
    sequence, state = tf.nn.dynamic_rnn(cell, rows, dtype=tf.float32)
    own = ["rnn/lstm_cell/bias", "rnn/lstm_cell/kernel"]
    assert variables_of(sequence) == variables_of(state.h) == own
    assert variables_of(table.read_value()) == variables_of(tf.identity(table)) == ["table"]


def by_hand(x):
    with tf.variable_scope(None, "by_hand"):
        return tf.nn.relu(affine(x, 4))


LAYERS = {
    "dense": lambda x: tf.layers.dense(x, 4),
    "activated": lambda x: tf.nn.leaky_relu(tf.layers.dense(x, 4, tf.tanh)),
    "without bias": lambda x: tf.layers.dense(x, 4, use_bias=False),
    "keras": lambda x: tf.keras.layers.Dense(4, activation="relu")(x),
    "by hand": by_hand,
    "normalised": lambda x: tf.layers.batch_normalization(x, training=True),
    "dropout": lambda x: tf.layers.dropout(x, training=True),
    "reshaped": lambda x: tf.reshape(tf.expand_dims(x, 1), [-1, 4]),
}


@settings(max_examples=25, deadline=None)
@given(kinds=st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=6),
       use_resource=st.booleans())
def test_each_layer_of_a_stack_has_the_variables_made_with_it(kinds, use_resource):
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        output, made = tf.layers.dense(tf.placeholder(tf.float32, [None, 4]), 4), None
        for kind in ["dense"] + kinds:
            before = len(tf.trainable_variables())
            output = LAYERS[kind](output)
            names = sorted(each.op.name for each in tf.trainable_variables()[before:])
            made = names or made  # what has no variables is part of the layer below
            assert variables_of(output) == made, kind


def test_partitioned_variables(x):
    with tf.variable_scope("", partitioner=tf.fixed_size_partitioner(2)):
        once = tf.layers.dense(x, 4, use_bias=False, name="parted")
        again = tf.layers.dense(once, 4, use_bias=False, name="parted", reuse=True)
    assert variables_of(once) == variables_of(again) == [
        "parted/kernel/part_0", "parted/kernel/part_1"]


def test_what_belongs_to_several_layers_or_none(x):
    left, right = tf.layers.dense(x, 4, name="left"), tf.layers.dense(x, 4, name="right")
    assert refused(left + right) == (
        "the output 'add' reads no variable of its own and depends on several: 'left/BiasAdd', "
        "'right/BiasAdd'")
    assert refused(tf.nn.relu(x)) == "the output 'Relu' depends on no variable"
    assert refused(affine(left, 4)) == (
        "the output 'add_1' comes from 'add_1', which is in no name scope, so its layer is not "
        "known: build the layer in a tf.variable_scope, or give its variables")


def test_layers_under_one_scope_count_as_one(x):
    # What the graph does not tell: stated in the module's docstring.
    with tf.name_scope("net"):
        w, v = tf.get_variable("w", [4, 4]), tf.get_variable("v", [4, 4])
        outputs = tf.matmul(tf.tanh(tf.matmul(x, w)), v)
    assert variables_of(outputs) == ["v", "w"]


@both_kinds
def test_a_selector_may_be_an_output_or_a_layer(use_resource):
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        x = tf.placeholder(tf.float32, [None, 4])
        first, second = tf.layers.Dense(4, name="first"), tf.layers.Dense(4, name="second")
        hidden = first(x)
        outputs = second(hidden)
        candidates = tf.trainable_variables()
        names = [variable.op.name for variable in candidates]
        assert names == ["first/kernel", "first/bias", "second/kernel", "second/bias"]
        for selector in (hidden, first, [tf.nn.relu(hidden)], [first, "first/bias"]):
            assert select(selector, candidates) == (candidates[:2], [])
        assert select([outputs, hidden], candidates) == (candidates, [])
        assert select([first, hidden], candidates[2:]) == ([], [
            "the variables of layer 'first', 'first/kernel', 'first/bias', are not among the "
            "variables to choose from",
            "the variables of the output 'first/BiasAdd', 'first/bias', 'first/kernel', are not "
            "among the variables to choose from"])
        assert select(tf.layers.Dense(4, name="third"), candidates) == (
            [], ["layer 'third' has no variables: it is not built yet, or has none"])
