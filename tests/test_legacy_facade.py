"""What a script finds under ``tensorflow``, each time in a process of its own."""
import pytest

from tf1_recipes.legacy import moved, names
from tf1_recipes.legacy.old_arguments import with_old_arguments


def test_names_of_before_1_mean_what_they_meant(run_script):
    out, err, status = run_script("""
        import tensorflow as tf
        from tensorflow.python.ops import rnn_cell
        with tf.Session() as sess:
            def show(tensor): print(sess.run(tensor).tolist())
            show(tf.mul(2, 3)); show(tf.sub(2, 3)); show(tf.neg(2))
            show(tf.concat(1, [[[1], [2]], [[3], [4]]]))
            show(tf.concat(concat_dim=0, values=[[1], [2]]))
            show(tf.split(0, 2, [1, 2])[1])
            show(tf.pack([1, 2])); show(tf.unpack([1, 2])[1])
            show(tf.select([True, False], [1, 2], [3, 4]))
            show(tf.batch_matmul([[[1, 2]]], [[[3, 4]]], adj_y=True))
            show(tf.reverse([[1, 2], [3, 4]], [False, True]))
            show(tf.zeros_initializer([2])); show(tf.ones_initializer()([2]))
            sparse = tf.SparseTensor([[1]], [5], shape=[2])
            print(isinstance(sparse, tf.SparseTensor))
            show(tf.sparse_tensor_to_dense(sparse))
            # -log(softmax) of equal logits is log 2
            loss = tf.nn.softmax_cross_entropy_with_logits([[1., 1.]], [[1., 0.]])
            print("%.4f" % sess.run(loss)[0])
            loss = tf.nn.sigmoid_cross_entropy_with_logits([0.], targets=[1.])
            print("%.4f" % sess.run(loss)[0])
            tf.scalar_summary("a tag", 1.0)
            summary = tf.Summary.FromString(sess.run(tf.merge_all_summaries()))
            print(summary.value[0].tag)
            tf.train.SummaryWriter(".", sess.graph).close()
        print(tf.__version__, rnn_cell.BasicLSTMCell is tf.nn.rnn_cell.BasicLSTMCell)
        """)
    assert (status, out) == (0, [
        "6", "-1", "-2", "[[1, 3], [2, 4]]", "[1, 2]", "[2]", "[1, 2]", "2", "[1, 4]", "[[[11]]]",
        "[[2, 1], [4, 3]]", "[0.0, 0.0]", "[1.0, 1.0]", "True", "[0, 5]", "0.6931", "0.6931",
        "a tag", "0.12.1 True"]), err
    assert err == "tf1-recipes: script.py runs as of TensorFlow 0.12.1 (line 6: tf.mul)\n"


def test_a_failed_run_ends_with_all_that_is_not_served(run_script):
    out, err, status = run_script("""
        import tensorflow as tf
        print(tf.__version__)
        tf.add(1, 2)
        tf.plaecholder(tf.float32)
        tf.mul(1, 2)
        tf.keras.utils.multi_gpu_model(None)
        """, options=["--as-of", "1.15"])
    assert (out, status) == (["1.15.5"], 1)
    assert [line for line in err.splitlines() if line.startswith("tf1-recipes")] == [
        "tf1-recipes: script.py runs as of TensorFlow 1.15.5 (asked for)",
        "tf1-recipes: script.py, line 5: tensorflow.plaecholder does not exist, neither as of this "
        "release nor in tf.compat.v1: perhaps placeholder, sparse_placeholder, "
        "placeholder_with_default",
        "tf1-recipes: script.py, line 6: tensorflow.mul was removed after TensorFlow 0.12: it is "
        "tf.multiply since; or run the script --as-of 0.12",
        "tf1-recipes: script.py, line 7: tensorflow.keras.utils.multi_gpu_model is not served: it "
        "was a model on several GPUs: train it on one"]


