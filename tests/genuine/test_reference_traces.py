"""Records every reference trace again, on the genuine release, and compares it with what is kept.

Recipes without sums give the same bytes. All others are within the bound that the recipe's model
computes, as the kernels of another processor add in another order.
"""
import json

import pytest

from tf1_recipes.evidence.agreement import agreement, expected
from tf1_recipes.evidence.catalogue import RECIPES
from tf1_recipes.recording.command import record
from tf1_recipes.traces import open_trace

TRACES = [(recipe, release) for recipe in RECIPES for release in recipe.releases]


@pytest.mark.parametrize("recipe, release", TRACES,
                         ids=["%s-%s" % (recipe.name, release) for recipe, release in TRACES])
def test_a_reference_trace_is_recorded_again(genuine, recipe, release, tmp_path):
    again = str(tmp_path / "again.json")
    status = record(recipe.example_path(), [], again, python=genuine(release))

    assert status == 0
    kept = recipe.trace_path(release)
    if recipe.sums:
        newest = open_trace(recipe.trace_path(recipe.releases[-1]))
        found = agreement(expected(recipe, newest), open_trace(again), open_trace(kept))
        assert found.holds, found.what
        assert _feeds(again) == _feeds(kept)
    else:
        assert _text_but_for_python(again) == _text_but_for_python(kept)


def _feeds(path):
    """What every step was fed, but for what the net itself computed (B5's cached rows)."""
    return [{name: array.tobytes() for name, array in step.arrays("feeds").items()
             if name != "hidden2/relu"} for step in open_trace(path)]


def _text_but_for_python(path):
    """A trace's text, but for the interpreter's last digit: 3.7.16 and 3.7.17 are alike."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    version = json.loads(text)["manifest"]["python"]
    return text.replace('"python": "%s"' % version,
                        '"python": "%s"' % ".".join(version.split(".")[:2]))
