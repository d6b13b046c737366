"""The NumPy models of the weight-decay family: literals checked by hand, in float64."""
import numpy as np
import pytest

from tf1_recipes.reference import weight_decay_op


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
