"""``plt.show()`` where there is no screen: figures go into numbered files.

    figure-1.png, figure-2.png ... in the current folder; none is ever overwritten

A figure that a script shows is written when it would have waited for the window to be closed. One
that it shows and goes on to draw in (``plt.ion()``, ``block=False``, ``plt.pause``) is written as
it is in the end. A backend that has windows, from the environment's MPLBACKEND or the script, is
left alone.
"""
import atexit
import itertools
import os

from tf1_recipes.legacy.patch import patch
from tf1_recipes.untrusted.visible import say

# matplotlib's own backends that only write files.
_WITHOUT_WINDOWS = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


@patch("plt.show writes the figures to files where there is no screen", after="matplotlib.pyplot")
def shown_figures(changes, pyplot):
    import matplotlib.figure

    screen = _Screen(pyplot)

    @changes.wrap(pyplot, "show")
    def show(today, *arguments, **options):
        if screen.is_there():
            return today(*arguments, **options)
        return screen.show(options.get("block", arguments[0] if arguments else None))

    @changes.wrap(matplotlib.figure.Figure, "show")
    def show_figure(today, self, warn=True):
        if screen.is_there():
            return today(self, warn)
        return screen.in_the_end.add(self.number)

    @changes.wrap(pyplot, "waitforbuttonpress")
    def press(today, *arguments, **options):
        if screen.is_there():
            return today(*arguments, **options)
        return say("plt.waitforbuttonpress(): there is no screen: the script continues")

    changes.put(pyplot, "switch_backend", screen.switch_backend)
    atexit.register(screen.write, screen.in_the_end)
    changes.undo(atexit.unregister, screen.write)


class _Screen:
    """Stands for a screen that is not there.

    Args:
        pyplot: the module, not yet changed.
    """

    def __init__(self, pyplot):
        self.pyplot = pyplot
        self.in_the_end = set()
        self._switch = pyplot.switch_backend
        self._refused = False

    def is_there(self):
        """Whether figures come in windows."""
        backend = self.pyplot.get_backend().lower()
        return not self._refused and backend not in _WITHOUT_WINDOWS

    def switch_backend(self, newbackend):
        """``plt.switch_backend``, except for toolkits that have no screen here."""
        try:
            self._switch(newbackend)
            self._refused = False
        except ImportError as error:
            say("no windows of %s: %s" % (newbackend, error))
            self._switch("agg")
            self._refused = True

    def show(self, block):
        """``plt.show``: writes the figures and closes them, as a user would, or only notes them."""
        numbers = self.pyplot.get_fignums()
        if block or (block is None and not self.pyplot.isinteractive()):
            self.write(numbers)
            self.pyplot.close("all")
        else:
            self.in_the_end.update(numbers)

    def write(self, numbers):
        """Writes those of the figures that are still open."""
        _write([self.pyplot.figure(number) for number in self.pyplot.get_fignums()
                if number in numbers])


def _write(figures):
    for figure in figures:
        for number in itertools.count(1):
            path = "figure-%d.png" % number
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            except FileExistsError:
                continue
            except OSError as error:
                say("plt.show(): there is no screen, and %s cannot be written: %s" % (
                    os.path.abspath(path), error.strerror))
                return
            figure.savefig(path, format="png")
            say("plt.show(): there is no screen: written to %s" % path)
            break

