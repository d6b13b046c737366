"""``tf1-recipes map``: proposes a map file, and says what it could not settle."""
from __future__ import annotations

import json
from typing import Optional

from tf1_recipes.errors import Error
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.files import open_trace
from tf1_recipes.traces.map_file import FORMAT, FORMAT_VERSION, rules_of
from tf1_recipes.traces.mapped import map_traces
from tf1_recipes.traces.outputs import MAP_ENDINGS, check_output
from tf1_recipes.traces.propose import Proposal, propose_map
from tf1_recipes.traces.trace import counted
from tf1_recipes.untrusted.visible import visible_lines

_SHOWN = 5


def map_command(path_a: str, path_b: str, out: Optional[str] = None) -> int:
    """Proposes a map between two traces, writes it, and prints what it found.

    Args:
        path_a, path_b: str, the traces.
        out: str, the map file to write, or None.

    Returns:
        int, 0 if every tensor of both traces is settled, else 1.

    Raises:
        Error: a trace cannot be read, the traces have no step in common, or the file cannot be
            written, or is one of the traces.
    """
    if out is not None:
        check_output(out, MAP_ENDINGS, [path_a, path_b], "-o")
    a, b = open_trace(path_a), open_trace(path_b)
    if not set(a.numbers) & set(b.numbers):
        raise Error("%s and %s have no step in common" % (path_a, path_b))
    proposal = propose_map(a, b)
    map_traces(a, b, rules_of(proposal.rules), "the proposed map")  # else it is no map
    if out is not None:
        with draft(out) as file:
            file.write(map_text(proposal))
    print(report(proposal, out))
    return 1 if proposal.unsettled else 0


def map_text(proposal: Proposal) -> str:
    """Returns a map file: a rule a line, and what is unsettled, which readers ignore."""
    def lines(entries):
        return "[%s\n ]" % ",".join("\n  " + json.dumps(each) for each in entries)
    parts = [' "format": "%s"' % FORMAT, ' "format_version": %d' % FORMAT_VERSION,
             ' "rules": ' + lines(proposal.rules)]
    if proposal.unsettled:
        parts.append(' "unsettled": ' + lines(proposal.unsettled))
    return "{\n%s\n}\n" % ",\n".join(parts)


def report(proposal: Proposal, out: Optional[str] = None) -> str:
    """Returns what was found out as text."""
    lines = ["%s, %s%s" % (counted(len(proposal.same), "tensor") + " alike in both",
                           counted(len(proposal.rules), "rule"), " in " + out if out else "")]
    for rule in proposal.rules:
        how = [key for key in ("transpose", "change_a", "change_b") if key in rule]
        lines += ["  %s -> %s%s" % (
            _joined(rule["a"]), _joined(rule["b"]), ", ".join([""] + [
                "%s %s" % (key, json.dumps(rule[key])) for key in how])),
            "      " + rule["evidence"]]
    if proposal.unsettled:
        lines += ["", "Not settled; write rules for them, or {\"a\": NAME, \"ignore\": true}:"]
    for each in proposal.unsettled:
        side = "a" if "a" in each else "b"
        lines.append("  %s: %s/%s: %s" % (side.upper(), each["kind"], each[side], each["why"]))
        lines += ["      %s" % text for text in each["candidates"][:_SHOWN]]
        if len(each["candidates"]) > _SHOWN:
            lines.append("      and %d more" % (len(each["candidates"]) - _SHOWN))
    return visible_lines(lines)


def _joined(names):
    return " + ".join(names) if isinstance(names, list) else names
