"""What ``tf1-recipes show NAME`` prints: a recipe's page."""
from __future__ import annotations

import os
import textwrap

import numpy as np

from tf1_recipes.evidence import agreement, catalogue, picture
from tf1_recipes.evidence.models.bounded import Bounded
from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.outputs import check_output
from tf1_recipes.traces.pictures import picture_endings

_WIDTH = 80
_INDENT = " " * 11


def show_command(name: str, plot: str | None = None) -> None:
    """Prints a recipe's page, or draws its newest genuine trace.

    Args:
        name: of the recipe, such as "A1".
        plot: the picture's file, such as ``a1.png``.

    Raises:
        Error: no recipe has this name; the picture cannot be written; matplotlib is missing.
    """
    recipe, = catalogue.find([name])
    if plot is None:
        print(page(recipe))
    else:
        check_output(plot, picture_endings(), [
            recipe.example_path(), *map(recipe.trace_path, recipe.releases)], "--plot")
        picture.draw(recipe, plot)
        print("%s: %s" % (recipe.name, plot))


def page(recipe: Recipe) -> str:
    """Returns a recipe's page as text of 80 columns, apart from the sources at its end.

    It begins with code to paste: a small net, the recipe, and a training step.

    >>> page(catalogue.find(["A3"])[0]).splitlines()[0]
    '# A3: Scaling a gradient between compute and apply'
    """
    return "\n".join([
        "# %s: %s" % (recipe.name, recipe.title), recipe.text("snippet"),
        *_facts(recipe), "", *_evidence(recipe), "",
        "the legacy example, %s" % _shown(recipe.example_path()), "",
        _indented(_legacy(recipe)),
        "the same problem by the hardened recipe, as `verify` runs it", "",
        _indented(recipe.text("hardened")), *_ports(recipe)]).rstrip()


def _facts(recipe):
    facts = [("formula", recipe.formula_lines(_WIDTH - len(_INDENT)))]
    facts += [("source", _wrapped(str(source))) for source in recipe.sources]
    facts += [(title, _wrapped(text)) for title, text in (
        ("functions" if recipe.functions[1:] else "function",
         ", ".join("tf1_recipes.%s" % function for function in recipe.functions)),
        ("trap", recipe.trap), ("problem", recipe.problem), ("agreement", _agreement(recipe)))]
    return [(_INDENT if number else title.ljust(len(_INDENT))) + line
            for title, lines in facts for number, line in enumerate(lines)]


def _wrapped(text):
    # An address is not broken, or it could not be followed.
    return textwrap.wrap(text, _WIDTH - len(_INDENT), break_long_words=False,
                         break_on_hyphens=False)


def _evidence(recipe):
    lines = ["evidence, recorded on the genuine releases"]
    for release in recipe.releases:
        trace = open_trace(recipe.trace_path(release))
        lines.append("  TensorFlow %s, Python %s, NumPy %s: %d steps" % (
            release, trace.manifest["python"], trace.manifest["numpy"], len(trace)))
    if recipe.documented:
        lines += ["the documented output, reproduced to the character"]
        lines += ["  " + line for line in recipe.documented.splitlines()]
    return lines


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
        return "a genuine trace is outside its bound: %s" % outside[0]
    if not errors:
        return ("every operation is rounded alike: the genuine traces equal the model to the bit, "
                "in each of %s. Where compilers may fuse a product and a sum (arm64, XLA), the "
                "traces are held to the bound of that" % count)
    widest, name = max(errors)
    why = recipe.sums or "products and sums that a compiler may fuse"
    return ("within the bound of what any float32 evaluation may be off, computed for each of %s: "
            "at most %.1g of the tensor's largest number (%s). Libraries may round differently: "
            "%s. The genuine traces use up to %d%% of the bound" % (
                count, widest, name, why, np.ceil(100 * max(each.share for each in found))))


def _ports(recipe):
    ports = recipe.port_paths()
    return ["the same today", ""] * bool(ports) + [
        "  %-7s  %s" % (framework, _shown(path)) for framework, path in ports.items()]


def _legacy(recipe):
    with open(recipe.example_path(), encoding="utf-8") as file:
        return file.read()


def _shown(path):
    """A path from here, if that is shorter."""
    return min(path, os.path.relpath(path), key=len)


def _indented(code):
    return textwrap.indent(code.rstrip() + "\n", "    ")
