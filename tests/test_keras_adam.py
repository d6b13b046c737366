"""A8: Keras' Adam with a learning rate per stage, on graph-mode models of tf.keras."""
import contextlib
import json
import re

import numpy as np
import pytest

from tests.small_trainings import refused
from tf1_recipes.errors import RecipeError
from tf1_recipes.keras import discriminative_adam
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.v1 import tf

K = tf.keras.backend
CUSTOM = {"DiscriminativeAdam": DiscriminativeAdam}


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session().as_default() as session:
        yield session


def dense(name, units=2, **settings):
    return tf.keras.layers.Dense(units, name=name, **dict({"input_shape": (2,)}, **settings))


def stack(*names, **settings):
    """A net of dense layers, each with a kernel and a bias."""
    return tf.keras.Sequential([dense(name, **settings) for name in names])


def product(targets, outputs):
    """A loss whose gradient is the input where the target is 1."""
    return tf.reduce_sum(targets * outputs, axis=-1)


def side_by_side(constraint=None):
    """Two kernels [3, 1] whose gradients under `product` are the two inputs."""
    inputs = [tf.keras.layers.Input((3,), name="to_" + name) for name in ("early", "final")]
    settings = {"use_bias": False, "kernel_initializer": "ones", "kernel_constraint": constraint}
    outputs = [dense(name, 1, **settings)(each) for name, each in zip(("early", "final"), inputs)]
    return tf.keras.models.Model(inputs, tf.keras.layers.Add()(outputs))


def weights_after(model, optimizer, steps=3):
    model.compile(optimizer, "mse")
    train(model, steps)
    return model.get_weights()


def train(model, steps=3):
    for step in range(steps):
        model.train_on_batch(np.float32([[1, 2], [3, step]]), np.float32([[1, 0], [0, 1]]))


# --- The numbers ---


def adam(weights, gradients, rate, constraint, beta_1=0.9, beta_2=0.999, decay=0.0, amsgrad=False):
    """Keras 2.2.4's Adam in float64, from its formula."""
    beta_1, beta_2 = np.float32(beta_1).astype(float), np.float32(beta_2).astype(float)
    m = v = largest = np.zeros(weights.shape)
    for step, g in enumerate(gradients):
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g ** 2
        largest = np.maximum(largest, v) if amsgrad else v
        t = step + 1
        r = rate / (1 + decay * step) * np.sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)
        weights = constraint(weights - r * m / (np.sqrt(largest) + 1e-7))
    return weights


@pytest.mark.parametrize("settings", [
    {}, {"decay": 0.1}, {"amsgrad": True}, {"beta_1": 0.0, "beta_2": 0.9},
    {"amsgrad": True, "decay": 0.01}], ids=str)
@pytest.mark.parametrize("constraint", [None, "non_neg"])
def test_a_hundred_steps_are_those_of_the_formula(settings, constraint):
    random_state = np.random.RandomState(0)
    gradients = random_state.randn(100, 2, 3).astype(np.float32)
    gradients[:, :, 0] = np.abs(gradients[:, :, 0])  # this weight falls to the constraint
    model = side_by_side(constraint)
    model.compile(DiscriminativeAdam(model, ["final"], lr=[0.001, 0.03], **settings), product)
    for early, final in gradients:
        model.train_on_batch([early[None], final[None]], np.ones([1, 1], np.float32))
    for index, rate in enumerate((0.001, 0.03)):
        expected = adam(np.ones(3), gradients[:, index].astype(float), rate,
                        (lambda w: np.maximum(w, 0)) if constraint else (lambda w: w), **settings)
        # float32's steps of 6e-8, a hundred times, and sqrt(1 - beta_2^t), which is short of digits
        # at first: 1 - 0.999 has 14 bits.
        np.testing.assert_allclose(
            model.get_weights()[index][:, 0], expected, rtol=2e-5, atol=2e-6)


def test_the_first_step_moves_each_stage_by_its_rate_and_is_the_first_every_time():
    model = side_by_side()
    optimizer = DiscriminativeAdam(model, ["final"], lr=[0.25, 0.5], beta_1=0.5, beta_2=0.5)
    model.compile(optimizer, product)
    start = None
    for _ in range(20):  # Keras 2.2.4 moves by 0.82 of the rate in a tenth of them, on 1.15.5
        model.set_weights([np.ones([3, 1])] * 2)
        if start is not None:
            optimizer.set_weights(start)
        model.train_on_batch([[[1.0, 2.0, -4.0]], [[1.0, 2.0, -4.0]]], [[1.0]])
        start = start or [np.zeros_like(each) for each in optimizer.get_weights()]
        early, final = model.get_weights()
        np.testing.assert_allclose(early[:, 0], [0.75, 0.75, 1.25], rtol=1e-6)
        np.testing.assert_allclose(final[:, 0], [0.5, 0.5, 1.5], rtol=1e-6)
        assert K.get_value(optimizer.iterations) == 1


