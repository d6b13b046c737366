"""What is said of an error that a library of today ends a script with; NumPy's calls of then."""

import numpy as np
import pytest

from tf1_recipes.legacy.libraries import removed_names


def error_of(statement):
    try:
        exec(statement, {"np": np})
    except Exception as error:
        return error
    raise AssertionError("%s is no error" % statement)


@pytest.mark.parametrize("statement, begins", [
    ("np.zeros(3.)", "NumPy took floats for counts and shapes until 1.12"),
    ("np.ones((2., 3))", "NumPy took floats for counts and shapes until 1.12"),
    ("np.zeros(np.float64(3))", "NumPy took floats for counts and shapes until 1.12"),
    ("np.arange(3)[2.]", "NumPy took floats for indices until 1.12"),
    ("np.arange(3)[:2.]", "NumPy took floats for indices until 1.12"),
    ("np.zeros((2, 2))[[slice(1), 0]]", "NumPy took floats for indices until 1.12"),
    ("-np.ones(2, bool)", "NumPy took - between and before arrays of bool until 1.13"),
    ("np.ones(2, bool) - np.ones(2, bool)", "NumPy took - between"),
    ("x = np.ones(2, int)\nx += 1.5", "NumPy rounded such a result into the array of integers"),
    ("raise ImportError(\"cannot import name 'Merge' from 'keras.layers' (unknown location)\")",
     "keras.layers.Merge is not served: a layer of Keras 1: use add,"),
    ("raise AttributeError(\"module 'sklearn.mixture' has no attribute 'GMM'\")",
     "sklearn.mixture.GMM is not served: since 0.20 GaussianMixture"),
    ("raise ModuleNotFoundError(\"No module named 'keras.wrappers.scikit_learn'\")",
     "keras.wrappers.scikit_learn is not served: models for scikit-learn: install scikeras"),
])
def test_errors_with_a_remedy(statement, begins):
    assert removed_names.remedy(error_of(statement)).startswith(begins)


@pytest.mark.parametrize("statement", [
    "np.zeros('a')", "{}[1]", "raise ValueError('no data')",
    "raise ModuleNotFoundError(\"No module named 'keras.wrappersmore'\")",
    "raise KeyError(\"No module named 'keras.wrappers'\")", "raise AttributeError()",
])
def test_other_errors_are_left_alone(statement):
    assert removed_names.remedy(error_of(statement)) is None


def test_the_report_at_the_end_of_a_run_and_calls_that_are_taken(run_script):
    # Expected: NumPy 1.16.6 on Python 2.7, but for the threshold, which it refused since 1.15.
    done = run_script("""
        import numpy as np
        print(np.linspace(0, 1, 3.0).tolist(), np.logspace(0, 2, num=3.).tolist())
        print(np.vstack(map(np.array, [[1], [2]])).tolist())
        print(np.hstack(each for each in [[1], [2]]).tolist())
        print(np.histogram([1, 1, 2, 3], 2, normed=True)[0].tolist(), np.alen([[1, 2]]))
        np.set_printoptions(threshold=np.nan)
        print(len(str(np.zeros(2000))) > 2000)
        np.zeros(3)[1.5]
        """)
    assert done.lines == [
        "[0.0, 0.5, 1.0] [1.0, 10.0, 100.0]", "[[1], [2]]", "[1, 2]", "[0.5, 0.5] 1", "True"]
    assert done.status == 1
    lines = done.stderr.splitlines()
    assert lines[-2].startswith("IndexError: only integers, slices")
    assert lines[-1].startswith("tf1-recipes: NumPy took floats for indices until 1.12")
