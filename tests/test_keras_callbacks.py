import json

import numpy as np
import pytest

from tests.schedule_checks import rates, ulps
from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.evidence.models import learning_rates as reference
from tf1_recipes.keras.callbacks import (
    BatchLearningRateScheduler,
    LearningRateRecorder,
    WarmRestarts,
)
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.schedules.cosine_rates import cosine_decay_restarts
from tf1_recipes.schedules.learning_rates import piecewise_constant
from tf1_recipes.v1 import tf

K = tf.keras.backend


class Documented(tf.keras.callbacks.Callback):
    """The documents' callback, and the recorder behind it."""

    def __init__(self, n, cycle_mult=1):
        super().__init__()
        self.n, self.cycle_mult, self.c, self.rates = n, cycle_mult, 0, []

    def on_train_begin(self, logs=None):
        self.max = K.get_value(self.model.optimizer.lr)

    def on_batch_end(self, batch, logs=None):
        self.c += 1
        if self.c == self.n:
            self.c = 0
            self.n *= self.cycle_mult
        K.set_value(self.model.optimizer.lr,
                    self.max / 2 * (np.cos(np.pi * self.c / self.n) + 1))
        self.rates.append(K.get_value(self.model.optimizer.lr))


@pytest.fixture(autouse=True)
def own_graph():
    with tf.Graph().as_default():  # Keras makes a session for each
        yield


def linear_model(rate=0.5, optimizer=None):
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(2,))])
    model.compile(optimizer or tf.keras.optimizers.SGD(rate), "mse")
    return model


def staged_model(start_rates):
    """Two layers with a rate each; what an optimizer of stages is, as far as callbacks see it."""
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(2,))
        for _ in range(2)])
    rate = K.variable(start_rates, name="lr")
    model.compile(tf.train.GradientDescentOptimizer(1.0), "mse")
    model.optimizer.lr = rate
    model.optimizer.get_updates = lambda loss, params: [
        K.update_sub(weights, own * gradient) for weights, own, gradient in zip(
            params, tf.unstack(rate), K.gradients(loss, params))]
    return model


def fit(model, batches, *callbacks, **settings):
    """Trains on so many batches of one sample each, always from the first one on."""
    x = np.arange(2 * batches).reshape(batches, 2) % 7 / 16.0
    return model.fit(x, x.sum(axis=1, keepdims=True) * 3, batch_size=1, shuffle=False, verbose=0,
                     callbacks=list(callbacks), **settings)


@pytest.mark.parametrize("t_mul, restarts", [
    (1, [0, 4, 8, 12, 16, 20, 24, 28]), (2, [0, 4, 12, 28]), (3, [0, 4, 16])])
@pytest.mark.parametrize("largest", [0.5, 0.1])
def test_rates_are_the_graph_schedule_s_at_before_and_after_every_restart(t_mul, restarts, largest):
    callback = WarmRestarts(4, t_mul)
    fit(linear_model(largest), 30, callback)

    found = np.float32(callback.history["lr"])
    as_read = float(np.float32(largest))
    np.testing.assert_array_equal(
        found, rates(cosine_decay_restarts(as_read, 4, t_mul), range(30)))
    assert ulps(found, reference.cosine_decay_restarts(range(30), as_read, 4, t_mul)) <= 1
    assert [batch for batch, rate in enumerate(found) if rate == np.float32(largest)] == restarts


def test_four_batches_by_hand():
    # 1/2 * (1 + cos(pi c / 4)) for c = 0, 1, 2, 3: the least rate is not 0, and the 5th is full.
    callback = WarmRestarts(4)
    fit(linear_model(1.0), 5, callback)
    np.testing.assert_allclose(
        callback.history["lr"], [1, (2 + 2 ** 0.5) / 4, 0.5, (2 - 2 ** 0.5) / 4, 1], rtol=1e-7)


