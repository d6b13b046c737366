"""Feeds replayed from the recording of another release, on every one of them."""
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.evidence.catalogue import RELEASES
from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace

# Its data are drawn from a seed that is its argument. They are 0 and 1 and the rate is 1/8, so that
# the weights are whole multiples of 1/4, 1/16, ... and 1/1024, small ones: every release computes
# them exactly, whatever the order of its sums.
SCRIPT = """
import sys
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable([[1.0], [2.0]], name="w")
train = tf.train.GradientDescentOptimizer(0.125).minimize(tf.reduce_sum(tf.square(tf.matmul(x, w))))
data = np.random.RandomState(int(sys.argv[1])).randint(0, 2, [5, 3, 2])
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
    assert compare_traces(open_trace("first.npz"), open_trace("today.npz")).agrees
    last = open_trace("first.npz")[5].arrays("variables")["w"]
    assert (last * 1024 == np.round(last * 1024)).all() and (last != 0).all()
