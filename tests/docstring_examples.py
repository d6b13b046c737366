"""Runs the examples in a module's docstrings, each in a graph of its own."""
import doctest

from tf1_recipes.v1 import tf


def run(module):
    """Runs all of a module's examples; a failure prints what was expected and what came.

    Returns:
        int, how many examples there are.
    """
    count = 0
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(module, extraglobs={"tf": tf}):
        with tf.Graph().as_default():
            failures, attempts = runner.run(example)
        assert failures == 0, example.name
        count += attempts
    return count
