"""The recipes on models of Keras 2.2.4 itself, on TensorFlow 1.15.5: run by `test_keras_2`.

Not one of these models is of tf.keras, whose session knows none of their variables.
"""
import keras
import numpy as np
import pytest
from keras import backend as K

from tests.test_keras_adam import adam
from tf1_recipes import (
    Adam_dlr,
    BatchLearningRateScheduler,
    DiscriminativeAdam,
    LearningRateRecorder,
    LR_Cycle,
    WarmRestarts,
    keras_step,
    lr_range_test,
    piecewise_constant,
)
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

CUSTOM = {"DiscriminativeAdam": DiscriminativeAdam, "Adam_dlr": Adam_dlr}
X = np.arange(24).reshape(12, 2) % 7 / 16.0
Y = X.sum(axis=1, keepdims=True) * 3


@pytest.fixture(autouse=True, params=["Keras' session", "a session of one's own"])
def session(request):
    K.clear_session()
    if request.param == "Keras' session":
        yield
    else:
        with tf.Graph().as_default(), tf.Session().as_default():
            yield


def stack(optimizer=None):
    settings = {"kernel_initializer": "ones"}
    model = keras.models.Sequential([
        keras.layers.Dense(2, name="a", input_shape=(2,), **settings),
        keras.layers.Dense(2, name="b", **settings), keras.layers.Dense(1, name="c", **settings)])
    if optimizer:
        model.compile(optimizer, "mse")
    return model


def side_by_side(**settings):
    """Kernels [3, 1] whose gradients under `product` are the inputs."""
    inputs = [keras.layers.Input((3,), name="to_" + name) for name in ("a", "b", "c")]
    outputs = [keras.layers.Dense(1, name=each.name[3], use_bias=False, kernel_initializer="ones",
                                  **settings)(each) for each in inputs]
    return keras.models.Model(inputs, keras.layers.add(outputs))


def product(targets, outputs):
    return K.sum(targets * outputs, axis=-1)


def fit(model, batches, *callbacks):
    model.fit(X[:batches], Y[:batches], batch_size=1, shuffle=False, verbose=0,
              callbacks=list(callbacks))


@pytest.mark.parametrize("make", [lambda: WarmRestarts(2, t_mul=2), lambda: LR_Cycle(2, 2)])
def test_rates_restart_and_are_recorded(make):
    restarts, recorder = make(), LearningRateRecorder()
    model = stack(keras.optimizers.SGD(0.03125, momentum=0.5))
    fit(model, 7, recorder, restarts)
    # (1 + cos(pi c / n)) / 2 for n = 2 and then 4.
    np.testing.assert_allclose(np.array(restarts.history["lr"]) / 0.03125,
                               [1, 0.5, 1, 0.853553, 0.5, 0.146447, 1], rtol=1e-5)
    assert recorder.history["lr"] == restarts.history["lr"]
    assert recorder.history["iterations"] == [1, 2, 3, 4, 5, 6, 7]
    assert recorder.history["loss"] == restarts.history["loss"] and len(
        recorder.history["loss"]) == 7
    fit(model, 1, restarts)  # a second fit goes on
    np.testing.assert_allclose(restarts.history["lr"][7] / 0.03125, 0.961940, rtol=1e-5)


def test_a_schedule_trains_each_batch_with_its_rate():
    # One weight pair, one sample (1, 0) with target 0: w = w - rate * 2 * w.
    model = keras.models.Sequential([keras.layers.Dense(
        1, use_bias=False, kernel_initializer="ones", input_shape=(2,))])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    scheduled = BatchLearningRateScheduler(piecewise_constant([1, 2], [0.25, 0.125, 0.5]))
    model.fit(np.float32([[1, 0]] * 4), np.zeros([4, 1]), batch_size=1, verbose=0,
              callbacks=[scheduled])
    assert scheduled.history["lr"] == [0.25, 0.25, 0.125, 0.5]
    assert scheduled.history["loss"] == [1, 0.25, 0.0625, 0.03515625]
    assert model.get_weights()[0].ravel().tolist() == [0, 1]


def test_a_range_test_puts_weights_momentum_and_rate_back():
    model = stack(keras.optimizers.SGD(0.01, momentum=0.5))
    model.train_on_batch(X, Y)
    before = model.get_weights() + model.optimizer.get_weights() + [K.get_value(model.optimizer.lr)]
    found = lr_range_test(keras_step(model, [(X, Y)]), 1e-4, 100, steps=30)
    assert found.diverged and 5 < len(found.history["lr"]) < 30
    np.testing.assert_allclose(found.history["lr"][:2], [1e-4, 10 ** (-4 + 6 / 29)])
    after = model.get_weights() + model.optimizer.get_weights() + [K.get_value(model.optimizer.lr)]
    for old, new in zip(before, after):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("settings", [
    {}, {"decay": 0.1}, {"amsgrad": True}, {"beta_1": 0.0, "beta_2": 0.9}], ids=str)
