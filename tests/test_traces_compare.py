"""Comparing traces: what agrees, what does not, and how far apart it is."""
import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import (
    MemoryTrace,
    Tolerance,
    TraceError,
    compare_traces,
    map_traces,
    open_trace,
)
from tf1_recipes.traces.element_differences import difference_between
from tf1_recipes.traces.trace import Tensor


def trace(*steps, kind="variables", numbers=None):
    made = MemoryTrace()
    for number, arrays in zip(numbers or range(len(steps)), steps):
        made.step(number, [(kind, name, np.asarray(each)) for name, each in arrays.items()],
                  {"session": 0})
    return made


def difference(a, b, **tolerance):
    return difference_between(Tensor(np.array(a)), Tensor(np.array(b)), Tolerance(**tolerance))


def test_equal_traces_agree():
    a = trace({"w": np.float32([1, np.nan])}, {"w": np.float32([2, np.inf])})
    outcome = compare_traces(a, a)
    assert outcome.agrees and outcome.first == "" and outcome.first_step is None
    assert (outcome.steps, outcome.tensors) == (2, 2)


def test_traces_without_anything_in_common_do_not_agree():
    assert not compare_traces(trace(), trace()).agrees
    assert not compare_traces(trace({}), trace({})).agrees


def test_the_first_divergence_is_named():
    a = trace({"v": [1.0], "w": [[1.0, 2.0]]}, {"v": [1.0], "w": [[1.0, 2.0]]}, {"v": [2.0]})
    b = trace({"v": [1.0], "w": [[1.0, 2.0]]}, {"v": [1.0], "w": [[1.0, 2.5]]}, {"v": [3.0]})
    outcome = compare_traces(a, b)
    assert outcome.first == "step 1, variables/w [0, 1]: 2.0 against 2.5 (%d ULP)" % (2 ** 50)
    assert outcome.first_step == 1
    assert [(row.name, row.first_step, row.differing_steps, row.steps, row.absolute)
            for row in outcome.rows] == [("v", 2, 1, 3, 1.0), ("w", 1, 1, 2, 0.5)]


def test_a_row_has_the_first_step_that_differs_and_the_largest_distance_of_all():
    a = trace({"w": [1.0]}, {"w": [1.0]}, {"w": [1.0]})
    b = trace({"w": [1.0]}, {"w": [1.0 + 3 * 2.0 ** -52]}, {"w": [1.0 + 2.0 ** -52]})
    row, = compare_traces(a, b).rows
    assert (row.first_step, row.differing_steps, row.ulp) == (1, 2, 3)


def test_the_distance_shown_is_that_of_the_element_shown():
    """The tiny numbers are farther apart in ULPs, but within ``atol``."""
    a, b = np.float32([1e-30, 1.0]), np.float32([-1e-30, 1.0000002])
    outcome = compare_traces(trace({"w": a}), trace({"w": b}), Tolerance(atol=1e-8))
    assert outcome.first == "step 0, variables/w [1]: 1.0 against 1.0000002 (2 ULP)"
    outcome = compare_traces(trace({"w": np.complex64([1 + 1j])}),
                             trace({"w": np.complex64([1 + 1.0000002j])}))
    assert outcome.first == "step 0, variables/w [0]: (1+1j) against (1+1.0000002j) (2 ULP)"


def test_a_scalar_has_no_place():
    outcome = compare_traces(trace({"w": np.float32(1.0)}), trace({"w": np.float32(-1.0)}))
    assert outcome.first == "step 0, variables/w: 1.0 against -1.0 (%d ULP)" % (2 * 127 * 2 ** 23)


# --- Tolerances ---


@pytest.mark.parametrize("dtype, next_to_one", [
    (np.float16, 1.001), (np.float32, 1.0000001), (np.float64, 1.0000000000000002)])
def test_ulps(dtype, next_to_one):
    a, b = dtype([1.0, 5.0]), dtype([next_to_one, 5.0])
    assert (difference(a, b).failing, difference(a, b).ulp, difference(a, b).index) == (1, 1, 0)
    assert difference(a, b, ulp=1).failing == 0
    assert difference(a, -a, ulp=1).failing == 2


