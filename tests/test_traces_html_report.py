"""The page that ``compare --html`` writes: what it says, that it is inert, and that it is small."""
import html.parser
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.compare import Comparison, TensorRow
from tf1_recipes.traces.divergence import APART
from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.explain.diagnosis import Diagnosis, Explanation
from tf1_recipes.traces.html_report import html_report, write_html

EVIL = "<script>alert(1)</script>\"'&amp;\x00\ud800"


def pair(a_steps, b_steps, a_manifest=None, b_manifest=None):
    """Two traces, of lists of steps ``{name: array}``."""
    traces = []
    for steps, manifest in ((a_steps, a_manifest), (b_steps, b_manifest)):
        made = MemoryTrace(manifest)
        for number, arrays in enumerate(steps):
            made.step(number, [("variables", name, np.asarray(each))
                               for name, each in arrays.items()], {})
        traces.append(made)
    return traces


def page_of(a, b, tolerance=None, explanation=None):
    comparison = compare_traces(a, b, tolerance)
    return html_report(comparison, ("runs/a.npz", a), ("runs/b.npz", b), explanation)


class Page(html.parser.HTMLParser):
    """The page's text, its elements and their attributes; refuses what is not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text, self._open = [], [], [], []
        self.feed(text)
        self.close()
        assert self._open == []
        self.text = " ".join(" ".join(self.text).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]
        if tag not in ("meta", "br", "input"):
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text.append(data)


def growing(steps=5, tensors=3):
    ones = {"layer%d/w" % number: np.float32([1.0, 2.0]) for number in range(tensors)}
    apart = [{name: each * np.float32(1 + (step > 1) * 10.0 ** (step - 7) * (place + 1))
              for place, (name, each) in enumerate(ones.items())} for step in range(steps)]
    return pair([ones] * steps, apart, {"tensorflow": "1.15.5", "numpy": "1.18.5"},
                {"tensorflow": "2.21.0", "numpy": "1.18.5", "arguments": ["--lr", "0.1"]})


def test_what_the_page_says():
    text = Page(page_of(*growing())).text
    for part in ("a.npz against b.npz", "DIFFERENT 3 of 3 tensors at 5 steps differ.",
                 "First divergence: step 2, variables/layer0/w [0]", "Tolerance: 0 ULP",
                 "Tensors that differ, the worst first (3 of 3)",
                 # 0.003 of 2^-23 each, and 2 * 0.003.
                 "variables/layer2/w 2 3 of 5 25166 0.006",
                 "file runs/a.npz runs/b.npz tensorflow 1.15.5 2.21.0 numpy 1.18.5 1.18.5 "
                 "arguments --lr 0.1 steps 5 5"):
        assert part in text
    assert "Why they differ" not in text and "On one side only" not in text
    same = growing()[0]
    text = Page(page_of(same, same)).text
    assert "AGREE 3 tensors at 5 steps; every element is equal." in text
    assert "Tensors that agree (3 of 3)" in text


def test_steps_tensors_shapes_and_nan_on_one_side():
    a, b = pair([{"w": 1.0, "v": [1.0], "a": 1}, {"w": 1.0, "v": [1.0]}, {}],
                [{"w": np.nan, "v": [1.0, 2.0], "b": 1}, {"w": 1.0, "v": [1.0]}])
    text = Page(page_of(a, b)).text
    for part in ("Steps only in A 2", "Tensors only in A variables/a (step 0)",
                 "Tensors only in B variables/b (step 0)", "NaN or infinite: 1",
                 "float64 [1] against float64 [2]"):
        assert part in text
    assert 'class="broken"' in page_of(a, b)
    assert "DIFFERENT the traces have nothing in common" in Page(
        page_of(*pair([{"a": 1}], [{"b": 1}]))).text
    assert "DIFFERENT the traces have nothing in common." in Page(page_of(*pair([], []))).text


def test_the_reasons_stand_above_the_drawings():
    explanation = Explanation([Diagnosis(
        "Learning rate", "b's updates are 2.000 times a's <b>", 2, ["layer0/w"],
        ["all of 3 steps: 2.0 to 2.0"], "medium", {}, ["loss mean against sum"])], 3, "layer1/w")
    text = Page(page_of(*growing(), explanation=explanation)).text
    assert ("Why they differ Learning rate b's updates are 2.000 times a's <b> From step 2 on; "
            "confidence: medium Where (1) layer0/w Evidence (1) all of 3 steps: 2.0 to 2.0 "
            "Could also be (1) loss mean against sum Also different: 3 tensors; this follows from "
            "the "
            "above, or was not examined. Unexplained: layer1/w Divergence") in text


def test_names_are_shown_and_do_nothing(tmp_path):
    a, b = pair([{EVIL: 1.0, "w": 1.0}], [{EVIL: 2.0}], {EVIL: EVIL, "python": EVIL}, {})
    a.notes.append(EVIL)
    comparison = compare_traces(a, b)
    path = str(tmp_path / "page.html")
    write_html(path, comparison, ("x/" + EVIL, a), ("b.npz", b))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    page = Page(text)
    assert "script" not in page.tags
    assert page.text.count("<script>alert(1)</script>\"'&amp;") > 5
    assert not any(name.startswith("on") or name in ("src", "srcset") for _, name, _ in
                   page.attributes)
    assert sorted(os.listdir(str(tmp_path))) == ["page.html"]


def test_the_page_needs_nothing_from_elsewhere():
    text = page_of(*growing())
    assert re.findall("https?:|url\\(|@import|<link|<img|<iframe", text) == []
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "prefers-color-scheme: dark" in text


def test_tables_can_be_reached_by_keyboard_and_read_aloud():
    page = Page(page_of(*growing()))
    assert ("div", "tabindex", "0") in page.attributes
    assert ("div", "aria-label", "Tensors that differ, the worst first") in page.attributes
    assert [value for tag, name, value in page.attributes if (tag, name) == ("svg", "role")] == [
        "img"] * 4
    assert ("th", "scope", "row") in page.attributes


def noise(tensors=500, steps=1000):
    """A comparison whose differences have no pattern: the largest page there is."""
    comparison = Comparison(Tolerance(), steps=steps, tensors=tensors * steps, first_step=0,
                            first="step 0, variables/w: 1.0 against 2.0")
    comparison.rows = [
        TensorRow("variables", *["layer%d/unit/attention/kernel_%d" % (each // 10, each)] * 2,
                  steps, steps, 0, each, 1.0 + each) for each in range(tensors)]
    random = np.random.default_rng(0)
    for number in range(steps):
        comparison.divergence.begin(number)
        for row, size in zip(comparison.rows, np.exp(random.normal(size=tensors) * 10).tolist()):
            comparison.divergence.add((row.kind, row.name), APART, size, size)
    return comparison


def test_a_large_comparison_stays_small():
    empty, _ = pair([], [])
    text = html_report(noise(), ("a", empty), ("b", empty))
    assert len(text.encode()) < 2 * 1024 * 1024
    page = Page(text)
    assert "Each column is the worst of 5 steps." in page.text
    assert "The 100 worst of 500 tensors, in the order of the trace." in page.text
    assert "Grey: the next 32." in page.text
    assert "Tensors that differ, the worst first (500 of 500)" in page.text


def test_a_place_that_cannot_be_written(tmp_path):
    a, b = growing()
    with pytest.raises(Error, match="cannot write .*page.html: No such file"):
        write_html(str(tmp_path / "no" / "page.html"), compare_traces(a, b), ("a", a), ("b", b))


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if shutil.which(name):
            return shutil.which(name)
    return pytest.skip("no Chromium: install it to have the page drawn")


def drawn(path, folder, *options):
    """The page as headless Chromium draws it: an array of pixels."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    picture = folder / "page.png"
    done = subprocess.run(
        [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--user-data-dir=%s" % (folder / "profile"), "--window-size=1100,1600", *options,
         "--screenshot=%s" % picture, path.as_uri()],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100, text=True)
    assert picture.exists(), done.stdout
    return pyplot.imread(str(picture))[..., :3]


def test_a_browser_draws_it_in_light_and_in_dark(tmp_path):
    chromium()
    a, b = growing()
    path = tmp_path / "page.html"
    write_html(str(path), compare_traces(a, b, Tolerance(ulp=100)), ("a", a), ("b", b))
    light = drawn(path, tmp_path)
    dark = drawn(path, tmp_path, "--force-dark-mode")
    assert light.mean() > 0.85 and dark.mean() < 0.25
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('id="by-absolute" checked', 'id="by-absolute"').replace(
        'id="by-ulp"', 'id="by-ulp" checked'), encoding="utf-8")
    assert (drawn(path, tmp_path) != light).any(), "the other scale shows another chart"
    # Its blues and its red are there: the style sheet was read, and the drawings drawn.
    for colour in ((0x0b, 0x63, 0xc5), (0xb3, 0x26, 0x1e), (0x0a, 0x2f, 0x5f)):
        apart = np.abs(light * 255 - np.array(colour)).max(axis=2)
        assert (apart < 12).sum() > 20, colour
