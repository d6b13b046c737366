"""Every recipe in Keras 3 and TensorFlow 2, against the genuine reference traces."""
import importlib.metadata
import importlib.util
import os
import re

import pytest

from tests.ports.conftest import PORTS, ports_fixture
from tf1_recipes import Tolerance
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.traces import compare_traces, map_traces, open_trace, read_map

pytestmark = pytest.mark.long  # it trains in another framework

# The accelerators that a machine has besides its processor round otherwise.
ports = ports_fixture("keras", "keras", "Keras 3", KERAS_BACKEND="tensorflow",
                      CUDA_VISIBLE_DEVICES="")

MULTI_OPTIMIZER = ("A1", "A8", "D2")


@pytest.fixture(autouse=True)
def keras_3():
    """Skips where there is no Keras, or Keras 2."""
    if importlib.util.find_spec("keras") is None \
            or not importlib.metadata.version("keras").startswith("3."):
        pytest.skip("Keras 3 is not installed")


def has_multi_optimizer():
    folder, = importlib.util.find_spec("keras").submodule_search_locations
    return os.path.exists(os.path.join(folder, "src", "optimizers", "multi_optimizer.py"))


# How far apart, and why.
TOLERANCES = {
    "A1": Tolerance(ulp=4),  # sums over eight inputs are added in another order
    "A2": Tolerance(ulp=4),  # as A1
    "A3": Tolerance(),
    "A4": Tolerance(),
    "A5": Tolerance(ulp=2),  # as A1
    "A6": Tolerance(ulp=2),  # the mix of x and stop_gradient(x) rounds x there, not here
    "A7": Tolerance(ulp=4),  # as A1 and E1
    # means over four examples are added in another order, and terms of the moments cancel out
    "A8": Tolerance(ulp=4, atol=1e-8),
    # matrix products over ten inputs are added in another order; a weight passes through 0
    "B1": Tolerance(ulp=4, atol=6e-8),
    "B2": Tolerance(ulp=16),  # as B1
    "B3": Tolerance(ulp=4),  # as B1
    "B4": Tolerance(ulp=4),  # as B1
    "B5": Tolerance(ulp=4, atol=6e-8),  # as B1, over four inputs; the cache's terms cancel out
    "B6": Tolerance(ulp=4),  # as B1
    "B7": Tolerance(ulp=4),  # as B1
    "C": Tolerance(),
    "D1": Tolerance(),
    "D2": Tolerance(),
    "D3": Tolerance(),
    # rate * gradient is accumulated in place of the gradient; weights pass near 0
    "E1": Tolerance(ulp=2, atol=3e-7),
    "E2": Tolerance(),
    "E3": Tolerance(),  # the same as E1, but the rate is a power of 2
    # as E1; and beta_2^t is a power here, a product there: an ULP of it is 2e-5 of 1 - beta_2^3
    "E4": Tolerance(ulp=4, atol=1e-6),
    "E5": Tolerance(),
    # mean squares are kept as decay * s + (1 - decay) * g^2, not s + (1 - decay) * (g^2 - s), and
    # momentum as in E1; those that pass near 0 are further apart in ULPs
    "F": Tolerance(ulp=8, atol=3e-8),
}


# The maps have the names of 1.15.5, and here a fetch or a feed has another.
OTHER_NAMES = {("D1", "0.12.1"), ("D2", "1.7.1"), ("D3", "1.7.1")}


def against(name, release, port, variables=None):
    """Compares a genuine trace with a recipe's port; returns both as mapped, and the result."""
    recipe, = find([name])
    a, b, names = open_trace(recipe.trace_path(release)), open_trace(port), None
    rules = os.path.join(PORTS, "keras", recipe.example.replace(".py", ".map.json"))
    if os.path.exists(rules):
        a, b, names = map_traces(a, b, read_map(rules), rules)
    return a, b, compare_traces(a, b, TOLERANCES[name], names, variables)


@pytest.mark.parametrize("name", TOLERANCES)
def test_it_trains_what_the_genuine_release_trained(ports, name, tmp_path):
    if name in MULTI_OPTIMIZER and not has_multi_optimizer():
        pytest.skip("this Keras has no MultiOptimizer")
    printed, comparison = ports.compare(name, TOLERANCES[name], tmp_path)
    path = os.path.join(tmp_path, "port.npz")
    recipe, = find([name])
    assert ports.disagreements(comparison, recipe, path) == []
    assert printed == (recipe.documented or printed)
    for release in recipe.releases[:-1]:
        if (name, release) not in OTHER_NAMES:
            _, _, comparison = against(name, release, path)
            assert ports.disagreements(comparison, recipe, path) == [], release


@pytest.mark.parametrize("name", TOLERANCES)
def test_its_docstring_says_how_to_run_and_compare_it(name):
    recipe, = find([name])
    with open(os.path.join(PORTS, "keras", recipe.example), encoding="utf-8") as file:
        text = re.sub(r"\\\n\s+", "", file.read())
    expected = ["python %s port.npz" % recipe.example,
                "tf1-recipes compare %s_%s/%s.json port.npz" % (
                    name, recipe.stem, recipe.releases[-1])]
    rules = recipe.example.replace(".py", ".map.json")
    if os.path.exists(os.path.join(PORTS, "keras", rules)):
        expected[1] += " --map " + rules
    tolerance = TOLERANCES[name]
    if tolerance.ulp:
        expected[1] += " --ulp %d" % tolerance.ulp
    if tolerance.atol:
        expected[1] += " --atol " + ("%g" % tolerance.atol).replace("e-0", "e-")
    commands = re.search(r"\n\n((?:    .+\n)+)", text)[1]
    assert [each.strip() for each in commands.splitlines()] == expected
