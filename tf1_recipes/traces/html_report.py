"""``tf1-recipes compare --html FILE``: one page that needs no network and runs no script.

    verdict > explanation > divergence over steps > map tensor by step > tensors > provenance

It stays below 2 MB, however large the comparison: at most 240 columns of steps (the worst of each
few), 40 lines, 100 rows of the map, 1,000 rows of a table. Whatever comes from a trace or a path is
escaped (`html_text`), and the page's own policy forbids scripts and anything from elsewhere.
"""
from __future__ import annotations

import os
from typing import Optional, Tuple

import tf1_recipes
from tf1_recipes.traces import html_charts, report
from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.explain.diagnosis import Explanation
from tf1_recipes.traces.trace import Trace, counted
from tf1_recipes.untrusted.html_text import escape

_MOST_TABLE_ROWS = 1000
_MEASURES = ("absolute", "ulp")


def write_html(path: str, comparison: Comparison, a: Tuple[str, Trace], b: Tuple[str, Trace],
               explanation: Optional[Explanation] = None) -> None:
    """Writes the page.

    Args:
        path: str.
        comparison: `tf1_recipes.traces.compare.Comparison`.
        a, b: pairs of a path and its trace.
        explanation: `tf1_recipes.traces.explain.diagnosis.Explanation` or None.

    Raises:
        Error: it cannot be written.
    """
    # What still is no text, such as half of a surrogate pair, is shown as its number.
    with draft(path, errors="backslashreplace") as file:
        file.write(html_report(comparison, a, b, explanation))


def html_report(comparison: Comparison, a: Tuple[str, Trace], b: Tuple[str, Trace],
                explanation: Optional[Explanation] = None) -> str:
    """Returns the page as text; see `write_html`."""
    rows = comparison.rows
    differing = report.worst_first(comparison)
    verdict, _, reason = report.verdict(comparison, len(differing)).partition(": ")
    title = "%s against %s" % (os.path.basename(a[0]), os.path.basename(b[0]))
    body = [
        '<header class="%s"><h1>%s</h1><p class="verdict"><strong>%s</strong> %s</p>%s'
        "<p>Tolerance: %s</p></header>" % (
            "good" if comparison.agrees else "bad", escape(title), escape(verdict), escape(reason),
            _first(comparison), escape(str(comparison.tolerance))),
        "<main>", _explanation(explanation)]
    if rows and comparison.divergence.starts:
        body += _charts(comparison, rows, differing)
    body += [_table("Tensors that differ, the worst first", differing, rows),
             _missing(comparison),
             _table("Tensors that agree", [row for row in rows if not row.differs], rows, True),
             _provenance(a, b), "</main>",
             "<footer>tf1_recipes %s</footer>" % escape(tf1_recipes.__version__)]
    return _PAGE % (escape(title), _STYLE, "\n".join(part for part in body if part))


def _first(comparison):
    if not comparison.first:
        return ""
    place, _, what = comparison.first.partition(": ")
    return "<p>First divergence: <code>%s</code><br><code>%s</code></p>" % (
        escape(place), escape(what))


def _explanation(explanation):
    if explanation is None:
        return ""
    parts = []
    for each in explanation.diagnoses:
        parts.append("<h3>%s</h3><p>%s</p><p>From step %s on; confidence: %s</p>" % (
            escape(each.title), escape(each.what), escape(str(each.step)),
            escape(each.confidence)))
        for title, found in (("Where", each.where), ("Evidence", each.evidence),
                             ("Could also be", each.not_told_apart)):
            if found:
                parts.append("<details><summary>%s (%d)</summary>%s</details>" % (
                    title, len(found), _list(found)))
    if explanation.later:
        parts.append("<p>Also different: %s; this follows from the above, or was not examined.</p>"
                     % counted(explanation.later, "tensor"))
    if explanation.unexplained:
        parts.append("<p>Unexplained: %s</p>" % escape(explanation.unexplained))
    return "<section><h2>Why they differ</h2>%s</section>" % "".join(parts) if parts else ""


