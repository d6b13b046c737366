"""Tensors given to NumPy, and tables that pandas prints, as in the releases of the time."""
import types

import pytest

from tf1_recipes.legacy import eras
from tf1_recipes.legacy.libraries import pandas_names
from tf1_recipes.legacy.patch import Changes, Target

TENSORS = """
    from __future__ import print_function
    import numpy as np
    import tensorflow as tf
    t = tf.constant([2., 4.])
    v = tf.Variable([1., 3.])
    session = tf.Session()
    session.run(tf.initialize_all_variables())
    def show(value):
        print(session.run(value).tolist())
    show(np.reciprocal(t))
    show(np.square(t))
    show(np.negative(t))
    show(np.multiply(t, 2.))
    show(np.power(t, 2.))
    show(np.abs(t - 3.))
    show(np.sum([t, t]))
    show(np.prod([t, t]))
    print(np.array([t, t]).shape, np.array([v, v]).shape, np.shape([t, t]), np.asarray(t).shape)
    show(np.multiply(2., v))
    show(np.float32(2.) * t)
    show(np.array([1., 2.], np.float32) * t)
    """
# Printed by TensorFlow 0.12.1 on Python 2.7 and by 1.7.1, with NumPy 1.16.6; 1.15.5 refuses them.
THEN = ["[0.5, 0.25]", "[4.0, 16.0]", "[-2.0, -4.0]", "[4.0, 8.0]", "[4.0, 16.0]", "[1.0, 1.0]",
        "[4.0, 8.0]", "[4.0, 16.0]", "(2,) (2,) (2,) ()", "[2.0, 6.0]", "[4.0, 8.0]",
        "[2.0, 8.0]"]


@pytest.mark.parametrize("era", ["0.12", "1.7", "1.15"])
def test_tensors_are_objects_to_numpy(run_script, era):
    assert run_script(TENSORS, options=["--as-of", era], check=True).lines == THEN


def test_tables_are_whole():
    # What pandas 0.19 had by default; 2.3 has max_columns 0 and min_rows 10.
    options = {"display.max_columns": 0, "display.min_rows": 10}
    pandas = types.SimpleNamespace(set_option=options.__setitem__, get_option=options.get)
    changes = Changes(Target(eras.era_of("1.7"), (1, 7)))
    pandas_names.pandas_printing(changes, pandas)
    assert options == {"display.max_columns": 20, "display.min_rows": 60}
    changes.revert()
    assert options == {"display.max_columns": 0, "display.min_rows": 10}
