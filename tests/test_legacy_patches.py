"""The patches of `tf1-recipes run`: each can be taken back, alone and with the others."""
import contextlib
import importlib
import inspect
import re
import sys
import types
import warnings

import numpy as np
import pytest

from tf1_recipes.cli import main
from tf1_recipes.legacy import eras, moved, patches
from tf1_recipes.legacy.finder import FINDER
from tf1_recipes.legacy.patch import Changes, Patch, Target, numbers
from tf1_recipes.v1 import tf

PY2 = [Target(eras.era_of(release), numbers(release), True)
       for release in ("1.15", "1.7", "1.4", "1.1", "0.12")]
LIBRARIES = ("urllib.request", "tf_slim.losses.loss_ops", "PIL.ImageDraw", "scipy.integrate",
             "scipy.linalg", "scipy.ndimage", "scipy.signal", "scipy.sparse", "scipy.stats",
             "sklearn.cluster", "sklearn.discriminant_analysis", "sklearn.externals",
             "sklearn.ensemble", "sklearn.feature_extraction.text", "sklearn.manifold",
             "sklearn.svm", "matplotlib.pyplot", "pandas",
             "tf1_recipes.legacy.contrib.seq2seq.attention_wrapper")


@pytest.fixture(scope="module")
def imported():
    """All that patches change is imported, and so are the modules that they import."""
    from tf1_recipes.v1 import load
    load()
    for name in LIBRARIES:
        with contextlib.suppress(ModuleNotFoundError):  # a library that is not installed
            importlib.import_module(name)
    for target in PY2:
        patches.applied(target)()


def state():
    """Returns {place: object} of the places that patches may change."""
    from absl import flags
    from tensorflow.python.framework import ops

    places = {"sys.modules": sys.modules, "sys.meta_path": dict(enumerate(sys.meta_path)),
              "filters": dict(enumerate(warnings.filters)), "printing": np.get_printoptions()}
    for title, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and not title.startswith(
                ("tests.", "_pytest", "hypothesis.")):  # whose clocks go on
            places[title] = vars(module)
            places.update((kind, vars(kind)) for kind in vars(module).values()
                          if isinstance(kind, type))
    found = {(place, name): value for place, values in places.items()
             for name, value in list(values.items())}
    found.update((("gradient", name), entry["type"])
                 for name, entry in ops.gradient_registry._registry.items())
    found.update((("flag", name), flags.FLAGS[name].allow_override) for name in flags.FLAGS)
    if "pandas" in sys.modules:
        pandas = sys.modules["pandas"]
        found.update((("option", name), pandas.get_option("display." + name))
                     for name in ("max_columns", "min_rows"))
    return found


def differing(before, after):
    """Returns the places in which two states differ."""
    missing = object()
    return [place for one, other in ((before, after), (after, before))
            for place, value in one.items() if other.get(place, missing) is not value]


def test_each_patch_alone_leaves_nothing_changed(imported):
    before = state()
    for patch in patches.ALL:
        patch.apply(next(target for target in PY2 if patch.applies(target)))
        assert patch.is_applied() and patch.purpose
        patch.revert()
        assert not patch.is_applied()
    assert differing(before, state()) == []


@pytest.mark.parametrize("target", PY2, ids=lambda each: ".".join(map(str, each.release)))
def test_a_run_leaves_nothing_changed(imported, target):
    before = state()
    revert = patches.applied(target)
    changed = differing(before, state())
    revert()
    assert ("sys.modules", "tensorflow") in changed
    assert differing(before, state()) == []


def test_what_a_patch_failed_in_is_taken_back(imported):
    def fail(changes):
        changes.put(np, "invented", 1)
        raise RuntimeError("no")
    first = Patch(lambda changes: changes.put(np, "invented_too", 1), "adds a name")
    with pytest.raises(RuntimeError, match="^no$"):
        patches.applied(PY2[0], [first, Patch(fail, "fails")])
    assert not hasattr(np, "invented") and not hasattr(np, "invented_too")


# --- What a patch changes with ---


class Thing:
    kept, replaced = 1, 2


def test_changes_are_taken_back_the_last_one_first():
    changes, table = Changes(PY2[0]), {"a": 1}
    changes.put(Thing, "replaced", 3)
    changes.put(Thing, "replaced", 4)
    changes.add(Thing, kept=5, added=6)
    changes.take(Thing, "kept")
    changes.item(table, "a", 7)
    changes.item(table, "b", 8)
    assert (Thing.replaced, Thing.added, hasattr(Thing, "kept"), table) == (
        4, 6, False, {"a": 7, "b": 8})
    changes.revert()
    assert (Thing.replaced, hasattr(Thing, "added"), Thing.kept, table) == (2, False, 1, {"a": 1})


