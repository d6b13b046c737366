"""Adam, Adagrad, RMSProp: corrections, epsilons, accumulators, counts; each planted alone."""
import numpy as np
import pytest

from tests.planted_trainings import (
    Adagrad,
    Adam,
    Momentum,
    RmsProp,
    Sgd,
    explained,
    only,
    remade,
    titles,
    train,
)

PLAIN = train(Adam())
# sqrt(1 - b2^t) / (1 - b1^t) for t = 1, 2 of beta1 = 0.9, beta2 = 0.999, by hand:
# sqrt(0.001) / 0.1 = 0.316228; sqrt(0.001999) / 0.19 = 0.235317; of t = 4: 0.183875
FIRST, SECOND, FOURTH = 0.316228, 0.235317, 0.183875


# --- Bias correction and the count of steps ---


def test_bias_correction_is_told_from_a_learning_rate_by_the_next_steps():
    """Both begin with a factor of 3.16."""
    found = only(PLAIN, train(Adam(correct=False)))
    assert found.title == "Adam's bias correction is missing in B"
    assert found.figures == pytest.approx(
        {"beta1": 0.9, "beta2": 0.999, "factor": 1 / FIRST}, rel=1e-4)
    assert "3.1623 times A's, the next 4.2496" in found.what
    found = only(train(Adam(correct=False)), PLAIN)
    assert found.title == "Adam's bias correction is missing in A"
    found = only(PLAIN, train(Adam(0.01 / FIRST)))
    assert found.title == "Different learning rate"


@pytest.mark.parametrize("options, title", [
    ({"counts": 2}, "Adam's step is counted twice in B"),
    ({"ahead": 1}, "Adam's step is one too far in B")])
def test_steps_counted_otherwise_begin_alike_and_are_told_apart(options, title):
    found = only(PLAIN, train(Adam(**options)))
    assert found.title == title
    assert found.figures["factor"] == pytest.approx(SECOND / FIRST, rel=1e-4)
    assert only(PLAIN, train(Adam(0.01 * SECOND / FIRST))).title == "Different learning rate"


def test_powers_of_beta_and_step_counters_show_it_at_once():
    def counting(times):
        def change(step, kind, name, array):
            more = [("variables", "beta1_power", np.float32(0.9 ** (1 + times * step))),
                    ("variables", "beta2_power", np.float32(0.999 ** (1 + times * step)))]
            return [(kind, name, array)] + more * (name == "hidden/bias")
        return change
    found = only(remade(PLAIN, counting(1)), remade(train(Adam(counts=2)), counting(2)))
    assert found.title == "Adam's step is counted twice in B"
    assert found.where[:2] == ["beta1_power", "beta2_power"] and "hidden/kernel" in found.where
    found = only(remade(PLAIN, counting(1)), remade(PLAIN, lambda step, kind, name, array: [
        (kind, name, array)] + [
            ("variables", "beta1_power", np.float32(0.8 ** step * 0.9)),
            ("variables", "beta2_power", np.float32(0.999 ** (1 + step)))] * (
                name == "hidden/bias")))
    assert found.title == "Different betas in Adam" and found.where == ["beta1_power"]


def test_a_global_step_counted_twice():
    def counting(times):
        return lambda step, kind, name, array: [(kind, name, array)] + [
            ("variables", "global_step", np.int64(times * step))] * (name == "hidden/bias")
    found = only(remade(PLAIN, counting(1)), remade(PLAIN, counting(2)))
    assert (found.title, found.where) == ("The step is counted twice in B", ["global_step"])
    assert found.what == "global_step moves by 1 in A and by 2 in B."


# --- Epsilon ---


def test_another_epsilon():
    found = only(train(Adam(epsilon=1e-3)), train(Adam(epsilon=1e-2)))
    assert found.title == "Different epsilon"
    assert found.figures == pytest.approx({"ratio": 10, "rate": 0.01}, rel=1e-3)


def test_epsilon_inside_the_bias_correction():
    """TF1's epsilon hat beside the epsilon of the paper's algorithm: 1 / sqrt(0.001) = 31.62."""
    found = only(train(Adam(epsilon=1e-3)), train(Adam(epsilon=1e-3, epsilon_at="outside")))
    assert found.title == "Epsilon inside the bias correction in A"
    assert found.figures["ratio"] == pytest.approx(1 / 31.6228, rel=1e-3)
    assert found.not_told_apart == ["an epsilon that is 31.62 times as large"]


@pytest.mark.parametrize("side", "AB")
def test_epsilon_inside_the_root(side):
    pair = [train(Adam(epsilon=1e-3, epsilon_at="outside")),
            train(Adam(epsilon=1e-3, epsilon_at="inside"))]
    found = only(*pair if side == "B" else pair[::-1])
    assert found.title == "Epsilon inside the root in %s" % side


def test_an_epsilon_too_small_to_matter_only_rounds():
    assert titles(PLAIN, train(Adam(epsilon=1e-12))) in (["Rounding"], ["Different epsilon"])


def test_gradients_scaled_under_adam_are_no_learning_rate():
    """They only weigh against epsilon."""
    found = only(train(Adam(epsilon=1e-3)), train(Adam(epsilon=1e-3), summed=True))
    assert found.title == "Different epsilon"
    assert found.figures["ratio"] == pytest.approx(1 / 16, rel=1e-3)
    assert "gradients that are 16 times as large in B" in found.not_told_apart[0]


# --- Betas ---


@pytest.mark.parametrize("options", [{"beta1": 0.8}, {"beta1": 0.5}, {"beta1": 0.0}])
def test_another_beta1_shows_at_the_second_step(options):
    found = only(PLAIN, train(Adam(**options)))
    assert (found.title, found.step) == ("Different betas in Adam", 2)
    assert found.figures["beta1_b"] == options["beta1"]
    assert found.figures["beta1_a"] == 0.9


def test_another_beta2_shows_first_as_another_epsilon_or_in_the_second_step():
    found = explained(PLAIN, train(Adam(beta2=0.99)))
    assert found.diagnoses[0].title in ("Different epsilon", "Different betas in Adam")
    assert not found.unexplained


# --- Accumulators ---


def test_accumulators_that_start_from_other_values():
    found = only(train(Adagrad()), train(Adagrad(start=0.01)))
    assert found.title == "The accumulators start from different values"
    assert found.figures == pytest.approx({"ratio": 0.1, "rate": 0.1}, rel=1e-3)


@pytest.mark.parametrize("optimizer", [Adagrad, RmsProp])
def test_accumulators_that_start_at_zero_without_slots(optimizer):
    """All first updates have one size; which optimizer it is, no trace without slots shows."""
    found = only(train(optimizer()), train(optimizer(start=0.0)))
    assert "start" in found.title and "0 in B" in found.title + found.what
    assert found.confidence == "low" and found.not_told_apart
    assert "Adagrad" in found.title + " ".join([found.what, *found.not_told_apart])


# --- Kinds ---


def test_adam_beside_gradient_descent():
    found = only(train(Sgd()), PLAIN)
    assert found.title == "Different optimizers"
    assert found.what == "B steps like Adam, A along the gradient."


def test_slots_name_the_optimizers():
    found = explained(train(Momentum(), record_slots=True), train(Adam(), record_slots=True))
    assert found.diagnoses[0].what == "A has the slots of Momentum, B has the slots of Adam."
    assert found.diagnoses[0].confidence == "high"
    found = explained(train(Momentum(), record_slots=True), train(Momentum()))
    assert found.diagnoses[0].confidence == "low"  # a port may just not record them
