"""Text from outside in a page: its markup and hidden characters have no effect."""
from __future__ import annotations

import html
from typing import Iterable, List, Sequence

from tf1_recipes.untrusted.visible import visible


def escape(text: object) -> str:
    r"""Text as HTML shows it, with its hidden characters written out.

    >>> print(escape("<b>\x1b"))
    &lt;b&gt;\x1b
    """
    return html.escape(visible(text))


def html_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]],
               most: int = 100) -> str:
    r"""Returns a table for a notebook, every text in it escaped.

    Args:
        caption: str, the text above it.
        heads: the titles of the columns.
        rows: the cells of each row.
        most: int, how many rows are shown; the others are counted.

    >>> print(html_table("a < b", ["name"], [["<w>"]]))
    <table><caption>a &lt; b</caption><thead><tr><th>name</th></tr></thead>
    <tbody><tr><td>&lt;w&gt;</td></tr></tbody></table>
    """
    def line(tag: str, cells: Iterable[object]) -> str:
        return "<tr>%s</tr>" % "".join(
            "<%s>%s</%s>" % (tag, escape(cell), tag) for cell in cells)
    lines: List[str] = [line("td", row) for row in rows]
    more = "<p>and %d more</p>" % (len(lines) - most) if len(lines) > most else ""
    return "<table><caption>%s</caption><thead>%s</thead>\n<tbody>%s</tbody></table>%s" % (
        escape(caption), line("th", heads), "".join(lines[:most]), more)
