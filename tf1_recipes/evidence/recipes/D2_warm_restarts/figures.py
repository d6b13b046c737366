"""The document's three figures: one annealing, restarts of one length, cycles that double."""
import itertools

from tf1_recipes.evidence.recipes.D2_warm_restarts.model import annealed

# Title: batches of the first cycle, how many times longer each next one is, batches that are drawn.
FIGURES = {
    "one annealing over 200 batches": (200, 1, 200),
    "a restart every 100 batches": (100, 1, 400),
    "cycles of 100, 200 and 400 batches": (100, 2, 700),
}
HEIGHT = 2.6  # inches


def rates(title):
    """The learning rates of a figure's batches 0, 1 ..., as shares of the largest one."""
    n, cycle_mult, batches = FIGURES[title]
    return list(itertools.islice(annealed(1.0, n, cycle_mult), batches))


def draw(figure, trace):
    """Draws the three side by side."""
    axes = figure.subplots(1, len(FIGURES), sharey=True)
    for axis, title in zip(axes, FIGURES):
        axis.plot(rates(title), linewidth=1.5)
        axis.set_title(title, loc="left", fontsize=9)
        axis.set_xlabel("batch")
        axis.margins(x=0.02)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("share of the largest rate")
