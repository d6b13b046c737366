import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf1_recipes.traces.ulp import ulp_distance


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_distances_that_are_known(dtype):
    limits = np.finfo(dtype)
    one, tiny = dtype(1), limits.smallest_subnormal
    pairs = [
        (one, one, 0), (one, one + limits.eps, 1), (one, one - limits.epsneg, 1),
        (dtype(0.0), dtype(-0.0), 0), (dtype(0.0), tiny, 1), (-tiny, tiny, 2),
        (limits.max, dtype(np.inf), 1), (dtype(1), dtype(2), 2 ** limits.nmant),
        (dtype(-1), dtype(-2), 2 ** limits.nmant),
        (-one, one, 2 * (2 ** (limits.nexp - 1) - 1) * 2 ** limits.nmant),
    ]
    for a, b, distance in pairs:
        assert ulp_distance(np.array([a]), np.array([b])) == [distance], (a, b)
        assert ulp_distance(np.array([b]), np.array([a])) == [distance], (b, a)


def test_the_widest_distance_does_not_overflow():
    a, b = np.float64([-np.inf]), np.float64([np.inf])
    assert int(ulp_distance(a, b)[0]) == 2 * 0x7FF0000000000000


@given(st.floats(width=32, allow_nan=False, allow_infinity=False),
       st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_it_agrees_with_counting_in_python(a, b):
    def count(x):
        bits = int(np.array(x, np.float32).view(np.int32))
        return bits if bits >= 0 else -(bits & 0x7FFFFFFF)
    assert int(ulp_distance(np.float32([a]), np.float32([b]))[0]) == abs(count(a) - count(b))


def test_a_step_to_the_next_number_is_one():
    numbers = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    numbers = np.sort(numbers[np.isfinite(numbers)])
    numbers = numbers[(numbers != 0) | ~np.signbit(numbers)]
    assert (ulp_distance(numbers[:-1], numbers[1:]) == 1).all()
