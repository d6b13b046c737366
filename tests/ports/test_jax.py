"""Every recipe in JAX and optax, against the genuine reference traces."""
import importlib.util
import os
import re

import pytest

from tests.ports.conftest import PORTS, ports_fixture
from tf1_recipes import Tolerance
from tf1_recipes.evidence.catalogue import find

# XLA's own settings stay out of it: other devices and other widths round otherwise.
PLAIN = {"JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "0", "XLA_FLAGS": ""}

jitted = ports_fixture("jax", "jax", "JAX", **PLAIN)
op_by_op = ports_fixture("jax", "jax", "JAX", JAX_DISABLE_JIT="1", **PLAIN)


@pytest.fixture
def optax():
    if importlib.util.find_spec("optax") is None:
        pytest.skip("Optax is not installed")


ANOTHER_ORDER = "matrix products and sums over the examples are added in another order"
# How far apart, without jit, and why.
OP_BY_OP = {
    "A1": (Tolerance(ulp=2), ANOTHER_ORDER),
    "A2": (Tolerance(ulp=2), ANOTHER_ORDER),
    "A3": (Tolerance(), ""), "A4": (Tolerance(), ""),
    "A5": (Tolerance(ulp=2), ANOTHER_ORDER),
    "A6": (Tolerance(ulp=2), ANOTHER_ORDER),
    "A7": (Tolerance(ulp=2), ANOTHER_ORDER),
    "A8": (Tolerance(ulp=16), "the linear loss is a difference; all else within 2 ULP"),
    "B1": (Tolerance(ulp=4, atol=6e-8), ANOTHER_ORDER + "; a weight passes through 0"),
    "B2": (Tolerance(ulp=2), ANOTHER_ORDER),
    "B3": (Tolerance(ulp=2), ANOTHER_ORDER), "B4": (Tolerance(ulp=2), ANOTHER_ORDER),
    "B5": (Tolerance(ulp=2), ANOTHER_ORDER), "B6": (Tolerance(ulp=2), ANOTHER_ORDER),
    "B7": (Tolerance(ulp=2), ANOTHER_ORDER),
    "C": (Tolerance(), ""),
    "D1": (Tolerance(), ""), "D2": (Tolerance(), ""), "D3": (Tolerance(), ""),
    "E1": (Tolerance(), ""), "E2": (Tolerance(), ""), "E3": (Tolerance(), ""),
    "E4": (Tolerance(), ""), "E5": (Tolerance(), ""),
    "F": (Tolerance(ulp=32), "optax adds in another order and rounds 1 - decay once, TensorFlow 1 "
                             "from a rounded decay; momentum that changes sign is a difference"),
}
# Beside 0.12.1 and 1.7.1, whose matrix products add in an order of their own. In B2 and B5 numbers
# cancel out, as they do between those releases and 1.15.5.
OLDER = {"B2": Tolerance(ulp=32), "B5": Tolerance(ulp=4, atol=6e-8), "B6": Tolerance(ulp=4)}
# The maps name what 1.15.5 calls these recipes' fetches and feeds; here it has other names.
OTHER_NAMES = [("D1", "0.12.1"), ("D2", "1.7.1"), ("D3", "1.7.1")]
# jit lets XLA compute a * b + c with one rounding in place of two, where the processor can. An
# element that comes near 0 keeps the error of the numbers that it is the difference of: `atol`.
JITTED = {
    "A1": Tolerance(ulp=4), "A2": Tolerance(ulp=4), "A3": Tolerance(), "A4": Tolerance(),
    "A5": Tolerance(ulp=4), "A6": Tolerance(ulp=4), "A7": Tolerance(ulp=8),
    "A8": Tolerance(ulp=64),  # the moments of the mean squared error are differences
    "B1": Tolerance(ulp=4, atol=6e-8),
    "B2": Tolerance(ulp=4), "B3": Tolerance(ulp=4), "B4": Tolerance(ulp=4),
    "B5": Tolerance(ulp=4), "B6": Tolerance(ulp=4), "B7": Tolerance(ulp=4),
    "C": Tolerance(ulp=2),
    "D1": Tolerance(), "D2": Tolerance(ulp=4, atol=1e-7), "D3": Tolerance(ulp=2),
    "E1": Tolerance(ulp=4, atol=1e-6), "E2": Tolerance(ulp=2), "E3": Tolerance(ulp=2),
    "E4": Tolerance(ulp=4, atol=1e-7), "E5": Tolerance(ulp=8),
    "F": Tolerance(ulp=64),
}


@pytest.mark.usefixtures("optax")
@pytest.mark.parametrize("name", OP_BY_OP)
def test_it_trains_what_the_genuine_release_trained(op_by_op, name, tmp_path):
    recipe, = find([name])
    path = os.path.join(tmp_path, "port.npz")
    printed = op_by_op.run(recipe.example, path)
    assert printed == (recipe.documented or printed)
    for release in recipe.releases:
        if (name, release) not in OTHER_NAMES:
            tolerance = OP_BY_OP[name][0]
            if release != "1.15.5":
                tolerance = OLDER.get(name, tolerance)
            comparison = op_by_op.compare_trace(recipe, path, tolerance, release)
            assert op_by_op.disagreements(comparison, recipe, path) == [], release


@pytest.mark.usefixtures("optax")
def test_nothing_but_a_loss_that_cancels_out_is_far_off_in_a8(op_by_op, tmp_path):
    _, comparison = op_by_op.compare("A8", OP_BY_OP["A8"][0], tmp_path)
    assert {row.name for row in comparison.rows if row.ulp > 2} <= {"loss/mul"}


@pytest.mark.usefixtures("optax")
@pytest.mark.parametrize("name", JITTED)
def test_it_trains_the_same_under_jit(jitted, name, tmp_path):
    _, comparison = jitted.compare(name, JITTED[name], tmp_path)
    assert jitted.disagreements(
        comparison, find([name])[0], os.path.join(tmp_path, "port.npz")) == []


@pytest.mark.parametrize("name", JITTED)
def test_its_docstring_says_how_to_run_and_compare_it(name):
    recipe, = find([name])
    path = os.path.join(PORTS, "jax", recipe.example)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    commands = re.sub(r"\\\n\s+", "", re.search(r"\n\n((?:    .+\n)+)", text)[1]).split("\n    ")
    rules = recipe.example.replace(".py", ".map.json")
    tolerance = JITTED[name]
    expected = "tf1-recipes compare %s_%s/%s.json port.npz" % (
        name, recipe.stem, recipe.releases[-1])
    if os.path.exists(os.path.join(PORTS, "jax", rules)):
        expected += " --map " + rules
    expected += " --ulp %d" % tolerance.ulp * bool(tolerance.ulp)
    expected += " --atol %s" % ("%g" % tolerance.atol).replace("e-0", "e-") * bool(tolerance.atol)
    assert [each.strip() for each in commands] == [
        "python %s port.npz" % recipe.example, expected]
