"""`DiscriminativeAdam` with what a Keras model may have, beside Keras' own Adam.

Where all stages have one rate, it is Adam; where one stage has the rate 0, it is Adam on a model
whose layers there are frozen; and stages that share no weight are models trained by themselves.
"""
import numpy as np
import pytest

from tests.test_keras_adam import adam, dense, product
from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.v1 import tf

layers = tf.keras.layers
# Keras' Adam and this one round each step otherwise: 6e-8 of weights of up to 1, in 12 steps, and
# sqrt(1 - beta_2^t), of which 1 - 0.999 has 14 bits.
CLOSE = {"rtol": 2e-5, "atol": 2e-6}


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session().as_default() as session:
        yield session


def net(**settings):
    return tf.keras.Sequential([
        dense("early", 3, activation="tanh", **settings),
        dense("final", 2, activation="tanh", **settings)])


def shared():
    """One layer that is applied twice."""
    inputs = layers.Input((2,))
    layer = dense("early", 2, activation="tanh")
    return tf.keras.Model(inputs, dense("final", 2)(layer(layer(inputs))))


MODELS = {
    "plain": net,
    "max_norm": lambda: net(kernel_constraint=tf.keras.constraints.MaxNorm(0.8)),
    "unit_norm": lambda: net(kernel_constraint="unit_norm"),
    "non_neg": lambda: net(kernel_constraint="non_neg", bias_constraint="non_neg"),
    "regularizers": lambda: net(
        kernel_regularizer=tf.keras.regularizers.l1_l2(0.01, 0.02), bias_regularizer="l2",
        activity_regularizer="l2"),
    "shared": shared,
    # No bias before it: its gradient is 0 but for rounding, which Adam makes a whole step of.
    "batch normalization": lambda: tf.keras.Sequential([
        dense("early", 3, use_bias=False), layers.BatchNormalization(name="norm"),
        dense("final", 2)]),
    "recurrent": lambda: tf.keras.Sequential([
        layers.Reshape((2, 1), input_shape=(2,), name="rows"), layers.SimpleRNN(3, name="early"),
        dense("final", 2)]),
    # Ids 0 to 3; a batch has the same one more than once, and some not at all.
    "embedding": lambda: tf.keras.Sequential([
        layers.Lambda(lambda x: tf.cast(4 * x, tf.int32) % 4, input_shape=(2,), name="ids"),
        layers.Embedding(4, 2, name="early"), layers.Flatten(), dense("final", 2)]),
    "float64": lambda: net(dtype="float64"),
}
SETTINGS = [{}, {"clipnorm": 0.05}, {"clipvalue": 0.01}, {"amsgrad": True}, {"decay": 0.25},
            {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}]


def build(name, frozen=()):
    model = MODELS[name]()
    for layer in model.layers:
        layer.trainable = layer.name not in frozen
    random_state = np.random.RandomState(7)
    model.set_weights([random_state.uniform(0.1, 0.6, each.shape) for each in model.get_weights()])
    return model


def trained(model, optimizer, steps=12):
    """The weights, the frozen ones in their place, and the losses."""
    model.compile(optimizer, "mse")
    random_state = np.random.RandomState(8)
    losses = [model.train_on_batch(random_state.uniform(0, 1, [6, 2]),
                                   random_state.uniform(-1, 1, [6, 2])) for _ in range(steps)]
    return {weight.op.name: value for weight, value in zip(
        model.weights, tf.keras.backend.batch_get_value(model.weights))}, losses


def assert_same(found, expected):
    """Weights by their layer's name: a graph numbers the layers' names."""
    for (name, own), (_, theirs) in zip(sorted(found[0].items()), sorted(expected[0].items())):
        np.testing.assert_allclose(own, theirs, err_msg=name, **CLOSE)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-4)


def adam_of(rate, settings):
    return tf.keras.optimizers.Adam(rate, **settings)


@pytest.mark.parametrize("name, settings", [
    *(("plain", settings) for settings in SETTINGS),
    # tf.keras clips a row that a batch looks up twice as two gradients: see below.
    *(("embedding", settings) for settings in SETTINGS if "clip" not in str(settings)),
    *((name, settings) for name in MODELS if name not in ("plain", "embedding")
      for settings in ({}, {"clipnorm": 0.05, "amsgrad": True, "decay": 0.25}))], ids=str)
