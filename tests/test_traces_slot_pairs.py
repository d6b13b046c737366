"""Slots are paired by what they hold after a step: planted trainings under a port's names."""
import numpy as np
import pytest

from tests.planted_trainings import Adam, ChangingRate, Momentum, remade, train
from tf1_recipes.traces import compare_traces, map_traces
from tf1_recipes.traces.map_file import rules_of
from tf1_recipes.traces.propose import propose_map
from tf1_recipes.traces.slot_names import slot_of
from tf1_recipes.traces.slot_pairs import slot_pairs
from tf1_recipes.traces.trace import Tensor

PLACES = {"hidden/kernel": 0, "hidden/bias": 1, "output/kernel": 2, "output/bias": 3}


def as_pytorch(trace, slots):
    """Kernels transposed, slots called ``0/exp_avg`` and made in the first step only."""
    def change(step, kind, name, array):
        if kind != "variables":
            return [(kind, name, array)]
        owner = "/".join(name.split("/")[:2])
        array = array.T if owner.endswith("kernel") else array
        if name == owner:
            return [(kind, name.replace("/kernel", ".weight").replace("/bias", ".bias"), array)]
        return [(kind, "%d/%s" % (PLACES[owner], slots[name.split("/")[2]]), array)] if step else []
    return remade(trace, change)


def rules(a, b):
    proposal = propose_map(a, b)
    assert not proposal.unsettled, proposal.unsettled
    a, b, names = map_traces(a, b, rules_of(proposal.rules))
    comparison = compare_traces(a, b, names=names)
    assert not comparison.first, comparison.first  # but for the slots that PyTorch has not yet made
    return {rule["a"]: {key: value for key, value in rule.items() if key not in ("a", "evidence")}
            for rule in proposal.rules}


@pytest.mark.parametrize("optimizer, slots", [
    (Momentum(), {"Momentum": "momentum_buffer"}),
    (Adam(), {"Adam": "exp_avg", "Adam_1": "exp_avg_sq"})])
def test_the_slots_of_pytorch(optimizer, slots):
    trace = train(optimizer, record_slots=True)
    found = rules(trace, as_pytorch(trace, slots))
    for old, new in slots.items():
        assert found["hidden/kernel/" + old] == {"b": "0/" + new, "transpose": True}
        assert found["output/kernel/" + old] == {"b": "2/" + new, "transpose": True}
        assert found["hidden/bias/" + old] == {"b": "1/" + new}
        assert found["output/bias/" + old] == {"b": "3/" + new}


def test_a_momentum_in_keras_unit():
    """-0.1 times the gradients' sum, at a rate of 0.1; of 3 elements, too, as in the kernels."""
    a, b = (train(ChangingRate(lambda step: 0.1, kept), record_slots=True, steps=1)
            for kept in (False, True))
    b = remade(b, lambda step, kind, name, array: [
        (kind, name.replace("/Momentum", "_momentum"), array)])
    proposal = propose_map(a, b)
    assert not proposal.unsettled
    assert {rule["a"]: (rule["b"], rule["change_a"]) for rule in proposal.rules} == {
        name + "/Momentum": (name + "_momentum", [{"scale": -0.1}]) for name in PLACES}
    assert proposal.rules[0]["evidence"] == (
        "after the first step the values are -0.1 times as large")


def test_slots_of_another_training_are_not_paired_by_their_values():
    """Another gradient: what the names and shapes leave open stays open."""
    a = train(Momentum(), record_slots=True)
    b = as_pytorch(train(Momentum(), data_seed=5, record_slots=True),
                   {"Momentum": "momentum_buffer"})
    open_ = {each.get("a") for each in propose_map(a, b).unsettled} - {None}
    assert open_ <= {name + "/Momentum" for name in PLACES} and "hidden/kernel/Momentum" in open_


def test_two_slots_that_fit_one_partner_are_left_open():
    alike = Tensor(np.arange(1.0, 9.0))
    slots = {"u/Momentum": alike, "v/Momentum": alike}
    layouts = {"u": [], "v": []}
    assert list(slot_pairs(list(slots), ["buffer"], layouts, (slots, {"buffer": alike}))) == []
    slots["v/Momentum"] = Tensor(np.arange(8.0, 0.0, -1.0))
    (name, other, changes, _), = slot_pairs(
        list(slots), ["buffer"], layouts, (slots, {"buffer": alike}))
    assert (name, other, changes) == ("u/Momentum", "buffer", [])


@pytest.mark.parametrize("name, expected", [
    ("w/Adam_1", ("w", "Adam_1")), ("scope/w/Momentum", ("w", "Momentum")), ("w/Adamant", None),
    ("u/Adam", None)])
def test_names_of_slots(name, expected):
    assert slot_of(name, {"w"}) == expected


def test_arrays_of_zeros_say_nothing():
    a = train(Momentum(), record_slots=True, frozen=("hidden/bias",))
    assert not np.any(a[1].arrays("variables")["hidden/bias/Momentum"])
    b = as_pytorch(a, {"Momentum": "momentum_buffer"})
    assert not any(rule["b"] == "1/momentum_buffer" and "after the first" in rule["evidence"]
                   for rule in propose_map(a, b).rules)
