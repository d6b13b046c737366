"""The NumPy models: literals checked by hand, and slopes checked by differences of the loss."""
import ast
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import evidence
from tf1_recipes.evidence.models import Session, relu_net, replay
from tf1_recipes.evidence.recipes.A1_two_optimizers import model as two_optimizers
from tf1_recipes.evidence.recipes.A3_scaled_gradient import model as scaled_gradient
from tf1_recipes.evidence.recipes.A4_lr_mult import model as lr_mult
from tf1_recipes.evidence.recipes.A6_stop_gradient_scaling import model as stop_gradient_scaling
from tf1_recipes.evidence.recipes.B1_restore_all import model as restore_all
from tf1_recipes.evidence.recipes.B2_partial_restore import model as partial_restore
from tf1_recipes.evidence.recipes.B4_frozen_layers import model as frozen_layers
from tf1_recipes.evidence.recipes.E2_weight_decay import model as weight_decay


def float64(**values):
    return {name: np.float64(value) for name, value in values.items()}


def test_scaled_gradient_moves_y_twice_as_far():
    # slope 2(x - y) = 2: x = 1 - 0.1 * 2, y = 0 + 0.1 * 2 * 2
    state = scaled_gradient.update(dict(float64(x=1, y=0), global_step=np.int32(7)), {})
    assert state["x"] == pytest.approx(0.8)
    assert state["y"] == pytest.approx(0.4)
    assert state["global_step"] == 8
    assert state["global_step"].dtype == np.int32


def test_lr_mult_moves_x1_a_tenth_as_far():
    # slopes are 2: x0 = 1 - 0.1 * 2, x1 = 1 - 0.1 * 0.1 * 2
    state = lr_mult.update(float64(x0=1, x1=1), {})
    assert state["x0"] == pytest.approx(0.8)
    assert state["x1"] == pytest.approx(0.98)


