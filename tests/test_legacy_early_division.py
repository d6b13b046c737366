"""Division of tensors as of 0.12, which cut integers where later releases floor them."""

import pytest

from tf1_recipes.legacy import eras, script
from tf1_recipes.legacy.early import early_division
from tf1_recipes.legacy.patch import Target, numbers
from tf1_recipes.legacy.patches import applied
from tf1_recipes.v1 import tf

SCRIPT = """
    import tensorflow as tf
    session = tf.Session()
    for x, y in ((-7, 2), (7, -2), (-7.5, 2.)):
        a, b, v = tf.constant(x), tf.constant(y), tf.Variable(x)
        session.run(tf.initialize_all_variables())
        print session.run([a / b, x / b, v / y, a // b, x // b, v // b])
        print session.run([a % b, x % b, v % b])
        print session.run([tf.div(a, b), tf.floordiv(v, y), tf.mod(a, b)])
    """
# Printed by TensorFlow 0.12.1 on Python 2.7.
THEN = [
    "[-3, -3, -3, -3, -3, -3]", "[-1, -1, -1]", "[-3, -3, -1]",
    "[-3, -3, -3, -3, -3, -3]", "[1, 1, 1]", "[-3, -3, 1]",
    "[-3.75, -3.75, -3.75, -4.0, -4.0, -4.0]", "[-1.5, -1.5, -1.5]", "[-3.75, -4.0, -1.5]"]


def test_integers_are_cut_as_of_0_12(run_script):
    done = run_script(SCRIPT)
    assert (done.lines, done.status) == (THEN, 0), done.stderr


@pytest.mark.parametrize("era, left", [("0.12", -1), ("1.15", 1)])
def test_operators_are_put_back(era, left):
    revert = applied(Target(eras.era_of(era), numbers(era)), [early_division.division])
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.constant(-7) % 2) == left
    revert()
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.constant(-7) % 2) == 1


def test_division_does_not_tell_the_release(tmp_path):
    path = tmp_path / "script.py"
    path.write_text("import tensorflow as tf\ntf.div(tf.mod(3, 2), 1)")
    assert script.read(str(path), str(path)).era == eras.NEWEST
