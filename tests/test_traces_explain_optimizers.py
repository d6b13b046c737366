"""Adam, Adagrad, RMSProp: corrections, epsilons, accumulators, counts; each planted alone."""
import numpy as np
import pytest

from tests.planted_trainings import (
    Adagrad,
    Adam,
    ChangingRate,
    Momentum,
    RmsProp,
    Sgd,
    clip_by_value,
    explained,
    only,
    remade,
    titles,
    train,
)
from tf1_recipes.traces import MemoryTrace

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


@pytest.mark.parametrize("optimizer, kind", [(RmsProp, "RMSProp"), (Adagrad, "Adagrad")])
def test_the_slots_of_one_side_tell_which_optimizer_starts_at_zero(optimizer, kind):
    """As where a genuine trace, which holds the slots, stands beside a port that has none."""
    found = only(train(optimizer(), record_slots=True), train(optimizer(start=0.0)))
    assert found.title.startswith(kind + "'s ") and found.title.endswith("different values")
    assert found.evidence[0] == "A has the slots of %s" % kind
    assert (found.confidence, len(found.not_told_apart)) == ("medium", 1)


def test_adam_is_not_taken_for_the_optimizer_whose_slots_the_other_side_has():
    found = only(train(RmsProp(), record_slots=True), train(Adam()))
    assert (found.title, found.what) == (
        "Different optimizers", "B steps like Adam, A along the gradient.")


# --- Slots after the first step ---


def made_in_the_first_step(trace):
    """The trace, its slots missing at the start: PyTorch makes them in the first step."""
    return remade(trace, lambda step, kind, name, array: [] if not step and name.count("/") > 1
                  else [(kind, name, array)])


@pytest.mark.parametrize("optimizer, left", [(RmsProp, 0.9), (Adagrad, 0.1)])
@pytest.mark.parametrize("side", "AB")
def test_where_accumulators_started_is_told_after_the_first_step(optimizer, left, side):
    """TF1's RMSProp starts at 1, of which 0.9 is left; Adagrad at 0.1, which stays."""
    high = train(optimizer(), record_slots=True)
    low = made_in_the_first_step(train(optimizer(start=0.0), record_slots=True))
    found = only(*(high, low) if side == "A" else (low, high))
    assert found.title == "The optimizer's accumulators start from different values"
    assert found.figures["offset_in_" + side.lower()] == pytest.approx(left, rel=1e-6)
    assert found.figures["factor"] == pytest.approx(1, rel=1e-3)
    assert found.evidence[1] == "at step 0 it is %g in %s" % (1 if left == 0.9 else 0.1, side)


def test_a_momentum_in_another_unit():
    """TF1's accumulates gradients, Keras' the updates: -0.1 times as much at a rate of 0.1."""
    pair = [train(ChangingRate(lambda step: 0.1, kept), record_slots=True)
            for kept in (False, True)]
    found = only(*pair)
    assert found.title == "Slots kept in another unit"
    assert "B keeps the update itself" in found.what
    assert found.figures["factor"] == pytest.approx(-0.1, rel=1e-6)
    assert 'in a map file, "change_a": [{"scale": -0.1}] makes them alike' in found.evidence
    found = only(*pair[::-1])
    assert found.figures["factor"] == pytest.approx(-10, rel=1e-6)


def test_slots_made_in_the_first_step_are_no_difference_in_themselves():
    for optimizer in (Adam(), Momentum(), Adagrad(), RmsProp()):
        trace = train(optimizer, record_slots=True)
        assert titles(trace, made_in_the_first_step(trace)) == []


# --- AMSGrad ---


class AmsGrad(Adam):
    """v' = max(v', v),  u = -r sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v') + e)"""

    slots = ("Adam", "Adam_1", "vhat")

    def update(self, step, w, g, slots):
        m = slots["Adam"] = slots["Adam"] + (1 - self.beta1) * (g - slots["Adam"])
        v = slots["Adam_1"] = slots["Adam_1"] + (1 - self.beta2) * (g * g - slots["Adam_1"])
        slots["vhat"] = np.maximum(slots["vhat"], v)
        correction = np.sqrt(1 - self.beta2 ** step) / (1 - self.beta1 ** step)
        return -self.rate * correction * m / (np.sqrt(slots["vhat"]) + self.epsilon)


@pytest.mark.parametrize("side", "AB")
@pytest.mark.parametrize("beta2", [0.5, 0.9])
def test_amsgrad(side, beta2):
    """Where v falls the updates are shorter, by sqrt(beta2) at most in the first such step."""
    pair = [train(Adam(beta2=beta2)), train(AmsGrad(beta2=beta2))]
    found = only(*pair if side == "B" else pair[::-1])
    assert (found.title, found.step) == ("AMSGrad in %s only" % side, 2)
    assert np.sqrt(beta2) * 0.999 < found.figures["shortest"] < 1


def test_clipping_that_begins_later_is_no_amsgrad():
    clipped = train(Adam(beta2=0.9), change=lambda step, gradients: (
        clip_by_value(0.02)(step, gradients) if step > 1 else gradients))
    assert "AMSGrad in B only" not in titles(train(Adam(beta2=0.9)), clipped)


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


# --- Gradients that are given, of two sizes and of the same length at each step ---


def given(optimizer, steps=12):
    w, trace = np.float32(np.linspace(-1.0, 1.5, 32)), MemoryTrace()
    slots = {slot: np.full_like(w, getattr(optimizer, "start", 0)) for slot in optimizer.slots}
    for step in range(steps + 1):
        if step:
            g = ((np.arange(32) * 7 + step * 5) % 37 - 17.5) / 16 * 10.0 ** -(np.arange(32) % 2)
            w = (w + optimizer.update(step, w, g, slots)).astype(np.float32)
        trace.step(step, [("variables", "w", w)], {"session": 0, "initial": not step})
    return trace


@pytest.mark.parametrize("side", "AB")
def test_nesterov_is_no_clipping_where_all_gradients_are_of_one_length(side):
    pair = [given(Momentum()), given(Momentum(nesterov=True))]
    found = only(*pair if side == "B" else pair[::-1])
    assert (found.title, found.confidence) == ("Nesterov momentum in %s only" % side, "high")


def test_epsilon_hat_is_told_where_one_side_s_updates_are_nearly_of_one_size():
    found = only(given(Adam(epsilon=1e-4)), given(Adam(epsilon=1e-4, epsilon_at="outside")))
    assert (found.title, found.confidence) == ("Epsilon inside the bias correction in A", "high")


def test_updates_of_one_size_are_no_clipping():
    """Adadelta's first ones are sqrt(epsilon) long wherever the gradient is larger than that."""
    assert not [each for each in titles(given(Sgd(1e-3)), given(Adam(1e-5)))
                if each.startswith("Gradients clipped")]
