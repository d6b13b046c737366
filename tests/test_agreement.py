"""Holding a trace to what is expected: shares of the bound, and everything that is wrong."""
import os
import platform

import numpy as np
import pytest

from tf1_recipes.evidence.agreement import agreement, contracted, expected
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.evidence.models.bounded import Bounded
from tf1_recipes.traces import MemoryTrace, open_trace


def trace(*steps):
    """A trace of steps ``{name: numbers}``, from 0 on."""
    made = MemoryTrace()
    for number, variables in enumerate(steps):
        made.step(number, [("variables", name, np.asarray(value))
                           for name, value in variables.items()], {})
    return made


WANTED = {0: {"w": Bounded([1.0, 2.0], [0.5, 0.0]), "step": np.int64(3)}}


def w(*numbers, step=3):
    return {"w": np.array(numbers, np.float32), "step": np.int64(step)}


def test_the_share_is_the_largest_part_of_a_bound_that_is_used():
    found = agreement(WANTED, trace(w(1.25, 2)))
    assert found.holds and found.tensors == 2
    assert found.share == pytest.approx(0.5)


def test_between_two_trainings_it_is_a_part_of_twice_the_bound():
    found = agreement(WANTED, trace(w(1.25, 2)), trace(w(1.0, 2)))
    assert found.holds and found.share == pytest.approx(0.25)
    assert agreement(WANTED, trace(w(1.25, 2)), trace(w(1.25, 2))).share == 0


def test_each_of_two_trainings_has_to_lie_within_the_bound():
    found = agreement(WANTED, trace(w(1.4, 2)), trace(w(1.6, 2)))
    assert found.share < 1 and not found.holds
    assert found.what == "step 0, variables/w [0]: 1.6 against 1.0 (1.2 times the bound of 0.5)"


@pytest.mark.parametrize("variables, what", [
    (w(1.0, 2.0000002), "step 0, variables/w [1]: 2.0000002 against 2.0"),
    (w(np.nan, 2), "step 0, variables/w [0]: nan against 1.0"),
    (w(np.inf, 2), "step 0, variables/w [0]: inf against 1.0"),
    (w(1, 2, step=4), "step 0, variables/step: 4 against 3"),
    (w(1), "step 0, variables/w: float32 [1], expected float32 [2]"),
    (dict(w(1, 2), w=np.array([1.0, 2.0])),
     "step 0, variables/w: float64 [2], expected float32 [2]"),
    ({"w": np.float32([1, 2])}, "step 0, variables/step is missing"),
    (dict(w(1, 2), v=np.float32(0)), "step 0, variables/v is too many"),
])
def test_what_is_wrong_is_said(variables, what):
    found = agreement(WANTED, trace(variables))
    assert not found.holds
    assert found.what == what


def test_steps_that_are_missing_or_too_many_are_said():
    found = agreement({**WANTED, 1: WANTED[0]}, trace(w(1, 2)))
    assert found.what == "step 1 is missing" and not found.holds
    found = agreement(WANTED, trace(w(1, 2), w(1, 2)))
    assert found.what == "step 1 is too many" and not found.holds


def test_of_many_problems_three_are_listed():
    variables = dict(w(1, 2), **{name: np.float32(0) for name in "abcde"})
    assert agreement(WANTED, trace(variables)).what == (
        "step 0, variables/a is too many; step 0, variables/b is too many; "
        "step 0, variables/c is too many; and 2 more")


def test_nothing_compared_is_no_agreement():
    found = agreement({}, trace())
    assert not found.holds
    assert found.what == "nothing was compared"


@pytest.mark.parametrize("name, bounds", [("A1", True), ("E2", contracted())])
def test_a_recipe_without_sums_is_held_to_the_bits_and_any_other_to_a_bound(name, bounds):
    recipe, = find([name])
    newest = open_trace(recipe.trace_path(recipe.releases[-1]))
    values = [value for state in expected(recipe, newest).values() for value in state.values()]
    assert {isinstance(value, Bounded) for value in values} == {bounds}


@pytest.mark.parametrize("machine, flags, found", [
    ("x86_64", "", False), ("AMD64", "", False), ("aarch64", "", True), ("arm64", "", True),
    ("x86_64", "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit", True)])
def test_products_and_sums_are_contracted_on_arm64_and_under_xla(
        machine, flags, found, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setitem(os.environ, "TF_XLA_FLAGS", flags)
    assert contracted() is found


@pytest.mark.parametrize("recipe", find([]), ids=lambda recipe: recipe.name)
def test_with_contraction_every_recipe_holds_within_its_bound(recipe, monkeypatch):
    """No problem is ill-posed, and the genuine traces, which are not contracted, lie within."""
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    for release in recipe.releases:
        newest, genuine = (open_trace(recipe.trace_path(each))
                           for each in (recipe.releases[-1], release))
        found = agreement(expected(recipe, newest), genuine)
        assert found.holds, found.what
        assert 0 < found.share <= 1