@pytest.mark.parametrize("constraint", [None, "non_neg"])
@pytest.mark.parametrize("documented", [False, True])
def test_fifty_steps_are_those_of_the_formula(settings, constraint, documented):
    gradients = np.random.RandomState(0).randn(50, 3, 3).astype(np.float32)
    gradients[:, :, 0] = np.abs(gradients[:, :, 0])  # this weight falls to the constraint
    model = side_by_side(kernel_constraint=constraint)
    rates = [0.001, 0.01, 0.05]
    optimizer = (Adam_dlr(split_1=model.get_layer("b"), split_2=model.get_layer("c"), lr=rates,
                          **settings) if documented
                 else DiscriminativeAdam(model, ["b", "c"], lr=rates, **settings))
    assert isinstance(optimizer, keras.optimizers.Optimizer)
    model.compile(optimizer, product)
    for each in gradients:
        model.train_on_batch([rows[None] for rows in each], np.ones([1, 1]))
    for index, rate in enumerate(rates):
        expected = adam(np.ones(3), gradients[:, index].astype(float), rate,
                        (lambda w: np.maximum(w, 0)) if constraint else (lambda w: w), **settings)
        np.testing.assert_allclose(  # bounds: see tests.test_keras_adam
            model.get_weights()[index][:, 0], expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("settings, clip", [
    ({"clipvalue": 0.5}, lambda g: np.clip(g, -0.5, 0.5)),
    # Keras 2.2 takes the norm of all gradients together.
    ({"clipnorm": 0.5}, lambda g: g * min(1, 0.5 / np.sqrt((g ** 2).sum()))),
], ids=str)
def test_gradients_are_clipped_first(settings, clip):
    gradients = np.random.RandomState(0).randn(20, 3, 3).astype(np.float32)
    gradients[::2] /= 16  # of a norm below 0.5
    model = side_by_side()
    rates = [0.001, 0.01, 0.05]
    model.compile(DiscriminativeAdam(model, ["b", "c"], lr=rates, **settings), product)
    for each in gradients:
        model.train_on_batch([rows[None] for rows in each], np.ones([1, 1]))
    clipped = np.array([clip(each.astype(float)) for each in gradients])
    for index, rate in enumerate(rates):
        np.testing.assert_allclose(
            model.get_weights()[index][:, 0],
            adam(np.ones(3), clipped[:, index], rate, lambda w: w), rtol=2e-5, atol=2e-6)


def test_a_loaded_model_goes_on_as_the_saved_one(tmp_path):
    path = str(tmp_path / "model.h5")
    for documented in (False, True):
        model = stack()
        model.compile(Adam_dlr(model.layers[1], model.layers[2], lr=[0.1, 0.2, 0.3]) if documented
                      else DiscriminativeAdam(model, ["b", "c"], lr=[0.1, 0.2, 0.3]), "mse")
        fit(model, 3)
        model.save(path)
        fit(model, 3)
        loaded = keras.models.load_model(path, custom_objects=CUSTOM)
        assert isinstance(loaded.optimizer, keras.optimizers.Optimizer)
        fit(loaded, 3)
        # The same kernels: see `tests.rounding`.
        for old, new in zip(model.get_weights() + model.optimizer.get_weights(),
                            loaded.get_weights() + loaded.optimizer.get_weights()):
            np.testing.assert_array_equal(new, old)


def test_no_weight_is_written_before_the_last_gradient_has_read_it():
    """Of this net Keras' own Adam made eight different results in eight runs."""
    values = np.random.RandomState(0).randn(6, 300, 300) / 17
    inputs = np.random.RandomState(1).randn(64, 300)
    results = set()
    for _ in range(4):
        with tf.Graph().as_default(), tf.Session().as_default():
            model = keras.models.Sequential([keras.layers.Dense(
                300, name="layer%d" % number, activation="tanh", use_bias=False,
                kernel_initializer="zeros", input_shape=(300,)) for number in range(6)])
            model.compile(DiscriminativeAdam(
                model, ["layer2", "layer4"], lr=[1e-3, 1e-2, 1e-1], decay=0.1), "mse")
            model.set_weights(values)
            for _ in range(5):
                model.train_on_batch(inputs, inputs)
            results.add(b"".join(weights.tobytes() for weights in model.get_weights()))
    assert len(results) == 1


def test_both_kerases_in_one_process():
    for library in (keras, tf.keras, keras):
        model = library.models.Sequential([
            library.layers.Dense(1, name=name, use_bias=False, kernel_initializer="ones",
                                 input_shape=(1,)) for name in ("early", "final")])
        model.compile(DiscriminativeAdam(model, ["final"], lr=[0.125, 0.25]), "mae")
        restarts = WarmRestarts(1)
        model.fit(np.ones([1, 1]), np.zeros([1, 1]), verbose=0, callbacks=[restarts])
        # The first step of Adam is as long as the rate.
        np.testing.assert_allclose(np.ravel(model.get_weights()), [0.875, 0.75], rtol=1e-5)
        assert restarts.history["lr"] == [[0.125, 0.25]]


def test_what_is_refused():
    model = stack()
    with pytest.raises(RecipeError) as caught:
        DiscriminativeAdam(model, ["b", "nothing"], lr=[0.1, 0.2], clipnorm=-1)
    assert caught.value.problems == [
        "clipnorm is -1: it must be > 0", "there are 2 learning rates for 3 stages",
        "'nothing' matches no layer; the closest are 'a', 'b', 'c'"]
    for callback in (WarmRestarts(2), LearningRateRecorder()):
        model.compile(tf.train.GradientDescentOptimizer(0.1), "mse")
        with pytest.raises(RecipeError, match="TFOptimizer.lr is None: it must be a variable"):
            fit(model, 1, callback)
    with pytest.raises(RecipeError, match="the model is not compiled"):
        keras_step(stack(), [(X, Y)])
