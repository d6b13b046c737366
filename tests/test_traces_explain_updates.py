"""Factors between updates, momentum, clipping, frozen variables: each planted alone, each named.

Pairs that look alike at one step stand side by side.
"""
from types import SimpleNamespace

import numpy as np
import pytest

from tests.planted_trainings import (
    Adam,
    ChangingRate,
    Momentum,
    Sgd,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    explained,
    initial,
    only,
    remade,
    titles,
    train,
)
from tf1_recipes.traces import MemoryTrace
from tf1_recipes.traces.explain.clipping import by_norm

NAMES = ["hidden/kernel", "hidden/bias", "output/kernel", "output/bias"]
PLAIN = train(Sgd())


# --- A constant factor ---


@pytest.mark.parametrize("factor", [2.0, 0.6, 1.001, 0.1, 16.0])
def test_a_learning_rate(factor):
    found = only(PLAIN, train(Sgd(0.1 * factor)))
    assert found.title == "Different learning rate"
    assert found.figures["factor"] == pytest.approx(factor, rel=1e-5)
    assert found.step == 1 and sorted(found.where) == sorted(NAMES)
    assert found.confidence == "high"
    assert "the fetched loss is the same on both sides" in found.evidence


def test_a_loss_that_is_summed_is_told_from_a_learning_rate_by_the_loss():
    found = only(PLAIN, train(Sgd(), summed=True))
    assert found.title == "The loss is summed in B and averaged in A"
    assert found.figures["factor"] == pytest.approx(16, rel=1e-5)
    assert only(train(Sgd(), summed=True), PLAIN).title == (
        "The loss is summed in A and averaged in B")


def test_without_a_loss_the_factor_of_the_batch_s_size_is_not_told_apart():
    plain = train(Sgd(), fetch=False)
    for other in (train(Sgd(), summed=True, fetch=False), train(Sgd(1.6), fetch=False)):
        found = only(plain, other)
        assert found.title == "Different learning rate, or loss summed instead of averaged"
        assert found.not_told_apart
    found = only(plain, train(Sgd(0.2), fetch=False))  # no batch has 2 rows
    assert found.title == "Different learning rate"
    assert "a loss scaled by this factor" in found.not_told_apart[0]


def test_a_learning_rate_that_drops_on_one_side():
    found = only(PLAIN, train(Sgd(), change=lambda step, gradients: {
        name: each * np.float32(0.1 if step > 4 else 1) for name, each in gradients.items()}))
    assert (found.title, found.step) == ("Different learning rate", 5)
    assert found.figures["factor"] == pytest.approx(0.1, rel=1e-5)


def test_learning_rates_per_group():
    rates = {"hidden/kernel": 0.1, "hidden/bias": 0.1, "output/kernel": 3.0}
    found = only(PLAIN, train(Sgd(), rates=rates))
    assert found.title == "Different learning rates per group of variables"
    assert found.figures["factors"] == pytest.approx(rates, rel=1e-4)
    assert "the same: output/bias" in found.evidence


def test_the_sign():
    assert only(PLAIN, train(Sgd(-0.1))).title == "The sign of the updates"


def test_a_rate_rounded_to_float32():
    wide = {"dtype": np.float64, "record_feeds": False}
    found = only(train(Sgd(0.1), **wide), train(Sgd(float(np.float32(0.1))), **wide))
    assert found.title == "A setting rounded to float32"
    assert found.figures["factor"] - 1 == pytest.approx(1.49e-8, rel=1e-2)


def test_one_number_is_little_evidence():
    a, b = (train(Sgd(rate), frozen=NAMES[1:], start=dict(
        initial(), **{"hidden/kernel": np.full([6, 6], 0.1)})) for rate in (0.1, 0.2))
    keep = lambda step, kind, name, array: [  # noqa: E731
        (kind, name, array[:1, :1])] if name == "hidden/kernel" else []
    assert only(remade(a, keep), remade(b, keep)).confidence == "low"


