"""The worst of each step, or of each few where there are many."""
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.divergence import (
    ABSENT,
    APART,
    MISMATCH,
    NOT_FINITE,
    WITHIN,
    Divergence,
)
from tf1_recipes.traces.element_differences import Tolerance


def test_compare_fills_it_tensor_by_tensor():
    a, b = MemoryTrace(), MemoryTrace()
    one = np.float32(1.0)
    for number, (left, right) in {
            0: ({"w": one}, {"w": one}),
            2: ({"w": one, "v": one},
                {"w": np.nextafter(one, np.float32(2)), "v": np.float32(2.0)}),
            3: ({"w": one, "v": one}, {"w": np.float32("nan"), "v": np.ones(2)}),
            7: ({"w": one}, {"w": one})}.items():
        for trace, arrays in ((a, left), (b, right)):
            trace.step(number, [("variables", *each) for each in arrays.items()], {})
    found = compare_traces(a, b, Tolerance(ulp=1)).divergence
    assert found.starts == [0, 2, 3, 7] and found.width == 1
    w, v = found.curve(("variables", "w")), found.curve(("variables", "v"))
    assert w.state.tolist() == [WITHIN, WITHIN, NOT_FINITE, WITHIN]
    assert w.ulp.tolist() == [0, 1, 0, 0]
    assert w.absolute.tolist() == [0, 2.0 ** -23, 0, 0]
    assert v.state.tolist() == [ABSENT, APART, MISMATCH, ABSENT]
    assert v.absolute.tolist() == [0, 1, 0, 0]
    assert found.curve(("variables", "none")).state.tolist() == [ABSENT] * 4


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 100)), max_size=50),
       st.sampled_from([2, 4, 6]))
def test_many_steps_keep_the_worst_of_each_few(steps, most):
    made = Divergence(most)
    for number, tensors in enumerate(steps):
        made.begin(10 * number)
        for key, value in tensors.items():
            made.add(key, APART, value, value / 2)
    columns = len(made.starts)
    assert columns <= most and (made.width == 1 or columns > most // 2)
    assert made.starts == [10 * number for number in range(0, len(steps), made.width)]
    for key in "abc":
        worst = [max([each.get(key, 0) for each in steps[start:start + made.width]])
                 for start in range(0, len(steps), made.width)]
        curve = made.curve(key)
        assert curve.ulp.tolist() == worst
        assert curve.absolute.tolist() == [each / 2 for each in worst]
        assert curve.state.tolist() == [APART if each else ABSENT for each in worst]
