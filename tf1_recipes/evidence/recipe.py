"""One recipe, as the ``recipe.py`` in its folder declares it."""
from __future__ import annotations

import importlib
import os
import textwrap
from dataclasses import dataclass
from types import ModuleType
from typing import Optional

from tf1_recipes.errors import Error
from tf1_recipes.evidence.sources import Source

RELEASES = ("0.12.1", "1.7.1", "1.15.5")
# The frameworks that the recipes are written in today, and the folders of their scripts.
PORTS = {"PyTorch": "pytorch", "Keras 3": "keras", "JAX": "jax"}

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@dataclass(frozen=True)
class Recipe:
    """One recipe and where its evidence is.

    The folder ``A1_two_optimizers`` gives the name, A1, and the stem that the legacy example and
    the ports have, too. Beside ``recipe.py`` it holds ``model.py`` (the NumPy model),
    ``hardened.py`` (the example's problem trained by the hardened recipe), ``snippet.py`` (a small
    training to paste) and the reference traces, ``<release>.json``.

    Attributes:
        file: the ``__file__`` of ``recipe.py``.
        title: what the recipe does.
        formula: in one line, with two spaces between its parts.
        sources: the documents that it comes from.
        functions: the hardened recipe, as ``tf1_recipes.<function>``, the most important one first.
        trap: what is silently wrong in the documented form.
        problem: what the example trains, and why a trace of it is evidence.
        releases: the genuine releases that have the API. Each has a reference trace.
        documented: what the document says that the example prints, or "" if it gives no figures.
        rate: where the newest trace holds the learning rate, as ``fetches/<name>`` or
            ``variables/<name>``, if the model has a ``schedule``; or "".
        sums: what libraries may round differently: sums, which each adds in its own order, and
            formulas that have two forms. Traces are then held to the bounds that the model
            computes. Where it is "", every operation is rounded alike, and traces are held to the
            model's bits.
    """

    file: str
    title: str
    formula: str
    sources: tuple[Source, ...]
    functions: tuple[str, ...]
    trap: str
    problem: str
    releases: tuple[str, ...] = RELEASES
    documented: str = ""
    rate: str = ""
    sums: str = ""

    @property
    def folder(self) -> str:
        """The recipe's folder."""
        return os.path.dirname(os.path.abspath(self.file))

    @property
    def name(self) -> str:
        """As in the documents' list, such as "A1"."""
        return os.path.basename(self.folder).partition("_")[0]

    @property
    def stem(self) -> str:
        """What the example, the ports and the folder are called, such as "two_optimizers"."""
        return os.path.basename(self.folder).partition("_")[2]

    @property
    def example(self) -> str:
        """The file name of the legacy example."""
        return self.stem + ".py"

    @property
    def function(self) -> str:
        """The first of the functions."""
        return self.functions[0]

    @property
    def document(self) -> str:
        """The sources in a line."""
        return "; ".join(map(str, self.sources))

    def formula_lines(self, width: int) -> list[str]:
        """Returns the formula in lines of this width, broken between its parts."""
        whole = self.formula.replace(" ", "\xa0").replace("\xa0\xa0", "  ")
        return [line.replace("\xa0", " ") for line in textwrap.wrap(
            whole, width, break_long_words=False, break_on_hyphens=False)]

    def module(self, part: str) -> ModuleType:
        """Imports "model", "hardened" or "figures" from the recipe's folder."""
        return importlib.import_module("tf1_recipes.evidence.recipes.%s.%s" % (
            os.path.basename(self.folder), part))

    def figures(self) -> Optional[ModuleType]:
        """Imports "figures" from the recipe's folder, or returns None where there is none."""
        if not os.path.exists(os.path.join(self.folder, "figures.py")):
            return None
        return self.module("figures")

    def text(self, part: str) -> str:
        """Returns the source of "snippet" or "hardened", which would import TensorFlow."""
        with open(os.path.join(self.folder, part + ".py"), encoding="utf-8") as file:
            return file.read()

    def example_path(self) -> str:
        """The legacy example's file: beside the package in a checkout, inside it when installed.

        Raises:
            Error: there is none.
        """
        path = _example(self.example)
        if path is None:
            raise Error("%s: the legacy example %s is missing" % (self.name, self.example))
        return path

    def port_paths(self) -> dict[str, str]:
        """Returns ``{framework: file}`` of the ports that there are."""
        paths = {framework: _example(os.path.join("ports", folder, self.example))
                 for framework, folder in PORTS.items()}
        return {framework: path for framework, path in paths.items() if path}

    def trace_path(self, release: str) -> str:
        """The reference trace recorded on a genuine release."""
        return os.path.join(self.folder, release + ".json")


def short(trace_path: str) -> str:
    """A reference trace's path from the recipes' folder, as in ``A1_two_optimizers/1.7.1.json``."""
    return "/".join(trace_path.split(os.sep)[-2:])


def _example(name):
    for folder in (_PACKAGE, os.path.dirname(_PACKAGE)):
        path = os.path.join(folder, "legacy_examples", name)
        if os.path.exists(path):
            return path
    return None
