"""What the docstrings of the PyTorch ports say can still happen, or cannot."""
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def parameter(value=1.0, gradient=None):
    w = torch.nn.Parameter(torch.tensor(value))
    w.grad = None if gradient is None else torch.tensor(gradient)
    return w


# --- Rates per layer (A) ---


def test_a_parameter_in_two_optimizers_moves_twice():
    w = parameter(1.0, 1.0)
    for _ in range(2):
        torch.optim.SGD([w], lr=0.25).step()
    assert w.item() == 0.5


def test_a_parameter_in_two_groups_is_an_error():
    w = parameter()
    with pytest.raises(ValueError, match="more than one parameter group"):
        torch.optim.SGD([{"params": [w]}, {"params": [w]}], lr=0.1)


def test_a_function_is_not_called_for_a_gradient_that_nobody_wants():
    class Refuses(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, dy):
            raise AssertionError("it was called")

    w = parameter()
    (w * Refuses.apply(torch.tensor(2.0))).backward()
    assert w.grad.item() == 2.0


# --- Restoring and freezing (B) ---


def test_a_partial_restore_of_nothing_is_no_error():
    net = torch.nn.Linear(2, 2)
    result = net.load_state_dict({"hidden1.weight": torch.zeros(2, 2)}, strict=False)
    assert result.unexpected_keys == ["hidden1.weight"]
    assert result.missing_keys == ["weight", "bias"]


def test_another_shape_is_an_error_even_then():
    with pytest.raises(RuntimeError, match="size mismatch"):
        torch.nn.Linear(2, 2).load_state_dict({"bias": torch.zeros(3)}, strict=False)


def test_a_strict_restore_lists_all_that_is_wrong():
    with pytest.raises(RuntimeError) as error:
        torch.nn.Linear(2, 2).load_state_dict({"bias": torch.zeros(3), "other": torch.zeros(1)})
    assert all(each in str(error.value) for each in ('"weight"', '"other"', "bias"))


def test_a_parameter_made_from_an_array_changes_it():
    array = np.ones(2, np.float32)
    shared, copied = torch.nn.Parameter(torch.from_numpy(array)), torch.nn.Parameter(torch.ones(2))
    with torch.no_grad():
        copied.copy_(torch.from_numpy(array))
        shared += 1
    assert array.tolist() == [2.0, 2.0]
    assert copied.tolist() == [1.0, 1.0]


def test_copying_broadcasts():
    w = torch.nn.Parameter(torch.zeros(2, 3))
    with torch.no_grad():
        w.copy_(torch.tensor([1.0, 2.0, 3.0]))
    assert w.tolist() == [[1.0, 2.0, 3.0]] * 2


@pytest.mark.parametrize("set_to_none, moves", [(True, False), (False, True)])
def test_a_layer_frozen_again_goes_on_where_its_gradient_is_0(set_to_none, moves):
    w = parameter(1.0, 1.0)
    optimizer = torch.optim.SGD([w], lr=0.25, momentum=0.5)
    optimizer.step()
    w.requires_grad_(False)
    optimizer.zero_grad(set_to_none=set_to_none)
    optimizer.step()
    assert (w.item() != 0.75) == moves


def test_adam_counts_the_steps_of_each_parameter():
    """A layer that joins at the 11th step takes a first step of the whole rate."""
    early, late = parameter(1.0, 1.0), parameter(1.0)
    optimizer = torch.optim.Adam([early, late], lr=0.125)
    for _ in range(10):
        optimizer.step()
    late.grad = torch.tensor(3.0)
    optimizer.step()
    assert [int(optimizer.state[each]["step"]) for each in (early, late)] == [11, 1]
    assert late.item() == pytest.approx(1 - 0.125, rel=1e-6)


def test_scores_of_two_shapes_are_broadcast():
    assert (torch.zeros(4, 1) - torch.zeros(4)).shape == (4, 4)


# --- Clipping and schedules (C, D) ---


def test_clipping_leaves_out_parameters_without_a_gradient():
    w = parameter(1.0, 3.0)
    torch.nn.utils.clip_grad_value_([w, parameter()], 1.0)
    assert w.grad.item() == 1.0


def test_a_nan_passes_and_a_norm_takes_the_others_with_it():
    bad, good = parameter(1.0, float("nan")), parameter(1.0, 3.0)
    torch.nn.utils.clip_grad_value_([bad, good], 1.0)
    assert (np.isnan(bad.grad.item()), good.grad.item()) == (True, 1.0)
    with pytest.raises(RuntimeError, match="non-finite"):
        torch.nn.utils.clip_grad_norm_([bad, good], 1.0, error_if_nonfinite=True)
    torch.nn.utils.clip_grad_norm_([bad, good], 1.0)
    assert np.isnan(good.grad.item())


@pytest.mark.filterwarnings("ignore:Detected call of")
@pytest.mark.parametrize("scheduler_first, rates", [
    (False, [0.1] * 5 + [0.01] * 3), (True, [0.1] * 4 + [0.01] * 4)])
def test_milestones_are_the_boundaries(scheduler_first, rates):
    optimizer = torch.optim.SGD([parameter(1.0, 1.0)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[5], gamma=0.1)
    used = []
    for _ in rates:
        if scheduler_first:
            scheduler.step()
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if not scheduler_first:
            scheduler.step()
    assert used == pytest.approx(rates)


@pytest.mark.filterwarnings("ignore:Detected call of")
def test_a_second_training_begins_from_the_largest_rate():
    optimizer = torch.optim.SGD([parameter(1.0, 1.0)], lr=0.5)
    restarts = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts
    scheduler = restarts(optimizer, T_0=4)
    for _ in range(3):
        scheduler.step()
    assert scheduler.get_last_lr()[0] < 0.1
    assert restarts(optimizer, T_0=4).get_last_lr() == [0.5]


def test_a_cycle_is_a_whole_number_of_batches():
    with pytest.raises(ValueError, match="integer"):
        torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
            torch.optim.SGD([parameter()], lr=0.5), T_0=22.5)


# --- Weight decay (E) ---


def test_decay_before_the_update():
    """AdamW's place for it: the second sequence in weight_decay.py, which is E2's other meaning."""
    w, seen = parameter(2.0), []
    for _ in range(4):
        gradient = w.item() - 1
        with torch.no_grad():
            w.mul_(1 - 0.1).sub_(0.1 * gradient)
        seen.append("%.5f" % w.item())
    assert seen == ["1.70000", "1.46000", "1.26800", "1.11440"]
