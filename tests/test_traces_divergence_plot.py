"""The picture that ``compare --plot`` draws."""
import builtins

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.divergence_plot import plot_divergence

NAME = "_layer$1_2$/w"  # neither left out of the legend nor set as a formula


def drawn(path, tensors, steps=4):
    a, b = MemoryTrace(), MemoryTrace()
    for number in range(steps):
        names = [NAME] + ["w%d" % each for each in range(1, tensors)]
        a.step(number, [("variables", name, 1.0) for name in names], {})
        b.step(number, [("variables", name, 1.0 + number * 10.0 ** -place) for place, name
                        in enumerate(names)] + [("variables", "only", 1.0)], {})
    a.step(steps, [("variables", NAME, 1.0)], {})
    b.step(steps, [("variables", NAME, np.nan)], {})
    plot_divergence(str(path), compare_traces(a, b), ("a$x.npz", a), ("b$x.npz", b))


@pytest.mark.parametrize("tensors, steps", [(1, 1), (3, 4), (12, 2), (50, 2)])
def test_it_is_a_picture(tensors, steps, tmp_path):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    drawn(tmp_path / "plot.png", tensors, steps)
    assert pyplot.imread(str(tmp_path / "plot.png")).shape == (600, 1200, 4)


def test_what_it_says(tmp_path):
    pytest.importorskip("matplotlib")
    drawn(tmp_path / "plot.svg", 3)
    text = (tmp_path / "plot.svg").read_text()
    # matplotlib draws letters as shapes, and leaves the text as a comment.
    for part in ("a$x.npz against b$x.npz", "DIFFERENT: 3 of 3 tensors at 5 steps differ",
                 "variables/" + NAME, "variables/w2", "largest absolute difference", "NaN, shape"):
        assert part in text


def test_nothing_to_draw_is_an_empty_picture(tmp_path):
    pytest.importorskip("matplotlib")
    a = MemoryTrace()
    plot_divergence(str(tmp_path / "plot.png"), compare_traces(a, a), ("a", a), ("b", a))
    assert (tmp_path / "plot.png").exists()


def test_what_cannot_be_drawn_is_said(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    with pytest.raises(Error, match="cannot write .*plot.docx: Format 'docx' is not supported"):
        drawn(tmp_path / "plot.docx", 1)
    with pytest.raises(Error, match="cannot write .*plot.png: No such file"):
        drawn(tmp_path / "no" / "plot.png", 1)
    original = builtins.__import__

    def without(name, *arguments, **keywords):
        if name == "matplotlib":
            raise ImportError(name)
        return original(name, *arguments, **keywords)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Error, match="a picture needs matplotlib: pip install"):
        drawn(tmp_path / "plot.png", 1)
