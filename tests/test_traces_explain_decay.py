"""Weight decay: missing, doubled, before or after, coupled or not; each planted alone.

Only kernels decay here. The rate of plain gradient descent is 0.1, so that L2 of 0.1 in the loss is
a decay of 0.01 a step.
"""
import pytest

from tests.planted_trainings import Adam, Momentum, Sgd, explained, only, remade, titles, train

KERNELS = ["hidden/kernel", "output/kernel"]
PLAIN = train(Sgd())


@pytest.mark.parametrize("order, after", [("after", True), ("before", False)])
@pytest.mark.parametrize("decay", [0.01, 5e-4])
def test_decay_missing(order, after, decay):
    found = only(train(Sgd(), decay=decay, decay_order=order), PLAIN)
    assert (found.title, found.where) == ("Weight decay missing in B", KERNELS)
    assert found.figures["decay"] == pytest.approx(decay, rel=1e-3)
    assert found.figures["after_update"] == after
    assert "without that difference: output/bias" not in found.evidence  # biases start at 0
    found = only(PLAIN, train(Sgd(), decay=decay, decay_order=order))
    assert found.title == "Weight decay missing in A"


def test_l2_in_the_loss_missing_is_decay_before_the_update_under_gradient_descent():
    found = only(train(Sgd(), l2=0.1), PLAIN)
    assert found.title == "Weight decay missing in B"
    assert found.figures["decay"] == pytest.approx(0.01, rel=1e-4)
    assert any("under plain gradient descent" in each for each in found.not_told_apart)


def test_coupled_and_decoupled_decay_are_the_same_under_gradient_descent():
    assert titles(train(Sgd(), l2=0.1), train(Sgd(), decay=0.01, decay_order="before")) == [
        "Rounding"]


@pytest.mark.parametrize("order", ["before", "after"])
def test_decay_doubled(order):
    """The last kernel's gradients sum to 0 over the classes, so that A's own decay is seen."""
    found = only(train(Sgd(), decay=0.01, decay_order=order),
                 train(Sgd(), decay=0.02, decay_order=order))
    assert found.title == "Weight decay doubled in B"
    assert "B decays its weights by 0.02 a step, A by 0.01: 2 times as much." in found.what


def test_decay_that_may_be_missing_or_smaller():
    """Without the last kernel nothing tells whether A decays by itself."""
    def hidden(step, kind, name, array):
        return [(kind, name, array)] if "hidden" in name or kind == "feeds" else []
    pair = [remade(train(Sgd(), decay=decay), hidden) for decay in (0.01, 0.02)]
    found = only(*pair)
    assert found.title == "Weight decay missing or smaller in A"
    assert any("doubled" in each for each in found.not_told_apart)


@pytest.mark.parametrize("decay", [0.01, 5e-4])
def test_decay_after_instead_of_before_the_update(decay):
    pair = [train(Sgd(), decay=decay, decay_order=order) for order in ("before", "after")]
    found = only(*pair)
    assert found.title == "Weight decay after the update in B, before it in A"
    assert found.figures["decay"] == pytest.approx(decay, rel=1e-3)
    assert only(*pair[::-1]).title == "Weight decay after the update in A, before it in B"


def test_decay_on_two_sides_that_is_too_small_to_be_told_from_a_rate_is_said_to_be():
    found = only(train(Sgd(), decay=5e-5, decay_order="before"), train(Sgd(), decay=5e-5))
    assert any("before the update on one side and after it" in each
               for each in found.not_told_apart) or "after the update in B" in found.title


def test_coupled_instead_of_decoupled_decay_under_momentum():
    """The first steps agree; L2 then stays in the momentum."""
    pair = train(Momentum(), l2=0.1), train(Momentum(), decay=0.01, decay_order="before")
    found = only(*pair)
    assert (found.title, found.step) == ("Weight decay decoupled in B, coupled in A", 2)
    assert found.figures["momentum_times_decay"] == pytest.approx(0.9 * 0.01, rel=1e-3)
    assert only(*pair[::-1]).title == "Weight decay decoupled in A, coupled in B"


@pytest.mark.parametrize("slots", [True, False])
def test_coupled_instead_of_decoupled_decay_under_adam(slots):
    """With slots the gradients are known; without, the signs of the first step tell."""
    pair = [train(Adam(), l2=0.1, record_slots=slots),
            train(Adam(), decay=0.01, decay_order="before", record_slots=slots)]
    found = only(*pair)
    assert found.title == "Weight decay coupled in A, decoupled in B"
    assert found.figures["decay"] == pytest.approx(0.01, rel=1e-3)
    if slots:
        assert found.figures["lambda_if_beta1_is_0.9"] == pytest.approx(0.1, rel=1e-3)
    assert only(*pair[::-1]).title == "Weight decay coupled in B, decoupled in A"


@pytest.mark.parametrize("slots", [True, False])
def test_l2_missing_under_adam(slots):
    found = only(train(Adam(), l2=0.1, record_slots=slots), train(Adam(), record_slots=slots))
    assert found.title == "Weight decay missing in B"


def test_decoupled_decay_missing_under_adam():
    found = only(train(Adam(), decay=0.01), train(Adam()))
    assert found.title.startswith("Weight decay missing")
    assert found.figures["decay"] == pytest.approx(0.01, rel=1e-3)


def test_decay_of_one_kernel_only():
    def output_only(step, weights):
        return dict(weights, **{"output/kernel": weights["output/kernel"] * weights[
            "output/kernel"].dtype.type(0.99)})
    found = explained(PLAIN, train(Sgd(), after=output_only)).diagnoses[0]
    assert (found.title, found.where) == ("Weight decay missing in A", ["output/kernel"])
    assert any(each.startswith("without that difference: hidden/kernel")
               for each in found.evidence)
