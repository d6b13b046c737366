"""Records every reference trace again, on the genuine release, and compares it bit for bit."""
import json

import pytest

from tf1_recipes.catalogue import RECIPES
from tf1_recipes.recording import record

TRACES = [(recipe, release) for recipe in RECIPES for release in recipe.releases]


@pytest.mark.parametrize("recipe, release", TRACES,
                         ids=["%s-%s" % (recipe.name, release) for recipe, release in TRACES])
def test_recorded_again_a_reference_trace_is_the_same_to_the_byte(
        genuine, recipe, release, tmp_path):
    again = str(tmp_path / "again.json")
    status = record(recipe.example_path(), [], again, python=genuine(release))

    assert status == 0
    recorded, committed = (_text_but_for_python(path)
                           for path in (again, recipe.trace_path(release)))
    assert recorded == committed


def _text_but_for_python(path):
    """A trace's text, but for the interpreter's last digit: 3.7.16 and 3.7.17 are alike."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    version = json.loads(text)["manifest"]["python"]
    return text.replace('"python": "%s"' % version,
                        '"python": "%s"' % ".".join(version.split(".")[:2]))