@pytest.mark.parametrize("settings", [{}, {"amsgrad": True}], ids=str)
@pytest.mark.parametrize("gated", [False, True])
def test_no_weight_is_written_before_the_last_gradient_has_read_it(settings, gated, monkeypatch):
    """Of this net Keras 2.2.4's Adam made eight different results in eight runs, on 1.15.5."""
    # The same kernels: see `tests.rounding`.
    monkeypatch.setattr(discriminative_adam, "reads_end_with", lambda *_: not gated)
    values = np.random.RandomState(0).randn(6, 300, 300) / 17
    inputs = np.random.RandomState(1).randn(64, 300)
    results = set()
    for _ in range(4):
        with tf.Graph().as_default(), tf.Session().as_default():
            model = tf.keras.Sequential([
                dense("layer%d" % number, 300, activation="tanh", use_bias=False,
                      kernel_initializer="zeros", input_shape=(300,)) for number in range(6)])
            optimizer = DiscriminativeAdam(
                model, ["layer2", "layer4"], lr=[1e-3, 1e-2, 1e-1], decay=0.1, **settings)
            model.compile(optimizer, "mse")
            model.set_weights(values)
            for _ in range(5):
                model.train_on_batch(inputs, inputs)
            results.add(b"".join(weights.tobytes() for weights in model.get_weights()))
    assert len(results) == 1


@pytest.mark.parametrize("layers, expected", [
    ([dense("a", kernel_regularizer="l2"), dense("b")], True),
    ([tf.keras.layers.Embedding(5, 2, input_length=3), tf.keras.layers.Flatten()], True),
    ([dense("a"), tf.keras.layers.Lambda(lambda x: read_again(x))], False),
], ids=["net", "embedding", "re-reads"])
def test_updates_wait_for_the_loss_where_gradients_read_no_weight(layers, expected):
    model = tf.keras.Sequential(layers)
    loss = tf.reduce_sum(model.outputs[0]) + tf.add_n(model.losses + [tf.zeros([])])
    weights = model.trainable_weights
    read_again.variable = weights[0]
    gradients = tf.gradients(loss, weights)
    assert discriminative_adam.reads_end_with(loss, gradients, weights) == expected


@tf.custom_gradient
def read_again(x):
    """A layer whose gradient reads a weight anew."""
    return tf.identity(x), lambda dy: dy * tf.reduce_sum(read_again.variable)


