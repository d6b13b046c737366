import pytest

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.plots import plot_loss, plot_lr


@pytest.fixture(autouse=True)
def pyplot():
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib import pyplot
    yield pyplot
    pyplot.close("all")


STAGES = {"iterations": [1, 2, 3], "lr": [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], "loss": [3, 2, 1]}


def test_the_rate_by_the_iteration_on_given_axes(pyplot):
    axes = pyplot.subplots()[1]
    assert plot_lr({"iterations": [1, 2], "lr": [0.1, 0.2]}, axes) is axes
    line, = axes.lines
    assert line.get_xydata().tolist() == [[1, 0.1], [2, 0.2]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("iteration", "learning rate")
    assert axes.get_legend() is None


def test_a_line_for_each_stage():
    axes = plot_lr(STAGES)
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["stage 1", "stage 2"]


def test_the_loss_by_the_largest_rate_on_a_log_axis_without_the_first_points():
    axes = plot_loss(STAGES, skip=1)
    line, = axes.lines
    assert line.get_xydata().tolist() == [[0.4, 2], [0.6, 1]]
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize("skip", [-1, 1.5, "all", True])
def test_points_to_leave_out_are_counted(skip):
    with pytest.raises(RecipeError) as raised:
        plot_loss(dict(STAGES, lr=[]), skip)
    assert raised.value.problems == [
        "the history has no 'lr'",
        "%r points cannot be left out: it must be a whole number >= 0" % (skip,)]


@pytest.mark.parametrize("plot, history, what", [
    (plot_lr, {}, "Cannot plot the learning rate:\n  - the history has no 'lr'\n"
                  "  - the history has no 'iterations'"),
    (plot_loss, {"lr": [1]}, "Cannot plot the loss:\n  - the history has no 'loss'"),
    (plot_loss, STAGES, "Cannot plot the loss:\n  - the history has 3 points, and the first 10 are "
                        "left out: skip fewer"),
])
def test_nothing_to_draw_is_an_error(plot, history, what):
    with pytest.raises(RecipeError) as raised:
        plot(history)
    assert str(raised.value) == what
