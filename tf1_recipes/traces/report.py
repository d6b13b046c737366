"""What ``tf1-recipes compare`` prints: the verdict, the first divergence, the worst tensors."""
import sys

from tf1_recipes.errors import Error
from tf1_recipes.traces.compare import Tolerance, compare_traces
from tf1_recipes.traces.files import open_trace

_WORST = 10


def compare_files(path_a, path_b, ulp=0, rtol=0.0, atol=0.0, names=(), variables=None):
    """Compares two trace files and prints the report; returns 0 if everything agrees, else 1.

    Raises:
        Error: a file is no trace, a tolerance is negative, or a name or pattern matches nothing.
    """
    if ulp < 0 or not (0 <= rtol < float("inf")) or not (0 <= atol < float("inf")):
        raise Error("--ulp %d --rtol %g --atol %g: a tolerance is 0 or more" % (ulp, rtol, atol))
    mapping = {}
    for pair in names:
        old, separator, new = pair.partition("=")
        if not (separator and old and new):
            raise Error("--map %s: write it as OLD=NEW" % pair)
        mapping[old] = new
    a, b = open_trace(path_a), open_trace(path_b)
    for note in a.notes + b.notes:
        print(note, file=sys.stderr)
    comparison = compare_traces(a, b, Tolerance(ulp, rtol, atol), mapping, variables)
    print(text_report(comparison, (path_a, a), (path_b, b)))
    return 0 if comparison.agrees else 1


def text_report(comparison, a, b):
    """Returns the report as text of at most 80 columns, long names aside.

    Args:
        comparison: `Comparison`.
        a, b: pairs of a path and its trace.
    """
    lines = ["A  %s" % _provenance(*a), "B  %s" % _provenance(*b),
             "Tolerance: %s" % comparison.tolerance]
    if comparison.first:
        lines += ["", "First divergence: %s" % comparison.first]
    differing = [row for row in comparison.rows if row.differs]
    if differing:
        lines += ["", "Worst tensors:", "  %5s %9s %12s  %s" % (
            "from", "ULP", "difference", "tensor")]
        differing.sort(key=lambda row: (not row.mismatch, -row.not_finite, -row.ulp, -row.absolute))
        lines += ["  %5d %s" % (row.first_step, _row(row)) for row in differing[:_WORST]]
        if len(differing) > _WORST:
            lines.append("  and %d more" % (len(differing) - _WORST))
    for title, found in (
            ("Steps only in A", _ranges(comparison.steps_only_in_a)),
            ("Steps only in B", _ranges(comparison.steps_only_in_b)),
            ("Only in A", comparison.only_in_a), ("Only in B", comparison.only_in_b)):
        if found:
            lines += ["", "%s: %s" % (title, found[0] if len(found) == 1 else "")]
            lines += ["  %s" % each for each in found[:_WORST]] if len(found) > 1 else []
            if len(found) > _WORST:
                lines.append("  and %d more" % (len(found) - _WORST))
    return "\n".join(lines + ["", _verdict(comparison, len(differing))])


def _row(row):
    name = "%s/%s" % (row.kind, row.name)
    if row.mismatch:
        return "%9s %12s  %s: %s" % ("-", "-", name, row.mismatch)
    ulp = "%9d" % row.ulp if row.ulp < 10 ** 9 else "%9.1e" % row.ulp
    text = "%s %12.3g  %s" % (ulp, row.absolute, name)
    if row.not_finite:
        text += " (%d elements are NaN or infinite on one side only)" % row.not_finite
    return text


def _provenance(path, trace):
    release = trace.manifest.get("tensorflow")
    facts = [path]
    if release:
        facts.append("TensorFlow %s, Python %s, NumPy %s" % (
            release, trace.manifest.get("python"), trace.manifest.get("numpy")))
    facts.append("%d steps" % len(trace))
    return ": ".join(facts[:2]) + (", " + facts[2] if len(facts) > 2 else "")


def _ranges(numbers):
    """['3', '5 to 9'] for [3, 5, 6, 7, 8, 9]."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ["%d" % a if a == b else "%d to %d" % (a, b) for a, b in ranges]


def _verdict(comparison, differing):
    compared = "%d tensors at %d steps" % (len(comparison.rows), comparison.steps)
    if comparison.agrees:
        return "AGREE: %s, at most %d ULP apart." % (compared, comparison.worst_ulp)
    if not comparison.tensors:
        return "DIFFERENT: there is nothing that both traces have."
    return "DIFFERENT: %d of %s, and what is on one side only, do not agree." % (
        differing, compared) if not differing or comparison.only_in_a or comparison.only_in_b \
        or comparison.steps_only_in_a or comparison.steps_only_in_b \
        else "DIFFERENT: %d of %s do not agree." % (differing, compared)