@pytest.mark.parametrize("t_mul", [1, 2])
@pytest.mark.parametrize("largest", [0.5, 0.1, [1e-7, 1e-4, 1e-2]])
def test_the_documented_callback_sets_the_same_rates(t_mul, largest):
    # Behind batch t it sets the rate of batch t + 1. 1 ULP: it computes vectors in float32.
    documented, callback = Documented(4, t_mul), WarmRestarts(4, t_mul)
    after = []
    see = tf.keras.callbacks.LambdaCallback(
        on_batch_end=lambda batch, logs: after.append(K.get_value(variable)))
    for each in ([documented], [callback, see]):
        # The rate is a variable beside the model's own: it may have any shape.
        model = linear_model(optimizer=tf.train.GradientDescentOptimizer(0.1))
        variable = model.optimizer.lr = K.variable(largest)
        fit(model, 30, *each)
    assert ulps(np.array(after), np.array(documented.rates)) <= 1


def test_a_rate_for_each_stage_moves_each_layer():
    found = []
    for callback in (Documented(4, 2), WarmRestarts(4, t_mul=2)):
        model = staged_model([0.03125, 0.25])
        fit(model, 12, callback)
        found.append(model.get_weights())
    for documented, own in zip(*found):
        assert ulps(own, documented) <= 4  # twelve steps by rates of 1 ULP
        assert (own != 1).all()


def test_the_rates_of_an_adam_of_stages_restart_together():
    layers = [tf.keras.layers.Dense(2, input_shape=(2,), name="early"),
              tf.keras.layers.Dense(2, name="middle"), tf.keras.layers.Dense(1, name="final")]
    model = tf.keras.Sequential(layers)
    model.compile(DiscriminativeAdam(model, ["middle", "final"], lr=[1e-7, 1e-4, 1e-2]), "mse")
    callback = WarmRestarts(2, t_mul=2)

    fit(model, 7, callback)

    as_read = np.float32([1e-7, 1e-4, 1e-2])
    np.testing.assert_array_equal(
        np.float32(callback.history["lr"]), rates(cosine_decay_restarts(as_read, 2, 2), range(7)))
    np.testing.assert_allclose(callback.history["lr"][4], as_read / 2, rtol=1e-6)


def test_the_largest_rate_may_be_given():
    callback = WarmRestarts(2, max_learning_rate=0.25)
    fit(linear_model(0.5), 3, callback)
    np.testing.assert_allclose(callback.history["lr"], [0.25, 0.125, 0.25], rtol=1e-7)


def test_a_second_fit_goes_on_where_the_documented_callback_anneals_an_annealed_rate():
    rest = rates(cosine_decay_restarts(0.5, 8, 1), range(3, 6))
    callback, model = WarmRestarts(8), linear_model(0.5)
    fit(model, 3, callback)
    fit(model, 3, callback)
    np.testing.assert_array_equal(np.float32(callback.history["lr"][3:]), rest)

    documented, model = Documented(8), linear_model(0.5)
    fit(model, 3, documented)
    fit(model, 2, documented)
    annealed = documented.rates[2]  # 0.346, which it now takes for the largest rate
    assert documented.max == annealed == rest[0]
    np.testing.assert_allclose(documented.rates[3:], annealed / 0.5 * rest[1:], rtol=1e-6)


def test_cycles_of_10_15_and_22_and_a_half_batches_end_where_the_documented_third_one_never_does():
    # They begin at 0, 10, 25, 47.5 and 81.25: batch 48 is half a step into its cycle.
    callback, documented = WarmRestarts(10, t_mul=1.5), Documented(10, cycle_mult=1.5)
    fit(linear_model(0.0078125), 95, callback)
    fit(linear_model(0.0078125), 95, documented)
    found = np.array(callback.history["lr"]) / 0.0078125
    np.testing.assert_array_equal(found[[0, 10, 25]], 1)
    assert list(np.flatnonzero(found > 0.99)) == [0, 10, 25, 26, 48, 49, 82, 83, 84]
    assert ulps(np.array(documented.rates[:46]), np.float32(callback.history["lr"][1:47])) <= 8
    # c = 45 of n = 22.5 is cos(2 pi): the full rate again at batch 25 + 45, reached by rising.
    waves = np.array(documented.rates)[46:] / 0.0078125
    assert np.argmax(waves) + 47 == 70 and waves[10] < waves[11] < waves[12]


