"""A progress bar on standard error, for reading or computing a whole data set."""
from __future__ import annotations

import contextlib
import sys
from typing import Any, Callable, Iterator, Optional


@contextlib.contextmanager
def progress_bar(shown: Optional[bool] = None,
                 transient: bool = False) -> Iterator[Callable[[str, int], Callable[[int], Any]]]:
    """Yields a function that starts a bar: ``advance = bar("caching", total)``, ``advance(count)``.

    Args:
        shown: bool; by default whether standard error is a terminal. Without rich nothing is shown.
        transient: bool, whether the bar disappears at the end.
    """
    if shown is None:
        shown = sys.stderr.isatty()
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
    except ImportError:
        shown = False
    if not shown:
        yield lambda title, total: lambda count: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=transient) as bars:
        def begin(title, total):
            task = bars.add_task(title, total=total)
            return lambda count: bars.advance(task, count)
        yield begin
