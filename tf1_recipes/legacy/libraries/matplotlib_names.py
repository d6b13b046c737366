"""What matplotlib had up to 3.5."""
import importlib
import warnings

from tf1_recipes.legacy.patch import patch


@patch("matplotlib.cm has get_cmap", after="matplotlib.cm")
def colour_maps(changes, cm):
    import matplotlib

    def get_cmap(name=None, lut=None):
        if isinstance(name, matplotlib.colors.Colormap):
            return name
        colours = matplotlib.colormaps[name or matplotlib.rcParams["image.cmap"]]
        return colours if lut is None else colours.resampled(lut)
    changes.add(cm, get_cmap=get_cmap)


@patch("figures take gca(projection=...) and savefig(frameon=...)", after="matplotlib.figure")
def figure_arguments(changes, figure):
    @changes.wrap(figure.Figure, "gca")
    def gca(today, self, **options):
        if not options:
            return today(self)
        there = self.axes and today(self)
        if there and there.name == options.get("projection", "rectilinear"):
            return there
        return self.add_subplot(1, 1, 1, **options)

    @changes.wrap(figure.Figure, "savefig")
    def savefig(today, self, *arguments, frameon=None, **options):
        if frameon is not None:
            options.setdefault("facecolor", "auto" if frameon else "none")
        return today(self, *arguments, **options)


@patch("axes have their old methods and arguments", after="matplotlib.axes._axes")
def axes_names(changes, axes):
    kind = axes.Axes

    @changes.wrap(kind, "hist")
    def hist(today, self, x, bins=None, *arguments, normed=None, **options):
        if normed is not None:
            options["density"] = normed
        return today(self, x, bins, *arguments, **options)

    @changes.wrap(kind, "grid")
    def grid(today, self, visible=None, *arguments, b=None, **options):
        return today(self, visible if b is None else b, *arguments, **options)

    changes.add(
        kind, set_axis_bgcolor=kind.set_facecolor,
        hold=lambda self, b=None: None,  # everything was held, by default
        get_axes=lambda self: self.axes,
        w_xaxis=property(lambda self: self.xaxis),  # of three dimensions
        w_yaxis=property(lambda self: self.yaxis),
        w_zaxis=property(lambda self: self.zaxis),
        set_color_cycle=lambda self, clist: self.set_prop_cycle(color=clist))


@patch("a legend at an unknown place is a warning", after="matplotlib.legend")
def legend_places(changes, legend):
    @changes.wrap(legend.Legend, "__init__")
    def __init__(today, self, parent, handles, labels, *, loc=None, **options):
        if isinstance(loc, str) and loc not in self.codes and not loc.startswith("outside"):
            place = "best" if hasattr(parent, "axes") else "upper right"
            warnings.warn("Unrecognized location %r. Falling back on %r" % (loc, place),
                          stacklevel=5)
            loc = place
        today(self, parent, handles, labels, loc=loc, **options)


@patch("pyplot has its old functions, arguments and styles", after="matplotlib.pyplot")
def pyplot_names(changes, pyplot):
    @changes.wrap(pyplot, "grid")
    def grid(today, visible=None, *arguments, b=None, **options):
        return today(visible if b is None else b, *arguments, **options)

    changes.put(pyplot, "gca", lambda **options: pyplot.gcf().gca(**options))
    changes.add(pyplot, hold=lambda b=None: None)
    changes.add(importlib.import_module("matplotlib.backend_bases").FigureCanvasBase,
                set_window_title=lambda self, title: (
                    self.manager and self.manager.set_window_title(title)))
    library = pyplot.style.library
    for name in list(library):
        old = name.replace("-v0_8", "")
        if old not in library:
            changes.item(library, old, library[name])
