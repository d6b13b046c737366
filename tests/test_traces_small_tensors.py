"""Small tensors compared together: as each by itself."""
import numpy as np
import pytest

from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.element_differences import Tolerance, difference_between
from tf1_recipes.traces.small_tensors import distances, small
from tf1_recipes.traces.trace import Tensor


def test_distances_by_hand():
    """The next number after 1.0 is 1 ULP away; 0.5 between 1.0 and 1.5 are 2 ** 22 of float32's."""
    pairs = [(np.float32([1.0, 2.0]), np.float32([1.0, 2.0])),
             (np.float32([1.0, 1.0, 4.0]), np.float32([1.0000001, 1.0, 4.0])),
             (np.float64(3.0), np.float64(3.0)), (np.zeros([0, 2]), np.zeros([0, 2])),
             (np.float32([np.nan]), np.float32([np.nan])), (np.float32([np.nan]), np.float32([1])),
             (np.float32([1.0]), np.float32([1.5]))]
    tensors = [(Tensor(a), Tensor(b)) for a, b in pairs]
    assert all(small(*each) for each in tensors)
    assert distances(tensors, Tolerance(ulp=1)) == [
        (2, 0, 0, 0.0), (3, 0, 1, 2.0 ** -23), (1, 0, 0, 0.0), (0, 0, 0, 0.0), (1, 0, 0, 0.0), None,
        (1, 1, 2 ** 22, 0.5)]


@pytest.mark.parametrize("tolerance", [Tolerance(), Tolerance(ulp=2), Tolerance(rtol=0.1),
                                       Tolerance(3, 0.01, 0.5)])
def test_a_step_of_many_is_as_each_by_itself(tolerance):
    random = np.random.RandomState(0)
    special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 3e38]
    pairs = {}
    for index in range(300):
        dtype = [np.float16, np.float32, np.float64][index % 3]
        shape = [(), (3,), (2, 5), (0, 2), (1025,)][index % 5]
        a = np.asarray(random.standard_normal(shape)).astype(dtype)
        b = np.asarray(a * dtype(1 + [0, 1e-7, 0.05, 1.0][index % 4])).astype(dtype)
        if index % 7 == 0 and a.size:
            for array in (a, b):
                array.reshape(-1)[0] = random.choice(special[:-2] if index % 3 == 0 else special)
        pairs["w%03d" % index] = a, b
    traces = MemoryTrace(), MemoryTrace()
    for side, trace in enumerate(traces):
        trace.step(0, [("variables", name, pair[side]) for name, pair in pairs.items()], {})
    with np.errstate(over="raise", invalid="raise"):
        found = compare_traces(*traces, tolerance)
    for row in found.rows:
        single = difference_between(*map(Tensor, pairs[row.name]), tolerance)
        assert (row.ulp, row.absolute, row.not_finite, row.differs) == (
            single.ulp, single.absolute, single.not_finite, bool(single.failing)), row.name
    first = next(row.name for row in found.rows if row.differs)
    assert found.first.startswith("step 0, variables/%s" % first)
