"""What ``tf1-recipes show NAME`` prints: a recipe's page; and its picture."""
import ast
import itertools
import math
import os
import textwrap

from tf1_recipes import catalogue
from tf1_recipes.errors import Error
from tf1_recipes.traces.files import check_writable, open_trace

_HERE = os.path.dirname(os.path.abspath(__file__))


def show_command(name, plot=None):
    """Prints a recipe's page; with ``plot``, draws its newest genuine trace into that file.

    Args:
        name: str, such as "A1".
        plot: str or None, a picture file, such as ``a1.png``.

    Raises:
        Error: no recipe is called so; the picture cannot be written, or matplotlib is missing.
    """
    recipe, = catalogue.find([name])
    if plot is None:
        print(page(recipe))
    else:
        check_writable(plot)
        draw(recipe, plot)
        print("%s: %s" % (recipe.name, plot))


def page(recipe):
    """Returns a recipe's page as text of 80 columns, the code aside."""
    lines = ["%s  %s" % (recipe.name, recipe.title), ""]
    tolerance = "within %s: %s" % (recipe.tolerance, recipe.reason)
    for title, text in (("formula", recipe.formula), ("document", recipe.document),
                        ("function", "tf1_recipes.%s" % recipe.function), ("trap", recipe.trap),
                        ("problem", recipe.problem), ("agreement", tolerance)):
        lines += textwrap.wrap(text, 80, initial_indent=title.ljust(11),
                               subsequent_indent=" " * 11)
    lines += ["", "evidence, recorded on the genuine releases"]
    if recipe.documented:
        lines.append("  documented output, reproduced to the character:")
        lines += ["    " + line for line in recipe.documented.splitlines()]
    for release in recipe.releases:
        trace = open_trace(recipe.trace_path(release))
        lines.append("  %s: TensorFlow %s, Python %s, NumPy %s, %d steps" % (
            os.path.basename(recipe.trace_path(release)), release, trace.manifest["python"],
            trace.manifest["numpy"], len(trace)))
    lines += ["", "legacy example, %s" % recipe.example, "", _indented(_legacy(recipe)),
              "the same by the hardened recipe", "", _indented(_hardened(recipe))]
    return "\n".join(lines).rstrip()


def draw(recipe, path):
    """Draws the newest genuine trace: numbers fetched, scalar variables, and how far others moved.

    A variable of several elements is drawn as its Euclidean distance from where its session began.
    """
    try:
        import matplotlib
    except ImportError:
        raise Error("a picture needs matplotlib: pip install 'tf1_recipes[plot]'") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = [(title, curves) for title, curves in _curves(
        open_trace(recipe.trace_path(recipe.releases[-1]))).items() if curves]
    figure, axes = pyplot.subplots(len(panels), 1, sharex=True, squeeze=False,
                                   figsize=(8, 1 + 2.6 * len(panels)), layout="constrained")
    for (title, curves), axis in zip(panels, axes[:, 0]):
        colours = pyplot.get_cmap("tab10" if len(curves) <= 10 else "tab20").colors
        for (name, (steps, values)), colour in zip(curves.items(), itertools.cycle(colours)):
            axis.plot(steps, values, marker="o", markersize=3, label=name, color=colour)
        axis.set_title(title, loc="left", fontsize=9)
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    axes[-1, 0].set_xlabel("step")
    axes[-1, 0].xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    figure.suptitle("%s  %s\ngenuine TensorFlow %s" % (
        recipe.name, recipe.title, recipe.releases[-1]), fontsize=10)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _curves(trace):
    """Returns ``{panel: {name: (steps, values)}}``; between two sessions a curve has a gap."""
    panels = {"fetched": {}, "variables": {}, "distance of variables from their start": {}}
    fetched, scalars, moved = panels.values()
    starts = {}
    for step in trace:
        for name, array in step.arrays("fetches").items():
            if array.size == 1:
                _extend(fetched, name, step.number, float(array.ravel()[0]))
        for name, array in step.arrays("variables").items():
            curves = scalars if array.size == 1 else moved
            if step.facts.get("initial"):
                starts[name] = array
                _extend(curves, name, step.number, math.nan)
            value = array if array.size == 1 else array.astype(float) - starts[name]
            _extend(curves, name, step.number, float((value.ravel() ** 2).sum() ** 0.5)
                    if array.size > 1 else float(value.ravel()[0]))
    return panels


def _extend(curves, name, step, value):
    steps, values = curves.setdefault(name, ([], []))
    steps.append(step)
    values.append(value)


def _legacy(recipe):
    with open(recipe.example_path(), encoding="utf-8") as file:
        return file.read()


def _hardened(recipe):
    """The source of the hardened run; read, not imported, since that would import TensorFlow."""
    with open(os.path.join(_HERE, "hardened_runs.py"), encoding="utf-8") as file:
        source = file.read()
    function, = (node for node in ast.parse(source).body
                 if isinstance(node, ast.FunctionDef) and node.name == recipe.hardened)
    return ast.get_source_segment(source, function)


def _indented(code):
    return textwrap.indent(code.rstrip() + "\n", "    ")
