"""The NumPy models of the Keras callbacks' examples, by hand."""
import numpy as np
import pytest

from tf1_recipes.evidence.models import Session
from tf1_recipes.evidence.recipes.D2_warm_restarts import model as warm_restarts
from tf1_recipes.evidence.recipes.D3_rate_recorder import model as rate_recorder


def test_warm_restarts_moves_each_layer_by_its_own_rate_and_restarts_after_2_and_4_batches():
    batch = {"inputs": np.array([[1.0, 0.0]]), "add_target": np.array([[0.0]])}
    steps = [batch if number % 2 else {"rate": 0} for number in range(1, 13)]
    start = {"early/kernel": np.array([[1.0], [5.0]]), "final/kernel": np.array([[0.0], [7.0]]),
             "lr": np.array([0.25, 0.5])}

    states = warm_restarts.model([Session(0, start, list(enumerate(steps, start=1)))], n=2)

    # error 1, slope 2: 1 - 0.25 * 2 and 0 - 0.5 * 2; what no sample has stays
    np.testing.assert_allclose(states[1]["early/kernel"], [[0.5], [5]])
    np.testing.assert_allclose(states[1]["final/kernel"], [[-1], [7]])
    # c / n: 1/2, restart, 1/4, 2/4, 3/4, restart
    found = [states[number]["lr"][1] / 0.5 for number in range(2, 13, 2)]
    np.testing.assert_allclose(
        found, [0.5, 1, (2 + 2 ** 0.5) / 4, 0.5, (2 - 2 ** 0.5) / 4, 1], rtol=1e-12)


def test_rate_recorder_keeps_the_rate_that_a_batch_was_trained_with():
    batch = {"dense_input": np.array([[1.0], [1.0]]), "dense_target": np.array([[0.0], [2.0]])}
    start = {"dense/kernel": np.array([[3.0]]), "lr": np.float64(0.25), "history": np.zeros([1, 3])}
    session = Session(0, start, [(1, batch), (2, {"rate": np.float64(0)}),
                                 (3, {"rows": np.zeros([1, 3])})])

    states = rate_recorder.model([session])

    # errors 3 and 1: loss (9 + 1) / 2, slope (3 + 1) * 2 / 2
    assert states[1]["dense/kernel"] == pytest.approx(2)
    assert states[2]["lr"] == 0.5
    np.testing.assert_allclose(states[3]["history"], [[1, 0.25, 5]])