def test_the_sign_of_zero_makes_no_difference():
    assert difference(np.float32([0.0]), np.float32([-0.0])).failing == 0


def test_relative_and_absolute_tolerance_refer_to_b():
    a, b = [1.0, 100.0], [1.25, 130.0]
    assert difference(a, b, rtol=0.25).failing == 0  # 0.25 <= 0.3125, 30 <= 32.5
    assert difference(b, a, rtol=0.25).failing == 1  # 0.25 <= 0.25, 30 > 25
    assert difference(a, b, atol=0.25).failing == 1
    assert difference(a, b, atol=30.0).failing == 0
    assert difference([0.0], [1e-9], rtol=0.5).failing == 1
    assert difference([0.0], [1e-9], atol=1e-8).failing == 0


def test_one_of_the_tolerances_is_enough():
    a, b = np.float32([1.0, 0.0]), np.float32([1.0000001, 1e-9])
    assert difference(a, b, ulp=1).failing == 1
    assert difference(a, b, atol=1e-8).failing == 1
    assert difference(a, b, ulp=1, atol=1e-8).failing == 0


@pytest.mark.parametrize("a, b, failing", [
    ([np.nan, 1.0], [np.nan, 1.0], 0), ([np.nan], [1.0], 1), ([1.0], [np.nan], 1),
    ([np.inf], [np.inf], 0), ([np.inf], [-np.inf], 1), ([np.inf], [1e308], 1),
    ([np.nan], [np.inf], 1), ([np.nan, 1.0, 2.0], [np.nan, 1.5, np.nan], 1)])
def test_what_is_not_finite_never_agrees_with_a_number(a, b, failing):
    for tolerance in ({}, {"ulp": 2 ** 62}, {"rtol": 1e300, "atol": 1e300}):
        found = difference(a, b, **tolerance)
        assert found.not_finite == failing
        assert found.failing == failing + (tolerance == {} and 1.5 in b)


def test_a_nan_is_shown_before_a_number_that_is_far_off():
    found = difference([1.0, 2.0, 3.0], [9.0, np.nan, 3.0])
    assert (found.failing, found.not_finite, found.index, found.absolute) == (2, 1, 1, 8.0)


def test_a_nan_that_agrees_does_not_move_the_place_of_a_number_that_does_not():
    found = difference([np.nan, 1.0, 2.0], [np.nan, 1.0, 2.5])
    assert (found.failing, found.index, found.values) == (1, 2, (2.0, 2.5))


def test_a_difference_that_overflows_is_one():
    largest = np.finfo(np.float32).max
    found = difference(np.float32([largest]), np.float32([-largest]))
    assert (found.failing, found.not_finite) == (1, 0)


@pytest.mark.parametrize("a, b, absolute", [
    (np.int64([2 ** 62 + 1]), np.int64([2 ** 62]), 1.0),
    (np.int64([-2 ** 63]), np.int64([2 ** 63 - 1]), 2.0 ** 64),
    (np.uint8([250]), np.uint8([5]), 245.0), (np.int8([-128]), np.int8([127]), 255.0),
    (np.array([True]), np.array([False]), 1.0)])
def test_whole_numbers_must_be_equal(a, b, absolute):
    found = difference(a, b, ulp=1000)
    assert (found.failing, found.absolute) == (1, absolute)
    assert difference(a, b, atol=absolute).failing == 0
    assert difference(a, b, atol=absolute / 2).failing == 1


def test_of_whole_numbers_too_the_second_is_what_rtol_is_a_share_of():
    assert difference(np.int32([10]), np.int32([8]), rtol=0.2).failing == 1  # 2 > 1.6
    assert difference(np.int32([8]), np.int32([10]), rtol=0.2).failing == 0  # 2 <= 2


def test_complex_numbers_are_compared_part_by_part():
    a, b = np.complex64([1 + 1j, 2 + 2j]), np.complex64([1 + 1j, 2 + 2.5j])
    found = difference(a, b)
    assert (found.failing, found.index, found.values) == (1, 1, (2 + 2j, 2 + 2.5j))
    assert difference(a, b, atol=0.5).failing == 0
    near = np.complex64([1 + 1j, 2 + 2.0000002j])
    assert (difference(a, near).ulp, difference(a, near, ulp=1).failing) == (1, 0)


