"""The report that ``tf1-recipes compare`` prints, to the letter."""
import textwrap

import numpy as np
import pytest

from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.report import text_report

GENUINE = {"tensorflow": "0.12.1", "python": "2.7.18", "numpy": "1.16.6"}


def trace(*steps, manifest=None, numbers=None):
    made = MemoryTrace(manifest)
    for number, arrays in zip(numbers or range(len(steps)), steps):
        made.step(number, [("variables", name, np.asarray(each)) for name, each in arrays.items()],
                  {"session": 0})
    return made


def report(a, b, *tolerance):
    return text_report(compare_traces(a, b, Tolerance(*tolerance)), ("a.npz", a), ("b.npz", b))


def verdict(*arguments):
    return report(*arguments).splitlines()[-1]


ONE = np.float32([1.0, 2.0])
NEXT = np.nextafter(ONE, np.float32(9))


def test_traces_that_agree():
    a = trace({"w": ONE}, {"w": ONE}, manifest=GENUINE)
    assert report(a, trace({"w": ONE}, {"w": ONE})) == textwrap.dedent("""\
        A  a.npz
           TensorFlow 0.12.1, Python 2.7.18, NumPy 1.16.6, 2 steps
        B  b.npz
           2 steps
        Tolerance: 0 ULP

        AGREE: 1 tensor at 2 steps; every element is equal.""")
    assert verdict(a, trace({"w": NEXT}, {"w": ONE}), 1) == (
        "AGREE: 1 tensor at 2 steps; no two elements are more than 1 ULP or 2.38e-07 apart.")


def test_traces_that_differ():
    a = trace({"w": ONE, "v": ONE, "n": np.nan, "same": 1}, {"w": ONE, "v": ONE})
    b = trace({"w": ONE, "v": np.ones([2, 1]), "n": 2.0, "same": 1}, {"w": NEXT, "v": ONE})
    assert report(a, b) == textwrap.dedent("""\
        A  a.npz
           2 steps
        B  b.npz
           2 steps
        Tolerance: 0 ULP

        First divergence: step 0, variables/v
          float32 [2] against float64 [2, 1]

        Tensors that differ, the worst first:
          from step     ULP  difference  tensor
                  0       -           -  variables/v
                                          float32 [2] against float64 [2, 1]
                  0 NaN/inf           -  variables/n
                  1       1    2.38e-07  variables/w

        DIFFERENT: 3 of 4 tensors at 2 steps differ.""")


def test_traces_of_which_each_has_what_the_other_lacks():
    a = trace({"w": ONE, "a": ONE}, {"w": ONE}, {"w": ONE}, {"w": ONE}, numbers=[0, 1, 2, 4])
    b = trace({"w": ONE, "b": ONE, "c": ONE}, {"w": ONE}, numbers=[0, 9])
    assert report(a, b, 0, 1e-6, 1e-9) == textwrap.dedent("""\
        A  a.npz
           4 steps
        B  b.npz
           2 steps
        Tolerance: 1e-09 + 1e-06 * |b|

        Steps only in A:
          1 to 2
          4

        Steps only in B:
          9

        Tensors only in A:
          variables/a (step 0)

        Tensors only in B:
          variables/b (step 0)
          variables/c (step 0)

        DIFFERENT: only in A: 1 tensor and 3 steps; only in B: 2 tensors and 1 step.""")


def test_nothing_in_common():
    assert verdict(trace({"a": ONE}), trace({"b": ONE})) == (
        "DIFFERENT: the traces have nothing in common; only in A: 1 tensor; only in B: 1 tensor.")
    assert verdict(trace(), trace()) == "DIFFERENT: the traces have nothing in common."


def test_long_lists_are_cut():
    names = ["v%02d" % number for number in range(13)]
    a, b = ({name: np.float64(start) for name in names} for start in (1, 2))
    text = report(trace(a), trace(b)).splitlines()
    assert text[-3:] == ["  and 3 more", "", "DIFFERENT: 13 of 13 tensors at 1 step differ."]
    text = report(trace(a), trace({"w": ONE}))
    assert "  variables/v09 (step 0)\n  and 3 more\n" in text


@pytest.mark.parametrize("factor", [1.0, 1e-30, 1e30])
def test_lines_fit_into_80_columns(factor):
    a = trace({"scope/of/layer/weights": np.full([100, 100], 1.2345678e-5 * factor)},
              manifest=GENUINE)
    b = trace({"scope/of/layer/weights": np.full([100, 100], -1.234567e-5 * factor)},
              manifest=GENUINE)
    assert max(map(len, report(a, b).splitlines())) <= 80