def train_from(x, batches, model, callback):
    model.fit(x[batches], x[batches].sum(axis=1, keepdims=True) * 3, batch_size=1, shuffle=False,
              verbose=0, callbacks=[callback])
    return model.get_weights()[0]


@pytest.mark.parametrize("broken_off", [1, 4, 7, 12, 19])
def test_resumed_in_mid_cycle_rates_and_weights_are_those_of_an_uninterrupted_training(
        tmp_path, broken_off):
    x = np.arange(40).reshape(20, 2) % 7 / 16.0
    whole = WarmRestarts(4, t_mul=2)
    weights = train_from(x, slice(20), linear_model(
        optimizer=tf.keras.optimizers.SGD(0.5, momentum=0.75)), whole)

    first = WarmRestarts(4, t_mul=2)
    model = linear_model(optimizer=tf.keras.optimizers.SGD(0.5, momentum=0.75))
    train_from(x, slice(broken_off), model, first)
    model.save(str(tmp_path / "model.h5"))
    first.save(str(tmp_path / "restarts.json"))

    with tf.Graph().as_default():
        second = WarmRestarts(4, t_mul=2)
        second.load(str(tmp_path / "restarts.json"))
        model = tf.keras.models.load_model(str(tmp_path / "model.h5"))  # its rate is annealed
        again = train_from(x, slice(broken_off, 20), model, second)

    # The same kernels: see `tests.rounding`.
    np.testing.assert_array_equal(again, weights)
    assert second.history["lr"] == whole.history["lr"]
    assert second.history["loss"] == whole.history["loss"]
    assert second.history["iterations"] == list(range(1, 21))
    assert not list(tmp_path.glob("restarts.json.*"))


def test_the_history_holds_the_rate_that_a_batch_was_trained_with():
    # One weight pair, one sample (1, 0) with target 0: w = w - rate * 2 * w.
    recorder = BatchLearningRateScheduler(piecewise_constant([1, 2], [0.25, 0.125, 0.5]))
    model = linear_model()
    model.fit(np.float32([[1, 0]] * 4), np.zeros([4, 1]), batch_size=1, verbose=0,
              callbacks=[recorder])
    assert recorder.history["lr"] == [0.25, 0.25, 0.125, 0.5]
    assert recorder.history["loss"] == [1, 0.25, 0.0625, 0.03515625]  # w = 1, 1/2, 1/4, 3/16
    assert recorder.history["iterations"] == [1, 2, 3, 4]
    assert model.get_weights()[0].ravel().tolist() == [0, 1]


def test_the_recorder_alone_leaves_the_training_as_it_is():
    model, recorder = linear_model(0.25), LearningRateRecorder()
    model.compile(tf.keras.optimizers.SGD(0.25), "mse", metrics=["mae"])
    fit(model, 3, recorder, epochs=2)
    plain = linear_model(0.25)
    fit(plain, 3, epochs=2)
    # The same kernels: see `tests.rounding`.
    np.testing.assert_array_equal(model.get_weights()[0], plain.get_weights()[0])
    assert recorder.history["lr"] == [0.25] * 6
    assert recorder.history["batch"] == [0, 1, 2] * 2
    metric, = set(recorder.history) - {"lr", "iterations", "loss", "batch", "size"}
    assert metric in ("mae", "mean_absolute_error")
    json.dumps(recorder.history)


def test_a_state_is_a_copy():
    first, second = LearningRateRecorder(), LearningRateRecorder()
    fit(linear_model(), 2, first)
    second.set_state(first.get_state())
    fit(linear_model(), 1, second)
    assert (first.iteration, second.iteration) == (2, 3)
    assert len(first.history["lr"]) == 2


def test_the_graph_does_not_grow_from_fit_to_fit():
    model, callback = linear_model(), WarmRestarts(4)
    fit(model, 2, callback)
    before = len(tf.get_default_graph().get_operations())
    fit(model, 2, callback)
    assert len(tf.get_default_graph().get_operations()) == before


