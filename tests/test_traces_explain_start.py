"""What makes all that follows differ: feeds, initial values, layouts, types; and NaN."""
import numpy as np
import pytest

from tests.planted_trainings import (
    BATCH,
    Adagrad,
    RmsProp,
    Sgd,
    another_order,
    data,
    explained,
    initial,
    only,
    remade,
    titles,
    train,
)

PLAIN = train(Sgd())


# --- Initial values ---


def test_another_seed():
    found = only(PLAIN, train(Sgd(), seed=5))
    assert (found.title, found.step) == ("Different initial values", 0)
    assert found.where == ["hidden/kernel", "output/kernel"]
    assert "other values of the same distribution, as from another seed" in found.evidence[0]
    assert "equal at the start: hidden/bias, output/bias" in found.evidence


def test_another_scale():
    start = initial()
    start["hidden/kernel"] = start["hidden/kernel"] * np.float32(2)
    found = only(PLAIN, train(Sgd(), start=start))
    assert found.evidence[0] == "hidden/kernel: B's are 2 times A's"


def test_biases_that_do_not_start_at_zero():
    start = initial()
    start["hidden/bias"] = np.float32([1, 2, 3, 4, 5, 6])
    found = only(PLAIN, train(Sgd(), start=start))
    assert found.evidence[0] == "hidden/bias: all 0 in A; in B of mean 3.5 and spread 1.71"


def test_a_start_that_only_rounds_differently():
    start = {name: each * np.float32(1 + 2e-7) for name, each in initial().items()}
    assert titles(PLAIN, train(Sgd(), start=start)) == ["Rounding"]


@pytest.mark.parametrize("optimizer, starts, slot", [
    (Adagrad, (0.1, 0.0), "Adagrad"), (RmsProp, (1.0, 0.0), "RMSProp")])
def test_where_accumulators_start_if_slots_are_recorded(optimizer, starts, slot):
    a, b = (train(optimizer(start=start), record_slots=True) for start in starts)
    found = only(a, b)
    assert found.title == "The optimizer's accumulators start from different values"
    assert found.what == "%s begins at %g in A and at %g in B." % (slot, *starts)


# --- Feeds ---


def test_other_data():
    found = only(PLAIN, train(Sgd(), data_seed=3))
    assert (found.title, found.step) == ("Different feeds", 1)
    assert found.where == ["x", "labels"]


def test_data_that_is_a_step_ahead():
    batches = list(data())
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: batches[
        min(step, len(batches) - 1)]))
    assert "the data is 1 step ahead in B" in found.evidence[0]


def test_data_that_is_scaled_otherwise():
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: (x / np.float32(255), labels)))
    assert found.what == "x: B's are 0.00392157 times A's: scaled otherwise."


def test_feeds_that_part_later():
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: (
        x if step < 4 else x + 1, labels)))
    assert (found.title, found.step) == ("Different feeds", 4)


def test_a_number_that_is_fed():
    def keep(rate):
        return lambda step, kind, name, array: [(kind, name, array)] + [
            ("feeds", "keep_prob", np.float32(rate))] * (name == "x")
    found = only(remade(PLAIN, keep(1.0)), remade(train(Sgd(0.2)), keep(0.5)))
    assert found.what == "keep_prob: 1 against 0.5."


def test_another_batch_size():
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: (x[:8], labels[:8])))
    assert found.evidence[0] == "x: [16, 6] against [8, 6]."


def test_a_batch_in_another_order_is_no_cause_but_for_rounding():
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: (
        x[another_order(step)], labels[another_order(step)])))
    assert found.title == "Rounding"
    assert "another order within the batch" in found.evidence[-1]


def test_inputs_and_labels_in_different_orders():
    found = only(PLAIN, train(Sgd(), feed=lambda step, x, labels: (x[::-1].copy(), labels)))
    assert found.title == "Different feeds"
    assert "inputs and labels no longer match" in found.what


def test_other_data_and_another_seed_are_two_causes():
    assert titles(PLAIN, train(Sgd(), seed=4, data_seed=9)) == [
        "Different initial values", "Different feeds"]


def test_a_factor_first_and_other_data_later():
    found = explained(PLAIN, train(Sgd(0.2), feed=lambda step, x, labels: (
        x if step < 4 else x + 1, labels)))
    assert [(each.title, each.step) for each in found.diagnoses] == [
        ("Different learning rate", 1), ("Different feeds", 4)]


# --- Layouts ---


def turned(name_of_it, change):
    return lambda step, kind, name, array: [
        (kind, name, change(array) if name == name_of_it else array)]


@pytest.mark.parametrize("name", ["hidden/kernel", "output/kernel"])
def test_a_transposed_kernel_square_or_not(name):
    found = only(PLAIN, remade(PLAIN, turned(name, np.transpose)))
    assert found.title == "Weights in another layout" and found.where == [name]
    assert "transposed" in found.what
    assert found.evidence[-1].startswith("once undone, the updates agree up to step 8")


def test_what_differs_beside_a_layout_is_found():
    assert titles(PLAIN, remade(train(Sgd(0.2)), turned("output/kernel", np.transpose))) == [
        "Weights in another layout", "Different learning rate"]


def test_a_square_kernel_loaded_transposed_is_no_other_seed():
    start = dict(initial(), **{"hidden/kernel": initial()["hidden/kernel"].T})
    found = only(PLAIN, train(Sgd(), start=start))
    assert found.title == "Weights in another layout"
    assert found.evidence[-1] == ("the updates do not follow it: the weights were loaded in this "
                                  "layout, but are used in the other")


