"""Every recipe in PyTorch, against the genuine reference traces."""
import pytest

from tests.ports.conftest import ports_fixture
from tf1_recipes import Tolerance

ports = ports_fixture("pytorch", "torch", "PyTorch")


# How far apart, and why.
TOLERANCES = {
    "A1": Tolerance(ulp=4),  # sums over eight inputs are added in another order
}


@pytest.mark.parametrize("name", TOLERANCES)
def test_it_trains_what_the_genuine_release_trained(ports, name, tmp_path):
    _, comparison = ports.compare(name, TOLERANCES[name], tmp_path)
    assert comparison.agrees, comparison.first