@pytest.mark.parametrize("short,full", [
    ("GradientDescentOptimizer", "train.GradientDescentOptimizer"),
    ("AdamOptimizer", "train.AdamOptimizer"),
    ("exponential_decay", "train.exponential_decay"),
    ("Saver", "train.Saver"),
    ("relu", "nn.relu"),
    ("softmax_cross_entropy_with_logits", "nn.softmax_cross_entropy_with_logits"),
    ("dense", "layers.dense"),
    ("nn.GradientDescentOptimizer", "train.GradientDescentOptimizer"),
])
def test_a_name_without_its_module_is_found_in_it(run_script, short, full):
    _, err, status = run_script("""
        import tensorflow as tf
        tf.%s
        """ % short, options=["--as-of", "1.15"])
    assert status == 1
    assert err.splitlines()[-1] == (
        "tf1-recipes: script.py, line 3: tensorflow.%s does not exist, neither as of this release "
        "nor in tf.compat.v1: perhaps tensorflow.%s" % (short, full))


def test_submodules_are_those_of_the_facade(run_script):
    out, err, status = run_script("""
        import tensorflow.keras.backend as K
        from tensorflow.keras.layers import Dense
        import tensorflow as tf
        from tensorflow.python.framework import ops
        from tensorflow.python.platform import gfile
        import tensorflow.compat.v1
        print(K is tf.keras.backend, Dense is tf.keras.layers.Dense)
        print(ops.get_default_graph() is tf.get_default_graph())
        print(tf.compat.v1.Session is tf.Session, tf.executing_eagerly())
        import tensorflow.compat.v1 as tf1
        print(tf1.estimator.Estimator is tf.estimator.Estimator)
        """)
    assert (status, out) == (0, ["True True", "True", "True False", "True"]), err


def test_the_order_that_the_source_does_not_tell_is_told_by_the_values(run_script):
    out, err, status = run_script("""
        import tensorflow as tf
        def join(first, second): return tf.concat(first, second)
        def halve(first, second): return tf.split(first, 2, second)
        with tf.Session() as sess:
            print(sess.run([join(0, [[1], [2]]), join([[1], [2]], 0), join(0, [[3], [4]])]))
            print(sess.run([halve(0, tf.constant([5, 6]))[1], halve([5, 6], 0)[1]]))
            print(sess.run(tf.split(value=[5, 6], num_or_size_splits=[1, 1], axis=0)[0]))
        """)
    assert (status, out) == (0, ["[array([1, 2], dtype=int32), array([1, 2], dtype=int32), "
                                 "array([3, 4], dtype=int32)]",
                                 "[array([6], dtype=int32), array([6], dtype=int32)]", "[5]"]), err
    assert err.splitlines() == ["tf1-recipes: script.py runs as of TensorFlow 1.15.5"] + [
        "tf1-recipes: tf.%s was called with its arguments in the order of before 1.0, which is "
        "accepted" % name for name in ("concat", "split")]


def test_an_unknown_release_is_one_line(run_script):
    out, err, status = run_script("import tensorflow", options=["--as-of", "2.3"])
    assert (status, err.splitlines()) == (2, [
        "tf1-recipes: --as-of 2.3: it must be a release from 0.12 to 1.15; the eras are 0.12, 1.4, "
        "1.7, 1.15"])


def test_a_python_2_script_and_its_modules(tmp_path, run_script):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("import neighbour\n")
    (tmp_path / "package" / "neighbour.py").write_text("half = 1 / 2\n")
    (tmp_path / "sibling.py").write_text("def show(x):\n    print x / 2\n")
    out, err, status = run_script("""
        import package, sibling
        print package.neighbour.half,
        sibling.show(7)
        """)
    assert (status, out) == (0, ["0 3"]), err


# --- The table ---


def test_old_arguments_by_position_by_name_and_wrong():
    def today(a, b=2, c=3):
        return a, b, c
    old = with_old_arguments(today, "second=b first=a", "nn.old")
    assert old(1, 2) == (2, 1, 3)
    assert old(first=1, c=4) == (1, 2, 4)
    with pytest.raises(TypeError, match=r"^tf.nn.old\(\) takes at most 2 arguments \(second, first"
                                        r"\), and was given 3$"):
        old(1, 2, 3)
    with pytest.raises(TypeError, match=r"^tf.nn.old\(\) was given first twice$"):
        old(1, 2, first=3)


def test_the_page_of_names_is_the_table():
    with open(names.__file__.replace("names.py", "NAMES.md"), encoding="utf-8") as page:
        assert page.read() == names.page()


def test_every_name_is_served_by_what_there_is():
    for name in names.NAMES:
        assert moved.find(name.now) is not None if name.now else name.note