def test_with_one_rate_it_is_keras_own_adam(name, settings):
    with tf.Graph().as_default(), tf.Session().as_default():
        expected = trained(build(name), adam_of(0.01, settings))
    model = build(name)
    found = trained(model, DiscriminativeAdam(model, ["final"], lr=[0.01, 0.01], **settings))
    assert_same(found, expected)


# A frozen layer neither keeps averages nor a constraint that its weights do not meet.
@pytest.mark.parametrize("name", sorted(set(MODELS) - {"batch normalization", "max_norm",
                                                       "unit_norm"}))
@pytest.mark.parametrize("rates, frozen", [([0.01, 0.0], ["final"]), ([0.0, 0.02], ["early"])],
                         ids=str)
def test_a_stage_of_rate_0_is_a_frozen_one(name, rates, frozen):
    settings = {"amsgrad": True} if name in ("plain", "regularizers") else {}
    with tf.Graph().as_default(), tf.Session().as_default():
        expected = trained(build(name, frozen), adam_of(max(rates), settings))
    model = build(name)
    found = trained(model, DiscriminativeAdam(model, ["final"], lr=rates, **settings))
    assert_same(found, expected)


@pytest.mark.parametrize("settings", [{}, {"clipnorm": 0.05}, {"amsgrad": True, "decay": 0.25}],
                         ids=str)
@pytest.mark.parametrize("constraint", [None, "unit_norm"])
def test_stages_that_share_nothing_are_models_trained_by_themselves(settings, constraint):
    def branch(name):
        inputs = layers.Input((2,))
        return inputs, dense(name, 2, activation="tanh", kernel_constraint=constraint)(
            dense("under_" + name, 3, activation="tanh", kernel_constraint=constraint)(inputs))

    random_state = np.random.RandomState(1)
    start = [random_state.uniform(0.1, 0.6, shape) for shape in [(2, 3), (3,), (3, 2), (2,)]]
    x, y = random_state.uniform(-1, 1, [2, 12, 6, 2])
    rates, separate = {"a": 0.001, "b": 0.03}, []
    for name, rate in rates.items():
        with tf.Graph().as_default(), tf.Session().as_default():
            model = tf.keras.Model(*branch(name))
            model.compile(adam_of(rate, settings), "mse")
            model.set_weights(start)
            for inputs, targets in zip(x, y):
                model.train_on_batch(inputs, targets)
            separate.append(model.get_weights())

    (first, a), (second, b) = branch("a"), branch("b")
    model = tf.keras.Model([first, second], [a, b])
    model.compile(DiscriminativeAdam(
        model, stages=["(under_)?a", "(under_)?b"], lr=list(rates.values()), **settings),
        ["mse", "mse"])  # their sum: each branch has the gradients of its own loss
    for name in rates:
        for layer, weights in (("under_" + name, start[:2]), (name, start[2:])):
            model.get_layer(layer).set_weights(weights)
    for inputs, targets in zip(x, y):
        model.train_on_batch([inputs, inputs], [targets, targets])
    for name, expected in zip(rates, separate):
        found = model.get_layer("under_" + name).get_weights() + model.get_layer(name).get_weights()
        for own, theirs in zip(found, expected):
            np.testing.assert_allclose(own, theirs, **CLOSE)


def test_a_row_that_is_looked_up_twice_is_clipped_once():
    """In tf.keras each of the two was clipped by itself, and then added up: twice the limit."""
    model = tf.keras.Sequential([
        layers.Embedding(2, 1, input_length=2, embeddings_initializer="ones", name="early"),
        layers.Flatten(),
        layers.Dense(1, kernel_initializer="ones", use_bias=False, name="final")])
    optimizer = DiscriminativeAdam(model, ["final"], lr=[0.5, 0.0], clipvalue=0.25, beta_1=0.0)
    model.compile(optimizer, product)
    model.train_on_batch(np.array([[0, 0]]), np.array([[1.0]]))
    m = [each for each in optimizer.weights if each.name.startswith("early/") and "/m" in each.name]
    assert tf.keras.backend.get_value(m[0]).tolist() == [[0.25], [0.0]]


