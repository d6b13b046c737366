import subprocess
import sys

import numpy as np
import pytest

from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.gradients.scale import scale_gradient
from tf1_recipes.v1 import tf


def evaluate(fetches, feed=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feed)


@both_kinds
def test_the_documented_figures(use_resource):
    with tf.Graph().as_default():
        x0, x1 = variable("x0", 1.0, use_resource), variable("x1", 1.0, use_resource)
        loss = tf.square(x0) + tf.square(scale_gradient(x1, 0.1))
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        lines = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                session.run(train_op)
                values = session.run([x0, x1, loss])
                lines.append("[%s]" % ", ".join(str(value) for value in values))
    # As genuine 1.7.1 and 1.15.5 print them.
    assert lines == [
        "[0.8, 0.98, 1.6004001]",
        "[0.64, 0.96040004, 1.3319682]",
        "[0.51199996, 0.94119203, 1.1479864]",
        "[0.40959996, 0.92236817, 1.0185351]",
        "[0.32767996, 0.9039208, 0.924447]",
    ]


@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
def test_forward_is_the_same_bits(dtype):
    with tf.Graph().as_default():
        values = np.array([0.1, -0.0, np.inf, 1e-40, np.nan], dtype.as_numpy_dtype)
        x = tf.placeholder(dtype, [5])
        y = scale_gradient(x, 0.01)
        assert y.dtype == dtype
        assert y.shape.as_list() == [5]
        assert evaluate(y, {x: values}).tobytes() == values.tobytes()


def test_float64_keeps_the_factors_digits():
    with tf.Graph().as_default():
        x = tf.constant(1.0, tf.float64)
        assert evaluate(tf.gradients(scale_gradient(x, 0.1), x)) == [0.1]


def test_an_activation_scales_all_below_it():
    with tf.Graph().as_default():
        below, above = variable("below", 2.0), variable("above", 3.0)
        loss = scale_gradient(below * 5.0, 0.25) * above
        # 5 * 3 / 4 below; above is not scaled, and sees the value 10 as it is.
        assert evaluate(tf.gradients(loss, [below, above])) == [3.75, 10.0]


@both_kinds
def test_alpha_as_a_tensor_has_no_gradient(use_resource):
    with tf.Graph().as_default():
        x = variable("x", 3.0, use_resource)
        alpha = tf.placeholder(tf.float64, [])
        y = tf.square(scale_gradient(x, alpha))
        gradient, = tf.gradients(y, x)
        assert tf.gradients(y, alpha) == [None]
        assert tf.gradients(gradient, alpha) == [None]
        assert evaluate(gradient, {alpha: 0.5}) == 3.0


@both_kinds
def test_a_value_kept_on_a_caching_device_is_not_read_past_the_scaling(use_resource):
    with tf.Graph().as_default():
        x = variable("x", 3.0, use_resource, caching_device="/cpu:0")
        gradient, = tf.gradients(tf.square(scale_gradient(x, 0.5)), x)
        assert evaluate(gradient) == 3.0  # 2 * 3 / 2


@both_kinds
def test_second_derivatives_are_scaled_twice(use_resource):
    with tf.Graph().as_default():
        x = variable("x", 2.0, use_resource)
        first, = tf.gradients(tf.pow(scale_gradient(x, 0.5), 3.0), x)
        second, = tf.gradients(first, x)
        assert evaluate([first, second]) == [6.0, 3.0]  # 12 / 2 and 12 / 4


@both_kinds
def test_scaling_twice_multiplies(use_resource):
    with tf.Graph().as_default():
        x = variable("x", 3.0, use_resource)
        y = scale_gradient(scale_gradient(x, 0.5), 0.25)
        assert evaluate(tf.gradients(tf.square(y), x)) == [0.75]


@both_kinds
def test_an_embedding_table_keeps_its_sparse_gradient(use_resource):
    with tf.Graph().as_default() as graph:
        table = variable("table", tf.ones([4, 2]), use_resource)
        rows = tf.nn.embedding_lookup(scale_gradient(table, 0.5), [1, 1, 3])
        assert rows.shape.as_list() == [3, 2]
        gradient, = tf.gradients(tf.reduce_sum(rows), table)
        assert isinstance(gradient, tf.IndexedSlices)
        train_op = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(rows))
        # Nothing of the step reads the whole table, which would copy it.
        assert not whole_reads(graph)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train_op)
            np.testing.assert_array_equal(
                session.run(table), [[1, 1], [0, 0], [1, 1], [0.5, 0.5]])
        tf.convert_to_tensor(scale_gradient(table, 0.5))
        assert len(whole_reads(graph)) == use_resource  # what was looked for is found


