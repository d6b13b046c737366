"""What ``tf1-recipes show NAME --plot FILE`` draws: a recipe's newest genuine trace."""
from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable

import numpy as np

from tf1_recipes.evidence.agreement import Trace
from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.keras import plots
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.pictures import pyplot, save_picture


def draw(recipe: Recipe, path: str) -> None:
    """Draws the newest genuine trace: learning rate, fetches, and how far the variables moved.

    The learning rate is drawn over the schedule of the recipe's NumPy model. Fetched numbers and
    scalar variables are drawn by value, other variables by their Euclidean distance from the start
    of their session. Integers, optimizers' slots and settings, and steps that only set a value are
    left out. Below are the figures of the document, if the recipe's folder has them.

    Args:
        recipe: as `tf1_recipes.evidence.catalogue.find` returns it.
        path: the picture's file.

    Raises:
        Error: matplotlib is missing; the file cannot be written.
    """
    plt = pyplot()
    from matplotlib import ticker

    trace = open_trace(recipe.trace_path(recipe.releases[-1]))
    panels = {title: curves for title, curves in curves_of(trace, recipe.rate).items() if curves}
    by_step = [functools.partial(_draw_curves, *panel) for panel in panels.items()]
    heights = [max(2.6, 0.4 + 0.16 * len(curves)) for curves in panels.values()]  # the legend's
    if recipe.rate:
        by_step.insert(0, functools.partial(_draw_rate, recipe, trace))
        heights.insert(0, 2.6)
    history = _history(trace)
    if history:
        heights.append(2.6)
    figures = recipe.figures()
    whole = plt.figure(layout="constrained",
                       figsize=(8, 1 + sum(heights) + (figures.HEIGHT if figures else 0)))
    figure = whole
    if figures:
        figure, below = whole.subfigures(
            2, 1, height_ratios=[0.5 + sum(heights), 0.5 + figures.HEIGHT])
        figures.draw(below, trace)
    axes = figure.subplots(len(heights), 1, squeeze=False,
                           gridspec_kw={"height_ratios": heights})
    for paint, axis in zip(by_step, axes[:, 0]):
        axis.sharex(axes[0, 0])
        axis.tick_params(labelbottom=paint is by_step[-1])
        paint(axis)
        axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    axis.set_xlabel("step")
    axis.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
    if history:
        axis = plots.plot_loss(history, axes=axes[-1, 0])
        axis.set_title("loss by learning rate, without the first 10 points", loc="left", fontsize=9)
    for axis in axes[:, 0]:
        axis.grid(alpha=0.3)
    whole.suptitle("%s  %s\ngenuine TensorFlow %s" % (
        recipe.name, recipe.title, recipe.releases[-1]), fontsize=10)
    save_picture(whole, path)


def curves_of(trace: Iterable, leave_out: str = "") -> dict[str, dict[str, tuple[list, list]]]:
    """Returns ``{panel: {name: (steps, values)}}``; a curve has a gap between two sessions.

    Args:
        trace: as `tf1_recipes.open_trace` returns it.
        leave_out: ``<kind>/<name>`` of a curve that is drawn elsewhere.
    """
    panels = {"fetched": {}, "variables": {}, "distance of variables from their start": {}}
    fetched, scalars, moved = panels.values()
    starts = {}
    for number, step in _training_steps(trace):
        if step.facts.get("initial"):
            for name in fetched:
                _extend(fetched, name, number, math.nan)
        for name, array in _drawn(step, "fetches", leave_out):
            if array.size == 1:
                _extend(fetched, name, number, float(array.ravel()[0]))
        for name, array in _drawn(step, "variables", leave_out):
            curves = scalars if array.size == 1 else moved
            if step.facts.get("initial"):
                starts[name] = array
                _extend(curves, name, number, math.nan)
            value = array if array.size == 1 else array.astype(float) - starts[name]
            _extend(curves, name, number, float((value.ravel() ** 2).sum() ** 0.5)
                    if array.size > 1 else float(value.ravel()[0]))
    return panels


def rate_of(recipe: Recipe, trace: Trace) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Returns the steps of a trace, its learning rates and the schedule's, [steps, stages] each."""
    kind, name = recipe.rate.split("/", 1)
    steps = [(number, step) for number, step in _training_steps(trace)
             if not step.facts.get("initial")]
    numbers = [number for number, _ in steps]
    rates = np.array([np.ravel(step.arrays(kind)[name]) for _, step in steps])
    schedule = recipe.module("model").schedule(next(iter(trace)).arrays("variables"), len(steps))
    return numbers, rates, np.reshape(schedule, rates.shape)


def _draw_rate(recipe, trace, axis):
    numbers, rates, schedule = rate_of(recipe, trace)
    for stage, (own, curve) in enumerate(zip(rates.T, schedule.T)):
        line, = axis.plot(numbers, curve, drawstyle="steps-mid", alpha=0.6,
                          label="the schedule" if not stage else None)
        axis.plot(numbers, own, "o", markersize=3, color=line.get_color(),
                  label="the run%s" % (", stage %d" % (stage + 1) if rates.shape[1] > 1 else ""))
    if rates.max() > 1000 * rates.min() > 0:
        axis.set_yscale("log")
    axis.set_title("learning rate", loc="left", fontsize=9)


def _draw_curves(title, curves, axis):
    from matplotlib import pyplot

    colours = pyplot.get_cmap("tab10" if len(curves) <= 10 else "tab20").colors
    for (name, (steps, values)), colour in zip(curves.items(), itertools.cycle(colours)):
        axis.plot(steps, values, marker="o", markersize=3, label=name, color=colour)
    if title.startswith("distance"):
        _show_small_ones(axis, curves)
    axis.set_title(title, loc="left", fontsize=9)


def _show_small_ones(axis, curves):
    """A log axis where layers move by orders of magnitude, with a place for those that stay."""
    largest = [np.nanmax(values) for _, values in curves.values()]
    smallest = min((each for each in largest if each > 0), default=0)
    if 0 < smallest < max(largest) / 1000:
        least, most = (math.floor(math.log10(each)) for each in (smallest, max(largest)))
        axis.set_yscale("symlog", linthresh=10.0 ** least, linscale=0.5)
        axis.set_yticks([0] + [10.0 ** power for power in range(least, most + 2)])


def _training_steps(trace):
    """Yields (number, step) without the steps that only set a value, such as a learning rate."""
    left_out = 0
    for step in trace:
        if "initialises" in step.facts:
            left_out += 1
        else:
            yield step.number - left_out, step


def _drawn(step, kind, leave_out):
    arrays = step.arrays(kind)
    # What lies beside a count of iterations is a setting of Keras' optimizer.
    optimizers = {name.rpartition("/")[0] for name in arrays if name.endswith("/iterations")}
    return [(name, array) for name, array in arrays.items()
            if "%s/%s" % (kind, name) not in (leave_out, "variables/history")
            and name.rpartition("/")[0] not in optimizers
            and not (array.size == 1 and array.dtype.kind in "iu")
            and name.rpartition("/")[0] not in arrays]


def _history(trace):
    """The recorded iterations, rates and losses, if a trace's variables hold them."""
    last = list(trace)[-1].arrays("variables").get("history")
    return last is not None and dict(zip(("iterations", "lr", "loss"), last.T.tolist()))


def _extend(curves, name, step, value):
    steps, values = curves.setdefault(name, ([], []))
    steps.append(step)
    values.append(value)
