"""The document's own names, used as it uses them: LR_Updater, LR_Cycle and Adam_dlr."""
import math

import numpy as np
import pytest

from tests.small_trainings import refused
from tests.test_keras_adam import adam, dense, product, stack, train
from tf1_recipes import Adam_dlr, LearningRateRecorder, LR_Cycle, LR_Updater, WarmRestarts
from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.v1 import tf

K = tf.keras.backend


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session().as_default() as session:
        yield session


def fit(callback, batches, rate=1.0, optimizer=None, model=None):
    """Trains on so many batches; the inputs are 0, so that no learning rate is too large."""
    if model is None:
        model = tf.keras.Sequential([dense("a", 1, use_bias=False)])
        model.compile(optimizer or tf.keras.optimizers.SGD(rate), "mse")
    model.fit(np.zeros([batches, 2]), np.ones([batches, 1]), batch_size=1, shuffle=False,
              verbose=0, callbacks=[callback])
    return model


# --- LR_Cycle ---


def test_restarts_every_100_batches():
    # (1 + cos(pi c / 100)) / 2 for c = 0, 25, 50, 75, 99, and again from the 100th batch on.
    sched = LR_Cycle(iterations=100)
    fit(sched, 202)
    rates = np.array(sched.history["lr"])
    np.testing.assert_allclose(
        rates[[0, 25, 50, 75, 99]], [1, 0.853553, 0.5, 0.146447, 0.000246720], rtol=1e-5)
    np.testing.assert_array_equal(rates[:100], rates[100:200])
    np.testing.assert_array_equal(np.flatnonzero(rates == 1), [0, 100, 200])


def test_one_annealing_over_200_batches():
    sched = LR_Cycle(200)
    fit(sched, 200, rate=0.5)
    expected = [0.5 * math.cos(math.pi * c / 400) ** 2 for c in range(200)]
    np.testing.assert_allclose(sched.history["lr"], expected, rtol=1e-6)


def test_cycles_that_double():
    sched = LR_Cycle(iterations=np.ceil(395 / 8), cycle_mult=2)  # samples / batch size: 50
    fit(sched, 351)
    rates = np.array(sched.history["lr"])
    np.testing.assert_array_equal(np.flatnonzero(rates == 1), [0, 50, 150, 350])
    np.testing.assert_allclose(rates[[25, 100, 250]], 0.5, rtol=1e-6)  # the middle of each cycle


@pytest.mark.parametrize("largest", [0.1, [1e-7, 1e-4, 1e-2]])
def test_it_sets_the_very_rates_of_warm_restarts(largest):
    found = []
    for sched in (LR_Cycle(3, cycle_mult=2), WarmRestarts(3, t_mul=2)):
        model = tf.keras.Sequential([dense("a", 1, use_bias=False)])
        model.compile(tf.train.GradientDescentOptimizer(0.0), "mse")
        model.optimizer.lr = K.variable(largest)
        fit(sched, 10, model=model)
        found.append(sched.history["lr"])
    assert found[0] == found[1]
    assert found[0][0] == found[0][3] == found[0][9] == np.float32(largest).tolist()


def test_its_errors_have_the_documented_names():
    with pytest.raises(RecipeError) as caught:
        LR_Cycle(0, cycle_mult=0.5)
    assert caught.value.problems == ["iterations is 0: it must be > 0",
                                     "cycle_mult is 0.5: it must be >= 1"]


# --- LR_Updater ---


