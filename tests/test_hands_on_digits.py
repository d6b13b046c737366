"""Chapter 11 at its real size: the script in a few steps, and told again by the recipes."""
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import mnist_files
from tf1_recipes import clip_gradients
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "hands_on_digits.py"
CODE = SCRIPT.read_text(encoding="ascii").replace(
    "import tensorflow as tf\n", "from tf1_recipes.v1 import tf\n")


@pytest.fixture
def story():
    """The script's functions; what it does with them is left out."""
    names = {"arguments": type("Arguments", (), {"activation": "relu"})}
    exec(compile(CODE.split("parser = ")[0], str(SCRIPT), "exec"), names)
    tf.reset_default_graph()
    yield names
    tf.reset_default_graph()


def images(count, seed=0):
    random = np.random.RandomState(seed)
    return random.rand(count, 784).astype(np.float32), random.randint(0, 10, count)


@pytest.mark.parametrize("net, sizes", [
    ("OLD_NET", [784, 300, 50, 50, 50, 50, 10]), ("NEW_NET", [784, 300, 50, 50, 20, 10])])
def test_the_nets_have_the_book_s_sizes(story, net, sizes):
    story["build"](story[net])
    layers = ["hidden%d" % number for number in range(1, len(sizes) - 1)] + ["outputs"]
    assert [(each.op.name, each.shape.as_list()) for each in tf.trainable_variables()] == [
        (name + part, shape) for name, rows, columns in zip(layers, sizes, sizes[1:])
        for part, shape in (("/kernel", [rows, columns]), ("/bias", [columns]))]


@pytest.mark.parametrize("compress", [True, False])
def test_files_of_mnist_are_read(story, compress, tmp_path):
    pixels = mnist_files.write(tmp_path / "mnist", training=7, testing=5, compress=compress)
    (train, labels), (test, test_labels) = story["mnist"](str(tmp_path / "mnist"))
    np.testing.assert_array_equal(train, pixels.reshape(7, 784) / np.float32(255))
    assert (labels.tolist(), test_labels.tolist()) == (list(range(7)), list(range(5)))
    assert test.shape == (5, 784)


def test_images_are_resized_as_tf1_did(story):
    # TF1 looks at the places 0, 1/2, 1, 3/2 of two pixels; what lies behind the last one is it.
    # TensorFlow 2's tf.image.resize looks at -1/4, 1/4, 3/4, 5/4: the picture is not shifted.
    found = story["resized"](np.float32([[0, 4, 8, 12]]), 2, 4)
    np.testing.assert_array_equal(found.reshape(4, 4), [
        [0, 2, 4, 4], [4, 6, 8, 8], [8, 10, 12, 12], [8, 10, 12, 12]])
    modern = tf.compat.v2.image.resize if hasattr(tf.compat, "v2") else None
    if modern:
        row = modern(tf.constant(np.float32([0, 4, 8, 12]).reshape(1, 2, 2, 1)), [4, 4])[0, 0, :, 0]
        with tf.Session() as session:
            np.testing.assert_array_equal(session.run(row), [0, 1, 3, 4])


def test_the_script_prints_a_test_accuracy_for_every_epoch(tmp_path, monkeypatch, capsys):
    pytest.importorskip("sklearn")
    mnist_files.write(tmp_path / "mnist", training=30, testing=4)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--epochs", "2", str(tmp_path / "mnist")])
    tf.reset_default_graph()
    exec(compile(CODE, str(SCRIPT), "exec"), {})
    tf.reset_default_graph()
    lines = capsys.readouterr().out.splitlines()
    assert lines[::3] == [
        "784-300-50-50-50-50-10, 30 images:", "All of it restored, and trained on:",
        "784-300-50-50-20-10, hidden1 to hidden3 restored, 1437 images of 8 x 8, resized:"]
    for epoch in (0, 1):
        for line in lines[1 + epoch::3]:
            assert re.fullmatch(r"%d Test accuracy: (0(\.\d+)?|1)" % epoch, line)
    assert float(lines[-1].split()[-1]) > 0.1  # better than one digit of ten


def test_the_recipes_tell_the_same_story(story, tmp_path):
    data = [images(60), images(20, seed=1)]
    old = str(tmp_path / "old.ckpt")
    net = story["build"](story["OLD_NET"])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        story["fit"](session, net, data, 2)
        tf.train.Saver().save(session, old)

    def trained(restore, recipe):
        tf.reset_default_graph()
        x, y, training_op, accuracy = story["build"](story["NEW_NET"])
        if recipe:
            loss = tf.get_default_graph().get_tensor_by_name("loss:0")
            optimizer = tf.train.GradientDescentOptimizer(0.01)
            clipped = clip_gradients(optimizer.compute_gradients(loss), "value", 1.0)
            training_op = optimizer.apply_gradients(clipped.grads_and_vars)
        with tf.Session() as session:
            restore(session)
            start = session.run(tf.trainable_variables())
            story["fit"](session, (x, y, training_op, accuracy), data, 2)
            return start, session.run(tf.trainable_variables())

    def documented(session):
        session.run(tf.global_variables_initializer())
        reused = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="hidden[123]")
        tf.train.Saver({each.op.name: each for each in reused}).restore(session, old)

    theirs = trained(documented, recipe=False)
    ours = trained(lambda session: plan_restore(old, include="hidden[123]").restore(session), True)
    reader = tf.train.load_checkpoint(old)
    for number, (kernel, bias) in enumerate(zip(ours[0][:6:2], ours[0][1:6:2]), start=1):
        np.testing.assert_array_equal(kernel, reader.get_tensor("hidden%d/kernel" % number))
        np.testing.assert_array_equal(bias, reader.get_tensor("hidden%d/bias" % number))
    # The same kernels: see `tests.rounding`.
    for one, other in zip(theirs[0] + theirs[1], ours[0] + ours[1]):
        np.testing.assert_array_equal(one, other)
