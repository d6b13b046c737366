"""Feeds replayed from the recording of another release, on every one of them."""
from pathlib import Path

import pytest

from tf1_recipes.catalogue import RELEASES
from tf1_recipes.recording import record
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.element_differences import Tolerance

# Its data are drawn from a seed that is its argument.
SCRIPT = """
import sys
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable([[1.0], [2.0]], name="w")
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(tf.matmul(x, w))))
data = np.random.RandomState(int(sys.argv[1])).rand(5, 3, 2)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for batch in data:
        sess.run(train, {x: batch})
"""


@pytest.mark.parametrize("release", RELEASES)
def test_a_run_on_other_data_is_made_the_same(genuine, release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text(SCRIPT)
    python = genuine(release)
    assert record("train.py", ["1"], "first.npz", python=python) == 0
    assert record("train.py", ["2"], "fed.npz", python=python, feeds_from="first.npz") == 0
    assert compare_traces(open_trace("first.npz"), open_trace("fed.npz")).agrees
    assert record("train.py", ["2"], "today.npz", feeds_from="first.npz") == 0
    # A matrix product of two terms: one rounding each step, in another order.
    assert compare_traces(open_trace("first.npz"), open_trace("today.npz"), Tolerance(ulp=8)).agrees