def test_a_wrapping_is_called_with_what_it_takes_the_place_of():
    changes, module = Changes(PY2[0]), types.SimpleNamespace(double=lambda x: 2 * x)

    @changes.wrap(module, "double")
    def double(today, x):
        return today(x) + 1
    assert module.double(3) == 7
    changes.revert()
    assert module.double(3) == 6


def test_a_wrapping_has_the_arguments_of_what_it_takes_the_place_of():
    # Where `getfullargspec` finds a partition_info, TensorFlow gives an initializer the shape of
    # the whole of a partitioned variable.
    changes = Changes(PY2[0])
    before = inspect.getfullargspec(tf.glorot_uniform_initializer().__call__)
    changes.wrap(tf.variance_scaling_initializer, "__call__")(
        lambda today, *arguments, **options: today(*arguments, **options))
    assert inspect.getfullargspec(tf.glorot_uniform_initializer().__call__) == before
    assert "partition_info" in before.args
    changes.revert()


@pytest.mark.parametrize("release, expected", [
    ("0.12", False), ("1.0", True), ("1.4", True), ("1.4.1", True), ("1.7", False)])
def test_the_releases_that_a_patch_is_for(release, expected):
    patch = Patch(lambda changes: None, "does nothing", since="1.0", until="1.4")
    assert patch.applies(Target(None, numbers(release))) == expected


def test_the_finder_serves_replaces_and_calls_back(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "invented_a.py").write_text("from math import gcd\n")
    heard, changes = [], Changes(PY2[0])
    moved.put_back(changes, {"invented_a:factor": "math:gcd", "invented_b:": "invented_a:"})
    changes.after(["invented_a"], lambda module: heard.append(module.__name__))
    import invented_b
    assert (heard, invented_b.factor(12, 18)) == (["invented_a"], 6)
    from invented_a import factor
    assert factor(12, 18) == 6
    with pytest.raises(AttributeError, match="^module 'invented_a' has no attribute 'other'$"):
        print(invented_b.other)
    changes.revert()
    assert "invented_b" not in sys.modules and FINDER not in sys.meta_path
    assert not hasattr(sys.modules.pop("invented_a"), "factor")


# --- run --explain ---


def test_explain_lists_the_patches_of_a_script(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF1_RECIPES_AS_OF", "")
    (tmp_path / "train.py").write_text("import tensorflow as tf\nprint(tf.mul(2, 3))\n")
    assert main(["run", "--explain", "train.py"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "train.py runs as of TensorFlow 0.12.1 (line 2: tf.mul)"
    assert all(len(line) <= 80 for line in lines)
    listed, _, left_out = "\n".join(lines[1:]).partition("\nNot applied: ")
    names = re.split(r"\n *\d+  ", listed.replace("\n     ", " "))[1:]
    assert ("division of tensors truncates integers (up to 0.12, after the import of tensorflow)"
            in names)
    assert "an array of one integer is an index, as up to NumPy 1.11" in names
    assert not any("names of Python 2.7" in line for line in names)
    left_out = left_out.replace("\n", " ").rstrip(".").split("; ")
    assert "the standard library has its names of Python 2.7 (for Python 2)" in left_out
    assert "cells' variables are called weights and biases (1.0 to 1.1)" in left_out
    assert lines[1] == "%d of %d patches, in the order in which they are applied:" % (
        len(names), len(names) + len(left_out))
    assert names[-1].startswith("import tensorflow finds the API of the release")
    assert main(["run", "--as-of", "1.15", "--explain", "train.py"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "train.py runs as of TensorFlow 1.15.5 (asked for)"
    listed, _, left_out = "\n".join(lines).partition("\nNot applied: ")
    assert "truncates integers" not in listed
    assert "truncates integers (up to 0.12)" in left_out.replace("\n", " ")
    assert main(["run", "-v", "--explain", "train.py"]) == 0
    monkeypatch.delenv("TF1_RECIPES_VERBOSE")
    assert "what the script uses is old (-v leaves it out)" in (
        capsys.readouterr().out.replace("\n", " "))
    monkeypatch.setenv("TF1_RECIPES_AS_OF", "")  # the command line keeps it there
    (tmp_path / "train.py").write_text("import tensorflow as tf\n")
    assert main(["run", "--explain", "train.py"]) == 0
    assert capsys.readouterr().out.startswith(
        "train.py runs as of TensorFlow 1.15.5 (nothing in it tells the release)\n")


@pytest.mark.parametrize("text, error", [
    (None, "there is no script train.py"),
    ("def f(:\n", "train.py, line 1: invalid syntax"),
    ("import tensorflow as tf\ntf.random.set_seed(1)\n",
     "train.py is written for TensorFlow 2, which runs it as it is: `"),
])
def test_explain_says_what_is_no_script(tmp_path, monkeypatch, capsys, text, error):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF1_RECIPES_AS_OF", "")
    if text:
        (tmp_path / "train.py").write_text(text)
    assert main(["run", "--explain", "train.py"]) == 2
    assert error in capsys.readouterr().err
