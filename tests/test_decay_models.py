"""The NumPy models of the weight-decay family: literals checked by hand, in float64."""
import numpy as np
import pytest

from tf1_recipes.evidence.recipes.E1_l2_loss_collections import model as l2_loss_collections
from tf1_recipes.evidence.recipes.E3_weight_decay_op import model as weight_decay_op
from tf1_recipes.evidence.recipes.E4_decoupled_optimizers import model as decoupled_optimizers
from tf1_recipes.evidence.recipes.E5_caffe_sgd import model as caffe_sgd


def test_decay_as_an_op_takes_its_share_of_the_updated_weight_and_none_of_the_bias():
    state = {"weights": np.array([2.0]), "weights/Momentum": np.array([4.0]),
             "bias": np.float64(0.9), "bias/Momentum": np.float64(2.0)}

    state = weight_decay_op.update(state, {}, rate=0.1, momentum=0.5, decay=0.25)

    # A = 0.5 * 4 + (2 - 1) = 3;  w = 2 - 0.1 * 3 = 1.7, and a quarter of that off
    assert state["weights/Momentum"] == pytest.approx([3.0])
    assert state["weights"] == pytest.approx([1.275])
    # A = 0.5 * 2 + (0.9 + 0.1) = 2;  b = 0.9 - 0.1 * 2
    assert state["bias/Momentum"] == pytest.approx(2.0)
    assert state["bias"] == pytest.approx(0.7)


def test_caffe_s_decay_goes_through_the_history_and_the_bias_moves_twice_as_far():
    state = {"weights": np.array([2.0]), "weights/history": np.array([4.0]),
             "bias": np.float64(0.9), "bias/history": np.float64(2.0)}

    state = caffe_sgd.update(state, {"rate": np.float64(0.1)}, momentum=0.5, weight_decay=0.25)

    # diff = (2 - 1) + 0.25 * 2 = 1.5;  history = 0.5 * 4 + 0.1 * 1.5 = 2.15
    assert state["weights/history"] == pytest.approx([2.15])
    assert state["weights"] == pytest.approx([-0.15])
    # diff = 0.9 + 0.1 = 1;  history = 0.5 * 2 + 0.1 * 2 * 1 = 1.2
    assert state["bias/history"] == pytest.approx(1.2)
    assert state["bias"] == pytest.approx(-0.3)


def test_adam_w_and_momentum_w_decay_before_the_update():
    state = {name: np.float64(value) for name, value in {
        "w": 2, "w/AdamW": 0, "w/AdamW_1": 0, "beta1_power": 0.9, "beta2_power": 0.999,
        "v": 2, "v/MomentumW": 4}.items()}

    state = decoupled_optimizers.update(
        state, {"slope": np.float64(-3)}, decay=0.25, rate=0.1, momentum=0.5)

    # Adam's first step is its rate, whatever the gradient: 2 - 0.25 * 2 + 0.1
    assert state["w"] == pytest.approx(1.6, rel=1e-6)
    assert state["w/AdamW"] == pytest.approx(-0.3)
    assert state["w/AdamW_1"] == pytest.approx(0.009)
    assert (state["beta1_power"], state["beta2_power"]) == pytest.approx((0.81, 0.998001))
    # A = 0.5 * 4 - 3 = -1;  2 - 0.25 * 2 + 0.1 * 1
    assert state["v/MomentumW"] == pytest.approx(-1.0)
    assert state["v"] == pytest.approx(1.6)


def test_l2_in_the_loss_goes_through_the_momentum_of_all_but_the_bias():
    state = {"w": np.array([2.0]), "w/Momentum": np.array([4.0]), "v": np.array([-4.0]),
             "v/Momentum": np.array([0.0]), "bias": np.float64(0.9), "bias/Momentum": np.float64(2)}

    state = l2_loss_collections.update(state, {}, factor=0.25, rate=0.1, momentum=0.5)

    # A = 0.5 * 4 + (2 - 1) + 0.25 * 2 = 3.5;  w = 2 - 0.35
    assert (state["w/Momentum"], state["w"]) == (pytest.approx([3.5]), pytest.approx([1.65]))
    # A = (-4 + 2) + 0.25 * -4 = -3
    assert (state["v/Momentum"], state["v"]) == (pytest.approx([-3.0]), pytest.approx([-3.7]))
    # A = 0.5 * 2 + (0.9 + 0.1) = 2
    assert state["bias/Momentum"] == pytest.approx(2.0)
    assert state["bias"] == pytest.approx(0.7)
