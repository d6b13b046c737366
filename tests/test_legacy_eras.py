"""The release as of which a script is run."""
import ast

import pytest

from tf1_recipes.errors import Error
from tf1_recipes.legacy.eras import era_of, guess
from tf1_recipes.legacy.source_scan import uses_in


def guessed(text):
    era, why = guess(uses_in(ast.parse("import tensorflow as tf\n" + text)))
    return era.name, why


@pytest.mark.parametrize("text, why", [
    ("tf.mul(a, b)", "line 2: tf.mul"),
    ("train = tf.train\ntrain.SummaryWriter('.')", "line 3: tf.train.SummaryWriter"),
    ("from tensorflow import pack as p", "line 2: tf.pack"),
    ("tf.nn.seq2seq.rnn_decoder(a, b, c)", "line 2: tf.nn.seq2seq.rnn_decoder"),
    ("tf.train.SummaryWriter.add_graph", "line 2: tf.train.SummaryWriter.add_graph"),
    ("tf.concat(1, [a, b])", "line 2: tf.concat"),
    ("tf.concat(-1, [a, b])", "line 2: tf.concat"),
    ("tf.concat(values=[a, b], concat_dim=1)", "line 2: tf.concat"),
    ("tf.split(0, 2, a)", "line 2: tf.split"),
    ("tf.concat(axis, [x for x in y])", "line 2: tf.concat"),
    ("tf.initialize_all_variables()", "line 2: tf.initialize_all_variables, and nothing newer"),
    ("tf.nn.softmax_cross_entropy_with_logits(y, t)",
     "line 2: tf.nn.softmax_cross_entropy_with_logits"),
    ("tf.nn.sigmoid_cross_entropy_with_logits(logits=y, targets=t)",
     "line 2: tf.nn.sigmoid_cross_entropy_with_logits"),
    ("tf.nn.rnn(cell, x)", "line 2: tf.nn.rnn"),
    ("tf.nn.seq2seq.sequence_loss(a, b, c)", "line 2: tf.nn.seq2seq.sequence_loss"),
    ("from tensorflow.python.ops import rnn\nrnn.rnn(cell, x)", "line 3: tf.python.ops.rnn.rnn"),
])
def test_what_only_releases_before_1_had_tells_them(text, why):
    assert guessed(text) == ("0.12", why)


@pytest.mark.parametrize("text", [
    "tf.multiply(a, b)",
    "tf.concat([a, b], 1)",
    "tf.split(a, 2, 0)",
    "cell = tf.nn.rnn_cell.BasicLSTMCell(2)\ntf.nn.dynamic_rnn(cell, x, dtype=tf.float32)",
    "tf.nn.bidirectional_dynamic_rnn(a, b, x)\ntf.nn.raw_rnn(a, b)",
    "tf.zeros_initializer()\ntf.reverse(x, [0])\ntf.SparseTensor(a, b, c)",
    "tf.concat(axis, values)",
    "tf.concat([a, b], [axis][0])",
    "tf.nn.softmax_cross_entropy_with_logits(labels=t, logits=y)",
    "tf.nn.softmax(a, b)",
    "np.mul(a, b)",
    "tf.global_variables_initializer()",
    "tf.initialize_all_variables()\ntf.layers.dense(x, 2)",
    "tf.SparseTensor(i, v, s)",
    "tf.zeros_initializer()",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(2), x)",
    "from tensorflow.python.ops import rnn\nrnn.dynamic_rnn(cell, x)",
])
def test_all_others_are_of_the_last_release(text):
    assert guessed(text) == ("1.15", "")


@pytest.mark.parametrize("text, era", [
    ("tf.global_variables_initializer()", "0.12"),
    ("tf.nn.rnn_cell.BasicLSTMCell(2)", "0.12"),
    ("tf.layers.dense(x, 2)", "1.15"),
    ("tf.contrib.rnn.BasicLSTMCell(2)", "1.15"),
    ("tf.concat([a, b], 1)", "1.15"),
    ("tf.split(a, 2, 1)", "1.15"),
    ("tf.split(a, 2, axis=1)", "1.15"),
    ("tf.losses.mean_squared_error(a, b)", "1.15"),
    ("tf.reduce_sum(a, keepdims=True)", "1.15"),
])
def test_python_2_that_uses_nothing_newer_is_of_before_1(text, era):
    uses = uses_in(ast.parse("import tensorflow as tf\n" + text))
    assert guess(uses, python2=True)[0].name == era
    assert guess(uses)[0].name == "1.15"


@pytest.mark.parametrize("release, era", [
    ("0.12", "0.12"), ("0.12.1", "0.12"), ("1.0", "1.4"), ("1.4.1", "1.4"), ("1.5", "1.7"),
    ("1.8.0", "1.15"), ("1.15", "1.15"), ("1.15.5", "1.15")])
def test_a_release_belongs_to_the_next_era(release, era):
    assert era_of(release).name == era


@pytest.mark.parametrize("release", ["0.11", "1.16", "2.0", "1", "new", ""])
def test_other_releases_are_an_error(release):
    with pytest.raises(Error) as caught:
        era_of(release)
    assert str(caught.value) == ("--as-of %s: it must be a release from 0.12 to 1.15; the eras are "
                                 "0.12, 1.4, 1.7, 1.15" % release)
