"""``tf1-recipes show NAME --plot``: what is drawn."""
import math

import numpy as np
import pytest

from tf1_recipes import cli
from tf1_recipes.evidence import catalogue, picture
from tf1_recipes.traces import MemoryTrace, open_trace

SCHEDULED = [recipe for recipe in catalogue.RECIPES if recipe.rate]


def rate_of(name):
    recipe, = catalogue.find([name])
    return picture.rate_of(recipe, open_trace(recipe.trace_path(recipe.releases[-1])))


# Plain, with figures of the document, with a schedule, with a history.
@pytest.mark.parametrize("name", ["A3", "A8", "D2", "D3"])
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


def test_the_document_s_three_figures_of_annealing():
    """(1 + cos(pi c / n)) / 2 for c = 0, n / 4, n / 2, 3 n / 4 of each cycle of n batches."""
    figures, = [recipe.figures() for recipe in catalogue.find(["D2"])]
    quarters = [1, 0.853553, 0.5, 0.146447]
    cycles = {"one annealing over 200 batches": [(0, 200)],
              "a restart every 100 batches": [(0, 100), (100, 100), (200, 100), (300, 100)],
              "cycles of 100, 200 and 400 batches": [(0, 100), (100, 200), (300, 400)]}
    assert list(figures.FIGURES) == list(cycles)
    for title, expected in cycles.items():
        rates = figures.rates(title)
        assert len(rates) == sum(n for _, n in expected)
        assert [batch for batch, rate in enumerate(rates) if rate == 1] == [
            start for start, _ in expected]
        for start, n in expected:
            np.testing.assert_allclose(rates[start:start + n:n // 4], quarters, rtol=1e-5)
            assert rates[start + n - 1] < 0.001  # the last batch before a restart


def test_the_document_s_three_figures_are_drawn_from_those_numbers():
    pytest.importorskip("matplotlib")
    plt = picture.pyplot()
    figures, = [recipe.figures() for recipe in catalogue.find(["D2"])]
    figure = plt.figure()
    figures.draw(figure, None)
    for axis, title in zip(figure.axes, figures.FIGURES):
        assert axis.get_title(loc="left") == title
        assert axis.lines[0].get_ydata().tolist() == figures.rates(title)
    plt.close(figure)


def test_the_picture_of_the_stages():
    recipe, = catalogue.find(["A8"])
    stages = recipe.figures().stages(open_trace(recipe.trace_path("1.15.5")))
    assert [(name, layers) for name, layers, _ in stages] == [
        ("early", ["block1", "block2"]), ("middle", ["block3"]), ("final", ["top"])]
    np.testing.assert_allclose([rate for _, _, rate in stages], [1e-7, 1e-4, 1e-2], rtol=1e-7)


def test_a_recipe_without_figures():
    recipe, = catalogue.find(["A3"])
    assert recipe.figures() is None


@pytest.mark.parametrize("smallest, scale, ticks", [
    (2e-7, "symlog", [0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]),
    (0.0, "linear", None),  # a frozen layer beside one that moves
])
def test_small_distances_are_shown_beside_large_ones(smallest, scale, ticks):
    pytest.importorskip("matplotlib")
    plt = picture.pyplot()
    axis = plt.subplots()[1]
    curves = {"early": ([0, 1], [0.0, smallest]), "final": ([0, 1], [0.0, 0.5])}
    picture._draw_curves("distance of variables from their start", curves, axis)
    assert axis.get_yscale() == scale
    if ticks:
        np.testing.assert_allclose(axis.get_yticks(), ticks)
    plt.close("all")


def test_curves_hold_scalars_distances_and_a_gap_between_sessions():
    trace = MemoryTrace()
    start = {"initial": True}
    trace.step(0, [("variables", "w", [0.0, 0.0]), ("variables", "rate", 0.5)], start)
    trace.step(1, [("variables", "w", [3.0, 4.0]), ("variables", "rate", 0.25),
                   ("fetches", "loss", 9.0), ("fetches", "logits", [1.0, 2.0])], {})
    trace.step(2, [("variables", "w", [1.0, 1.0])], start)

    fetched, scalars, moved = picture.curves_of(trace).values()

    assert fetched["loss"] == ([1, 2], [9.0, pytest.approx(math.nan, nan_ok=True)])
    assert scalars["rate"][0] == [0, 0, 1] and scalars["rate"][1][1:] == [0.5, 0.25]
    steps, distances = moved["w"]
    assert steps == [0, 0, 1, 2, 2]
    assert distances[1:3] == [0.0, 5.0] and distances[4] == 0.0
    assert distances[3] != distances[3]  # NaN: the line breaks where a session begins


def test_curves_hold_neither_counters_nor_slots_nor_settings_nor_what_is_drawn_elsewhere():
    trace = MemoryTrace()
    arrays = [("variables", name, np.float32([0.0, 1.0])) for name in ("w", "w/Momentum", "lr")]
    settings = [("variables", "Adam/iterations", np.int64(3)),
                ("variables", "Adam/beta_1", np.float32(0.9)),
                ("variables", "Adam/lr", np.float32([0.1, 0.2]))]
    trace.step(0, arrays + settings + [("variables", "global_step", np.int64(3))],
               {"initial": True})

    fetched, scalars, moved = picture.curves_of(trace, leave_out="variables/lr").values()

    assert (fetched, scalars, list(moved)) == ({}, {}, ["w"])