def test_a_rate_that_is_fetched_and_drops_a_step_later_is_no_loss():
    """0.1 and 0.01, from step 4 on and from step 5 on."""
    def stepwise(drop):
        rate = [0.1 if step < drop else 0.01 for step in range(9)]
        optimizer = Sgd()
        optimizer.update = lambda step, w, g, slots: -np.float32(rate[step]) * g
        return remade(train(optimizer), lambda step, kind, name, array: [(kind, name, array)] + [
            ("fetches", "rate", np.float32(rate[step]))] * (step > 0 and name == "output/bias"))

    found = only(stepwise(4), stepwise(5))
    assert (found.title, found.step) == ("Different learning rate", 4)
    assert found.figures["factor"] == pytest.approx(10, rel=1e-4)
    assert "the fetched rate is 10 times as large in B, too, from this step on" in found.evidence


# --- Momentum ---


@pytest.mark.parametrize("momentum", [0.9, 0.5])
def test_nesterov_is_told_from_a_learning_rate_by_the_next_step(momentum):
    """Both begin with a factor of 1 + momentum."""
    plain = train(Momentum(momentum=momentum))
    found = only(plain, train(Momentum(momentum=momentum, nesterov=True)))
    assert found.title == "Nesterov momentum in B only"
    assert found.figures["momentum"] == pytest.approx(momentum, rel=1e-5)
    found = only(train(Momentum(momentum=momentum, nesterov=True)), plain)
    assert found.title == "Nesterov momentum in A only"
    found = only(plain, train(Momentum(0.1 * (1 + momentum), momentum)))
    assert found.title == "Different learning rate"
    assert found.figures["factor"] == pytest.approx(1 + momentum, rel=1e-5)


def test_momentum_missing():
    found = only(train(Momentum()), PLAIN)
    assert (found.title, found.step) == ("Momentum missing in B", 2)
    assert found.figures["difference"] == pytest.approx(-0.9, rel=1e-5)
    assert only(PLAIN, train(Momentum())).title == "Momentum missing in A"


def test_another_momentum():
    found = only(train(Momentum()), train(Momentum(momentum=0.95)))
    assert (found.title, found.step) == ("Different momentum", 2)
    assert found.figures["difference"] == pytest.approx(0.05, rel=1e-4)


@pytest.mark.parametrize("side", "AB")
def test_dampening(side):
    pair = [train(Momentum()), train(Momentum(dampening=0.3))]
    found = only(*pair if side == "B" else pair[::-1])
    assert found.title == "Dampened momentum in %s" % side
    assert found.figures == pytest.approx({"dampening": 0.3, "momentum": 0.9}, rel=1e-4)


@pytest.mark.parametrize("drop", [2, 4, 7])
@pytest.mark.parametrize("side", "AB")
def test_a_rate_that_drops_and_is_kept_in_the_momentum(drop, side):
    """TF1 and PyTorch take the new rate for all of the momentum, Caffe and Keras do not."""
    def rate(step):
        return 0.1 if step < drop else 0.01

    pair = [train(ChangingRate(rate)), train(ChangingRate(rate, kept=True))]
    found = only(*pair if side == "B" else pair[::-1])
    assert found.title == "The learning rate is kept in the momentum of %s only" % side
    assert (found.step, found.confidence) == (drop, "medium")
    assert found.figures == pytest.approx({"ratio": 0.1, "momentum": 0.9}, rel=1e-4)


def test_a_rate_that_rises_and_is_kept():
    """From 0.005 to 0.011: more than any fall leaves."""
    def rate(step):
        return 0.005 if step < 4 else 0.011

    found = only(train(ChangingRate(rate)), train(ChangingRate(rate, kept=True)))
    assert found.title == "The learning rate is kept in the momentum of B only"
    assert found.figures["ratio"] == pytest.approx(2.2, rel=1e-4)