def whole_reads(graph):
    """The operations that read a resource variable through the scaling."""
    return [op for op in graph.get_operations()
            if op.type == "ReadVariableOp" and op.inputs[0].op.type == "IdentityN"]


@both_kinds
def test_a_scaled_variable_is_used_as_the_variable_is(use_resource):
    with tf.Graph().as_default():
        w = variable("w", np.float32([[1.0, 2.0], [3.0, 4.0]]), use_resource)
        scaled = scale_gradient(w, 0.5)
        loss = tf.reduce_sum(tf.matmul([[1.0, 1.0]], scaled)) + tf.reduce_sum(2.0 * scaled)
        np.testing.assert_array_equal(evaluate(tf.gradients(loss, w)[0]), [[1.5, 1.5], [1.5, 1.5]])
        np.testing.assert_array_equal(evaluate(scaled), [[1, 2], [3, 4]])
        assert tf.trainable_variables() == [w]


@both_kinds
def test_an_imported_graph_scales_as_well(use_resource, tmp_path):
    path = str(tmp_path / "graph.meta")
    with tf.Graph().as_default():
        table = variable("table", tf.ones([4, 2]), use_resource)
        rows = tf.nn.embedding_lookup(scale_gradient(table, 0.5), [1, 3], name="rows")
        tf.reduce_sum(scale_gradient(rows, 0.5), name="loss")
        tf.train.export_meta_graph(path)
    # In a process that has seen nothing but the module.
    script = (
        "from tf1_recipes.v1 import tf\n"
        "import tf1_recipes.gradients.scale\n"
        "tf.train.import_meta_graph(%r)\n"
        "loss = tf.get_default_graph().get_tensor_by_name('loss:0')\n"
        "gradient, = tf.gradients(loss, tf.trainable_variables())\n"
        "session = tf.Session()\n"
        "session.run(tf.global_variables_initializer())\n"
        "print(session.run(gradient).values.tolist())\n" % path)
    printed = subprocess.check_output([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    assert printed.decode().split("\n")[0] == "[[0.25, 0.25], [0.25, 0.25]]"


def test_inside_a_loop():
    with tf.Graph().as_default():
        x = tf.constant(2.0)
        _, y = tf.while_loop(lambda i, _: i < 3,
                             lambda i, y: (i + 1, scale_gradient(y * 2.0, 0.5)), [0, x])
        assert evaluate([y] + tf.gradients(y, x)) == [16.0, 1.0]


@pytest.mark.parametrize("x, alpha, problems", [
    (np.int32([1]), 0.5, ["x has the type int32 and so no gradient to scale"]),
    (np.float32([1]), float("nan"), ["alpha is nan: it must be finite"]),
    (np.float32([1]), np.float32([1, 2]), ["alpha has the shape (2,): it must be a scalar"]),
    ([1.0, 2.0], 0.5, [
        "x is a list: scale its parts, [scale_gradient(part, alpha) for part in x]"]),
])
def test_what_cannot_be_scaled_is_refused(x, alpha, problems):
    with tf.Graph().as_default(), pytest.raises(RecipeError) as error:
        scale_gradient(x, alpha)
    assert str(error.value).startswith("Cannot scale a gradient:\n")
    assert error.value.problems == problems


def test_a_partitioned_variable_is_scaled_by_its_parts():
    with tf.Graph().as_default():
        table = tf.get_variable("table", [4, 2], partitioner=tf.fixed_size_partitioner(2))
        with pytest.raises(RecipeError, match="x is a PartitionedVariable: scale its parts"):
            scale_gradient(table, 0.5)
        rows = tf.nn.embedding_lookup([scale_gradient(part, 0.5) for part in table], [0, 3])
        gradients = evaluate(tf.gradients(tf.reduce_sum(rows), list(table)))
        assert [gradient.values.tolist() for gradient in gradients] == [[[0.5, 0.5]]] * 2
