"""What a script that prints an error of a session shows first."""

SCRIPT = """
from __future__ import print_function
import tensorflow as tf
a = tf.Variable(1.0, name="a")
p = tf.placeholder(tf.float32, [], name="p")
c = tf.check_numerics(p / 0.0, "bad", name="check")
session = tf.Session()
for fetch, feeds in ((a, {}), (p * 2, {}), (c, {p: 1.0})):
    try:
        session.run(fetch, feeds)
    except tf.errors.OpError as error:
        print(type(error).__name__, error.message.splitlines()[0])
        print(str(error).splitlines()[0])
session.run(c, {p: 1.0})
"""
# Printed by TensorFlow 0.12.1 on Python 2.7 and by 1.15.5 on Python 3.7.
PRINTED = [
    "FailedPreconditionError Attempting to use uninitialized value a",
    "Attempting to use uninitialized value a",
    "InvalidArgumentError You must feed a value for placeholder tensor 'p' with dtype float",
    "You must feed a value for placeholder tensor 'p' with dtype float",
    "InvalidArgumentError bad : Tensor had Inf values", "bad : Tensor had Inf values"]


def test_it_begins_with_what_is_wrong(run_script):
    done = run_script(SCRIPT)
    assert done.lines == PRINTED, done.stderr
    assert done.status == 1
    # Where the op was made is still said.
    assert "InvalidArgumentError: bad : Tensor had Inf values" in done.stderr
    assert "Detected at node 'check' defined at" in done.stderr
    assert "Graph execution error" not in done.stderr