def test_a_rate_that_falls_at_every_step_is_told_if_it_was_recorded():
    """0.9 (1 - 0.8) = 0.18 of the update before at each step: so does a momentum larger by 0.18."""
    def rate(step):
        return 0.1 * 0.8 ** step

    def recorded(trace):
        return remade(trace, lambda step, kind, name, array: [(kind, name, array)] + (
            [("fetches", "rate", np.float32(rate(step)))] if name == "hidden/bias" else []))

    pair = train(ChangingRate(rate)), train(ChangingRate(rate, kept=True))
    found = only(*pair)
    assert (found.title, len(found.not_told_apart)) == ("Different momentum", 1)
    assert found.not_told_apart[0].startswith("a learning rate that changes at every step")
    found = only(*map(recorded, pair))
    assert found.title == "The learning rate is kept in the momentum of B only"
    assert (found.evidence[2], found.confidence) == ("rate changes so at this step", "high")
    assert found.figures["ratio"] == pytest.approx(0.8, rel=1e-5)


def test_a_loss_that_falls_by_about_as_much_is_no_rate():
    """By 5.4 % where the momenta differ by 0.05: 0.9 or 0.95 times that is near 0.05, too."""
    pair = [remade(train(Momentum(momentum=momentum), fetch=False),
                   lambda step, kind, name, array: [(kind, name, array)] + [
                       ("fetches", "loss", np.float32(0.946 ** step))] * (name == "hidden/bias"))
            for momentum in (0.9, 0.95)]
    assert only(*pair).title == "Different momentum"


def test_a_momentum_that_changes_is_told_from_a_rate_that_is_kept():
    found = only(train(ChangingRate(lambda step: 0.1)), train(ChangingRate(
        lambda step: 0.1, momentum=lambda step: 0.9 if step < 4 else 0.5)))
    assert (found.title, found.step) == ("Different momentum", 4)
    assert found.figures["difference"] == pytest.approx(-0.4, rel=1e-4)


# --- Clipping ---


def test_clipping_by_value():
    found = only(PLAIN, train(Sgd(), change=clip_by_value(0.05)))
    assert found.title == "Gradients clipped by value in B"
    assert found.figures["bound"] == pytest.approx(0.1 * 0.05, rel=1e-4)
    assert only(train(Sgd(), change=clip_by_value(0.05)), PLAIN).title == (
        "Gradients clipped by value in A")


def test_clipping_by_norm():
    found = only(PLAIN, train(Sgd(), change=clip_by_norm(0.1)))
    assert found.title == "Gradients clipped by norm in B"
    assert found.figures["bound"] == pytest.approx(0.1 * 0.1, rel=1e-4)


@pytest.mark.parametrize("optimizer", [Sgd, Momentum])
def test_clipping_by_global_norm_is_told_from_a_smaller_rate_by_the_norms(optimizer):
    """Both begin with one factor below 1 for all variables."""
    plain = train(optimizer())
    found = only(plain, train(optimizer(), change=clip_by_global_norm(0.3)))
    assert found.title == "Gradients clipped by global norm in B"
    assert found.figures["bound"] == pytest.approx(0.1 * 0.3, rel=1e-4)
    found = only(plain, train(optimizer(0.1 * 0.3 / 0.8117)))
    assert found.title == "Different learning rate"


def test_clipping_that_sets_in_later():
    """The norms of the gradients are 0.81, 1.02, 0.76, 0.93."""
    found = only(PLAIN, train(Sgd(), change=clip_by_global_norm(0.9)))
    assert (found.title, found.step) == ("Gradients clipped by global norm in B", 2)


def test_clipping_in_the_last_step_only_is_not_told_from_a_rate():
    found = only(train(Sgd(), steps=2), train(Sgd(), steps=2, change=clip_by_global_norm(0.9)))
    assert found.title == "Gradients clipped by global norm in B"
    assert found.confidence == "medium" and "learning rate" in found.not_told_apart[0]


# --- Frozen ---


def test_a_bound_that_a_later_update_exceeds_is_none():
    def shortened_for_a_while(step, gradients):
        return clip_by_global_norm(0.3)(step, gradients) if step < 4 else gradients
    assert "Gradients clipped by global norm in B" in titles(
        PLAIN, train(Sgd(), steps=3, change=clip_by_global_norm(0.3)))
    assert "Gradients clipped by global norm in B" not in titles(
        PLAIN, train(Sgd(), change=shortened_for_a_while))


