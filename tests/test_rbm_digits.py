"""The machines of digits, told once more by the recipe: with the same chance, the same weights."""
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.transfer.rbm import layerwise_rbms
from tf1_recipes.v1 import tf

SCRIPT = Path(__file__).resolve().parents[1] / "legacy_examples" / "rbm_digits.py"


@pytest.fixture
def story():
    """The script's functions and data, for a few steps; what it does with them is left out."""
    pytest.importorskip("sklearn")
    definitions, _ = SCRIPT.read_text(encoding="ascii").split("folder = tempfile")
    names = {}
    code = definitions.replace("import tensorflow as tf\n", "from tf1_recipes.v1 import tf\n")
    exec(compile(code, str(SCRIPT), "exec"), names)
    names.update(PRETRAINING_STEPS=20, DRAWS=1, STEPS=20)
    tf.reset_default_graph()
    yield names
    tf.reset_default_graph()


def test_the_recipe_tells_the_same_story(story, tmp_path):
    theirs = str(tmp_path / "theirs.ckpt")
    story["pretrain"](story["machine"], theirs)
    documented = tf.train.load_checkpoint(theirs)

    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [None, 64])
    layers, _ = story["hidden_layers"](x)
    phases = layerwise_rbms(
        layers[0], layers[1:], lambda: tf.train.GradientDescentOptimizer(story["RATE"]))
    random = np.random.RandomState(0)  # as the script draws
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for phase in phases:
            for _ in range(story["PRETRAINING_STEPS"]):
                feeds = {x: story["unlabelled"][random.choice(1000, story["BATCH"], replace=False)]}
                for number, layer in enumerate((layers[phases.index(phase) + 1],
                                                layers[phases.index(phase)])):
                    feeds["rbms/%s/uniform_%d:0" % (phase.name, number)] = random.rand(
                        story["BATCH"], layer.shape.as_list()[1])
                session.run(phase.train_op, feeds)
        for phase in phases:
            for variable in phase.variables + phase.decoder_variables:
                # The script multiplies matrices, the recipe differentiates: 40 steps of 0.1 times
                # means of 50 products, each some roundings of 6e-8 apart. A draw that fell to the
                # other side of its border would move a weight by 0.1 / 50.
                np.testing.assert_allclose(
                    session.run(variable), documented.get_tensor(variable.op.name),
                    rtol=0, atol=1e-5)


def test_few_labels_serve_above_machines_and_autoencoders(story, tmp_path):
    for way in ("machine", "autoencoder"):
        checkpoint = str(tmp_path / way)
        story["pretrain"](story[way], checkpoint)
        accuracy, = story["with_labels"](None, checkpoint)
        # A guess is right in one of ten, and by Hoeffding's inequality with a chance below 1e-6 in
        # sqrt(log(1e6) / (2 * 797)) = 0.093 more.
        assert accuracy > 0.1 + 0.094
