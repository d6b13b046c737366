"""What ``tf1-recipes show NAME`` prints: a recipe's page."""
import ast
import os
import textwrap

import numpy as np

from tf1_recipes.evidence import agreement, catalogue, picture
from tf1_recipes.evidence.models.bounded import Bounded
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.outputs import check_output
from tf1_recipes.traces.pictures import picture_endings

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
        check_output(plot, picture_endings(), [
            recipe.example_path(), *map(recipe.trace_path, recipe.releases)], "--plot")
        picture.draw(recipe, plot)
        print("%s: %s" % (recipe.name, plot))


def page(recipe):
    """Returns a recipe's page as text of 80 columns, the code aside."""
    lines = ["%s  %s" % (recipe.name, recipe.title), ""]
    for title, text in (("formula", recipe.formula), ("document", recipe.document),
                        ("function", "tf1_recipes.%s" % recipe.function), ("trap", recipe.trap),
                        ("problem", recipe.problem), ("agreement", _agreement(recipe))):
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
    ports = recipe.port_paths()
    if ports:
        lines += ["the same today", ""]
        lines += ["    %-7s  %s" % (framework, os.path.relpath(path))
                  for framework, path in ports.items()]
    return "\n".join(lines).rstrip()


def _agreement(recipe):
    """What the genuine traces are held to, and how much of it they use."""
    traces = [open_trace(recipe.trace_path(release)) for release in recipe.releases]
    wanted = agreement.expected(recipe, traces[-1])
    found = [agreement.agreement(wanted, trace) for trace in traces]
    count = "%d numbers of %d tensors" % (
        sum(np.size(value) for state in wanted.values() for value in state.values()),
        found[0].tensors)
    errors = [(np.max(value.error / np.max(np.abs(value.value))), name)
              for state in wanted.values() for name, value in state.items()
              if isinstance(value, Bounded) and np.any(value.value)]
    outside = [each.what for each in found if not each.holds]
    if outside:
        return "a genuine trace does not lie within what is expected: %s" % outside[0]
    if not errors:
        return ("every operation is rounded alike: the genuine traces are the model's to the bit, "
                "in each of %s; where compilers may contract a product and a sum (arm64, XLA), "
                "what holds is the bound of that" % count)
    widest, name = max(errors)
    why = recipe.sums or "products and sums that a compiler may contract"
    return ("within the bound of what any float32 evaluation may be off, computed for each of %s; "
            "at most %.1g of the tensor's largest number (%s). What libraries round otherwise: %s. "
            "The genuine traces use up to %d%% of it" % (
                count, widest, name, why, np.ceil(100 * max(each.share for each in found))))


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
