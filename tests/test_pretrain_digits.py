"""The story of pretraining on digits, told once more by the recipes: to the bit, all three ways."""
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import layerwise_autoencoders, max_margin_loss
from tf1_recipes.learning_rates.grouped import FROZEN, GroupedOptimizer
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "pretrain_digits.py"
STEPS, DRAWS = 40, 2


@pytest.fixture
def story():
    """The script's functions and data, for a few steps; what it does with them is left out."""
    pytest.importorskip("sklearn")
    definitions, _ = SCRIPT.read_text(encoding="ascii").split("folder = tempfile")
    names = {}
    code = definitions.replace("import tensorflow as tf\n", "from tf1_recipes.v1 import tf\n")
    exec(compile(code, str(SCRIPT), "exec"), names)
    names.update(PRETRAINING_STEPS=STEPS, DRAWS=DRAWS, STEPS=STEPS)
    yield names
    tf.reset_default_graph()


def autoencoders(story, checkpoint):
    x = tf.placeholder(tf.float32, [None, 64], name="X")
    outermost = tf.get_variable_scope()
    names = iter(["decoders/hidden1", "decoders/hidden2"])  # the script draws weights by names

    def decode(code, below):
        with tf.variable_scope(outermost):
            return story["dense"](
                code, next(names), code.shape.as_list()[1], below.shape.as_list()[1])

    phases = layerwise_autoencoders(
        x, story["hidden_layers"](x), lambda: tf.train.AdamOptimizer(0.01), decode)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for phase in phases:
            story["pretrain"](session, phase.name, phase.loss, phase.train_op,
                              lambda batch, other: {x: batch})
        tf.train.Saver().save(session, checkpoint)


def max_margin(story, checkpoint):
    images, corrupted = (tf.placeholder(tf.float32, [None, 64]) for _ in range(2))
    good = story["dense"](story["hidden_layers"](images)[1], "score", 20, 1)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        bad = story["dense"](story["hidden_layers"](corrupted)[1], "score", 20, 1)
    loss = max_margin_loss(good, bad)
    optimizer = GroupedOptimizer([(tf.train.GradientDescentOptimizer(0.1), ".*")])
    train = optimizer.minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        story["pretrain"](session, "max margin", loss, train, lambda batch, other: {
            images: batch, corrupted: np.hstack([batch[:, :32], other[:, 32:]])})
        tf.train.Saver().save(session, checkpoint)


def auxiliary_task(story, checkpoint):
    story["auxiliary_task"](checkpoint)  # there is nothing more to it


def with_labels(story, checkpoint):
    """The outputs, trained on fifty labels above restored and frozen layers; the accuracies."""
    tf.reset_default_graph()
    x, y = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.int32, [None])
    logits = story["dense"](story["hidden_layers"](x)[1], "outputs", 20, 10)
    train = GroupedOptimizer(
        [(tf.train.MomentumOptimizer(0.1, 0.9), "outputs")], rest=FROZEN).minimize(
            story["cross_entropy"](y, logits))
    right = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
    plan = plan_restore(checkpoint, include="hidden[12]")
    accuracies = []
    for draw in range(DRAWS):
        chosen = np.random.RandomState(draw).choice(1000, 50, replace=False)
        with tf.Session() as session:
            result = plan.restore(session)
            assert len(result.restored) == 4
            for _ in range(STEPS):
                session.run(train, {x: story["images"][chosen], y: story["labels"][chosen]})
            accuracies.append(session.run(right, {
                x: story["test_images"], y: story["test_labels"]}))
    return accuracies


@pytest.mark.parametrize("way", [autoencoders, auxiliary_task, max_margin])
def test_the_recipes_tell_the_same_story(story, way, tmp_path):
    theirs, ours = str(tmp_path / "theirs.ckpt"), str(tmp_path / "ours.ckpt")
    tf.reset_default_graph()
    story[way.__name__](theirs)
    tf.reset_default_graph()
    way(story, ours)

    documented, hardened = tf.train.load_checkpoint(theirs), tf.train.load_checkpoint(ours)
    names = sorted(documented.get_variable_to_shape_map())
    layers = [name for name in names if name.count("/") == 1 and name.startswith("hidden")]
    assert len(layers) == 4
    # The same kernels: see `tests.rounding`.
    for name in layers:
        np.testing.assert_array_equal(documented.get_tensor(name), hardened.get_tensor(name))
    np.testing.assert_array_equal(
        with_labels(story, ours), story["with_labels"]("outputs/", theirs))
