"""A figure of momentum: its terminal speed, and the book's Nesterov beside TF1's variable.

    python -c "from tf1_recipes.optimizers.momentum_figure import draw; draw('momentum.png')"
"""
from __future__ import annotations

from typing import Any, Dict, List

from tf1_recipes.optimizers.book_formulas import momentum_step, nesterov_step, terminal_speed
from tf1_recipes.traces.pictures import pyplot, save_picture

ETA, BETA = 0.1, 0.9
BETAS = (0.0, 0.5, 0.9)
HEIGHT = 7.0  # inches


def speeds(beta: float, steps: int = 60) -> List[float]:
    """Returns |m| after 0, 1 ... steps down a slope of 1, with a learning rate of 1."""
    theta, m, found = 0.0, 0.0, [0.0]
    for _ in range(steps):
        theta, m = momentum_step(theta, m, lambda _: 1.0, 1.0, beta)
        found.append(abs(m))
    return found


def paths(steps: int = 60) -> Dict[str, List[float]]:
    """Returns where theta is after 0, 1 ... steps down theta^2 / 2 from 1, of each algorithm."""
    found: Dict[str, List[float]] = {}
    for title, step in (("momentum", momentum_step), ("Nesterov", nesterov_step)):
        theta, m = 1.0, 0.0
        found[title + ", theta"] = [theta]
        ahead = [theta]
        for _ in range(steps):
            theta, m = step(theta, m, lambda theta: theta, ETA, BETA)
            found[title + ", theta"].append(theta)
            ahead.append(theta + BETA * m)
    found["Nesterov, theta + beta m: TF1's variable"] = ahead
    return found


def draw(path: str) -> None:
    """Draws the figure into a file.

    Args:
        path: the picture's file, such as ``momentum.png``.

    Raises:
        Error: matplotlib is missing; the file cannot be written.
    """
    figure = pyplot().figure(layout="constrained", figsize=(8, HEIGHT))
    paint(figure)
    save_picture(figure, path)


def paint(figure: Any, trace: Any = None) -> None:
    """Draws on a figure, or on a part of one.

    Args:
        figure: matplotlib's ``Figure`` or ``SubFigure``.
        trace: not used; other figures are drawn from a recipe's trace.
    """
    above, below = figure.subplots(2, 1)
    for beta in BETAS:
        line, = above.plot(speeds(beta), label="beta %g" % beta)
        above.axhline(terminal_speed(1.0, beta), color=line.get_color(), linestyle=":")
    above.set_title("|m| down a slope of 1, learning rate 1; dotted: 1 / (1 - beta)", loc="left",
                    fontsize=9)
    for title, values in paths().items():
        below.plot(values, marker="o", markersize=2, label=title)
    below.set_title("theta^2 / 2 from 1, learning rate %g, beta %g" % (ETA, BETA), loc="left",
                    fontsize=9)
    for axis in (above, below):
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
