"""Pictures by matplotlib: whether it is installed, its formats, writing a whole file."""
from __future__ import annotations

import os
from typing import Any, Tuple

from tf1_recipes.errors import Error
from tf1_recipes.traces.drafts import draft


def pyplot() -> Any:
    """Returns ``matplotlib.pyplot``, drawing into files only.

    Raises:
        Error: it is missing; the message says what to install.
    """
    try:
        import matplotlib
    except ImportError:
        raise Error("a picture needs matplotlib: pip install 'tf1_recipes[plot]'") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot
    return matplotlib.pyplot


def picture_endings() -> Tuple[str, ...]:
    """Returns the endings of the files that matplotlib writes, such as ``.png``.

    Raises:
        Error: it is missing.
    """
    pyplot()
    from matplotlib.backend_bases import FigureCanvasBase
    return tuple("." + kind for kind in sorted(FigureCanvasBase.get_supported_filetypes()))


def save_picture(figure: Any, path: str) -> None:
    """Writes a figure, beside its place first, in the format that the path's ending says.

    Raises:
        Error: matplotlib does not know the format; the file cannot be written.
    """
    try:
        with draft(path, "wb") as file:
            figure.savefig(file, dpi=120, format=os.path.splitext(path)[1][1:] or None)
    except ValueError as error:
        raise Error("cannot write %s: %s" % (path, error)) from None
    finally:
        pyplot().close(figure)
