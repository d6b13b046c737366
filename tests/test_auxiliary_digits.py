"""The auxiliary tasks on digits: what they are asked, and that they are learned."""
import math
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.v1 import tf

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "auxiliary_digits.py"


@pytest.fixture
def story():
    """The script's functions and data, for a few steps; what it does with them is left out."""
    pytest.importorskip("sklearn")
    definitions, _ = SCRIPT.read_text(encoding="ascii").split("folder = tempfile")
    names = {}
    code = definitions.replace("import tensorflow as tf\n", "from tf1_recipes.v1 import tf\n")
    exec(compile(code, str(SCRIPT), "exec"), names)
    names.update(PRETRAINING_STEPS=150, DRAWS=1)
    tf.reset_default_graph()
    yield names
    tf.reset_default_graph()


def rows_in(story, found):
    """The indices of images, by their pixels."""
    return [int(np.flatnonzero((story["images"] == image).all(axis=1))[0]) for image in found]


def test_pairs_are_of_one_digit_or_of_two_and_no_image_is_in_two(story):
    (first, second), same = story["pairs"](story["test"])
    one, other = rows_in(story, first), rows_in(story, second)
    labels = story["labels"]
    np.testing.assert_array_equal(same, labels[one] == labels[other])
    assert same.mean() == 0.5
    assert labels[one + other].max() == 4  # of the digits 5-9 nothing is learned
    assert len(set(one + other)) == 2 * len(same)
    assert min(one + other) >= 1000  # none that was trained on


def test_a_bad_image_has_the_halves_of_two_and_no_image_is_in_two(story):
    (found,), good = story["good_or_bad"](story["test"])
    assert good.mean() == 0.5
    chosen, count = story["test"], int(good.sum())
    np.testing.assert_array_equal(found[:count], story["images"][chosen[:count]])
    np.testing.assert_array_equal(found[count:, :32], story["images"][chosen[count:2 * count], :32])
    np.testing.assert_array_equal(
        found[count:, 32:], story["images"][chosen[2 * count:3 * count], 32:])


@pytest.mark.parametrize("task, towers, rate", [("good_or_bad", 1, 0.1), ("pairs", 2, 0.02)])
def test_an_auxiliary_task_is_learned_and_its_layers_are_reused(
        story, task, towers, rate, tmp_path, capsys):
    checkpoint = str(tmp_path / "auxiliary.ckpt")
    right, count = story["auxiliary_task"](task, checkpoint, story[task], towers, rate)
    # Who guesses is right in half of the cases, and by Hoeffding's inequality with a chance below
    # exp(-2 n t^2) in t more; for a chance of 1e-6 in 180 pairs t is 0.196.
    assert right > 0.5 + math.sqrt(math.log(1e6) / (2 * count))
    assert capsys.readouterr().out == "%s: test accuracy %.3f of %d\n" % (task, right, count)

    pretrained = tf.train.load_checkpoint(checkpoint)
    story.update(STEPS=0)
    accuracy, = story["with_labels"]("outputs/", checkpoint)
    assert 0 <= accuracy <= 1
    assert pretrained.get_tensor("hidden2/kernel").shape == (40, 20)


def test_few_labels_serve_to_learn_the_other_digits(story):
    story.update(STEPS=60)
    accuracy, = story["with_labels"](None)
    new = story["labels"][story["test"]] >= 5
    # By guessing, one of five; Hoeffding as above.
    assert accuracy > 0.2 + math.sqrt(math.log(1e6) / (2 * new.sum()))
