"""What a failing trace regression says, worked out by hand; and that it counts as compare does."""
import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace, regression
from tf1_recipes.traces.element_differences import Tolerance, difference_between
from tf1_recipes.traces.regression import Tolerances, regression_report
from tf1_recipes.traces.trace import Tensor


def trace(*steps, numbers=None):
    made = MemoryTrace()
    for number, arrays in zip(numbers or range(len(steps)), steps):
        made.step(number, [(*name.split("/", 1), np.asarray(each))
                           for name, each in arrays.items()], {"session": 0})
    return made


def report(stored, obtained, tolerance=None):
    return regression_report(stored, obtained, Tolerances(tolerance))


def test_the_same_again_is_nothing_to_report():
    same = {"variables/w": np.float32([1, np.nan]), "fetches/n": 3, "feeds/x": [True]}
    assert report(trace(same, same), trace(same, same)) == ""


def test_numbers_that_differ_and_names_that_come_and_go():
    # 1.5 is 4194304 float32 numbers above 1.0, 2.25 1048576 above 2.0.
    stored = trace({"variables/w": np.float32([[1, 2], [3, 4]]), "variables/b": [0.0],
                    "fetches/old": 1.0},
                   {"variables/w": np.float32([[1, 2], [3, 4]]), "variables/b": [0.0]})
    obtained = trace({"variables/w": np.float32([[1, 2], [3, 4]]), "variables/b": [0.0]},
                     {"variables/w": np.float32([[1.5, 2.25], [3, np.nan]]), "variables/b": [0.0],
                      "fetches/new": 1.0})
    assert report(stored, obtained) == textwrap.dedent("""\
        1 of 2 tensors differ, from step 1 on; 1 tensor new; 1 tensor missing

          Matching:  variables/b
          Differing: variables/w
          New:       fetches/new (1)
          Missing:   fetches/old (0)

        variables/w, float32 [2, 2], tolerance 0 ULP
          differs from step 1 on, at 1 of 2 steps
          differing numbers   3 of 8 (37.5%)
          NaN or infinite     1 of them
          largest difference  0.5  (4194304 ULP)
          mean difference     0.375  of those that differ
            step  index                 stored        obtained  difference       ULP
               1  [1, 1]                   4.0             nan           -         -
               1  [0, 0]                   1.0             1.5         0.5   4194304
               1  [0, 1]                   2.0            2.25        0.25   1048576""")


def test_other_shapes_steps_and_whole_numbers():
    stored = trace({"variables/w": [1.0], "fetches/n": [3, 4]},
                   {"variables/w": [1.0], "fetches/n": [3, 4]}, {}, numbers=[0, 1, 7])
    obtained = trace({"variables/w": [1.0, 2.0], "fetches/n": [3, 9]},
                     {"variables/w": [1.0], "fetches/n": [3, 4]}, {}, {}, {},
                     numbers=[0, 1, 3, 4, 6])
    assert report(stored, obtained) == textwrap.dedent("""\
        2 of 2 tensors differ, from step 0 on; steps new: 3 to 4, 6; steps missing: 7

          Matching:  none
          Differing: variables/w, fetches/n
          New:       none
          Missing:   none

        variables/w, float64 [1], tolerance 0 ULP
          differs from step 0 on, at 1 of 2 steps
          float64 [1] stored, float64 [2] obtained

        fetches/n, int64 [2], tolerance 0 ULP
          differs from step 0 on, at 1 of 2 steps
          differing numbers   1 of 4 (25.0%)
          largest difference  5
          mean difference     5  of those that differ
            step  index                 stored        obtained  difference       ULP
               0  [1]                        4               9           5         -""")


def test_nothing_in_common():
    assert report(trace({}), trace({})).startswith("the traces have nothing in common\n")
    assert report(trace({"variables/w": 1.0}), trace({"variables/v": 1.0})).startswith(
        "1 tensor new; 1 tensor missing\n")


def test_only_the_worst_rows_are_shown_and_long_lists_are_cut():
    stored = trace(*[{"variables/w": np.zeros(100)}] * 3)
    obtained = trace(*[{"variables/w": np.arange(100.0) * step} for step in range(3)])
    text = report(stored, obtained).splitlines()
    assert "  differing numbers   198 of 300 (66.0%)" in text
    assert [line.split()[:2] for line in text[-5:]] == [
        ["2", "[99]"], ["2", "[98]"], ["2", "[97]"], ["2", "[96]"], ["2", "[95]"]]
    names = ["variables/w%02d" % number for number in range(30)]
    text = report(trace(dict.fromkeys(names, 0.0)), trace(dict.fromkeys(names, 1.0)))
    assert ", variables/w19 and 10 more\n" in text
    assert text.endswith("\n\nand 20 more tensors differ")


