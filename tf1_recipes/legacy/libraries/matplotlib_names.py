"""What matplotlib had up to 3.5, for scripts of the time."""
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


def restore_axes(axes):
    """Arguments and methods of axes that have other names now."""
    kind, hist = axes.Axes, axes.Axes.hist

    def hist_of_old(self, x, bins=None, *arguments, normed=None, **options):
        if normed is not None:
            options["density"] = normed
        return hist(self, x, bins, *arguments, **options)
    kind.hist = hist_of_old
    for name, method in {
            "set_axis_bgcolor": kind.set_facecolor,
            "hold": lambda self, b=None: None,  # everything was held, by default
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
    pyplot.gca = lambda **options: pyplot.gcf().gca(**options)
    if not hasattr(pyplot, "hold"):
        pyplot.hold = lambda b=None: None
    library = pyplot.style.library
    for name in list(library):
        if name.startswith("seaborn-v0_8"):
            library.setdefault(name.replace("-v0_8", ""), library[name])
