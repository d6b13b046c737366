"""The NumPy model of pretraining: slopes checked by differences of the loss."""
import numpy as np
import pytest

from tests.test_reference import numerical_slope
from tf1_recipes.evidence.models import Session, relu_net
from tf1_recipes.evidence.recipes.B7_pretrained_layers import model as pretrained_layers

INPUTS = np.random.RandomState(0).rand(5, 8)
HALVES_EXCHANGED = np.hstack([INPUTS[:, 4:], INPUTS[:, :4]])


def net(*shapes):
    random, state = np.random.RandomState(1), {}
    for name, rows, columns in shapes:
        state[name + "/kernel"] = random.randn(rows, columns)
        state[name + "/bias"] = random.randn(columns) / 10 + 0.5
    return state


def stack():
    state = net(("hidden1", 8, 6), ("hidden2", 6, 4), ("decoders/hidden1", 6, 8))
    return dict(state, **{"decoders/hidden2/bias": np.linspace(-1, 1, 6)})


def relu(at, name, inputs):
    return np.maximum(inputs @ at[name + "/kernel"] + at[name + "/bias"], 0)


def test_the_first_phase_descends_the_reconstruction_by_a_decoder_of_its_own():
    def loss(at):
        decoded = relu(at, "hidden1", INPUTS) @ at["decoders/hidden1/kernel"]
        return np.mean((decoded + at["decoders/hidden1/bias"] - INPUTS) ** 2)

    check(pretrained_layers.first_phase, {"X": INPUTS}, stack(), loss,
          moved=["hidden1/kernel", "hidden1/bias", "decoders/hidden1/kernel",
                 "decoders/hidden1/bias"])


def test_the_second_phase_descends_the_reconstruction_by_tied_weights():
    below = relu(stack(), "hidden1", INPUTS)

    def loss(at):
        decoded = relu(at, "hidden2", below) @ at["hidden2/kernel"].T
        return np.mean((decoded + at["decoders/hidden2/bias"] - below) ** 2)

    check(pretrained_layers.second_phase, {"X": INPUTS}, stack(), loss,
          moved=["hidden2/kernel", "hidden2/bias", "decoders/hidden2/bias"])


def test_max_margin_descends_the_hinge():
    def loss(at):
        good, bad = (
            relu(at, "hidden2", relu(at, "hidden1", inputs)) @ at["score/kernel"]
            + at["score/bias"] for inputs in (INPUTS, HALVES_EXCHANGED))
        gap = 0.05 - good + bad
        assert 0 < np.sum(gap > 0) < len(gap)  # both sides of the kink are felt
        return np.mean(np.maximum(gap, 0))

    state = net(("hidden1", 8, 6), ("hidden2", 6, 4), ("score", 4, 1))
    check(pretrained_layers.max_margin, {"X": INPUTS, "corrupted": HALVES_EXCHANGED}, state, loss,
          moved=list(state))


def check(update, feeds, state, loss, moved):
    updated = update(state, feeds)
    for name in state:
        if name in moved:
            np.testing.assert_allclose((state[name] - updated[name]) / 0.1,
                                       numerical_slope(loss, state, name), rtol=1e-4, atol=1e-8)
        else:
            np.testing.assert_array_equal(state[name], updated[name])


@pytest.mark.parametrize("layer", ["hidden1", "hidden2"])
def test_the_nets_with_labels_start_with_the_pretrained_layers(layer):
    feeds = {"X": INPUTS, "y": np.array([0, 1, 2, 3, 0]), "corrupted": HALVES_EXCHANGED}
    new = net(("hidden1", 8, 6), ("hidden2", 6, 4), ("outputs", 4, 4))
    scored = net(("hidden1", 8, 6), ("hidden2", 6, 4), ("score", 4, 1))
    sessions = [Session(0, stack(), [(number, feeds) for number in range(1, 9)]),
                Session(9, new, [(10, feeds)]), Session(11, scored, [(12, feeds)]),
                Session(13, new, [(14, feeds)])]

    states = pretrained_layers.model(sessions)

    assert sorted(states) == list(range(15))
    for before, after in ((8, 9), (12, 13)):
        np.testing.assert_array_equal(states[after][layer + "/bias"],
                                      states[before][layer + "/bias"])
        np.testing.assert_array_equal(states[after]["outputs/kernel"], new["outputs/kernel"])
    once = relu_net.update(states[9], feeds)
    np.testing.assert_array_equal(states[10][layer + "/kernel"], once[layer + "/kernel"])