def test_shapes_and_dtypes_must_be_the_same():
    for b, text in ((np.ones([1, 2], np.float32), "float32 [2] against float32 [1, 2]"),
                    (np.ones([2]), "float32 [2] against float64 [2]")):
        outcome = compare_traces(trace({"w": np.ones(2, np.float32)}), trace({"w": b}),
                                 Tolerance(10, 1.0, 1.0))
        assert not outcome.agrees
        assert outcome.first == "step 0, variables/w: " + text
    assert compare_traces(trace({"w": np.zeros([0, 3])}), trace({"w": np.zeros([0, 3])})).agrees


@pytest.mark.parametrize("between", [compare_traces, lambda a, b: map_traces(a, b, [])])
def test_what_is_not_a_trace_is_refused(between):
    with pytest.raises(Error) as error:
        between("a.npz", 3)
    assert str(error.value) == (
        "a is 'a.npz', not a trace: open it with open_trace; b is 3, not a trace")


@pytest.mark.parametrize("tolerance", [0, 3, 0.1, "ulp"])
def test_a_tolerance_is_no_bare_number(tolerance):
    a = trace({"w": 1.0})
    with pytest.raises(Error) as error:
        compare_traces(a, a, tolerance)
    assert str(error.value) == (
        "tolerance: %r is not a Tolerance; write Tolerance(ulp=...) or Tolerance(rtol=..., "
        "atol=...)" % (tolerance,))


@pytest.mark.parametrize("options, message", [
    ({"kinds": ["fetchs", 3]}, "kinds: there is no kind 'fetchs' of tensors; did you mean fetches?"
                               "; there is no kind 3 of tensors, but variables, fetches, feeds"),
    ({"kinds": None}, "kinds: there is no kind None of tensors, but variables, fetches, feeds"),
    ({"variables": 3}, "--variables 3 is not a regular expression: it must be a str"),
])
def test_kinds_and_variables_of_a_wrong_type_are_refused(options, message):
    a = trace({"w": 1.0})
    with pytest.raises(Error) as error:
        compare_traces(a, a, **options)
    assert str(error.value) == message


NO_TOLERANCE = [float("nan"), float("inf"), -1, -0.5, True, None, "1", [1], 1j, 10 ** 400,
                np.float32("nan"), np.bool_(True), np.array(1.0)]


@pytest.mark.parametrize("value", NO_TOLERANCE, ids=lambda value: str(value)[:9])
def test_a_tolerance_that_is_not_a_finite_number_of_at_least_0_is_refused(value):
    with pytest.raises(Error) as error:
        Tolerance(ulp=value, rtol=value, atol=value)
    assert str(error.value) == (
        "tolerance: ulp = %r: it must be a whole number >= 0; rtol = %r: it must be a finite "
        "number >= 0; atol = %r: it must be a finite number >= 0" % (value, value, value))


def test_ulps_are_whole_and_numbers_of_numpy_are_numbers():
    with pytest.raises(Error, match="^tolerance: ulp = 1.5: it must be a whole number >= 0$"):
        Tolerance(ulp=1.5)
    assert str(Tolerance(np.int64(4), np.float32(0.5), 1)) == "4 ULP or 1 + 0.5 * |b|"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex64, np.int32])
def test_large_tensors_are_compared_as_small_ones_are(dtype):
    """One element of several pieces differs, which pieces' threads report in order."""
    from concurrent.futures import ThreadPoolExecutor
    a = (np.arange(1_000_003) % 2000).astype(dtype)
    b = a.copy()
    place = 777_777
    b[place] = dtype(5)
    with ThreadPoolExecutor(2) as pool:
        found = difference_between(Tensor(a), Tensor(b), Tolerance(), pool)
    assert (found.elements, found.failing, found.index) == (1_000_003, 1, place)
    assert found.values == (a[place], 5)


# --- Names ---


