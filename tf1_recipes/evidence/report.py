"""What ``tf1-recipes verify`` prints."""
from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager

from tf1_recipes.colour import console
from tf1_recipes.evidence import catalogue

FAILS = "[bold red]FAILS[/]"


def verify_command(names: Sequence[str], as_json: bool = False) -> int:
    """Verifies recipes and prints a table, or JSON.

    Args:
        names: of the recipes; all, if there are none.
        as_json: whether to print JSON.

    Returns:
        The exit status: 0 if all hold, else 1.

    Raises:
        Error: no recipe has one of the names.
    """
    from tf1_recipes.evidence.verify import links, verify

    recipes = catalogue.find(names)
    with _quiet_stderr() as say:
        progress = None if as_json or not sys.stderr.isatty() else (
            lambda recipe: say("\r%s ... " % recipe.name))
        rows = verify(recipes, progress)
        if progress:
            say("\r")
        releases = _installed()
    if as_json:
        print(json.dumps({"installed": releases, "recipes": [_as_dict(row) for row in rows]},
                         indent=1))
    else:
        _print_table(rows, links(), releases)
    return 0 if all(row.holds for row in rows) else 1


def _print_table(rows, links, releases):
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for link in links:
        table.add_column(link, justify="right")
    table.add_column("worst", justify="right")
    table.add_column("time", justify="right")
    for row in rows:
        cells = [_cell(row.checks[link], link) for link in links]
        worst = _share(row.worst_share) if row.holds else FAILS
        table.add_row(row.recipe.name, *cells, worst, "%.1f s" % row.seconds)
    out = _console()
    out.print(table)
    failures = [(row, link, check) for row in rows for link, check in row.checks.items()
                if check and not check.holds]
    for row, link, check in failures:
        out.print("%s %s: %s" % (row.recipe.name, link, check.what), markup=False,
                  highlight=False, soft_wrap=True)
    held = sum(row.holds for row in rows)
    out.print("\n%d of %d recipes hold on TensorFlow %s, NumPy %s, Python %s." % (
        held, len(rows), releases["tensorflow"], releases["numpy"], releases["python"]),
        highlight=False, soft_wrap=True)


def _cell(check, link):
    if check is None:
        return "-"
    if not check.holds:
        return FAILS
    return "same" if link == "documented" else _share(check.share)


def _share(share):
    """The part of what is allowed, rounded up, so that numbers that differ never show 0%."""
    return "same" if share == 0 else "%d%%" % math.ceil(100 * share)


def _as_dict(row):
    return {"name": row.recipe.name, "holds": row.holds, "worst_share": _finite(row.worst_share),
            "seconds": round(row.seconds, 3), "sums": row.recipe.sums,
            "checks": {link: dict(dataclasses.asdict(check), share=_finite(check.share))
                       if check else None for link, check in row.checks.items()}}


def _finite(share):
    """None in place of infinity, which JSON has no number for."""
    return share if math.isfinite(share) else None


def _installed():
    import platform

    import numpy
    import tensorflow

    return {"tensorflow": tensorflow.__version__, "numpy": numpy.__version__,
            "python": platform.python_version()}


def _console():
    return console(width=None if sys.stdout.isatty() else 80)


@contextmanager
def _quiet_stderr():
    """Keeps TensorFlow's start-up messages off the terminal, unless something raises.

    They come from C++ before its log level can be set, so the file descriptor itself is redirected.
    Yields a function that writes to the real stderr.
    """
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield lambda text: os.write(real, text.encode())
        except BaseException:
            aside.seek(0)
            os.write(real, aside.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(real, 2)
            os.close(real)
