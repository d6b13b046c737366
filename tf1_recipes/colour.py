"""Colour for the words of a report that tell of a failure, where a person sees them."""
from __future__ import annotations

import os
import re
import sys
from typing import IO, TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from rich.console import Console

_FAILURES = re.compile(r"^(FAILS|DIFFERENT)\b", re.MULTILINE)


def coloured(stream: Optional[IO[str]] = None) -> bool:
    """Whether colours may be written to a stream, by default standard output.

    ``NO_COLOR`` forbids them, ``FORCE_COLOR`` asks for them (both where they are not empty);
    without either they are for terminals, but for those that call themselves ``dumb``.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and (stream or sys.stdout).isatty()


def console(**options: Any) -> Console:
    """Returns rich's console on standard output, with colours as `coloured` has it.

    Args:
        options: of ``rich.console.Console``.
    """
    from rich.console import Console

    colours = coloured()
    return Console(force_terminal=colours, color_system="standard" if colours else None, **options)


def marked(text: str) -> str:
    """Returns a report for standard output, its lines' first words of failure in red.

    >>> marked("DIFFERENT: 1 of 1 tensor at 1 step differs.")  # where no terminal is
    'DIFFERENT: 1 of 1 tensor at 1 step differs.'
    """
    return _FAILURES.sub("\033[1;31m\\1\033[0m", text) if coloured() else text