def test_of_a_sample_of_the_updates_no_norm_is_taken():
    group = SimpleNamespace(coefficients=[-0.5], updates=[SimpleNamespace(sampled=True)])
    assert by_norm([group], window=None) is None


def test_frozen_variables():
    found = only(PLAIN, train(Sgd(), frozen=NAMES[:2]))
    assert (found.title, found.where) == ("Frozen in B", NAMES[:2])
    assert found.figures == {"variables": 2, "never_updated": 2}
    assert only(train(Sgd(), frozen=NAMES[:1]), PLAIN).title == "Frozen in A"


def test_nothing_is_trained():
    assert only(PLAIN, train(Sgd(), frozen=NAMES)).title == "Nothing is trained in B"


def test_a_variable_that_is_frozen_for_a_while():
    found = only(PLAIN, train(Sgd(), change=lambda step, gradients: dict(
        gradients, **{"hidden/kernel": gradients["hidden/kernel"] * np.float32(step > 2)})))
    assert found.title == "Frozen in B" and found.figures["never_updated"] == 0
    assert found.confidence == "medium"


# --- Two at a time ---


def test_a_factor_and_a_frozen_variable():
    assert titles(PLAIN, train(Sgd(0.2), frozen=["hidden/bias"])) == [
        "Frozen in B", "Different learning rate"]


def test_a_factor_and_a_missing_decay():
    found = explained(train(Sgd(), decay=0.01, decay_order="before"), train(Sgd(0.2)))
    rate, decay = found.diagnoses
    assert (rate.title, decay.title) == ("Different learning rate", "Weight decay differs")
    assert rate.figures["factor"] == pytest.approx(2, rel=1e-4)
    assert decay.figures["decay_in_a"] == pytest.approx(0.01, rel=1e-3)


def test_a_factor_and_noise_that_nothing_explains():
    def noisy(step, gradients):
        random = np.random.RandomState(500 + step)
        return {name: 2 * each + (0.1 * random.normal(size=each.shape)).astype(np.float32)
                * (name == "hidden/kernel") for name, each in gradients.items()}
    found = explained(PLAIN, train(Sgd(), change=noisy))
    assert [each.title for each in found.diagnoses] == ["Different learning rate"]
    assert "hidden/kernel" not in found.diagnoses[0].where
    assert "hidden/kernel" in found.unexplained


# --- Unexplained ---


def test_dropout_of_another_mask_is_unexplained():
    def dropped(seed):
        return lambda step, gradients: {
            name: each * np.random.RandomState(seed + step).binomial(1, 0.5, each.shape)
            for name, each in gradients.items()}
    found = explained(train(Sgd(), change=dropped(0)), train(Sgd(), change=dropped(99)))
    assert not found.diagnoses
    assert "At step 1, from equal weights" in found.unexplained
    assert "as where dropout has another mask" in found.unexplained


def test_traces_without_feeds_are_said_to_lack_them():
    found = explained(train(Sgd(), record_feeds=False),
                      train(Sgd(), record_feeds=False, data_seed=3))
    assert not found.diagnoses and "The traces have no feeds" in found.unexplained


def test_traces_that_hold_each_third_step_only():
    def thinned(trace):
        made = MemoryTrace()
        for step in trace:
            if step.number % 3 == 0:
                made.step(step.number, [(kind, name, tensor.read()) for (kind, name), tensor
                                        in step.tensors.items()], step.facts)
        return made
    found = explained(thinned(PLAIN), thinned(train(Sgd(), frozen=["hidden/bias"])))
    assert found.diagnoses[0].title == "Frozen in B"
    assert any("the traces lack 2 steps" in each for each in found.diagnoses[0].evidence)
    assert found.diagnoses[0].confidence == "medium"


def test_adam_s_own_rate():
    found = only(train(Adam()), train(Adam(0.02)))
    assert found.title == "Different learning rate" and found.confidence == "high"
