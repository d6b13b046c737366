"""What a script gets for ``import keras``: Keras 2, in graph mode, whatever is installed."""
import subprocess
import sys
import textwrap

import pytest

from tf1_recipes.errors import Error
from tf1_recipes.legacy.runner import run_captured
from tf1_recipes.recording.session_tap import Tap
from tf1_recipes.traces import MemoryTrace, open_trace


@pytest.fixture
def captured(tmp_path):
    """A function that runs a script's text in this process; returns its output and trace."""
    def run(text):
        (tmp_path / "script.py").write_text(textwrap.dedent(text))
        trace = MemoryTrace()
        return run_captured(str(tmp_path / "script.py"), Tap(trace)), trace
    return run


TRAINING = """
    import numpy as np
    from keras import backend as K
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.optimizers import SGD
    import keras

    model = Sequential([Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,),
                              name="dense")])
    # loss = (w x)^2 = 4 w^2 at x = 2, so w -= 0.0625 * 8 w: halved at each batch.
    model.compile(SGD(lr=0.0625), "mse")
    model.fit(np.full([3, 1], 2.0), np.zeros([3, 1]), batch_size=1, verbose=0, shuffle=False)
    print(K.get_value(model.optimizer.lr), model.get_weights()[0].tolist())
    """


def test_a_keras_script_runs_and_its_batches_are_recorded(captured):
    printed, trace = captured(TRAINING)
    assert printed == "0.0625 [[0.125]]\n"
    kernels = [step.arrays("variables")["dense/kernel"].item() for step in trace]
    assert kernels == [1.0, 0.5, 0.25, 0.125]


def test_the_commands_serve_it_too(tmp_path):
    """In a process of its own, where nothing was imported before, and Keras comes first."""
    (tmp_path / "script.py").write_text(textwrap.dedent(TRAINING))
    command = [sys.executable, "-m", "tf1_recipes"]
    done = subprocess.run(command + ["run", "script.py"], cwd=tmp_path, capture_output=True,
                          text=True)
    assert (done.returncode, done.stdout) == (0, "0.0625 [[0.125]]\n"), done.stderr
    done = subprocess.run(command + ["record", "script.py", "-o", "run.json"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(open_trace(str(tmp_path / "run.json"))) == 4


NAMES = {
    "from keras.backend.tensorflow_backend import set_session, get_session": "get_session.__name__",
    "from keras.engine.topology import Layer, InputSpec": "Layer.__name__, InputSpec.__name__",
    "from keras.engine import Layer": "Layer.__name__",
    "from keras.layers.core import Dense": "Dense.__name__",
    "from keras.utils.np_utils import to_categorical": "to_categorical([1]).tolist()",
    "from keras.utils import np_utils": "np_utils.to_categorical([1]).tolist()",
    "import keras.backend as K": "K.floatx()",
    "from keras.layers import *": "Dense.__name__",
    "from keras.optimizers import *": "Adam.__name__",
    "from keras.legacy import interfaces": "interfaces.legacy_dense_support(abs) is abs",
    "import keras": "keras.legacy.interfaces.legacy_get_updates_support(abs) is abs",
    "import keras, tensorflow as tf": "keras.layers.Dense is tf.keras.layers.Dense",
    "from keras.optimizers import Adam, Optimizer": "issubclass(Adam, Optimizer)",
}


@pytest.mark.parametrize("statement", NAMES)
def test_names_of_keras_2(statement, captured):
    printed, _ = captured("%s\nprint(%s)\n" % (statement, NAMES[statement]))
    assert "False" not in printed and printed.strip()


@pytest.mark.parametrize("statement, message", [
    ("import keras.nothing", "ModuleNotFoundError: No module named 'keras.nothing'"),
    ("import keras.layers.nothing", "ModuleNotFoundError: No module named 'keras.layers.nothing'"),
    ("from keras.layers import Nothing",
     "ImportError: cannot import name 'Nothing' from 'keras.layers' (unknown location)"),
    ("import keras; keras.nothing",
     "AttributeError: module 'keras' has no attribute 'nothing'"),
    ("from keras.legacy.interfaces import nothing",
     "ImportError: cannot import name 'nothing' from 'keras.legacy.interfaces' (unknown location)"),
])
def test_a_name_that_is_not_there_is_the_usual_error(statement, message, captured):
    with pytest.raises(Error) as caught:
        captured(statement)
    assert str(caught.value).endswith("ended with status 1: " + message)


def test_the_caller_s_own_keras_comes_back(captured, monkeypatch):
    before, finders = type(sys)("keras"), list(sys.meta_path)
    monkeypatch.setitem(sys.modules, "keras", before)
    monkeypatch.setitem(sys.modules, "keras.layers", before)
    monkeypatch.delitem(sys.modules, "keras.backend", raising=False)
    captured("import keras.backend")
    assert sys.modules["keras"] is sys.modules["keras.layers"] is before
    assert "keras.backend" not in sys.modules
    assert sys.meta_path == finders
