"""What ``tf1-recipes compare`` prints: the verdict, the first divergence, the worst tensors."""
import contextlib
import os
import sys

from tf1_recipes.errors import Error
from tf1_recipes.traces.compare import Tolerance, compare_traces
from tf1_recipes.traces.explain import explain_traces
from tf1_recipes.traces.explain.text import explanation_text
from tf1_recipes.traces.files import check_writable, open_trace
from tf1_recipes.traces.json_report import json_report
from tf1_recipes.traces.mapped import map_by_files
from tf1_recipes.traces.trace import counted

_WORST = 10


def compare_files(path_a, path_b, ulp=0, rtol=0.0, atol=0.0, names=(), variables=None,
                  explain=True, as_json=False, html=None, plot=None):
    """Compares two trace files and prints the report; returns 0 if everything agrees, else 1.

    Raises:
        Error: a file is no trace, a tolerance is negative, or a name or pattern matches nothing.
    """
    for option, value in (("--ulp", ulp), ("--rtol", rtol), ("--atol", atol)):
        if not 0 <= value < float("inf"):
            raise Error("%s %g: a tolerance is a number from 0 on" % (option, value))
    mapping, maps = {}, []
    for pair in names:
        if os.path.isfile(pair):
            maps.append(pair)
            continue
        old, separator, new = pair.partition("=")
        if not (separator and old and new):
            raise Error("--map %s: write it as OLD=NEW, or name a map file" % pair)
        mapping[old] = new
    # Before the work of comparing, not after it.
    for path in (html, plot):
        if path is not None:
            check_writable(path)
    if plot is not None:
        from tf1_recipes.traces.divergence_plot import check_matplotlib
        check_matplotlib()
    a, b = open_trace(path_a), open_trace(path_b)
    if maps:
        a, b, mapping = map_by_files(a, b, maps, mapping)
    for note in a.notes + b.notes:
        print(note, file=sys.stderr)
    with _shown_progress() as progress:
        comparison = compare_traces(a, b, Tolerance(ulp, rtol, atol), mapping, variables,
                                    progress=progress)
    explanation = explain_traces(a, b, comparison) if explain else None
    if as_json:
        print(json_report(comparison, (path_a, a), (path_b, b), explanation))
    else:
        lines = explanation_text(explanation) if explanation else []
        print("\n".join([text_report(comparison, (path_a, a), (path_b, b)),
                         *[""] * bool(lines), *lines]))
    if html is not None:
        from tf1_recipes.traces.html_report import write_html
        write_html(html, comparison, (path_a, a), (path_b, b), explanation)
    if plot is not None:
        from tf1_recipes.traces.divergence_plot import plot_divergence
        plot_divergence(plot, comparison, (path_a, a), (path_b, b))
    return 0 if comparison.agrees else 1


@contextlib.contextmanager
def _shown_progress():
    """Gives what `compare_traces` tells of its progress to: a bar, if somebody sees it, or None."""
    if not sys.stderr.isatty():
        yield None
        return
    from tf1_recipes.cache.progress_bar import progress_bar
    with progress_bar(True, transient=True) as bar:
        begun = []

        def progress(done, steps):
            if not begun:
                begun.append(bar("comparing steps", steps))
            begun[0](1)
        yield progress


def text_report(comparison, a, b):
    """Returns the report as text of at most 80 columns, long names aside.

    Args:
        comparison: `Comparison`.
        a, b: pairs of a path and its trace.
    """
    lines = [*_heading("A", *a), *_heading("B", *b), "Tolerance: %s" % comparison.tolerance]
    if comparison.first:
        place, _, what = comparison.first.partition(": ")
        lines += ["", "First divergence: %s" % place, "  %s" % what]
    differing = worst_first(comparison)
    if differing:
        lines += ["", "Tensors that differ, the worst first:",
                  "  from step     ULP  difference  tensor"]
        lines += ["  %9d %s" % (row.first_step, _row(row)) for row in differing[:_WORST]]
        lines += _rest(differing)
    for title, found in on_one_side(comparison):
        if found:
            lines += ["", title + ":"] + ["  %s" % each for each in found[:_WORST]] + _rest(found)
    return "\n".join(lines + ["", verdict(comparison, len(differing))])


def worst_first(comparison):
    """Returns the rows of the tensors that differ."""
    return sorted((row for row in comparison.rows if row.differs), key=lambda row: (
        not row.mismatch, -row.not_finite, -row.ulp, -row.absolute))


def on_one_side(comparison):
    """Returns pairs of a title and what is there on one side only, as texts."""
    return [("Steps only in A", _ranges(comparison.steps_only_in_a)),
            ("Steps only in B", _ranges(comparison.steps_only_in_b)),
            ("Tensors only in A", comparison.only_in_a),
            ("Tensors only in B", comparison.only_in_b)]


def _rest(found):
    return ["  and %d more" % (len(found) - _WORST)] if len(found) > _WORST else []


def _row(row):
    name = "%s/%s" % (row.kind, row.name)
    if row.mismatch:
        return "%7s  %10s  %s\n%34s%s" % ("-", "-", name, "", row.mismatch)
    if row.not_finite:
        return "%7s  %10s  %s" % ("NaN/inf", "-", name)
    return "%7s  %10.3g  %s" % (ulp_text(row.ulp), row.absolute, name)


def ulp_text(ulp):
    return "%d" % ulp if ulp < 10 ** 7 else "%.1e" % ulp


def _heading(letter, path, trace):
    facts = [("%s %s" % (name, trace.manifest[key])).strip() for name, key in (
        ("", "framework"), ("TensorFlow", "tensorflow"), ("Python", "python"), ("NumPy", "numpy"))
        if key in trace.manifest]
    return ["%s  %s" % (letter, path), "   %s" % ", ".join(facts + [counted(len(trace), "step")])]


def _ranges(numbers):
    """['3', '5 to 9'] for [3, 5, 6, 7, 8, 9]."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ["%d" % a if a == b else "%d to %d" % (a, b) for a, b in ranges]


def verdict(comparison, differing):
    """Returns the last line of the report: ``AGREE: ...`` or ``DIFFERENT: ...``.

    Args:
        comparison: `Comparison`.
        differing: int, how many of its tensors differ.
    """
    compared = "%s at %s" % (counted(len(comparison.rows), "tensor"),
                             counted(comparison.steps, "step"))
    if comparison.agrees:
        apart = "every element is equal"
        if comparison.worst_ulp or comparison.worst_absolute:
            apart = "no two elements are more than %d ULP or %.3g apart" % (
                comparison.worst_ulp, comparison.worst_absolute)
        return "AGREE: %s; %s." % (compared, apart)
    reasons = ["%d of %s differ%s" % (differing, compared, "s" if differing == 1 else "")
               ] if differing else []
    if not comparison.tensors:
        reasons = ["the traces have nothing in common"]
    for where, tensors, steps in (
            ("A", comparison.only_in_a, comparison.steps_only_in_a),
            ("B", comparison.only_in_b, comparison.steps_only_in_b)):
        missing = [counted(len(found), what) for found, what in (
            (tensors, "tensor"), (steps, "step")) if found]
        if missing:
            reasons.append("only in %s: %s" % (where, " and ".join(missing)))
    return "DIFFERENT: %s." % "; ".join(reasons)