@pytest.mark.parametrize("order, expected", [
    # w=2, slope 1, rate 0.1: 1.9, and a tenth of that off
    ("after_update", [1.71, 1.4751, 1.284831, 1.13071311]),
    # a tenth of the old weight off, and 0.1 * slope
    ("before_update", [1.7, 1.46, 1.268, 1.1144]),
])
def test_weight_decay_in_both_orders(order, expected):
    state, found = float64(w=2), []
    for _ in expected:
        state = weight_decay.update(state, {}, order=order)
        found.append(state["w"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_models_keep_the_dtype_of_the_initial_values():
    state = {name: np.float32(1) for name in ("x0", "x1")}
    assert {value.dtype for value in lr_mult.update(state, {}).values()} == {np.dtype("float32")}


def numerical_slope(loss, state, name):
    """The derivative of a loss by every element of one variable, by central differences."""
    slope = np.zeros_like(state[name])
    for index in np.ndindex(slope.shape):
        up, down = ({key: value.copy() for key, value in state.items()} for _ in range(2))
        up[name][index] += 1e-6
        down[name][index] -= 1e-6
        slope[index] = (loss(up) - loss(down)) / 2e-6
    return slope


def test_two_optimizers_descends_at_each_group_s_rate():
    random = np.random.RandomState(1)
    feeds = {"features": random.randn(4, 5), "targets": random.randn(4, 1)}
    state = {"pretrained/weights": random.randn(3, 1), "new/weights": random.randn(2, 1),
             "new/bias": random.randn(1)}

    def loss(at):
        outputs = feeds["features"] @ np.vstack([at["pretrained/weights"], at["new/weights"]])
        return np.sum((outputs + at["new/bias"] - feeds["targets"]) ** 2)

    updated = two_optimizers.update(state, feeds, low=0.5, high=2.0)
    for name, rate in (("pretrained/weights", 0.5), ("new/weights", 2.0), ("new/bias", 2.0)):
        np.testing.assert_allclose((state[name] - updated[name]) / rate,
                                   numerical_slope(loss, state, name), rtol=1e-6)


def initial_net(random, widths):
    state, rows = {}, 8
    for number, width in enumerate(widths):
        name = "outputs" if number == len(widths) - 1 else "hidden%d" % (number + 1)
        state[name + "/kernel"] = random.randn(rows, width)
        state[name + "/bias"] = random.randn(width)
        rows = width
    return state


def test_relu_net_descends_the_cross_entropy():
    random = np.random.RandomState(2)
    state = initial_net(random, [4, 3, 3])
    feeds = {"X": random.rand(5, 8), "y": np.array([0, 1, 2, 1, 0])}

    def loss(at):
        layer = feeds["X"]
        for name in ("hidden1", "hidden2"):
            layer = np.maximum(layer @ at[name + "/kernel"] + at[name + "/bias"], 0)
        logits = layer @ at["outputs/kernel"] + at["outputs/bias"]
        chosen = logits[np.arange(5), feeds["y"]]
        return np.mean(np.log(np.exp(logits).sum(axis=1)) - chosen)

    updated = relu_net.update(state, feeds, rate=1.0)
    for name in state:
        np.testing.assert_allclose(state[name] - updated[name],
                                   numerical_slope(loss, state, name), rtol=1e-5, atol=1e-9)


def test_partial_restore_takes_hidden_1_to_3_from_the_old_net_and_the_rest_from_the_new():
    random = np.random.RandomState(3)
    feeds = {"X": random.rand(5, 8), "y": np.array([0, 1, 2, 1, 0])}
    old = Session(0, initial_net(random, [4, 4, 4, 4, 3]), [(1, feeds)])
    new = Session(2, initial_net(random, [4, 4, 4, 2, 3]), [(3, feeds)])

    states = partial_restore.model([old, new])

    assert list(states) == [0, 1, 2, 3]
    for name in new.initial:
        source = states[1] if name.startswith(("hidden1", "hidden2", "hidden3")) else new.initial
        np.testing.assert_array_equal(states[2][name], source[name])


def test_frozen_layers_moves_the_upper_layers_as_all_together_would():
    random = np.random.RandomState(4)
    state = initial_net(random, [4, 4, 4, 4, 3])
    feeds = {"X": random.rand(5, 8), "y": np.array([0, 1, 2, 1, 0])}
    moved, together = (module.update(state, feeds) for module in (frozen_layers, relu_net))
    for name in state:
        frozen = name.startswith(("hidden1", "hidden2"))
        np.testing.assert_array_equal(moved[name], (state if frozen else together)[name])


def test_restore_all_clips_every_slope_and_goes_on_where_the_first_session_ended():
    random = np.random.RandomState(6)
    feeds = {"X": 50 * random.rand(5, 8), "y": np.array([0, 1, 2, 1, 0])}
    first = Session(0, initial_net(random, [4, 3]), [(1, feeds)])
    second = Session(2, initial_net(random, [4, 3]), [(3, feeds)])

    states = restore_all.model([first, second])

    slopes = relu_net.slopes(first.initial, feeds, mean=False)
    for name, slope in relu_net.slopes(first.initial, feeds).items():
        np.testing.assert_allclose(slopes[name], 5 * slope, rtol=1e-12)  # five examples
    assert max(np.abs(slope).max() for slope in slopes.values()) > 1  # so the limit is felt
    for name, slope in slopes.items():
        np.testing.assert_allclose(first.initial[name] - states[1][name],
                                   0.01 * np.minimum(np.maximum(slope, -1), 1), atol=1e-12)
        np.testing.assert_array_equal(states[2][name], states[1][name])


def test_stop_gradient_scaling_moves_the_lower_layers_by_the_fraction():
    random = np.random.RandomState(5)
    state = {"layer1/kernel": random.randn(3, 2), "layer2/kernel": random.randn(2, 2),
             "layer3/kernel": random.randn(2, 1)}
    feeds = {"inputs": random.randn(4, 3), "targets": random.randn(4, 1)}

    def loss(at):
        outputs = feeds["inputs"]
        for name in sorted(at):
            outputs = outputs @ at[name]
        return np.sum((outputs - feeds["targets"]) ** 2)

    updated = stop_gradient_scaling.update(state, feeds, rate=1.0, fraction=0.25)
    for name, share in (("layer1/kernel", 0.25), ("layer2/kernel", 0.25), ("layer3/kernel", 1.0)):
        np.testing.assert_allclose(state[name] - updated[name],
                                   share * numerical_slope(loss, state, name), rtol=1e-6)


def test_stop_gradient_scaling_with_python_2_s_fraction_freezes_the_lower_layers():
    state = {"layer%d/kernel" % number: np.eye(2) for number in (1, 2, 3)}
    feeds = {"inputs": np.eye(2), "targets": np.zeros((2, 2))}
    updated = stop_gradient_scaling.update(state, feeds, rate=0.25, fraction=1 // 100)
    np.testing.assert_array_equal(updated["layer1/kernel"], np.eye(2))
    np.testing.assert_array_equal(updated["layer2/kernel"], np.eye(2))
    np.testing.assert_array_equal(updated["layer3/kernel"], np.eye(2) / 2)  # 1 - 0.25 * 2


def test_replay_starts_every_session_from_its_own_initial_values():
    model = replay(lambda state, feeds: {"w": state["w"] + feeds["d"]})
    sessions = [Session(0, {"w": 1}, [(1, {"d": 10}), (2, {"d": 100})]),
                Session(3, {"w": 5}, [(4, {"d": 2})])]
    assert model(sessions) == {0: {"w": 1}, 1: {"w": 11}, 2: {"w": 111}, 3: {"w": 5}, 4: {"w": 7}}


EVIDENCE = Path(evidence.__file__).parent
MODELS = sorted([*EVIDENCE.glob("models/*.py"), *EVIDENCE.glob("recipes/*/model.py")])


@pytest.mark.parametrize("path", MODELS, ids=lambda path: "%s/%s" % (path.parent.name, path.stem))
def test_no_model_leaves_the_order_of_a_sum_to_a_library(path):
    """No BLAS and no reduction of NumPy's: `bounded.total` and `product` add in a known order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    operators = [node for node in ast.walk(tree) if isinstance(node, ast.MatMult)]
    called = {node.func.attr for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    reductions = {"sum", "mean", "average", "std", "var", "prod", "cumsum", "dot", "matmul",
                  "inner", "einsum", "tensordot", "vdot", "norm", "reduce", "trace", "interp"}
    assert operators == []
    assert called & reductions == set()
