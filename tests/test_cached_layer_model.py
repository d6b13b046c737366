"""B5's NumPy model: literals checked by hand."""
import numpy as np

from tf1_recipes.evidence.models import Session
from tf1_recipes.evidence.recipes.B4_frozen_layers import model as frozen_layers
from tf1_recipes.evidence.recipes.B5_cached_layer import model as cached_layer

LOWER = {"hidden1/kernel": np.float64([[2.0]]), "hidden1/bias": np.float64([-1.0]),
         "hidden2/kernel": np.float64([[3.0]]), "hidden2/bias": np.float64([0.5])}
UPPER = {"outputs/kernel": np.float64([[1.0, -1.0]]), "outputs/bias": np.float64([0.0, 0.0])}


def test_the_frozen_layers_output():
    # 2 * 1 - 1 = 1, 3 * 1 + 0.5 = 3.5;  2 * 0 - 1 < 0, 3 * 0 + 0.5 = 0.5
    rows = cached_layer.frozen_output(LOWER, np.float64([[1], [0]]))
    assert rows.tolist() == [[3.5], [0.5]]


def test_both_trainings_are_one_and_what_was_fed_for_hidden2_is_not_looked_at():
    state = dict(LOWER, **UPPER)
    batches = [np.float64([[1], [0]]), np.float64([[2], [1]])]
    labels = np.int32([0, 1])
    plain = Session(0, state, [(number, {"X": batch, "y": labels})
                               for number, batch in enumerate(batches, start=1)])
    cached = Session(3, state, [(number, {"hidden2/relu": np.nan * batch, "y": labels})
                                for number, batch in enumerate(batches, start=4)])
    states = cached_layer.model([plain, cached])
    assert sorted(states) == [0, 1, 2, 3, 4, 5]
    expected = frozen_layers.model([plain])
    for number in range(3):
        assert sorted(states[number + 3]) == sorted(state)
        for name, value in states[number + 3].items():
            np.testing.assert_array_equal(value, expected[number][name])
            if number and name in LOWER:
                np.testing.assert_array_equal(value, LOWER[name])
    assert (states[5]["outputs/kernel"] != UPPER["outputs/kernel"]).all()