def test_a_nan_is_among_the_worst_rows_however_many_numbers_are_apart():
    text = report(trace({"variables/w": np.zeros(7)}),
                  trace({"variables/w": np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, np.nan])}))
    shown = [line.split()[1] for line in text.splitlines()[-5:]]
    assert shown == ["[6]", "[5]", "[4]", "[3]", "[2]"]


def test_the_largest_difference_is_that_of_all_steps():
    text = report(trace({"variables/w": [0.0]}, {"variables/w": [0.0]}),
                  trace({"variables/w": [2.0]}, {"variables/w": [1.0]}))
    assert "  largest difference  2  (" in text
    assert "  mean difference     1.5  of those" in text


def test_each_tensor_has_the_tolerance_of_the_first_pattern_that_matches():
    stored = trace({"variables/dense/kernel": 1.0, "variables/dense/bias": 1.0, "fetches/loss": 1.0,
                    "variables/dense2/kernel": 1.0})
    obtained = trace({"variables/dense/kernel": 1.1, "variables/dense/bias": 1.1,
                      "fetches/loss": 1.1, "variables/dense2/kernel": 1.1})
    text = report(stored, obtained, {
        "dense/bias": Tolerance(atol=0.01), "dense": Tolerance(atol=0.2),
        "fetches": Tolerance(rtol=0.1)})
    assert "\n  Matching:  variables/dense/kernel, fetches/loss\n" in text
    assert "\nvariables/dense/bias, float64 [], tolerance 0.01 + 0 * |b|\n" in text
    assert "\nvariables/dense2/kernel, float64 [], tolerance 0 ULP\n" in text


def test_a_tolerance_that_is_none_or_matches_nothing_is_refused():
    same = trace({"variables/dense/kernel": 1.0})
    with pytest.raises(Error, match="tolerance: 'dens' matches no tensor; the closest are 'dense'.*"
                                    "; 'loss' matches no tensor"):
        report(same, same, {"dens": Tolerance(), "dense": Tolerance(), "loss": Tolerance()})
    with pytest.raises(Error, match="'w' is given 1e-06, which is not a Tolerance; '\\(' is not a "
                                    "regular expression: .*; 3 is not a regular expression"):
        Tolerances({"w": 1e-6, "(": Tolerance(), 3: Tolerance()})


@pytest.mark.parametrize("given", [0.1, 0, "ulp", [Tolerance()]])
def test_what_is_neither_a_tolerance_nor_a_dict_of_them_is_refused(given):
    with pytest.raises(Error) as error:
        Tolerances(given)
    assert str(error.value) == (
        "tolerance: %r is neither a Tolerance nor a dict {pattern: Tolerance}; write "
        "Tolerance(ulp=...) or Tolerance(rtol=..., atol=...)" % (given,))


NUMBERS = [0.0, -0.0, 1.0, 1 + 2.0 ** -20, 1.5, -1.5, 3e38, -3e38, np.inf, -np.inf, np.nan, 1e-45]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_as_many_elements_fail_as_compare_counts(data):
    kind = data.draw(st.sampled_from(["float16", "float32", "float64", "int8", "uint64", "bool"]))
    elements = st.sampled_from(NUMBERS) if kind[0] == "f" else st.integers(0, 127)
    pairs = data.draw(st.lists(st.tuples(elements, elements), min_size=1, max_size=8))
    with np.errstate(over="ignore"):
        a, b = np.array(pairs).T.astype(kind)
    tolerance = data.draw(st.sampled_from([
        Tolerance(), Tolerance(ulp=8), Tolerance(rtol=0.3), Tolerance(ulp=1, atol=0.7),
        Tolerance(ulp=2 ** 40)]))
    expected = difference_between(Tensor(a), Tensor(b), tolerance)
    deviation = regression.Deviation("variables/w", str(a.dtype), tolerance)
    deviation.take(0, a, b)
    assert deviation.failing == expected.failing
    assert deviation.not_finite == expected.not_finite


def test_complex_numbers_are_counted_as_numbers():
    a, b = (trace({"fetches/z": np.complex64([1 + 1j, each])}) for each in (2 + 2j, 5 + 6j))
    text = report(a, b).splitlines()
    assert "  differing numbers   1 of 2 (50.0%)" in text
    # |3 + 4j| is 5; the bits of 2.0 and 6.0 are 0x40000000 and 0x40C00000.
    assert text[-1].split() == ["0", "[1]", "(2+2j)", "(5+6j)", "5", str(0xC00000)]
