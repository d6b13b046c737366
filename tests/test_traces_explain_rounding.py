"""No cause is made up: pairs that only round differently, equal ones, and arbitrary traces."""
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planted_trainings import (
    BATCH,
    Adagrad,
    Adam,
    Momentum,
    RmsProp,
    Sgd,
    another_order,
    explained,
    only,
    remade,
    titles,
    train,
)
from tf1_recipes.evidence.catalogue import RECIPES, find
from tf1_recipes.traces import MemoryTrace, compare_traces, open_trace
from tf1_recipes.traces.explain import explain_traces
from tf1_recipes.traces.explain.text import explanation_text

ROUNDING = [[], ["Rounding"], ["Rounding that the optimizer magnifies"]]
OPTIMIZERS = [
    lambda: Sgd(), lambda: Sgd(1.0), lambda: Sgd(1e-3), lambda: Momentum(),
    lambda: Momentum(nesterov=True), lambda: Adam(), lambda: Adam(0.1), lambda: Adagrad(),
    lambda: Adagrad(start=0.0), lambda: RmsProp(), lambda: RmsProp(start=0.0)]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10 ** 6), optimizer=st.sampled_from(OPTIMIZERS),
       decay=st.sampled_from([{}, {"decay": 0.01}, {"l2": 0.1}]), slots=st.booleans())
def test_sums_in_another_order_are_rounding_and_nothing_else(seed, optimizer, decay, slots):
    options = dict(decay, seed=seed % 997, data_seed=seed, record_slots=slots)
    a = train(optimizer(), **options)
    b = train(optimizer(), order=lambda step: np.random.RandomState(
        (seed + step) % 2 ** 32).permutation(BATCH), **options)
    assert titles(a, b) in ROUNDING


def test_rounding_states_its_growth():
    found = only(train(Sgd()), train(Sgd(), order=another_order))
    assert found.title == "Rounding" and found.confidence == "high"
    assert found.figures["first_units"] < 4 and found.figures["worst_units"] < 16
    assert 0 < found.figures["doublings_per_step"] < 2
    assert "they grow by a factor of" in found.evidence[1]


def test_rounding_that_an_instability_doubles_each_step():
    """w -> 2 w: what starts as one unit is 2^20 of them after 20 steps, and no step jumps."""
    a, b = MemoryTrace(), MemoryTrace()
    for step in range(24):
        for trace, off in ((a, 0.0), (b, 1e-7 * 2.0 ** step * (step > 0))):
            w = np.float32(np.linspace(0.5, 1, 30) * (1 + 0.1 * np.sin(step)) + off)
            trace.step(step, [("variables", "w", w)], {})
    found = only(a, b)
    assert found.title == "Rounding"
    assert found.figures["doublings_per_step"] == pytest.approx(1, rel=0.1)
    assert found.confidence != "high"


def test_a_jump_amid_rounding_is_no_rounding():
    found = explained(train(Sgd()), train(Sgd(), order=another_order, change=lambda step, g: {
        name: each * np.float32(3 if step == 6 else 1) for name, each in g.items()}))
    assert [(each.title, each.step) for each in found.diagnoses] == [
        ("Different learning rate", 6)]
    assert found.diagnoses[0].figures["factor"] == pytest.approx(3, rel=1e-4)


def test_slots_and_losses_that_round_while_all_weights_agree():
    def nudged(wanted, by):
        return lambda step, kind, name, array: [
            (kind, name, array * np.float32(1 + by) if name == wanted else array)]
    a = train(Momentum(), record_slots=True)
    for name in ("hidden/kernel/Momentum", "loss"):
        found = only(a, remade(a, nudged(name, 2e-7)))
        assert found.title == "Rounding" and found.where == [name]
        found = explained(a, remade(a, nudged(name, 0.1)))
        assert not found.diagnoses and "and no weight does" in found.unexplained


def test_equal_traces_need_no_explanation():
    found = explained(train(Adam()), train(Adam()))
    assert not found.diagnoses and not found.unexplained and explanation_text(found) == []


def _reference_traces():
    return [(recipe, *pair) for recipe in RECIPES
            for pair in itertools.combinations(recipe.releases, 2)]


@pytest.mark.parametrize("recipe, a, b", _reference_traces(),
                         ids=lambda each: getattr(each, "name", each))
def test_genuine_releases_part_by_rounding_only(recipe, a, b):
    a, b = (open_trace(recipe.trace_path(release)) for release in (a, b))
    assert titles(a, b) in ROUNDING


def test_different_recipes_are_never_called_rounding():
    """E2 decays as W(1 - d), E3 by an op of its own on other data; A1 has no variable of either."""
    traces = {recipe.name: open_trace(recipe.trace_path("1.15.5"))
              for recipe in find(["E1", "E2", "E3", "E4", "B4", "B5"])}
    for (_, a), (_, b) in itertools.combinations(traces.items(), 2):
        comparison = compare_traces(a, b)
        if any(row.differs for row in comparison.rows):
            found = explain_traces(a, b, comparison)
            assert [each.title for each in found.diagnoses] != ["Rounding"]
            assert found.diagnoses or found.unexplained


TYPES = ["float32", "float64", "float16", "int32", "int64", "bool", "uint8", "complex64"]
NAMES = ["w", "w/Adam", "w/Momentum", "bn/moving_mean", "beta1_power", "n", "v"]


def _array(random):
    dtype = np.dtype(random.choice(TYPES))
    array = random.normal(size=random.randint(0, 4, random.randint(0, 4))) * 3
    if random.rand() < 0.2 and array.size and dtype.kind in "fc":
        array.reshape(-1)[0] = random.choice([np.nan, np.inf, 1e4])
    return np.abs(array).astype(dtype) if dtype.kind == "u" else array.astype(dtype)


def _steps(random):
    """Steps of anything at all, or of the same names and shapes throughout."""
    numbers = sorted(random.choice(7, random.randint(0, 7), replace=False))
    kinds = ("variables", "variables", "fetches", "feeds")
    if random.rand() < 0.5:
        return {number: {(random.choice(kinds), random.choice(NAMES)): _array(random)
                         for _ in range(random.randint(0, 6))} for number in numbers}
    alike = {(kind, name): _array(random) for kind in set(kinds)
             for name in random.choice(NAMES, 3, replace=False)}
    return {number: _others(random, alike) for number in numbers}


def _others(random, arrays):
    return {key: array if random.rand() < 0.3 else np.asarray(
        array * random.choice([0, 1, 2]) + random.normal()).astype(array.dtype)
        for key, array in arrays.items()}


def _trace(steps):
    made = MemoryTrace()
    for number, arrays in steps.items():
        made.step(int(number), [(kind, name, array) for (kind, name), array in arrays.items()], {})
    return made


@pytest.mark.parametrize("seed", range(4))
def test_arbitrary_traces_are_explained_or_not_but_never_crash(seed):
    """Empty, changing and missing arrays, integers and NaNs; the same shapes with other numbers."""
    random = np.random.RandomState(seed)
    for _ in range(150):
        with np.errstate(all="ignore"):
            steps = _steps(random)
            others = _steps(random) if random.rand() < 0.3 else {
                number: _others(random, arrays) for number, arrays in steps.items()}
            lines = explanation_text(explained(_trace(steps), _trace(others)))
        assert all(len(line) <= 80 for line in lines)
