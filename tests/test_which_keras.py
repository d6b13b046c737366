"""Each model is trained through the Keras that it is of."""
import numpy as np
import pytest

from tf1_recipes.keras.article import LR_Cycle
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.keras.range_test import keras_step, lr_range_test
from tf1_recipes.keras.which_keras import (
    backend,
    is_keras_2,
    optimizer_class,
    package_of,
    tf_keras_package,
)
from tf1_recipes.v1 import tf


@pytest.fixture(autouse=True)
def own_graph():
    with tf.Graph().as_default():
        yield


def stack(library):
    return library.models.Sequential([
        library.layers.Dense(1, name=name, use_bias=False, kernel_initializer="ones",
                             input_shape=(1,)) for name in ("early", "final")])


class OwnLayer(tf.keras.layers.Layer):
    pass


def test_a_thing_is_of_the_keras_that_wrote_its_class_or_a_base_of_it():
    package = tf_keras_package()
    model = stack(tf.keras)
    model.compile("sgd", "mse")
    for thing in (model, model.layers[0], model.optimizer, OwnLayer()):
        assert package_of(thing) == package
    for thing in (None, "keras", 3, tf.train.GradientDescentOptimizer(0.1), np.float32(1)):
        assert package_of(thing) is None


@pytest.mark.parametrize("module, package", [
    ("keras.engine.training", "keras"), ("keras.src.engine.training", "keras.src"),
    ("tf_keras.src.engine.training", "tf_keras.src"),
    ("tensorflow.python.keras.engine.training", "tensorflow.python.keras"),
    ("tensorflow_core.python.keras.engine.training", "tensorflow_core.python.keras"),
    ("keras_contrib.layers", None), ("my.keras.layers", None), ("tensorflow.python.ops", None)])
def test_the_packages_of_each_release(module, package):
    assert package_of(type("Model", (), {"__module__": module})()) == package


def test_what_is_of_no_keras_goes_through_tf_keras():
    assert backend(None).get_value is tf.keras.backend.get_value
    assert optimizer_class(None) is optimizer_class(tf_keras_package())
    assert not is_keras_2(None) and not is_keras_2("no_such_keras")


@pytest.mark.parametrize("name", ["tensorflow.keras", "tf_keras", "tensorflow.python.keras"])
def test_they_train_models_of_each_keras_that_tensorflow_brings(name):
    if name == "tensorflow.keras":
        library = tf.keras
    elif tf.__version__.startswith("1."):
        pytest.skip("TensorFlow 1.15 has one Keras")
    elif name == "tf_keras":
        library = pytest.importorskip("tf_keras")
    else:
        library = type("library", (), {
            part: pytest.importorskip(name + "." + part) for part in ("models", "layers")})
    model = stack(library)
    optimizer = DiscriminativeAdam(model, ["final"], lr=[0.125, 0.25])
    assert package_of(optimizer) == package_of(model)
    model.compile(optimizer, "mae")
    restarts = LR_Cycle(1)
    model.fit(np.ones([1, 1]), np.zeros([1, 1]), verbose=0, callbacks=[restarts])
    # The first step of Adam is as long as the rate.
    np.testing.assert_allclose(np.ravel(model.get_weights()), [0.875, 0.75], rtol=1e-5)
    assert restarts.history["lr"] == [[0.125, 0.25]]
    lr_range_test(keras_step(model, [(np.ones([1, 1]), np.zeros([1, 1]))]), 0.1, 1, steps=2)
    np.testing.assert_allclose(np.ravel(model.get_weights()), [0.875, 0.75], rtol=1e-5)


class OwnAdam(DiscriminativeAdam):
    """A class of one's own, with arguments of its own."""

    def __init__(self, model, rates):
        super().__init__(model, ["final"], lr=rates)


def test_a_class_of_one_s_own_is_of_the_model_s_keras_and_is_saved(tmp_path):
    model = stack(tf.keras)
    optimizer = OwnAdam(model, rates=[0.125, 0.25])
    assert isinstance(optimizer, OwnAdam) and type(optimizer) is type(OwnAdam(model, [1, 2]))
    assert isinstance(optimizer, optimizer_class(None))
    model.compile(optimizer, "mae")
    model.train_on_batch(np.ones([1, 1]), np.zeros([1, 1]))
    model.save(str(tmp_path / "model.h5"))
    loaded = tf.keras.models.load_model(
        str(tmp_path / "model.h5"), custom_objects={"OwnAdam": OwnAdam})
    assert isinstance(loaded.optimizer, OwnAdam)
    for each in (model, loaded):
        each.train_on_batch(np.ones([1, 1]), np.zeros([1, 1]))
    # The same kernels: see `tests.rounding`.
    for old, new in zip(model.get_weights(), loaded.get_weights()):
        np.testing.assert_array_equal(new, old)


def test_a_file_of_keras_2_is_loaded_by_tf_keras_where_keras_2_is_missing():
    model = stack(tf.keras)
    config = DiscriminativeAdam(model, ["final"], lr=[0.125, 0.25]).get_config()
    assert config["keras"] is None
    again = DiscriminativeAdam.from_config(dict(config, keras="keras_2_that_is_missing"))
    assert package_of(again) == tf_keras_package()
    before = {name: value for name, value in config.items() if name != "keras"}  # a file of 0.2
    assert DiscriminativeAdam.from_config(before).get_config() == config