def _charts(comparison, rows, differing):
    names = ["%s/%s" % (row.kind, row.name) for row in rows]
    places = {id(row): place for place, row in enumerate(rows)}
    # The worst first, then those that are apart within the tolerance, the furthest first.
    rest = sorted((row for row in rows if not row.differs), key=lambda row: -row.absolute)
    order = [places[id(row)] for row in differing + rest]
    shown = sorted(order[:html_charts.MOST_ROWS])
    grids = [html_charts.Grid(comparison.divergence, rows, measure) for measure in _MEASURES]
    lines = [place for place in order if grids[0].state[place].any()]
    legend = "".join('<li class="s%d">%s</li>' % (rank, escape(names[place])) for rank, place
                     in enumerate(lines[:html_charts.COLOURED_LINES]))
    more = len(lines) - html_charts.COLOURED_LINES
    notes = []
    if grids[0].width > 1:
        notes.append("Each column is the worst of %d steps." % grids[0].width)
    line_notes = notes + (["Grey: the next %d." % min(
        more, html_charts.MOST_LINES - html_charts.COLOURED_LINES)] if more > 0 else [])
    map_notes = notes + (["The %d worst of %d tensors, in the order of the trace." % (
        len(shown), len(rows))] if len(shown) < len(rows) else [])
    return [
        "<section><h2>Divergence over steps</h2>"
        '<fieldset><legend>by</legend><label><input type="radio" name="by" id="by-absolute" '
        'checked>difference</label><label><input type="radio" name="by" id="by-ulp">ULP</label>'
        "</fieldset>",
        *(html_charts.draw_lines(grid, lines, names) for grid in grids),
        '<ul class="key">%s</ul><p class="note">%s</p></section>' % (
            legend, " ".join(line_notes)),
        "<section><h2>Tensors and steps</h2>",
        *(html_charts.draw_map(grid, shown, names, [_told(row) for row in rows],
                               [row.first_step for row in rows]) for grid in grids),
        *(html_charts.legend_of_map(grid) for grid in grids),
        '<p class="legend"><i class="equal"></i> equal <i class="absent"></i> not compared '
        '<i class="broken"></i> NaN, infinite, or another shape <i class="first"></i> beyond the '
        'tolerance from here on</p><p class="note">%s</p></section>' % " ".join(map_notes)]


def _told(row):
    text = "%s/%s" % (row.kind, row.name)
    if not row.differs:
        return text + ": within the tolerance"
    return "%s: from step %d on, at %d of %d steps" % (
        text, row.first_step, row.differing_steps, row.steps)


def _table(title, rows, whole, closed=False):
    if not rows:
        return ""
    lines = []
    for row in rows[:_MOST_TABLE_ROWS]:
        name = "%s/%s" % (row.kind, row.name)
        if row.name_in_b != row.name:
            name += " → " + row.name_in_b
        first = "" if row.first_step is None else "%d" % row.first_step
        note = row.mismatch or ("NaN or infinite: %d" % row.not_finite if row.not_finite else "")
        cells = [first, "%d of %d" % (row.differing_steps, row.steps),
                 report.ulp_text(row.ulp), "%.3g" % row.absolute]
        lines.append('<tr><th scope="row">%s</th>%s<td class="text">%s</td></tr>' % (
            escape(name), "".join("<td>%s</td>" % escape(cell) for cell in cells), escape(note)))
    more = len(rows) - len(lines)
    table = (
        '<div class="scroll" tabindex="0" role="region" aria-label="%s"><table><thead><tr>'
        '<th scope="col">tensor</th><th scope="col">from step</th><th scope="col">steps that '
        'differ</th><th scope="col">ULP</th><th scope="col">difference</th><th scope="col"></th>'
        "</tr></thead><tbody>%s</tbody></table></div>%s" % (
            escape(title), "\n".join(lines), "<p>and %d more</p>" % more if more > 0 else ""))
    heading = "%s (%d of %d)" % (escape(title), len(rows), len(whole))
    if closed:
        return "<section><details><summary>%s</summary>%s</details></section>" % (heading, table)
    return "<section><h2>%s</h2>%s</section>" % (heading, table)


def _missing(comparison):
    parts = []
    for title, found in report.on_one_side(comparison):
        if found:
            parts.append("<h3>%s</h3>%s" % (escape(title), _list(found)))
    return "<section><h2>On one side only</h2>%s</section>" % "".join(parts) if parts else ""


def _list(found):
    items = "".join("<li>%s</li>" % escape(each) for each in found[:_MOST_TABLE_ROWS])
    more = len(found) - _MOST_TABLE_ROWS
    return "<ul>%s</ul>%s" % (items, "<p>and %d more</p>" % more if more > 0 else "")


def _provenance(a, b):
    facts = [dict({key: _fact(value) for key, value in trace.manifest.items()
                   if not key.startswith("format")}, file=path, steps="%d" % len(trace),
                  notes="; ".join(trace.notes)) for path, trace in (a, b)]
    first = ["file", "tensorflow", "framework", "python", "numpy", "script", "arguments", "steps"]
    keys = [key for key in first + sorted({*facts[0], *facts[1]} - set(first))
            if facts[0].get(key) or facts[1].get(key)]
    lines = []
    for key in keys:
        pair = [each.get(key, "") for each in facts]
        lines.append('<tr%s><th scope="row">%s</th>%s</tr>' % (
            ' class="apart"' if pair[0] != pair[1] and key != "file" else "", escape(key),
            "".join('<td class="text">%s</td>' % escape(each[:2000]) for each in pair)))
    return (
        '<section><h2>Where they come from</h2><div class="scroll" tabindex="0" role="region" '
        'aria-label="Where they come from"><table><thead><tr><th scope="col"></th><th scope="col" '
        'class="text">A</th><th scope="col" class="text">B</th></tr></thead><tbody>%s</tbody>'
        "</table></div></section>" % "\n".join(lines))