@pytest.mark.parametrize("make, what", [
    (lambda: WarmRestarts(4, max_learning_rate=[0.1, "b"]),
     "Cannot make a schedule:\n"
     "  - max_learning_rate[1] is 'b': it must be a number"),
    (lambda: WarmRestarts(0, t_mul=0.5, max_learning_rate=float("nan")),
     "Cannot make a schedule:\n"
     "  - max_learning_rate is nan: it must be finite\n"
     "  - first_decay_steps is 0: it must be > 0\n"
     "  - t_mul is 0.5: it must be >= 1"),
    (lambda: BatchLearningRateScheduler(0.1),
     "Cannot schedule a learning rate:\n  - 0.1 is not a schedule"),
])
def test_wrong_settings_are_refused_at_once(make, what):
    with pytest.raises(RecipeError) as raised:
        make()
    assert str(raised.value) == what


def test_an_optimizer_whose_rate_is_no_variable_is_refused_before_the_first_batch():
    model = linear_model(optimizer=tf.train.GradientDescentOptimizer(0.1))
    for callback in (LearningRateRecorder(), WarmRestarts(4)):
        with pytest.raises(RecipeError) as raised:
            fit(model, 2, callback)
        assert raised.value.problems == [
            "TFOptimizer.lr is None: it must be a variable (for an optimizer of tf.train: make the "
            "learning rate a tf.keras.backend.variable, and set model.optimizer.lr to it)"]
    np.testing.assert_array_equal(model.get_weights()[0], 1)


def test_a_scalar_schedule_of_a_vector_of_rates_is_refused():
    with pytest.raises(RecipeError) as raised:
        fit(staged_model([0.1, 0.2]), 2,
            BatchLearningRateScheduler(piecewise_constant([1], [0.1, 0.2])))
    assert str(raised.value) == (
        "Cannot schedule a learning rate:\n"
        "  - the schedule's learning rates have the shape (), the optimizer's the shape (2,)")
    with pytest.raises(RecipeError, match=r"learning rates have the shape \(3,\)"):
        fit(staged_model([0.1, 0.2]), 2, WarmRestarts(4, max_learning_rate=[0.1, 0.2, 0.3]))


def test_another_callback_s_state_is_refused_with_all_its_problems(tmp_path):
    callback = WarmRestarts(4, t_mul=2)
    with pytest.raises(RecipeError) as raised:
        callback.set_state(dict(WarmRestarts(8, t_mul=1).get_state(), epoch=3))
    assert str(raised.value) == """Cannot restore the state of a callback:
  - 'epoch' is unknown
  - first_decay_steps is 8 there and 4 here
  - t_mul is 1 there and 2 here"""
    with pytest.raises(RecipeError, match="there is no 'max_learning_rate'"):
        callback.set_state(LearningRateRecorder().get_state())


def test_files_that_cannot_be_read_or_written_are_one_clear_error(tmp_path):
    good = LearningRateRecorder().get_state()
    for text, what in (("{", "is not a callback's state"), ("[]", "it holds a list"),
                       ("[" * 100000, "is not a callback's state"),
                       (json.dumps(dict(good, iteration=1.5)), "iteration is 1.5, not a count"),
                       (json.dumps(dict(good, iteration=-1)), "iteration is -1, not a count"),
                       (json.dumps(dict(good, history=[])), "history is not a dict of lists"),
                       (json.dumps(dict(good, history={"lr": 1})),
         "history is not a dict of lists")):
        (tmp_path / "state.json").write_text(text)
        with pytest.raises(Error, match=what):
            LearningRateRecorder().load(str(tmp_path / "state.json"))
    with pytest.raises(Error, match="cannot read .*none.json: No such file"):
        LearningRateRecorder().load(str(tmp_path / "none.json"))
    with pytest.raises(Error, match="cannot write .*No such file"):
        LearningRateRecorder().save(str(tmp_path / "none" / "state.json"))


def test_plots_show_the_history():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    callback = WarmRestarts(4)
    fit(linear_model(), 12, callback)
    line, = callback.plot_lr().lines
    assert line.get_xdata().tolist() == list(range(1, 13))
    assert line.get_ydata().tolist() == callback.history["lr"]
    line, = callback.plot_loss().lines
    assert line.get_ydata().tolist() == callback.history["loss"][10:]
    matplotlib.pyplot.close("all")
