"""The code that ``tf1-recipes show NAME`` begins with: complete, and it trains."""
import code

import numpy as np
import pytest

from tf1_recipes.evidence import catalogue
from tf1_recipes.recording import session_tap
from tf1_recipes.traces import MemoryTrace
from tf1_recipes.v1 import tf

EACH = pytest.mark.parametrize("recipe", catalogue.RECIPES, ids=lambda recipe: recipe.name)


class Interpreter(code.InteractiveConsole):
    """The interactive interpreter, in which an error ends the test."""

    def write(self, data):
        raise AssertionError(data)

    def paste(self, text):
        waits = [self.push(line) for line in [*text.splitlines(), ""]]
        assert not waits[-1]


def test_the_interpreter_reports_what_cannot_be_pasted():
    with pytest.raises(AssertionError, match="SyntaxError"):
        Interpreter().paste("if True:\n    a = 1\nb = 2\n")  # a block needs an empty line after it
    with pytest.raises(AssertionError, match="NameError"):
        Interpreter().paste("no_such_name")


@EACH
def test_pasted_into_an_interpreter_it_changes_a_weight(recipe):
    from tensorflow.python.client.session import BaseSession

    trace = MemoryTrace()
    detach = session_tap.attach(session_tap.Tap(trace), BaseSession)
    try:
        with tf.Graph().as_default():
            Interpreter().paste(recipe.text("snippet"))
    finally:
        detach()
    start = [step for step in trace if step.facts.get("initial")][-1].arrays("variables")
    end = trace[trace.numbers[-1]].arrays("variables")
    assert start.keys() == end.keys()
    assert any(not np.array_equal(start[name], end[name]) for name in start
               if start[name].dtype == np.float32)


@EACH
def test_it_uses_the_recipe_s_first_function_by_its_public_name(recipe):
    imports, _, rest = recipe.text("snippet").partition("from tf1_recipes.v1 import tf\n")
    assert "from tf1_recipes import" in imports and recipe.function in imports
    assert recipe.function in rest
    assert max(map(len, recipe.text("snippet").splitlines())) <= 79
