"""Every recipe in PyTorch, against the genuine reference traces."""
import os
import re

import pytest

from tests.ports.conftest import PORTS, ports_fixture
from tf1_recipes import Tolerance
from tf1_recipes.evidence.catalogue import find

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
    "A8": 8,  # means over four examples are added in another order; powers of beta as in E4
    "B1": 4,  # matrix products over ten inputs are added in another order
    "B2": 32,  # as B1, and the roundings are carried through eight steps
    "B3": 4,  # as B1
    "B4": 2,  # as B1
    "B5": 4,  # as B1, over four inputs
    "B6": 4,  # as B1
    "B7": 4,  # as B1
    "C": 2,   # w - rate * g is one operation, with one rounding (fused multiply-add)
    "D1": 0,
    "D2": 0,
    "D3": 0,
    "E1": 8,  # as C; v passes through 0, where an ULP is small
    "E2": 0,
    "E3": 0,
    "E4": 4,  # as C, and the powers of beta are one rounding, not a product of roundings
    "E5": 0,
    "F": 8,   # TF1 takes 0.9 and 0.95 from 1 in float32, which is 2e-7 off; as C
}
# Tensors that are further apart in ULPs, and how far in numbers; the names are patterns.
ABSOLUTE = {
    # The moments' terms cancel out, and so do the loss's. block2's weights start at 0 and block3's
    # are held at 0: they are a few steps long, which are 3e-5 off as in E4.
    "A8": {".*/kernel/m": 1e-8, "block2/(kernel|bias)": 1e-12, "block3/kernel": 1e-9,
           "loss/mul": 1e-7},
    "B1": {"hidden2/kernel": 6e-8},  # one of its weights passes through 0
    "B5": {"hidden2/relu": 6e-8},  # the cached rows' terms cancel out
    "D2": {"final/kernel": 4e-8},  # passes through 0, with one rounding a step as in C
    # TF1 takes 1 - beta2^t in float32, which is 3e-5 of it off at first: so are steps of 0.1.
    # The momentum's v passes through 0.
    "E4": {"w": 2e-6, "v": 1e-8},
    # They pass through 0.
    "F": {"nesterov/bias": 2e-8, "rmsprop(_centred)?/(bias|table)/RMSProp_[12]": 1e-7},
}


# The maps name what 1.15.5 calls these recipes' fetches and feeds; here it has other names.
OTHER_NAMES = [("D1", "0.12.1"), ("D2", "1.7.1"), ("D3", "1.7.1")]


@pytest.mark.parametrize("name, release", [
    (recipe.name, release) for recipe in find(ULPS) for release in recipe.releases
    if (recipe.name, release) not in OTHER_NAMES])
def test_it_trains_what_the_genuine_release_trained(ports, name, release, tmp_path):
    printed, comparison = ports.compare(name, Tolerance(ulp=ULPS[name]), tmp_path, release)
    recipe, = find([name])
    within = {(row.kind, row.name, row.ulp, row.absolute) for row in comparison.rows
              for pattern, bound in ABSOLUTE.get(name, {}).items()
              if re.fullmatch(pattern, row.name) and row.absolute <= bound
              and not row.not_finite and not row.mismatch}
    # Nothing is on one side only; what the map leaves out, it leaves out with its reason.
    path = os.path.join(tmp_path, "port.npz")
    assert set(ports.disagreements(comparison, recipe, path)) <= within
    if recipe.documented:
        assert printed == recipe.documented


def test_the_readme_says_how_far_apart_they_are():
    with open(os.path.join(PORTS, "pytorch", "README.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| (\w+) \| `(\w+\.py)` \| (.*?) \| .* \|$", file.read(), re.M)
    assert [(name, file) for name, file, _ in rows] == [
        (recipe.name, recipe.example) for recipe in find([])]
    for name, _, bounds in rows:
        ulps, *named = re.split("; |, (?=`)", bounds)
        assert int(re.fullmatch(r"(\d+) ULP", ulps).group(1)) == ULPS[name]
        assert {pattern.replace("\\|", "|"): float(bound) for pattern, bound in (
            re.fullmatch("`(.*)` (.*)", each).groups() for each in named)} == ABSOLUTE.get(name, {})


@pytest.mark.parametrize("name", ULPS)
def test_its_docstring_has_the_commands(name):
    recipe, = find([name])
    path = os.path.join(PORTS, "pytorch", recipe.example)
    with open(path, encoding="utf-8") as file:
        text = " ".join(file.read().split('"""')[1].replace("\\\n", " ").split())
    rules = recipe.example.replace(".py", ".map.json")
    mapped = " --map " + rules if os.path.exists(os.path.join(PORTS, "pytorch", rules)) else ""
    ulps = " --ulp %d" % ULPS[name] if ULPS[name] else ""
    assert "python %s port.npz tf1-recipes compare %s_%s/%s.json port.npz%s%s" % (
        recipe.example, name, recipe.stem, recipe.releases[-1], mapped, ulps) in text
    assert (" --atol " in text) == (name in ABSOLUTE)