@pytest.mark.parametrize("amsgrad", [False, True])
def test_a_ref_variable_is_trained_like_a_resource_variable(amsgrad):
    class Scale(tf.keras.layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(
                "scale", [2], initializer="ones", use_resource=self.name == "resource")
            super().build(shape)

        def call(self, inputs):
            return inputs * self.scale

    inputs = tf.keras.layers.Input((2,))
    outputs = [Scale(name=name)(inputs) for name in ("ref", "resource")]
    model = tf.keras.models.Model(inputs, outputs)
    assert [hasattr(weight, "handle") for weight in model.weights] == [False, True]
    model.compile(DiscriminativeAdam(model, ["resource"], lr=[0.1, 0.1], amsgrad=amsgrad), "mse")
    for step in range(5):
        model.train_on_batch(np.float32([[1, step]]), [np.zeros([1, 2], np.float32)] * 2)
    ref, resource = model.get_weights()
    np.testing.assert_allclose(ref, resource, rtol=1e-6)
    assert (ref < 0.7).all()


def test_all_rows_of_an_embedding_move_as_in_keras():
    model = tf.keras.Sequential([
        tf.keras.layers.Embedding(3, 1, input_length=1, embeddings_initializer="ones"),
        tf.keras.layers.Flatten(),
        dense("top", 1, kernel_initializer="ones")])
    model.compile(DiscriminativeAdam(model, ["top"], lr=[0.5, 0.0]), product)
    for row in (0, 1):
        model.train_on_batch([[row]], [[1.0]])
    # Row 0 has no gradient in the second step, but momentum.
    expected = adam(np.ones(1), [np.float64(1), np.float64(0)], 0.5, lambda w: w)
    table = model.get_weights()[0][:, 0]
    np.testing.assert_allclose(table[0], expected[0], rtol=1e-5)
    assert table[2] == 1.0 and table[1] < 1.0


# --- Which layers are in which stage ---


def stages(model, *arguments, **settings):
    """The stage of each layer, read off how far its kernel moves in one step."""
    before = [kernel.copy() for kernel in model.get_weights()[::2]]
    moved = [np.abs(old - new).max() for old, new in zip(before, weights_after(
        model, DiscriminativeAdam(model, *arguments, **settings), 1)[::2])]
    return np.round(np.log10(np.array(moved) / 1e-3)).tolist()


NAMES = ("conv1", "conv10", "conv2", "fc", "out")
SETTINGS = {"kernel_initializer": "ones", "bias_initializer": "ones"}


@pytest.mark.parametrize("splits, expected", [
    (["conv2", "out"], [0, 0, 1, 1, 2]),
    (["conv10", "conv2"], [0, 1, 2, 2, 2]),
    (["conv[23]", "(fc|out)"], [0, 0, 1, 2, 2]),
], ids=str)
def test_splits_begin_stages(splits, expected):
    lr = [1e-3, 1e-2, 1e-1]
    assert stages(stack(*NAMES, **SETTINGS), splits, lr=lr) == expected
    model = stack(*NAMES, **SETTINGS)
    layers = [next(layer for layer in model.layers if re.match(split + "$", layer.name))
              for split in splits]
    assert stages(model, layers, lr=lr) == expected


def test_stages_may_be_listed():
    model = stack(*NAMES, **SETTINGS)
    chosen = ["out", ["conv1", model.get_layer("fc")], "conv(10|2)"]
    assert stages(model, stages=chosen, lr=[1e-3, 1e-2, 1e-1]) == [1, 2, 2, 1, 0]


def test_a_model_in_the_model_counts_by_its_layers():
    base = stack("conv1", "conv2", **SETTINGS)
    base._name = "base"
    model = tf.keras.Sequential([base, dense("out", **SETTINGS)])
    lr = [1e-3, 1e-2, 1e-1]
    assert stages(model, ["base/conv2", "out"], lr=lr) == [0, 1, 2]
    assert stages(model, stages=["out", "nothing|conv2", base.layers[0]], lr=lr) == [2, 1, 0]
    assert stages(model, stages=["out", base], lr=lr[:2]) == [1, 1, 0]


def test_a_frozen_split_layer_still_begins_its_stage():
    """The documented form never meets it among the trained ones, and keeps the early rate."""
    model = stack(*NAMES, **SETTINGS)
    model.get_layer("conv2").trainable = False
    before = model.get_layer("fc").get_weights()[0]
    model.compile(DiscriminativeAdam(model, ["conv2", "out"], lr=[0.0, 0.5, 0.0]), "mse")
    train(model, 1)
    np.testing.assert_allclose(np.abs(before - model.get_layer("fc").get_weights()[0]), 0.5, 1e-5)


@pytest.mark.parametrize("settings, expected", [
    ({"splits": ["conv2", "conv10"]},
     ["no layer with weights lies before the split layer 'conv10', from 'conv2' on"]),
    ({"splits": ["conv1", "fc"]},
     ["no layer with weights lies before the split layer 'conv1', from the first layer on"]),
    ({"splits": ["fc", "out"], "stages": ["fc"]}, ["give either splits or stages"]),
    ({}, ["give either splits or stages"]),
    ({"splits": ["fc", "("]},
     ["'(' is not a regular expression: missing ), unterminated subpattern at position 0"]),
    ({"splits": [3, "out"]}, ["3 is not a layer, a name or a regular expression"]),
    ({"stages": ["conv1", "conv.*", "fc"]},
     ["layer 'conv1' is in the stages 0 and 1", "layer 'out' is in no stage"]),
    ({"splits": ["out"], "lr": 0.1},
     ["lr is 0.1: it must be a list of learning rates, one for each stage"]),
], ids=str)
def test_a_wrong_request(settings, expected):
    assert refused(DiscriminativeAdam, stack(*NAMES), **settings) == expected


def test_a_model_that_is_none_or_not_built():
    assert refused(DiscriminativeAdam, "model", ["a", "b"]) == ["'model' is not a Keras model"]
    model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
    assert refused(DiscriminativeAdam, model, ["a", "b"]) == [
        "the model has no weights: it was not built yet, or has none"]


def test_a_weight_that_is_in_no_stage_is_found_by_fit():
    optimizer = DiscriminativeAdam(stack("a", "b"), ["b"], lr=[0.1, 0.2])
    with pytest.raises(RecipeError) as caught:
        weights_after(stack("c"), optimizer)
    assert str(caught.value) == (
        "Cannot train with a learning rate per stage:\n"
        "  - 'c/kernel' is in no stage: no layer of the stages' model owns it\n"
        "  - 'c/bias' is in no stage: no layer of the stages' model owns it")


# --- Rates ---


def test_the_rates_are_one_variable_that_callbacks_may_set():
    model = stack("a", "b", "c")
    optimizer = DiscriminativeAdam(model, ["b", "c"])
    np.testing.assert_array_equal(K.get_value(optimizer.lr), np.float32([1e-7, 1e-4, 1e-2]))

    class Halve(tf.keras.callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            K.set_value(self.model.optimizer.lr, K.get_value(self.model.optimizer.lr) / 2)

    model.compile(optimizer, "mse")
    model.fit(np.ones([4, 2]), np.ones([4, 2]), batch_size=2, verbose=0, callbacks=[Halve()])
    np.testing.assert_array_equal(
        K.get_value(optimizer.lr), np.float32([1e-7, 1e-4, 1e-2]) / 4)
    before = model.get_weights()
    K.set_value(optimizer.lr, [0.0, 0.0, 1.0])
    train(model, 1)
    assert [np.array_equal(*pair) for pair in zip(before, model.get_weights())] == [True] * 4 + [
        False] * 2


# --- Keeping it ---


@pytest.mark.parametrize("settings", [{}, {"amsgrad": True, "decay": 0.5}], ids=str)
@pytest.mark.parametrize("graph", ["same graph", "new graph"])
def test_a_loaded_model_goes_on_as_the_saved_one(settings, graph, tmp_path):
    path = str(tmp_path / "model.h5")
    model = tf.keras.Sequential([
        dense("a", kernel_constraint=tf.keras.constraints.MaxNorm(0.5)), dense("b")])
    optimizer = DiscriminativeAdam(model, ["b"], lr=[0.1, 0.2], **settings)
    weights_after(model, optimizer)
    K.set_value(optimizer.lr, [0.05, 0.01])
    model.save(path)
    train(model)
    expected = model.get_weights() + optimizer.get_weights()
    with contextlib.ExitStack() as inside:
        if graph == "new graph":
            inside.enter_context(tf.Graph().as_default())
            inside.enter_context(tf.Session().as_default())
        loaded = tf.keras.models.load_model(path, custom_objects=CUSTOM)
        train(loaded)
        found = loaded.get_weights() + loaded.optimizer.get_weights()
    assert len(found) == 4 + 1 + 4 * (3 if optimizer.amsgrad else 2)
    # The same kernels: see `tests.rounding`.
    for old, new in zip(expected, found):
        np.testing.assert_array_equal(new, old)


@pytest.mark.parametrize("trained", [False, True])
def test_the_configuration_makes_the_same_optimizer_again(trained):
    model = stack("a", "b", "c", kernel_initializer="ones")
    optimizer = DiscriminativeAdam(model, ["b", "c"], decay=0.5, amsgrad=True, clipnorm=1.0)
    if trained:
        weights_after(model, optimizer)
    config = json.loads(json.dumps(optimizer.get_config()))
    other = stack("d", "e", "f", kernel_initializer="ones")
    again = DiscriminativeAdam.from_config(config)
    assert again.get_config() == config == optimizer.get_config()
    first = stack("a", "b", "c", kernel_initializer="ones")
    expected = weights_after(first, DiscriminativeAdam(
        first, ["b", "c"], decay=0.5, amsgrad=True, clipnorm=1.0))
    # The same kernels: see `tests.rounding`.
    for old, new in zip(expected, weights_after(other, again)):
        np.testing.assert_array_equal(new, old)
    assert again.get_config()["weights"][2] == ["e/kernel", [2, 2], 1]


def test_saved_stages_are_not_given_to_another_model():
    config = DiscriminativeAdam(stack("a", "b"), ["b"], lr=[0.1, 0.2]).get_config()
    with pytest.raises(RecipeError) as caught:
        weights_after(tf.keras.Sequential([
            dense("c", use_bias=False, input_shape=(2,)), dense("d")]),
            DiscriminativeAdam.from_config(config))
    assert caught.value.problems == [
        "the model trains 3 weights, and the stages were saved for 4",
        "'d/kernel' of shape [2, 2] was saved as 'a/bias' of shape [2]",
        "'d/bias' of shape [2] was saved as 'b/kernel' of shape [2, 2]",
    ]


def test_layers_unfrozen_later_join_in_and_the_others_keep_their_moments():
    model = stack("a", "b", "c")
    model.get_layer("a").trainable = False
    optimizer = DiscriminativeAdam(model, ["b", "c"], lr=[0.1, 0.1, 0.1])
    weights_after(model, optimizer)
    moments = optimizer.get_weights()
    assert len(moments) == 1 + 2 * 4
    model.get_layer("a").trainable = True
    model.compile(optimizer, "mse")
    model._make_train_function()
    after = optimizer.get_weights()
    assert len(after) == 1 + 2 * 6
    np.testing.assert_array_equal(after[0], 3)
    for old, new in zip(moments[1:5] + moments[5:], after[3:7] + after[9:]):
        np.testing.assert_array_equal(new, old)
