"""Which of TensorFlow's names a script uses."""
import ast

from tf1_recipes.legacy.source_scan import uses_in


def found(text):
    return sorted({(use.line, use.name) for use in uses_in(ast.parse(text))})


def test_names_are_followed_through_imports_and_assignments():
    assert found(
        "import tensorflow as tf, numpy as np\n"
        "import tensorflow.contrib.slim as slim\n"
        "from tensorflow.contrib import rnn as r, layers\n"
        "from tensorflow.python.ops import rnn_cell\n"
        "nn = tf.nn\n"
        "y = nn.relu(slim.conv2d(x, 3)).shape\n"
        "layers.l2_regularizer(0.1), r.LSTMCell, np.mul(2)\n"
    ) == [(2, "contrib.slim"), (3, "contrib.layers"), (3, "contrib.rnn"),
          (4, "python.ops.rnn_cell"), (5, "nn"), (6, "contrib.slim.conv2d"), (6, "nn.relu"),
          (7, "contrib.layers.l2_regularizer"), (7, "contrib.rnn.LSTMCell")]


def test_a_plain_import_is_followed_by_its_own_name():
    assert found("import tensorflow\ntensorflow.mul(1, 2)\nimport tensorflow.contrib.rnn\n") == [
        (2, "mul")]


def test_arguments_are_told():
    use, = uses_in(ast.parse("import tensorflow as tf\ntf.concat(1, [a], name='x')"))
    assert (len(use.positional), use.keywords) == (2, ["name"])


def test_a_script_without_tensorflow_uses_none():
    assert found("import numpy as tf\ntf.mul(1, 2)") == []
