"""The examples in the docstrings of all modules, the tests' own too, print what they say."""
import doctest
import importlib
from pathlib import Path

import pytest

import tf1_recipes
from tf1_recipes.v1 import tf

PACKAGE = Path(tf1_recipes.__file__).parent


def modules_with_examples():
    """Yields the names of the modules whose source has a line of an example."""
    for folder in (PACKAGE, Path(__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            if any(line.lstrip().startswith(">>> ") for line in path.open(encoding="utf-8")):
                parts = path.relative_to(folder.parent).with_suffix("").parts
                yield ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("name", list(modules_with_examples()))
def test_examples(name, tmp_path, monkeypatch):
    """Each in a graph of its own; a failure prints what was expected and what came."""
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(importlib.import_module(name),
                                                extraglobs={"tf": tf}):
        with tf.Graph().as_default():
            runner.run(example)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries > 0