def test_names_and_steps_on_one_side_only_do_not_agree():
    outcome = compare_traces(
        trace({"w": 1.0, "a": 1.0}, {"w": 1.0, "a": 1.0}, {"w": 1.0}, numbers=[0, 1, 2]),
        trace({"w": 1.0, "b": 1.0}, {"w": 1.0}, {"w": 1.0}, numbers=[0, 1, 4]))
    assert not outcome.agrees and outcome.first == ""
    assert outcome.only_in_a == ["variables/a (2 steps, from 0)"]
    assert outcome.only_in_b == ["variables/b (step 0)"]
    assert (outcome.steps_only_in_a, outcome.steps_only_in_b) == ([2], [4])


def test_names_are_mapped_exactly_or_by_pattern():
    a = trace({"old/l1/w": 1.0, "old/l2/w": 2.0, "b": 3.0})
    b = trace({"new/1/w": 1.0, "new/2/w": 2.0, "bias": 3.0})
    assert compare_traces(a, b, names={r"old/l(\d)/(.*)": r"new/\1/\2", "b": "bias"}).agrees


def test_an_exact_name_goes_before_a_pattern():
    a, b = trace({"w": 1.0, "v": 2.0}), trace({"first": 1.0, "x": 2.0})
    assert compare_traces(a, b, names={".": "x", "w": "first"}).agrees


def test_two_names_may_not_become_one():
    with pytest.raises(Error, match="^--map: 'w' and 'v' of the first trace would both be 'x' in"):
        compare_traces(trace({"w": 1.0, "v": 2.0}), trace({"x": 1.0}), names={".": "x"})


def test_a_choice_of_variables_leaves_out_all_else():
    a, b = MemoryTrace(), MemoryTrace()
    a.step(0, [("variables", "net/w", 1.0), ("variables", "net2", 1.0), ("feeds", "x", 1.0)], {})
    b.step(0, [("variables", "net/w", 1.0), ("fetches", "net", 2.0)], {})
    assert compare_traces(a, b, variables="net").agrees
    assert not compare_traces(a, b).agrees
    assert compare_traces(a, b, kinds=("feeds",)).only_in_a == ["feeds/x (step 0)"]


def test_requests_that_match_nothing_are_refused_in_one_message():
    a = trace({"weights": 1.0})
    with pytest.raises(Error) as caught:
        compare_traces(a, a, names={"weigths": "w"}, variables="weight")
    assert str(caught.value) == (
        "--map: 'weigths' matches no name of the first trace; the closest are 'weights'; "
        "--variables: 'weight' matches no variable; the closest are 'weights'")


@pytest.mark.parametrize("options, words", [
    ({"variables": "("}, r"--variables \( is not a regular expression: "),
    ({"names": {"(": "x"}}, r"--map \(=x is not a regular expression: "),
    ({"names": {"net/(.*)": r"\2"}}, r"--map net/\(.\*\)=\\2 is not a regular expression: ")])
def test_patterns_that_are_none(options, words):
    a = trace({"net/weights": 1.0})
    with pytest.raises(Error, match="^" + words):
        compare_traces(a, a, **options)


# --- Files ---


def test_a_damaged_tensor_is_no_difference(tmp_path):
    """A checksum that is wrong is found on either side, even where shapes differ."""
    paths = [str(tmp_path / name) for name in ("a.npz", "b.npz", "c.npz")]
    for path, array in zip(paths, (np.ones(1000), np.ones(1000), np.ones(10))):
        file = TraceFile(path, {})
        file.step(0, [("variables", "w", array)], {})
        file.close({})
    data = bytearray((tmp_path / "b.npz").read_bytes())
    place = data.index(np.ones(2).tobytes()) + 4000
    data[place] ^= 1
    (tmp_path / "b.npz").write_bytes(data)
    for a, b in (paths[:2], paths[1::-1], paths[1:], paths[:0:-1]):
        with pytest.raises(TraceError, match=r"b.npz is damaged: member '0/variables/w.npy' at "
                                             r"byte \d+: its checksum is wrong"):
            compare_traces(open_trace(a), open_trace(b))


def test_progress_is_told():
    told = []
    compare_traces(trace({}, {}), trace({}, {}), progress=lambda *each: told.append(each))
    assert told == [(1, 2), (2, 2)]