def _fact(value):
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>%s</title>
<style>
%s
</style>
</head>
<body>
%s
</body>
</html>
"""

_STYLE = """\
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1a2029; --soft: #5b6675; --line: #d9dee5;
  --good: #17713a; --bad: #b3261e; --broken: #d6336c; --first: #e8590c; --absent: #e3e6ea;
  --other: #b8c0ca; --equal: #e4f3e6;
  --s0: #0b63c5; --s1: #d9480f; --s2: #2b8a3e; --s3: #9c36b5; --s4: #0c8599; --s5: #a17400;
  --s6: #c2255c; --s7: #495057;
  --l0: #dcebfa; --l1: #c3dcf4; --l2: #a3caec; --l3: #7db3e2; --l4: #5799d3; --l5: #377dc0;
  --l6: #2162a6; --l7: #134885; --l8: #0a2f5f; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161b; --card: #1a2027; --ink: #e6eaf0; --soft: #9aa6b5; --line: #313a45;
  --good: #5dc47f; --bad: #ff8a80; --broken: #f06595; --first: #ff922b; --absent: #39424d;
  --other: #4d5967; --equal: #1a3224;
  --s0: #74b3ff; --s1: #ff9a5c; --s2: #6fd08c; --s3: #d59bf0; --s4: #4fd1dd; --s5: #e6c14d;
  --s6: #ff8ab5; --s7: #c1c8d0;
  --l0: #1d3148; --l1: #1f3f61; --l2: #23507d; --l3: #2b649b; --l4: #3a7cb9; --l5: #5596d2;
  --l6: #7ab2e6; --l7: #a6cff5; --l8: #d8ecff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 16px; max-width: 1080px; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, section { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 16px 20px; margin-bottom: 16px; }
header { border-left: 6px solid var(--bad); }
header.good { border-left-color: var(--good); }
h1 { font-size: 20px; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 12px 0 4px; }
p { margin: 6px 0; overflow-wrap: anywhere; }
.verdict { font-size: 17px; }
.verdict strong { color: var(--bad); margin-right: 4px; }
.good .verdict strong { color: var(--good); }
code, tbody th, li { font-family: ui-monospace, monospace; font-size: 13px; }
.note, footer, summary, figcaption { color: var(--soft); }
summary { cursor: pointer; color: var(--ink); }
details[open] summary { margin-bottom: 8px; }
ul { margin: 0; padding-left: 20px; overflow-wrap: anywhere; }
fieldset { border: 0; margin: 0 0 8px; padding: 0; display: flex; gap: 14px; align-items: center; }
fieldset legend { float: left; padding: 0; color: var(--soft); }
label { cursor: pointer; display: inline-flex; gap: 5px; align-items: center; }
:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px ui-monospace, monospace; }
svg .rule { stroke: var(--line); fill: none; }
svg g[class] > path { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
svg g.other path { stroke-width: 1; }
svg circle { fill: var(--c); }
svg path.first { stroke: var(--first); stroke-width: 2; fill: none; }
.by-ulp { display: none; }
body:has(#by-ulp:checked) .by-ulp { display: block; }
body:has(#by-ulp:checked) .by-absolute { display: none; }
.key { list-style: none; padding: 0; margin: 8px 0; columns: 2; }
.key li { break-inside: avoid; padding-left: 26px; position: relative; }
.key li::before { content: ""; position: absolute; left: 0; top: 9px; width: 18px; height: 3px;
  background: var(--c); }
.legend { color: var(--soft); font-size: 13px; }
.legend i { display: inline-block; width: 20px; height: 12px; vertical-align: -1px;
  background: var(--c); }
.legend i.equal, .legend i.absent, .legend i.broken { margin-left: 10px; }
.legend i.equal, .legend i.absent { border: 1px solid var(--line); }
.legend i.first { width: 3px; margin-left: 14px; }
.other { --c: var(--other); } .equal { --c: var(--equal); } .absent { --c: var(--absent); }
.broken { --c: var(--broken); } i.first { --c: var(--first); }
svg g[transform] { shape-rendering: crispEdges; }
rect.equal, path.absent, path.broken { fill: var(--c); }
""" + "".join(".s%d { --c: var(--s%d); }\n" % (each, each) for each in range(
    html_charts.COLOURED_LINES)) + "".join(
    ".l%d { --c: var(--l%d); fill: var(--c); }\n" % (each, each) for each in range(
        html_charts.LEVELS)) + """\
.scroll { overflow: auto; max-height: 480px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
thead th { position: sticky; top: 0; background: var(--card); color: var(--soft); z-index: 1; }
th:first-child { text-align: left; font-weight: 500; }
.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.apart td { color: var(--first); }
td.text { min-width: 160px; }
@media (max-width: 640px) { .key { columns: 1; } body { padding: 8px; }
  section { overflow-x: auto; } svg { min-width: 680px; } }
@media print { .scroll { max-height: none; } }
"""
