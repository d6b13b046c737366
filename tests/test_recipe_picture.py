"""``tf1-recipes show NAME --plot``: what is drawn."""
import numpy as np
import pytest

from tf1_recipes import cli
from tf1_recipes.evidence import catalogue, picture
from tf1_recipes.traces import MemoryTrace, open_trace

SCHEDULED = [recipe for recipe in catalogue.RECIPES if recipe.rate]


def rate_of(name):
    recipe, = catalogue.find([name])
    return picture.rate_of(recipe, open_trace(recipe.trace_path(recipe.releases[-1])))


@pytest.mark.parametrize("name", ["A3", "D2", "D3"])  # plain, with a schedule, with a history
def test_a_picture_is_drawn(name, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    path = tmp_path / "picture.png"
    assert cli.main(["show", name, "--plot", str(path)]) == 0
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert capsys.readouterr().out == "%s: %s\n" % (name, path)


@pytest.mark.parametrize("recipe", SCHEDULED, ids=[recipe.name for recipe in SCHEDULED])
def test_a_genuine_run_s_rates_lie_on_the_schedule_s_curve(recipe):
    _, rates, schedule = rate_of(recipe.name)
    np.testing.assert_allclose(rates, schedule, rtol=1e-7)


def test_the_schedule_s_curve_has_a_point_for_each_batch_and_stage():
    steps, rates, _ = rate_of("D2")
    assert steps == list(range(1, 33)) and rates.shape == (32, 2)  # setting a rate is no step
    assert [step for step, rate in zip(steps, rates[:, 1]) if rate == 0.25] == [1, 5, 13, 29]
    steps, rates, _ = rate_of("D1")
    assert [step for step, rate in zip(steps, rates) if rate == np.float32(0.1)] == [1, 2, 3, 4, 5]


def test_curves_hold_scalars_distances_and_a_gap_between_sessions():
    trace = MemoryTrace()
    start = {"initial": True}
    trace.step(0, [("variables", "w", [0.0, 0.0]), ("variables", "rate", 0.5)], start)
    trace.step(1, [("variables", "w", [3.0, 4.0]), ("variables", "rate", 0.25),
                   ("fetches", "loss", 9.0), ("fetches", "logits", [1.0, 2.0])], {})
    trace.step(2, [("variables", "w", [1.0, 1.0])], start)

    fetched, scalars, moved = picture.curves_of(trace).values()

    assert fetched == {"loss": ([1], [9.0])}
    assert scalars["rate"][0] == [0, 0, 1] and scalars["rate"][1][1:] == [0.5, 0.25]
    steps, distances = moved["w"]
    assert steps == [0, 0, 1, 2, 2]
    assert distances[1:3] == [0.0, 5.0] and distances[4] == 0.0
    assert distances[3] != distances[3]  # NaN: the line breaks where a session begins


def test_curves_hold_neither_counters_nor_slots_nor_what_is_drawn_elsewhere():
    trace = MemoryTrace()
    arrays = [("variables", name, np.float32([0.0, 1.0])) for name in ("w", "w/Momentum", "lr")]
    trace.step(0, arrays + [("variables", "global_step", np.int64(3))], {"initial": True})

    fetched, scalars, moved = picture.curves_of(trace, leave_out="variables/lr").values()

    assert (fetched, scalars, list(moved)) == ({}, {}, ["w"])