def test_gates_in_another_order():
    found = only(PLAIN, remade(PLAIN, turned(
        "hidden/kernel", lambda array: array[:, [4, 5, 0, 1, 2, 3]])))
    assert "permuted along axis 1 (blocks of 2 in the order" in found.what


def test_convolutions_of_another_convention():
    kernel = np.random.RandomState(0).normal(size=(3, 3, 4, 5)).astype(np.float32)
    def with_kernel(change):
        return lambda step, kind, name, array: [(kind, name, array)] + [
            ("variables", "conv", change(kernel))] * (name == "hidden/bias")
    found = only(remade(PLAIN, with_kernel(lambda array: array)),
                 remade(PLAIN, with_kernel(lambda array: array.transpose(3, 2, 0, 1))))
    assert found.where == ["conv"] and "axes [2, 3, 1, 0] are A's" in found.what


# --- Types ---


def test_float64():
    found = only(PLAIN, train(Sgd(), dtype=np.float64))
    assert found.title == "float64 in B, float32 in A"
    assert found.evidence[0] == "4 of 4 have the same initial values, rounded to the coarser type"
    assert found.evidence[1].startswith("apart from that the weights differ by rounding")


def test_float64_and_a_learning_rate():
    assert titles(PLAIN, train(Sgd(0.2), dtype=np.float64)) == [
        "float64 in B, float32 in A", "Different learning rate"]


def test_weights_kept_in_bfloat16():
    def cut(step, weights):
        return {name: (each.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
                for name, each in weights.items()}
    found = only(PLAIN, train(Sgd(), after=cut))
    assert found.title == "Reduced precision in B" and found.figures == {"zero_bits": 16}
    found = only(PLAIN, train(Sgd(), start=cut(0, initial()), after=cut))
    assert (found.title, found.step) == ("Reduced precision in B", 0)


def test_gradients_computed_with_fewer_bits():
    def scattered(step, gradients):
        random = np.random.RandomState(100 + step)
        return {name: each * (1 + 4e-4 * random.normal(size=each.shape)).astype(np.float32)
                for name, each in gradients.items()}
    found = only(PLAIN, train(Sgd(), change=scattered))
    assert found.title == "Reduced precision of the computation (as with TF32 or float16)"
    assert found.confidence != "high" and found.not_told_apart


# --- NaN ---


def test_the_first_nan_and_the_first_infinity():
    for value, title in ((np.nan, "NaN in B"), (np.inf, "Overflow in B")):
        broken = remade(PLAIN, lambda step, kind, name, array, value=value: [
            (kind, name, np.where(array > 0.4, np.float32(value), array)
             if step > 4 and name == "hidden/kernel" else array)])
        found = only(PLAIN, broken)
        assert (found.title, found.step, found.where) == (title, 5, ["hidden/kernel"])
        assert "which does not grow" in found.evidence[1]
    assert only(broken, PLAIN).title == "Overflow in A"


def test_an_overflow_by_growth_comes_after_what_led_to_it():
    def growing(step, weights):
        return {name: each if "output" in name else each * np.float32(10 ** (5 * step))
                for name, each in weights.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        found = explained(PLAIN, train(Sgd(), after=growing, steps=8))
    assert found.diagnoses[-1].title in ("NaN in B", "Overflow in B")
    assert found.diagnoses[-1].step > 1


# --- Statistics of batch normalisation ---


def with_statistics(momentum=0.99, updated=True, correction=1.0):
    """Moving statistics of five channels, of batches of 16, beside the training's variables."""
    def change(step, kind, name, array, state={}):  # noqa: B006 (it is to last)
        if name != "hidden/bias":
            return [(kind, name, array)]
        if step == 0:
            state["mean"], state["variance"] = np.zeros(5, np.float32), np.ones(5, np.float32)
        elif updated:
            random = np.random.RandomState(step)
            share = np.float32(1 - momentum)
            mean, variance = random.normal(size=5), random.uniform(0.5, 3, size=5) * correction
            state["mean"] = (state["mean"] - (state["mean"] - mean) * share).astype(np.float32)
            state["variance"] = (
                state["variance"] - (state["variance"] - variance) * share).astype(np.float32)
        return [(kind, name, array), ("variables", "bn/moving_mean", state["mean"]),
                ("variables", "bn/moving_variance", state["variance"])]
    return change


BN = remade(PLAIN, with_statistics())


def test_update_ops_that_never_run():
    found = only(BN, remade(PLAIN, with_statistics(updated=False)))
    assert found.title == "Batch normalisation's statistics are never updated in B"
    assert "UPDATE_OPS" in found.what and found.confidence == "high"


def test_another_momentum_of_the_statistics():
    found = only(BN, remade(PLAIN, with_statistics(0.9)))
    assert found.title == "Different momentum of the moving statistics"
    assert found.figures["ratio"] == pytest.approx(10, rel=1e-4)
    assert found.evidence[1].startswith("as with momentum 0.99 and 0.9 or")


def test_the_variance_divided_by_one_less():
    found = only(BN, remade(PLAIN, with_statistics(correction=BATCH / (BATCH - 1))))
    assert found.title == "The batch's variance is divided by n - 1 in B, by n in A"
    assert found.figures["n"] == pytest.approx(16, rel=1e-2)
    assert found.figures["momentum"] == pytest.approx(0.99, rel=1e-3)


def test_statistics_and_a_learning_rate_are_two_causes():
    assert titles(BN, remade(train(Sgd(0.2)), with_statistics(updated=False))) == [
        "Batch normalisation's statistics are never updated in B", "Different learning rate"]
