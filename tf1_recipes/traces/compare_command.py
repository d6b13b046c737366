"""``tf1-recipes compare``: reads two traces, compares them, and writes the reports."""
from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, List, Optional, Sequence

from tf1_recipes.colour import marked
from tf1_recipes.errors import Error
from tf1_recipes.traces.compare import compare_traces
from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.explain import explain_traces
from tf1_recipes.traces.explain.text import explanation_text
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.json_report import json_report
from tf1_recipes.traces.mapped import map_by_files
from tf1_recipes.traces.outputs import PAGE_ENDINGS, check_output
from tf1_recipes.traces.report import text_report
from tf1_recipes.untrusted.visible import visible


def compare_files(path_a: str, path_b: str, ulp: int = 0, rtol: float = 0.0, atol: float = 0.0,
                  names: Sequence[str] = (), variables: Optional[str] = None, explain: bool = True,
                  as_json: bool = False, html: Optional[str] = None,
                  plot: Optional[str] = None) -> int:
    """Compares two trace files and prints the report; returns 0 if everything agrees, else 1.

    Raises:
        Error: a file is not a trace, a tolerance is negative, a name or pattern matches nothing, or
            an output would overwrite an input.
    """
    for option, value in (("--ulp", ulp), ("--rtol", rtol), ("--atol", atol)):
        if not 0 <= value < float("inf"):
            raise Error("%s %g: it must be a finite number >= 0" % (option, value))
    mapping: Any = {}
    maps: List[str] = []
    for pair in names:
        if os.path.isfile(pair):
            maps.append(pair)
            continue
        old, separator, new = pair.partition("=")
        if not (separator and old and new):
            raise Error("--map %s: write it as OLD=NEW, or name a map file" % pair)
        mapping[old] = new
    # Before the work of comparing, not after it.
    inputs = [path_a, path_b, *maps]
    if html is not None:
        check_output(html, PAGE_ENDINGS, inputs, "--html")
    if plot is not None:
        from tf1_recipes.traces.pictures import picture_endings
        check_output(plot, picture_endings(), [*inputs, *[html] * bool(html)], "--plot")
    a, b = open_trace(path_a), open_trace(path_b)
    if maps:
        a, b, mapping = map_by_files(a, b, maps, mapping)
    for note in a.notes + b.notes:
        print(visible(note), file=sys.stderr)
    with _shown_progress() as progress:
        comparison = compare_traces(a, b, Tolerance(ulp, rtol, atol), mapping, variables,
                                    progress=progress)
    explanation = explain_traces(a, b, comparison) if explain else None
    if as_json:
        print(json_report(comparison, (path_a, a), (path_b, b), explanation))
    else:
        lines = explanation_text(explanation) if explanation else []
        print(marked("\n".join([text_report(comparison, (path_a, a), (path_b, b)),
                                *[""] * bool(lines), *lines])))
    if html is not None:
        from tf1_recipes.traces.html_report import write_html
        write_html(html, comparison, (path_a, a), (path_b, b), explanation)
    if plot is not None:
        from tf1_recipes.traces.divergence_plot import plot_divergence
        plot_divergence(plot, comparison, (path_a, a), (path_b, b))
    return 0 if comparison.agrees else 1


@contextlib.contextmanager
def _shown_progress():
    """Yields the progress function for `compare_traces`: a bar on a terminal, else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from tf1_recipes.progress_bar import progress_bar
    with progress_bar(True, transient=True) as bar:
        begun = []

        def progress(done, steps):
            if not begun:
                begun.append(bar("comparing steps", steps))
            begun[0](1)
        yield progress
