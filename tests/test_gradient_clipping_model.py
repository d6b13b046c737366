"""The NumPy model of gradient clipping: literals checked by hand."""
import numpy as np

from tf1_recipes.evidence.recipes.C_clipped_gradients import model as gradient_clipping


def test_every_way_by_hand():
    first, second = np.array([3.0, 4.0]), np.array([0.0, -12.0])  # norms 5, 12; together 13
    np.testing.assert_array_equal(gradient_clipping.clip_by_value(first, -1, 3.5), [3, 3.5])
    np.testing.assert_array_equal(gradient_clipping.clip_by_norm(first, 2.5), [1.5, 2])
    np.testing.assert_array_equal(gradient_clipping.clip_by_norm(first, 5), first)
    np.testing.assert_array_equal(gradient_clipping.clip_by_average_norm(second, 3), [0, -6])
    np.testing.assert_array_equal(
        gradient_clipping.clip_by_global_norm([first, second], 6.5), [[1.5, 2], [0, -6]])


def test_the_model_descends_the_bowl_by_at_most_its_rate():
    state = {"weights": np.array([2.0, 2.0]), "bias": np.array([0.3, -9.8])}
    feeds = {"steepness": np.array([0.25, 2.0]), "targets": np.array([1.0, 1.0])}
    # slopes 2 s (w - t) = 0.5 and 4, 2 (b - 0.2) = 0.2 and -20; clipped 0.5, 1, 0.2, -1
    updated = gradient_clipping.update(state, feeds)
    np.testing.assert_allclose(updated["weights"], [1.95, 1.9], rtol=1e-12)
    np.testing.assert_allclose(updated["bias"], [0.28, -9.7], rtol=1e-12)