class Halved(LR_Updater):
    """Halves the largest rate in every epoch of ``epoch_iterations`` batches."""

    def setRate(self):
        return 0.5 ** (self.trn_iterations // self.epoch_iterations)


def test_a_rate_of_one_s_own_holds_from_the_next_batch_on():
    updater = Halved(iterations=2)
    model = fit(updater, 5)
    assert updater.history["lr"] == [1, 1, 0.5, 0.5, 0.25]
    assert updater.history["iterations"] == [1, 2, 3, 4, 5]
    fit(updater, 2, model=model)  # a second fit goes on
    assert updater.history["lr"][5:] == [0.25, 0.125]
    assert updater.trn_iterations == 7


def test_the_rate_recorded_is_the_one_that_the_batch_was_trained_with():
    """As documented, the next batch's stood there: here 0.5 beside the first loss."""
    updater = Halved(iterations=1)
    model = tf.keras.Sequential([dense("a", 1, use_bias=False, kernel_initializer="zeros")])
    model.compile(tf.keras.optimizers.SGD(1.0), lambda targets, outputs: outputs)
    model.fit(np.float32([[1, 0]] * 3), np.zeros([3, 1]), batch_size=1, shuffle=False, verbose=0,
              callbacks=[updater])
    # The loss is w, whose slope is 1: w = 0, then -1, then -1.5.
    assert updater.history["lr"] == [1, 0.5, 0.25]
    assert updater.history["loss"] == [0, -1, -1.5]


def test_rates_for_stages_of_one_s_own():
    class Unfreeze(LR_Updater):
        def setRate(self):
            return [0.0 if self.trn_iterations < 2 else 0.125, 0.25]

    model = stack("a", "b", kernel_initializer="ones")
    model.compile(DiscriminativeAdam(model, ["b"], lr=[0, 0.25]), "mse")
    updater = Unfreeze()
    model.fit(np.ones([3, 2]), np.zeros([3, 2]), batch_size=1, verbose=0, callbacks=[updater])
    assert updater.history["lr"] == [[0, 0.25], [0, 0.25], [0.125, 0.25]]
    # Under a gradient of one sign, each step of Adam is about as long as its rate: the last layer
    # makes three of 1/4, the first one only the third step, of 1/8 at the most.
    first, last = model.get_weights()[0], model.get_weights()[2]
    np.testing.assert_allclose(last, 0.25, atol=0.1)
    np.testing.assert_allclose(first, 0.875, atol=0.05)


def test_set_rate_may_be_overridden_in_lr_cycle_too():
    class Floored(LR_Cycle):
        def setRate(self):
            return max(0.25, super().setRate())

    sched = Floored(4)
    fit(sched, 5)
    np.testing.assert_allclose(sched.history["lr"], [1, 0.853553, 0.5, 0.25, 1], rtol=1e-6)


@pytest.mark.parametrize("returned, vector, must", [
    (None, False, "a finite number"), ("high", False, "a finite number"),
    (math.nan, False, "a finite number"), ([0.1, 0.2], False, "a finite number"),
    (0.1, True, "2 finite numbers, one for each stage"),
    ([0.1, 0.2, 0.3], True, "2 finite numbers, one for each stage"),
])
def test_what_is_no_rate_is_refused(returned, vector, must):
    class Wrong(LR_Updater):
        def setRate(self):
            return returned

    model = stack("a", "b")
    model.compile(DiscriminativeAdam(model, ["b"], lr=[0, 0.25]) if vector else "sgd", "mse")
    with pytest.raises(RecipeError) as caught:
        model.fit(np.ones([2, 2]), np.zeros([2, 2]), batch_size=1, verbose=0, callbacks=[Wrong()])
    assert str(caught.value) == (
        "Cannot set the learning rate:\n  - what setRate() returned is %r: it must be %s" % (
            returned, must))


def test_the_base_class_alone_sets_nothing_and_is_refused():
    with pytest.raises(RecipeError) as caught:
        fit(LR_Updater(5), 1)
    assert caught.value.problems == [
        "LR_Updater has no method setRate: write one that returns the next batch's learning rate, "
        "or use LearningRateRecorder"]


def test_a_state_of_one_s_own_updater_goes_on(tmp_path):
    first, second = Halved(2), Halved(2)
    fit(first, 3)
    first.save(str(tmp_path / "state.json"))
    second.load(str(tmp_path / "state.json"))
    fit(second, 2, rate=0.5)
    assert second.history["lr"] == [1, 1, 0.5, 0.5, 0.25]


@pytest.mark.parametrize("callback", [LearningRateRecorder(), Halved(2), LR_Cycle(2)])
def test_plot_draws_every_point_and_plot_loss_leaves_out_ten(callback):
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib import pyplot
    fit(callback, 12)
    for plot, points in ((callback.plot, 12), (callback.plot_loss, 2)):
        line, = plot().lines
        assert line.get_xdata().tolist() == callback.history["lr"][-points:]
        assert line.get_ydata().tolist() == callback.history["loss"][-points:]
    assert len(callback.plot(n_skip=4).lines[0].get_xdata()) == 8
    pyplot.close("all")


# --- Adam_dlr ---


def three_kernels():
    """Kernels [3, 1], whose gradients under `product` are the inputs."""
    names = ("early", "middle", "final")
    inputs = [tf.keras.layers.Input((3,), name="to_" + name) for name in names]
    outputs = [dense(name, 1, use_bias=False, kernel_initializer="ones")(each)
               for name, each in zip(names, inputs)]
    return tf.keras.models.Model(inputs, tf.keras.layers.Add()(outputs))


@pytest.mark.parametrize("settings", [{}, {"decay": 0.1, "amsgrad": True}], ids=str)
@pytest.mark.parametrize("as_list", [False, True])
def test_three_rates_and_two_split_layers(settings, as_list):
    model = three_kernels()
    splits = [model.get_layer("middle"), model.get_layer("final")]
    splits = {"split_l": splits} if as_list else dict(zip(("split_1", "split_2"), splits))
    model.compile(Adam_dlr(lr=[1e-7, 1e-4, 1e-2], **splits, **settings), product)
    gradients = np.random.RandomState(0).randn(50, 3, 3).astype(np.float32)
    for each in gradients:
        model.train_on_batch([rows[None] for rows in each], np.ones([1, 1], np.float32))
    for index, rate in enumerate([1e-7, 1e-4, 1e-2]):
        expected = adam(
            np.ones(3), gradients[:, index].astype(float), rate, lambda w: w, **settings)
        # As in tests.test_keras_adam; of rate 1e-7 a step is a float32's last bit.
        np.testing.assert_allclose(model.get_weights()[index][:, 0], expected, rtol=2e-5, atol=3e-6)


def test_as_written_in_the_document():
    model = stack("res3", "res4a_branch2a", "fc_start", "out", kernel_initializer="ones")
    split_layer_1, = [layer for layer in model.layers if layer.name == "res4a_branch2a"]
    split_layer_2, = [layer for layer in model.layers if layer.name == "fc_start"]
    opt = Adam_dlr(split_1=split_layer_1, split_2=split_layer_2, lr=[1e-7, 1e-4, 1e-2])
    sched = LR_Cycle(iterations=np.ceil(8 / 2), cycle_mult=2)
    model.compile(loss="mse", optimizer=opt, metrics=["accuracy"])
    model.fit(np.ones([8, 2]), np.ones([8, 2]), batch_size=2, epochs=1, verbose=0,
              callbacks=[sched])
    as_read = np.float32([1e-7, 1e-4, 1e-2])
    np.testing.assert_allclose(sched.history["lr"][2], as_read / 2, rtol=1e-6)
    assert [opt.get_config()["weights"][index][::2] for index in (0, 2, 4, 6)] == [
        ["res3/kernel", 0], ["res4a_branch2a/kernel", 1], ["fc_start/kernel", 2],
        ["out/kernel", 2]]


def test_it_trains_and_saves_as_discriminative_adam_does(tmp_path):
    found = []
    for name in ("dlr", "ours"):
        model = stack("a", "b", "c", kernel_initializer="ones")
        model.compile(Adam_dlr(model.layers[1], model.layers[2], lr=[0.1, 0.2, 0.3])
                      if name == "dlr" else
                      DiscriminativeAdam(model, ["b", "c"], lr=[0.1, 0.2, 0.3]), "mse")
        train(model)
        path = str(tmp_path / (name + ".h5"))
        model.save(path)
        again = tf.keras.models.load_model(path, custom_objects={
            "Adam_dlr": Adam_dlr, "DiscriminativeAdam": DiscriminativeAdam})
        train(again)
        found += [again.get_weights()]
    # The same kernels: see `tests.rounding`.
    for dlr, ours in zip(*found):
        np.testing.assert_array_equal(dlr, ours)


def test_what_it_refuses_at_once():
    model = stack("a", "b", "c")
    assert refused(Adam_dlr, "b", model.layers[2], lr=[0.1, -1], beta_1=1, rate=1) == [
        "there is no setting 'rate'; the closest are 'beta_1', 'beta_2', 'clipnorm', 'clipvalue', "
        "'decay', 'epsilon', 'lr'",
        "lr[1] is -1: it must be >= 0", "beta_1 is 1: it must be >= 0 and < 1",
        "split_1 is 'b': it must be a layer of the model, model.get_layer('b')",
        "there are 2 learning rates for 3 stages"]
    assert refused(Adam_dlr, model.layers[1]) == [
        "split_2 is None: it must be a layer of the model"]
    assert refused(Adam_dlr, model.layers[1], split_l=[model.layers[2]], lr=[1, 2]) == [
        "give either split_l or split_1 and split_2"]


@pytest.mark.parametrize("splits, frozen, expected", [
    (("c", "b"), None, ["the split layer 'b' does not come behind 'c'"]),
    (("a", "b"), None, ["the split layer 'a' does not come behind the first layer"]),
    # As documented, the whole net would be trained with the first rate.
    (("b", "c"), "b", ["the split layer 'b' trains no weight: it is frozen, has none, or is not "
                       "in the model"]),
    (("b", "other"), None, ["the split layer 'other' trains no weight: it is frozen, has none, or "
                            "is not in the model"]),
])
def test_a_split_layer_that_would_never_be_met(splits, frozen, expected):
    model, other = stack("a", "b", "c"), stack("other")
    layers = {layer.name: layer for layer in model.layers + other.layers}
    if frozen:
        layers[frozen].trainable = False
    before = model.get_weights()
    model.compile(Adam_dlr(*[layers[name] for name in splits]), "mse")
    with pytest.raises(RecipeError) as caught:
        train(model, 1)
    assert caught.value.problems == expected
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)


def test_its_stages_cannot_be_saved_before_they_are_settled(tmp_path):
    model = stack("a", "b", "c")
    optimizer = Adam_dlr(model.layers[1], model.layers[2])
    with pytest.raises(RecipeError, match="they are settled when training begins: train a batch"):
        optimizer.get_config()
