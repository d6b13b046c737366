"""What matplotlib had up to 3.5, for scripts of the time."""
import importlib
import warnings


def restore_cm(cm):
    """``matplotlib.cm.get_cmap``."""
    import matplotlib

    def get_cmap(name=None, lut=None):
        if isinstance(name, matplotlib.colors.Colormap):
            return name
        colours = matplotlib.colormaps[name or matplotlib.rcParams["image.cmap"]]
        return colours if lut is None else colours.resampled(lut)
    if not hasattr(cm, "get_cmap"):
        cm.get_cmap = get_cmap


def restore_figure(figure):
    """``figure.gca(projection="3d")``."""
    now = figure.Figure.gca

    def gca(self, **options):
        if not options:
            return now(self)
        there = self.axes and now(self)
        if there and there.name == options.get("projection", "rectilinear"):
            return there
        return self.add_subplot(1, 1, 1, **options)
    figure.Figure.gca = gca
    savefig = figure.Figure.savefig

    def savefig_of_old(self, *arguments, frameon=None, **options):
        if frameon is not None:
            options.setdefault("facecolor", "auto" if frameon else "none")
        return savefig(self, *arguments, **options)
    figure.Figure.savefig = savefig_of_old


def restore_axes(axes):
    """Arguments and methods of axes that have other names now."""
    kind, hist = axes.Axes, axes.Axes.hist

    def hist_of_old(self, x, bins=None, *arguments, normed=None, **options):
        if normed is not None:
            options["density"] = normed
        return hist(self, x, bins, *arguments, **options)
    kind.hist = hist_of_old
    grid = kind.grid

    def grid_of_old(self, visible=None, *arguments, b=None, **options):
        return grid(self, visible if b is None else b, *arguments, **options)
    kind.grid = grid_of_old
    for name, method in {
            "set_axis_bgcolor": kind.set_facecolor,
            "hold": lambda self, b=None: None,  # everything was held, by default
            "get_axes": lambda self: self.axes,
            "w_xaxis": property(lambda self: self.xaxis),  # of three dimensions
            "w_yaxis": property(lambda self: self.yaxis),
            "w_zaxis": property(lambda self: self.zaxis),
            "set_color_cycle": lambda self, clist: self.set_prop_cycle(color=clist)}.items():
        if not hasattr(kind, name):
            setattr(kind, name, method)


def restore_legend(legend):
    """A legend at a place that there is not: ``plt.legend(loc="top left")`` was a warning."""
    kind, initialise = legend.Legend, legend.Legend.__init__

    def __init__(self, parent, handles, labels, *, loc=None, **options):
        if isinstance(loc, str) and loc not in kind.codes and not loc.startswith("outside"):
            place = "best" if hasattr(parent, "axes") else "upper right"
            warnings.warn("Unrecognized location %r. Falling back on %r" % (loc, place),
                          stacklevel=4)
            loc = place
        initialise(self, parent, handles, labels, loc=loc, **options)
    kind.__init__ = __init__


def restore_pyplot(pyplot):
    """``plt.gca(projection=...)``, ``plt.hold`` and the seaborn styles by their old names."""
    grid = pyplot.grid
    pyplot.grid = lambda visible=None, *arguments, b=None, **options: grid(
        visible if b is None else b, *arguments, **options)
    canvas = importlib.import_module("matplotlib.backend_bases").FigureCanvasBase
    if not hasattr(canvas, "set_window_title"):
        canvas.set_window_title = lambda self, title: (
            self.manager and self.manager.set_window_title(title))
    pyplot.gca = lambda **options: pyplot.gcf().gca(**options)
    if not hasattr(pyplot, "hold"):
        pyplot.hold = lambda b=None: None
    library = pyplot.style.library
    for name in list(library):
        if name.startswith("seaborn-v0_8"):
            library.setdefault(name.replace("-v0_8", ""), library[name])