@pytest.mark.parametrize("dtype, unit", [("float16", 2.0 ** -11), ("bfloat16", 2.0 ** -8)])
@pytest.mark.parametrize("size", [1.0, 2.0 ** -13])  # of which the square is 0 in float16
@pytest.mark.parametrize("amsgrad", [False, True])
def test_weights_of_half_precision_move_by_the_rate(dtype, unit, size, amsgrad):
    """beta_2 is 1 in bfloat16: with moments of the weights' type a step was m / epsilon."""
    if dtype == "bfloat16" and tf.__version__.startswith("1."):
        pytest.skip("TensorFlow 1.15 initialises no weights of bfloat16")
    inputs = layers.Input((3,), dtype=dtype)
    model = tf.keras.Model(inputs, dense("only", 1, use_bias=False, dtype=dtype,
                                         kernel_initializer="ones")(inputs))
    optimizer = DiscriminativeAdam(model, stages=["only"], lr=[0.0625], amsgrad=amsgrad)
    model.compile(optimizer, product)
    gradients = size * np.array([[[1, 2, -1]], [[1, -1, -1]], [[2, 1, 1]]])
    for each in gradients:
        model.train_on_batch(each, np.ones([1, 1]))
    expected = adam(np.ones(3), gradients[:, 0], 0.0625, lambda w: w, amsgrad=amsgrad)
    # Three steps, each of which rounds a weight of up to 1.2 by a unit of 2^-10 or 2^-7 at most.
    np.testing.assert_allclose(np.float64(model.get_weights()[0][:, 0]), expected, atol=4 * unit)
    assert {each.dtype.base_dtype.name for each in optimizer.weights[1:]} == {"float32"}


def test_a_weight_without_a_gradient_is_named():
    model = tf.keras.Sequential([dense("early"), layers.Lambda(tf.stop_gradient, name="cut"),
                                 dense("final")])
    model.compile(DiscriminativeAdam(model, ["final"], lr=[0.1, 0.1]), "mse")
    with pytest.raises(RecipeError) as caught:
        model.train_on_batch(np.ones([1, 2]), np.ones([1, 2]))
    assert caught.value.problems == [
        "%r has no gradient: the loss does not depend on it by any op that has one" % name
        for name in ("early/kernel", "early/bias")]


def test_settings_that_are_wrong_are_told_together():
    with pytest.raises(RecipeError) as caught:
        model = net()
        DiscriminativeAdam(model, ["final"], lr=[0.1, -0.1], clipnorm=0, clipvalue="1",
                           learning_rate=0.1, epsilon=0)
    assert caught.value.problems == [
        "there is no setting 'learning_rate'; the closest are 'beta_1', 'beta_2', 'clipnorm', "
        "'clipvalue', 'decay', 'epsilon', 'lr'",
        "lr[1] is -0.1: it must be >= 0",
        "epsilon is 0: it must be > 0",
        "clipnorm is 0: it must be > 0",
        "clipvalue is '1': it must be a number or a scalar tensor"]


def test_mixed_precision_trains_weights_of_float32():
    """Layers compute in float16; Keras scales no loss for an optimizer of this kind."""
    if tf.__version__.startswith("1."):
        policy = tf.keras.mixed_precision.experimental.Policy("mixed_float16")
    else:
        from tf_keras.mixed_precision import Policy
        policy = Policy("mixed_float16")
    inputs = [layers.Input((3,), dtype="float16") for _ in range(2)]
    model = tf.keras.Model(inputs, layers.Add()([
        layers.Dense(1, use_bias=False, dtype=policy, kernel_initializer="ones", name=name)(each)
        for name, each in zip(("early", "final"), inputs)]))
    assert {weight.dtype.base_dtype.name for weight in model.weights} == {"float32"}
    model.compile(DiscriminativeAdam(model, ["final"], lr=[0.001, 0.03]), product)
    gradients = np.array([[1, 2, -1], [0.5, -1, 1], [2, 0.25, 1]])  # exact in float16
    for each in gradients:
        model.train_on_batch([each[None], each[None]], np.ones([1, 1]))
    for weights, rate in zip(model.get_weights(), (0.001, 0.03)):
        np.testing.assert_allclose(
            weights[:, 0], adam(np.ones(3), gradients, rate, lambda w: w), **CLOSE)
