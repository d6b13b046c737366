"""Traces as tables of pandas and xarray."""
import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace

# w is [3, 4] and then [0, 5]; the loss is there from step 1 on.
STEPS = [
    (0, [("variables", "net/w", np.float32([3, 4])), ("variables", "bias", np.int64(7))]),
    (1, [("variables", "net/w", np.float32([0, 5])), ("variables", "bias", np.int64(8)),
         ("fetches", "loss", np.float32(0.5)), ("feeds", "z", np.complex64([3 + 4j]))]),
]


@pytest.fixture
def trace():
    made = MemoryTrace()
    for number, tensors in STEPS:
        made.step(number, tensors, {})
    return made


def test_a_row_for_each_step_and_statistics_of_what_is_no_scalar(trace):
    pytest.importorskip("pandas")
    table = trace.to_pandas()
    assert list(table.columns) == [
        *(("variables/net/w", each) for each in ("mean", "std", "min", "max", "norm")),
        ("variables/bias", ""), ("fetches/loss", ""),
        *(("feeds/z", each) for each in ("mean", "std", "min", "max", "norm"))]
    assert (table.index.name, list(table.index)) == ("step", [0, 1])
    assert table["variables/net/w"].values.tolist() == [[3.5, 0.5, 3, 4, 5], [2.5, 2.5, 0, 5, 5]]
    assert table["variables/bias"].tolist() == [7, 8]
    assert table["variables/bias"].dtype == np.int64
    assert np.isnan(table["fetches/loss"][0]) and table["fetches/loss"][1] == 0.5
    assert table["feeds/z"]["norm"][1] == 5.0


def test_a_row_for_each_element(trace):
    pytest.importorskip("pandas")
    table = trace.to_pandas(kinds="variables", elements=True)
    assert list(table.columns) == ["step", "tensor", "index", "value"]
    assert table.values.tolist() == [
        [0, "variables/net/w", (0,), 3.0], [0, "variables/net/w", (1,), 4.0],
        [0, "variables/bias", (), 7.0],
        [1, "variables/net/w", (0,), 0.0], [1, "variables/net/w", (1,), 5.0],
        [1, "variables/bias", (), 8.0]]


@pytest.mark.parametrize("options, titles", [
    ({"kinds": ["fetches"]}, ["fetches/loss"]),
    ({"variables": "net"}, ["variables/net/w", "fetches/loss", "feeds/z"]),
    ({"kinds": ["variables"], "variables": "bias"}, ["variables/bias"]),
])
def test_some_of_it(trace, options, titles):
    pytest.importorskip("pandas")
    assert list(dict.fromkeys(title for title, _ in trace.to_pandas(**options))) == titles


@pytest.mark.parametrize("options", [{}, {"elements": True}])
def test_an_empty_trace_is_an_empty_table(options):
    pytest.importorskip("pandas")
    assert len(MemoryTrace().to_pandas(**options)) == 0


def test_nan_infinite_and_empty_tensors(trace):
    pytest.importorskip("pandas")
    trace.step(2, [("variables", "net/w", np.float32([np.nan, np.inf])),
                   ("fetches", "none", np.zeros([0, 3]))], {})
    table = trace.to_pandas()
    assert np.isnan(table["variables/net/w"]["mean"][2])
    assert table["fetches/none"].isna().all(axis=None)


def test_a_wrong_pattern_is_an_error(trace):
    pytest.importorskip("pandas")
    with pytest.raises(Error) as error:
        trace.to_pandas(variables="[")
    assert str(error.value) == (
        "variables='[' is not a regular expression: unterminated character set at position 0")


@pytest.mark.parametrize("library", ["pandas", "xarray"])
@pytest.mark.parametrize("options, message", [
    ({"kinds": ["fetchs"]}, "kinds: there is no kind 'fetchs' of tensors; did you mean fetches?"),
    ({"variables": "nett"},
     "variables=: 'nett' matches no variable; the closest are 'net', 'net/w'"),
])
def test_what_matches_nothing_is_an_error(trace, library, options, message):
    pytest.importorskip(library)
    with pytest.raises(Error) as error:
        getattr(trace, "to_" + library)(**options)
    assert str(error.value) == message


def test_a_data_set_of_xarray(trace):
    pytest.importorskip("xarray")
    found = trace.to_xarray()
    assert found["variables/net/w"].dims == ("step", "variables/net/w[0]")
    assert found["variables/net/w"].values.tolist() == [[3, 4], [0, 5]]
    assert found["step"].values.tolist() == [0, 1]
    assert np.isnan(found["fetches/loss"].sel(step=0))
    assert found["fetches/loss"].sel(step=1) == 0.5


def test_xarray_takes_no_tensor_whose_shape_changes(trace):
    pytest.importorskip("xarray")
    trace.step(2, [("feeds", "z", np.complex64([1, 2]))], {})
    with pytest.raises(Error) as error:
        trace.to_xarray()
    assert str(error.value) == (
        "to_xarray: the shape changes from step to step of feeds/z: leave it out by kinds= or "
        "variables=")
    assert set(trace.to_xarray(kinds=["variables"])) == {"variables/net/w", "variables/bias"}
