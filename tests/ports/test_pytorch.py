"""Every recipe in PyTorch, against the genuine reference traces."""
import pytest

from tests.ports.conftest import ports_fixture
from tf1_recipes import Tolerance
from tf1_recipes.catalogue import find

ports = ports_fixture("pytorch", "torch", "PyTorch")


# How many ULPs apart, and why.
ULPS = {
    "A1": 4,  # sums over eight inputs are added in another order
    "A2": 4,  # as A1
    "A3": 0,
    "A4": 0,
    "A5": 2,  # rate * multiplier is rounded once, before the gradient is multiplied by it
    "A6": 2,  # the mix of x and stop_gradient(x) rounds x, the hook leaves it alone
    "A7": 4,  # sums over eight inputs are added in another order
    "B1": 8,  # matrix products over ten inputs are added in another order
    "B2": 8,  # as B1
    "B3": 4,  # as B1
    "C": 2,   # w - rate * g is one operation, with one rounding (fused multiply-add)
    "D1": 0,
    "E1": 8,  # as C; v passes through 0, where an ULP is small
    "E2": 0,
    "E3": 0,
    "E4": 4,  # as C, and the powers of beta are one rounding, not a product of roundings
    "E5": 0,
}
# Variables that are further apart in ULPs, and how far in numbers.
ABSOLUTE = {
    # TF1 takes 1 - beta2^t in float32, which is 3e-5 of it off at first: so are steps of 0.1.
    # The momentum's v passes through 0.
    "E4": {"w": 2e-6, "v": 1e-8},
}


@pytest.mark.parametrize("name", ULPS)
def test_it_trains_what_the_genuine_release_trained(ports, name, tmp_path):
    printed, comparison = ports.compare(name, Tolerance(ulp=ULPS[name]), tmp_path)
    rows = {row.name: row for row in comparison.rows}
    within = {each for each, bound in ABSOLUTE.get(name, {}).items()
              if rows[each].absolute <= bound and not rows[each].not_finite}
    apart = {each for each, row in rows.items() if row.differs}
    assert apart <= within, comparison.first
    # Nothing is on one side only; what the map leaves out, it leaves out with its reason.
    assert comparison.agrees or within and not (
        comparison.only_in_a or comparison.only_in_b
        or comparison.steps_only_in_a or comparison.steps_only_in_b)
    recipe, = find([name])
    if recipe.documented:
        assert printed == recipe.documented
